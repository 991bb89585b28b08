//! The world as an entity-component system: food, bodies, minds; what happens in a tick.

use std::sync::Arc;

use aif::prelude::*;
use aif::runtime::Single;
use aif::runtime::random::categorical;
use bevy_app::{App, Update};
use bevy_ecs::prelude::*;
use bevy_ecs::schedule::IntoScheduleConfigs;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::land::{
    Energy, Place, Sign, Site, Smell, Step, cell_of, digest, distance, drift, is_thorny, neighbour, sign, smell, walk,
};
use crate::species::{Scout, ScoutBelief, ScoutObservation, Watcher, WatcherBelief, WatcherObservation, options};

/// Everyone takes a step each so many ticks, a part of them at each.
pub const PERIOD: u64 = 8;
/// How many predicted beliefs an agent may look at in a step.
pub const BUDGET: usize = 40;

/// Why the program stops.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The tick, where the food is, and where the world's own chance comes from.
#[derive(Resource, Clone, Debug, PartialEq)]
pub struct Nature {
    pub tick: u64,
    pub food: Site,
    pub rng: ChaCha8Rng,
}

/// What is the same for all of a species: one agent with its tables.
#[derive(Resource, Clone)]
pub struct Species {
    pub scout: Agent<Scout, Single>,
    pub watcher: Agent<Watcher, Single>,
}

/// Where and how one is, and how often one has eaten.
#[derive(Component, Clone, Copy, Debug, PartialEq)]
pub struct Body {
    /// Its number: it steps when the tick says so.
    pub number: u64,
    pub place: Place,
    pub energy: Energy,
    pub meals: u32,
}

/// Its chance.
#[derive(Component, Clone, Debug, PartialEq)]
pub struct Chance(pub ChaCha8Rng);

/// Acts under [`Scout`].
#[derive(Component, Clone, Debug, PartialEq)]
pub struct ScoutMind(pub Mind<ScoutBelief<Single>, Single>);

/// Acts under [`Watcher`].
#[derive(Component, Clone, Debug, PartialEq)]
pub struct WatcherMind(pub Mind<WatcherBelief<Single>, Single>);

/// Steps at random.
#[derive(Component, Clone, Copy, Debug)]
pub struct Wanderer;

/// Goes straight to the site that it holds best: the one where it last ate; where nothing is, the nearest that it has not tried since.
#[derive(Component, Clone, Copy, Debug)]
pub struct Greedy {
    pub aim: Site,
    /// A bit for each site.
    pub tried: u8,
}

/// Who lives in a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inhabitants {
    /// Half scouts, half watchers.
    Agents,
    Wanderers,
    Greedy,
}

impl Species {
    pub fn new() -> Result<Self, Failure> {
        let scout = Tables::<Scout>::new(&Scout, (), 2)?.lift::<Single>();
        let watcher = Tables::<Watcher>::new(&Watcher, (), 2)?.lift::<Single>();
        Ok(Species { scout: Agent::sharing(Arc::new(scout), options())?, watcher: Agent::sharing(Arc::new(watcher), options())? })
    }
}

/// The generator of a stream of a seed.
fn stream(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}

/// A world with `count` inhabitants at places drawn from the seed; they know where they are, not where the food is.
pub fn world(species: &Species, inhabitants: Inhabitants, count: usize, seed: u64) -> Result<App, Failure> {
    let mut app = empty(species, Nature { tick: 0, food: uniform_over(&mut stream(seed, 0)), rng: stream(seed, 1) });
    for number in 0..count as u64 {
        let mut rng = stream(seed, number + 2);
        let place = uniform_over(&mut rng);
        let body = Body { number, place, energy: Energy::Fed, meals: 0 };
        let mut someone = app.world_mut().spawn(body);
        match inhabitants {
            Inhabitants::Agents if number % 2 == 0 => {
                let mut mind = species.scout.newborn()?;
                mind.belief.place = Dist::certain(place);
                someone.insert(ScoutMind(mind));
            }
            Inhabitants::Agents => {
                let mut mind = species.watcher.newborn()?;
                mind.belief.place = Dist::certain(place);
                someone.insert(WatcherMind(mind));
            }
            Inhabitants::Wanderers => {
                someone.insert(Wanderer);
            }
            Inhabitants::Greedy => {
                someone.insert(Greedy { aim: nearest(place, 0), tried: 0 });
            }
        }
        someone.insert(Chance(rng));
    }
    Ok(app)
}

/// A world without inhabitants.
pub fn empty(species: &Species, nature: Nature) -> App {
    let mut app = App::new();
    app.insert_resource(nature).insert_resource(species.clone());
    app.add_systems(Update, ((scouts, watchers, wanderers, greedy), pass_time).chain());
    app
}

/// A value of a domain, each as probable.
fn uniform_over<D: Domain>(rng: &mut ChaCha8Rng) -> D {
    let index = ((u128::from(rng.next_u64()) * D::COUNT as u128) >> 64) as usize;
    D::from_index(index).unwrap_or_else(|| unreachable!("the index is below the count"))
}

fn draw<D: Domain>(dist: &Dist<D>, rng: &mut ChaCha8Rng) -> D {
    D::from_index(categorical(dist.probabilities(), rng)).unwrap_or_else(|| unreachable!("the index is one of the domain's"))
}

impl Body {
    /// Whether it steps in this tick.
    pub fn is_due(&self, nature: &Nature) -> bool {
        (self.number + nature.tick).is_multiple_of(PERIOD)
    }

