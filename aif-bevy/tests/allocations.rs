//! What a frame allocates does not depend on how many minds there are.

mod herd;

#[path = "../../tests/models/counting.rs"]
mod counting;

use aif::prelude::*;
use aif_bevy::{Budget, MindsPlugin, Temper, Tuning};
use bevy_app::Update;
use bevy_ecs::prelude::*;
use bevy_ecs::schedule::SingleThreadedExecutor;
use bevy_tasks::{ComputeTaskPool, TaskPoolBuilder};
use counting::allocations;
use herd::{Hen, herd};

/// How many allocations ten frames make, on one thread, once all rooms are as large as they get.
fn in_ten_frames(hens: usize, budget: Budget, tempered: bool) -> usize {
    let tuning = Tuning { budget, surprise: Some(50.0), ..Tuning::default() };
    let mut app = herd(hens, MindsPlugin::new(Hen, AgentOptions::default()).expect("hens think").tuned(tuning));
    app.edit_schedule(Update, |schedule| {
        schedule.set_executor(SingleThreadedExecutor::new());
    });
    app.update();
    if tempered {
        let mut all = app.world_mut().query_filtered::<Entity, With<aif_bevy::Mind<Hen>>>();
        let hens: Vec<_> = all.iter(app.world()).collect();
        let precisions = Some(Precisions { policy: 2.0, action: 1.0, lapse: 0.0 });
        let temper = Temper::<Hen> { precisions, ..Temper::default() };
        for hen in hens {
            app.world_mut().entity_mut(hen).insert(temper.clone());
        }
    }
    (0..20).for_each(|_| app.update());
    let before = allocations();
    (0..10).for_each(|_| app.update());
    allocations() - before
}

#[test]
fn nothing_is_allocated_for_a_mind() {
    ComputeTaskPool::get_or_init(|| TaskPoolBuilder::new().num_threads(1).build());
    for tempered in [false, true] {
        for budget in [Budget::Minds(1000), Budget::Minds(5), Budget::Nodes(5000)] {
            let (few, many) = (in_ten_frames(10, budget, tempered), in_ten_frames(200, budget, tempered));
            assert!(many <= few + 40, "{budget:?}: {few} with 10 hens, {many} with 200");
        }
    }
}
