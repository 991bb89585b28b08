//! What the tests share: hens in a yard, and an app with some of them.
#![allow(dead_code)]

use aif::prelude::*;
use aif_bevy::{Chosen, MindSystems, Minds, MindsPlugin, Senses};
use bevy_app::{App, Startup, Update};
use bevy_ecs::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Go {
    Stay,
    Left,
    Right,
}

pub type Place = Index<40>;
pub type Smell = Index<20>;

pub fn moved(place: Place, go: Go) -> Place {
    let to = match go {
        Go::Stay => place.get(),
        Go::Left => place.get().saturating_sub(1),
        Go::Right => place.get() + 1,
    };
    Index::new(to).unwrap_or(place)
}

/// A hen on a long yard with food at one end of it; it slips at times.
#[derive(Clone, Copy, Debug)]
pub struct Hen;

#[generative_model(horizon = 3, actions(go: Go))]
impl Hen {
    #[factor(initial = uniform())]
    fn place(&self, place: Place, go: Go) -> Dist<Place> {
        Dist::bernoulli(moved(place, go), 0.9, place)
    }
    #[modality(preference = likes::<T>())]
    fn smelt(&self, place: Place) -> Smell {
        smell(place)
    }
}

/// The stronger, the better.
fn likes<T: Real>() -> Values<Smell, T> {
    Values::from_fn(|smell: Smell| smell.get() as f64)
}

pub fn smell(place: Place) -> Smell {
    Index::new(place.get() / 2).expect("forty places, twenty smells")
}

#[derive(Component, Clone, Copy)]
pub struct Body(pub Place);

/// How many hens an app begins with.
#[derive(Resource)]
pub struct Herd(pub usize);

fn hatch(herd: Res<Herd>, mut minds: ResMut<Minds<Hen>>, mut commands: Commands) {
    for hen in 0..herd.0 {
        commands.spawn((minds.newborn(), Body(Index::new(hen % 20).expect("it is in the yard"))));
    }
}

fn look(mut hens: Query<(&Body, &mut Senses<Hen>)>) {
    for (body, mut senses) in &mut hens {
        senses.see(HenObservation { smelt: smell(body.0) });
    }
}

fn walk(mut hens: Query<(&mut Body, &Chosen<Hen>)>) {
    for (mut body, chosen) in &mut hens {
        if let Some(action) = chosen.action {
            body.0 = moved(body.0, action.go);
        }
    }
}

/// An app with hens that look and walk.
pub fn herd(hens: usize, plugin: MindsPlugin<Hen>) -> App {
    let mut app = App::new();
    app.add_plugins(plugin)
        .insert_resource(Herd(hens))
        .add_systems(Startup, hatch)
        .add_systems(Update, (look.in_set(MindSystems::Sense), walk.in_set(MindSystems::Act)));
    app
}

/// Where all hens are, in the order in which they hatched.
pub fn places(app: &mut App) -> Vec<usize> {
    let mut bodies = app.world_mut().query::<(Entity, &Body)>();
    let mut places: Vec<_> = bodies.iter(app.world()).map(|(hen, body)| (hen, body.0.get())).collect();
    places.sort_unstable_by_key(|(hen, _)| hen.index_u32());
    places.into_iter().map(|(_, place)| place).collect()
}

/// All messages of a kind that were written in the latest frame or the one before it.
pub fn messages<M: Message + Clone>(app: &mut App) -> Vec<M> {
    app.world_mut().resource_mut::<Messages<M>>().drain().collect()
}
