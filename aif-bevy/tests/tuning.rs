//! Tuning values: good ones come into force in the next frame, bad ones are refused and taken back; from code and from a file.

mod herd;

use std::path::PathBuf;
use std::time::Duration;

use aif::prelude::*;
use aif_bevy::{Budget, Minds, MindsPlugin, Refused, Retuned, Tuned, Tuning, TuningError};
use bevy_app::App;
use herd::{Hen, herd, messages};

fn plugin() -> MindsPlugin<Hen> {
    MindsPlugin::new(Hen, AgentOptions::default())
        .expect("hens think")
        .tuned(Tuning { budget: Budget::Minds(3), ..Tuning::default() })
}

fn planned(app: &App) -> u32 {
    app.world().resource::<Minds<Hen>>().spent().planned
}

/// A file of this process that is gone afterwards.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("aif-bevy-{}-{name}.ron", std::process::id()));
        std::fs::write(&path, text).expect("a file can be written");
        File(path)
    }

    fn says(&self, text: &str) {
        std::fs::write(&self.0, text).expect("a file can be written");
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn good_values_come_into_force_in_the_next_frame() {
    let mut app = herd(10, plugin());
    app.update();
    assert_eq!(planned(&app), 3);
    messages::<Retuned>(&mut app);
    {
        let mut tuned = app.world_mut().resource_mut::<Tuned<Hen>>();
        tuned.budget = Budget::Minds(5);
        tuned.horizon = Some(2);
        tuned.precisions.policy = Some(0.25);
        tuned.terms.state_information_gain = Some(0.0);
    }
    app.update();
    let minds = app.world().resource::<Minds<Hen>>();
    assert_eq!(minds.agent().options().horizon, Some(2));
    assert_eq!(minds.agent().precisions().policy, 0.25);
    assert_eq!(planned(&app), 5);
    assert_eq!(messages::<Retuned>(&mut app), [Retuned { model: "Hen" }]);
}

#[test]
fn bad_values_are_refused_and_taken_back() {
    let mut app = herd(4, plugin());
    app.update();
    type Spoil = fn(&mut Tuning);
    let wrong: [(Spoil, &str); 5] = [
        (|tuning| tuning.precisions.policy = Some(-1.0), "precisions.policy is -1, expected a finite number, at least 0"),
        (|tuning| tuning.terms.utility = Some(f64::NAN), "terms.utility is NaN, expected a finite number"),
        (|tuning| tuning.budget = Budget::Nodes(0), "budget is 0, expected a whole number, at least 1"),
        (|tuning| tuning.overlay.colour.red = 2.0, "overlay.colour.red is 2, expected a number from 0 to 1"),
        (|tuning| tuning.horizon = Some(4_000_000), "Hen"),
    ];
    for (spoil, said) in wrong {
        spoil(&mut app.world_mut().resource_mut::<Tuned<Hen>>().values);
        app.update();
        let refused = messages::<Refused>(&mut app);
        assert!(refused.len() == 1 && refused[0].error.to_string().contains(said), "{refused:?}, expected {said}");
        assert_eq!(app.world().resource::<Tuned<Hen>>().budget, Budget::Minds(3));
        assert_eq!(app.world().resource::<Tuned<Hen>>().values, *app.world().resource::<Minds<Hen>>().tuning());
    }
}

#[test]
fn an_agent_of_ones_own_keeps_its_horizon() {
    let agent = Agent::new(Hen).expect("hens think");
    let mut app = herd(4, MindsPlugin::of(agent).expect("a belief is all"));
    app.update();
    app.world_mut().resource_mut::<Tuned<Hen>>().horizon = Some(1);
    app.update();
    let refused = messages::<Refused>(&mut app);
    assert!(matches!(refused[0].error, TuningError::Value { name: "horizon", .. }), "{refused:?}");
}

#[test]
fn a_file_is_read_again_when_it_changes() {
    let file = File::new("reload", "(budget: Minds(2))");
    let mut app = herd(10, plugin().tuned_by_each(&file.0, Duration::ZERO));
    app.update();
    assert_eq!(planned(&app), 2);
    file.says("(budget: Minds(4), precisions: (policy: 2.0))");
    app.update();
    assert_eq!(planned(&app), 4);
    messages::<Refused>(&mut app);
    let wrong = [
        ("(\n  budget: Minds(5),\n  precisions: (policy: -2.0),\n)", ":3:", "found -2, expected a finite number, at least 0"),
        ("(\n  budget: Minds(5),\n  speed: 1,\n)", ":3:", "speed"),
        ("(budget: Minds(0))", ":1:", "found 0, expected a whole number, at least 1"),
        ("(budget: Minds(5)", ":1:", "xpected"),
        ("(precisions: (lapse: NaN))", ":1:", "found NaN, expected a number from 0 to 1"),
        ("(horizon: 4000000)", ".ron: ", "Hen"),
    ];
    for (text, place, said) in wrong {
        file.says(text);
        app.update();
        let refused = messages::<Refused>(&mut app);
        assert_eq!(refused.len(), 1, "{text}: {refused:?}");
        let error = refused[0].error.to_string();
        assert!(error.contains(place) && error.contains(said), "{text}: {error}");
        assert_eq!(planned(&app), 4);
        // It is said once.
        app.update();
        assert!(messages::<Refused>(&mut app).is_empty());
    }
    file.says("(budget: Minds(6))");
    app.update();
    assert_eq!(planned(&app), 6);
}

#[test]
fn a_file_that_is_not_there_is_waited_for() {
    let file = File::new("late", "");
    std::fs::remove_file(&file.0).expect("it was there");
    let mut app = herd(10, plugin().tuned_by_each(&file.0, Duration::ZERO));
    app.update();
    assert_eq!((planned(&app), messages::<Refused>(&mut app).len()), (3, 1));
    file.says("(budget: Minds(1))");
    app.update();
    assert_eq!(planned(&app), 1);
}

#[test]
fn values_are_reflected() {
    use bevy_ecs::reflect::{AppTypeRegistry, ReflectResource};
    let app = herd(1, plugin());
    let registry = app.world().resource::<AppTypeRegistry>().read();
    let tuned = registry.get_with_short_type_path("Tuned<Hen>").expect("it is registered");
    assert!(tuned.data::<ReflectResource>().is_some());
}