    /// Eats or goes hungry where it is, and then takes a step.
    fn live(&mut self, go: Step, food: Site, rng: &mut ChaCha8Rng) {
        if self.place == cell_of(food) && matches!(self.energy, Energy::Hungry | Energy::Fed) {
            self.meals += 1;
        }
        let energy = draw(&digest(self.energy, self.place, food), rng);
        self.place = walk(self.place, self.energy, go);
        self.energy = energy;
    }
}

fn scouts(nature: Res<Nature>, species: Res<Species>, mut all: Query<(&mut Body, &mut Chance, &mut ScoutMind)>) {
    all.par_iter_mut().for_each_init(
        || species.scout.clone(),
        |agent, (mut body, mut chance, mut mind)| {
            if !body.is_due(&nature) {
                return;
            }
            let rng = &mut chance.0;
            let smelt: Smell = draw(&smell(body.place, nature.food, 0.7), rng);
            let cue: Sign = draw(&sign(body.place, nature.food, 0), rng);
            let seen = ScoutObservation { seen: body.place, smelt, cue, hunger: body.energy };
            // Scouts compare no list of policies, so that a budget is no error.
            let step = agent.as_mind(&mut mind.0, |agent| agent.step_within(BUDGET, seen, rng));
            body.live(step.map_or(Step::Stay, |within| within.action.go), nature.food, rng);
        },
    );
}

fn watchers(nature: Res<Nature>, species: Res<Species>, mut all: Query<(&mut Body, &mut Chance, &mut WatcherMind)>) {
    all.par_iter_mut().for_each_init(
        || species.watcher.clone(),
        |agent, (mut body, mut chance, mut mind)| {
            if !body.is_due(&nature) {
                return;
            }
            let rng = &mut chance.0;
            let smelt: Smell = draw(&smell(body.place, nature.food, 0.25), rng);
            let cue: Sign = draw(&sign(body.place, nature.food, 2), rng);
            let seen = WatcherObservation { seen: body.place, smelt, cue, hunger: body.energy };
            let step = agent.as_mind(&mut mind.0, |agent| agent.step_within(BUDGET, seen, rng));
            body.live(step.map_or(Step::Stay, |within| within.action.go), nature.food, rng);
        },
    );
}

fn wanderers(nature: Res<Nature>, mut all: Query<(&mut Body, &mut Chance), With<Wanderer>>) {
    for (mut body, mut chance) in all.iter_mut().filter(|(body, _)| body.is_due(&nature)) {
        let go = uniform_over(&mut chance.0);
        body.live(go, nature.food, &mut chance.0);
    }
}

fn greedy(nature: Res<Nature>, mut all: Query<(&mut Body, &mut Chance, &mut Greedy)>) {
    for (mut body, mut chance, mut plan) in all.iter_mut().filter(|(body, ..)| body.is_due(&nature)) {
        let here = cell_of(plan.aim) == body.place;
        if here && plan.aim == nature.food {
            plan.tried = 0;
        } else if here {
            plan.tried |= 1 << plan.aim.get();
            if plan.tried == u8::MAX {
                plan.tried = 1 << plan.aim.get();
            }
            plan.aim = nearest(body.place, plan.tried);
        }
        let aim = cell_of(plan.aim);
        let go = approach(body.place, aim, &mut chance.0);
        body.live(go, nature.food, &mut chance.0);
    }
}

/// A step nearer to the aim, round thorns: where all that lead nearer are thorny, aside.
fn approach(place: Place, aim: Place, rng: &mut ChaCha8Rng) -> Step {
    if place == aim {
        return Step::Stay;
    }
    let free = |go: &Step| !is_thorny(neighbour(place, *go));
    let nearer = |go: &Step| distance(neighbour(place, *go), aim) < distance(place, aim);
    let aside: Step = uniform_over(rng);
    Step::all().filter(free).find(nearer).or(Some(aside).filter(free)).unwrap_or(Step::Stay)
}

/// The nearest site that was not tried, the first of equals.
fn nearest(place: Place, tried: u8) -> Site {
    let untried = Site::all().filter(|site| tried & (1 << site.get()) == 0);
    untried.min_by_key(|&site| distance(place, cell_of(site))).unwrap_or_else(|| unreachable!("some site was not tried"))
}

fn pass_time(mut nature: ResMut<Nature>) {
    nature.tick += 1;
    if nature.tick.is_multiple_of(PERIOD) {
        let here = nature.food;
        nature.food = draw(&drift(here), &mut nature.rng);
    }
}

/// How often its inhabitants have eaten, on average.
pub fn meals(app: &mut App) -> f64 {
    let mut all = app.world_mut().query::<&Body>();
    mean(all.iter(app.world()).map(|body| body.meals))
}

/// The same of scouts and of watchers.
pub fn meals_by_species(app: &mut App) -> (f64, f64) {
    let mut scouts = app.world_mut().query_filtered::<&Body, With<ScoutMind>>();
    let mut watchers = app.world_mut().query_filtered::<&Body, With<WatcherMind>>();
    (mean(scouts.iter(app.world()).map(|body| body.meals)), mean(watchers.iter(app.world()).map(|body| body.meals)))
}

fn mean(meals: impl Iterator<Item = u32>) -> f64 {
    let (sum, count) = meals.fold((0u64, 0usize), |(sum, count), meals| (sum + u64::from(meals), count + 1));
    sum as f64 / count.max(1) as f64
}
