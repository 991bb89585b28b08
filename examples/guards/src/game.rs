//! The night: an intruder, guards with minds, and what happens in a frame.

use std::path::PathBuf;

use aif::prelude::*;
use aif::runtime::random::categorical;
use aif_bevy::{Chosen, MindSystems, Minds, MindsPlugin, OverlayPlugin, Senses, Shown, Temper, Tuning};
use bevy_app::{App, Startup};
use bevy_color::Srgba;
use bevy_ecs::prelude::*;
use bevy_ecs::schedule::{IntoScheduleConfigs, ScheduleLabel};
use bevy_math::{Rect, Vec2};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::guard::{Guard, GuardObservation, Kind, noise};
use crate::house::{Block, Go, HOUSE, Noise, Place, SIDE, Sight, at, cells, is_wall, loudness, sight, sign, walk};

/// Why the program stops.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Where it comes in, and goes out.
const WAYS_OUT: [(usize, usize); 2] = [(0, 6), (29, 19)];
/// Where it may look for something on its way, in columns and rows.
const ROOMS: [(usize, usize); 6] = [(13, 3), (24, 11), (4, 12), (24, 26), (13, 25), (4, 19)];
/// How often an intruder of the script pauses: each so many ticks.
const PAUSES: u64 = 5;

/// What is to be set up.
#[derive(Clone, Debug)]
pub struct Night {
    pub guards: u32,
    pub seed: u64,
    pub tuning: Tuning,
    /// Where tuning values are read from while the game runs.
    pub file: Option<PathBuf>,
}

/// The intruder, and how the night goes.
#[derive(Resource, Clone, Debug)]
pub struct Story {
    pub tick: u64,
    pub intruder: Place,
    /// Whether it has taken something.
    pub loaded: bool,
    /// Whether it has just moved, and so is likely to be heard.
    pub moved: bool,
    /// How often it has been caught, and how often it has got away with something.
    pub caught: u32,
    pub escaped: u32,
    /// A step that somebody at the keys wants; `None` goes by the script.
    pub wanted: Option<Go>,
    /// Where the script goes first.
    room: Place,
    rng: ChaCha8Rng,
}

/// A guard's body.
#[derive(Component, Clone, Copy, Debug)]
pub struct Body {
    pub place: Place,
    pub kind: Kind,
}

/// The colour of a kind of guard.
pub fn colour(kind: Kind) -> Srgba {
    match kind {
        Kind::Hunter => Srgba::new(0.96, 0.55, 0.20, 1.0),
        Kind::Lookout => Srgba::new(0.30, 0.72, 0.95, 1.0),
        Kind::Watchman => Srgba::new(0.52, 0.85, 0.45, 1.0),
    }
}

/// The middle of a cell in the world: units are cells, and `y` is upwards.
pub fn middle(place: Place) -> Vec2 {
    Vec2::new(place.x() as f32 + 0.5, SIDE as f32 - place.y() as f32 - 0.5)
}

/// A cell in the world.
pub fn square(place: Place) -> Rect {
    Rect::from_center_size(middle(place), Vec2::ONE)
}

/// Puts a night into an app, in the schedule that is one tick of it.
pub fn add(app: &mut App, schedule: impl ScheduleLabel + Clone, night: &Night) -> Result<(), Failure> {
    let mut minds = MindsPlugin::<Guard>::new(Guard, AgentOptions::default())?.tuned(night.tuning.clone()).seeded(night.seed);
    if let Some(file) = &night.file {
        minds = minds.tuned_by(file);
    }
    let lies = |block: Block, draw: &mut dyn FnMut(Rect)| cells(block).for_each(|cell| draw(square(cell)));
    let leads = |action: crate::guard::GuardAction| {
        let (dx, dy) = action.go.offset();
        2.0 * Vec2::new(dx as f32, -dy as f32)
    };
    let overlay = OverlayPlugin::<Guard>::default().heat("intruder", lies)?.arrows(leads).in_schedule(schedule.clone());
    app.add_plugins((minds.in_schedule(schedule.clone()), overlay));
    let mut rng = ChaCha8Rng::seed_from_u64(night.seed);
    rng.set_stream(u64::MAX);
    let mut story = Story {
        tick: 0,
        intruder: at(0, 0),
        loaded: false,
        moved: false,
        caught: 0,
        escaped: 0,
        wanted: None,
        room: at(0, 0),
        rng,
    };
    story.begin(std::iter::empty());
    let guards = night.guards;
    app.insert_resource(story);
    app.add_systems(Startup, move |minds: ResMut<Minds<Guard>>, commands: Commands| post(guards, minds, commands));
    app.add_systems(schedule.clone(), (intrude, sense).chain().in_set(MindSystems::Sense));
    app.add_systems(schedule, (patrol, catch).chain().in_set(MindSystems::Act));
    Ok(())
}

/// Guards at their posts: they know where they are, and have a kind each. The first of each kind is shown.
fn post(guards: u32, mut minds: ResMut<Minds<Guard>>, mut commands: Commands) {
    let declared = minds.agent().preferences();
    let open: Vec<Place> = Place::all().filter(|place| !is_wall(*place)).collect();
    for guard in 0..guards as usize {
        let kind = Kind::ALL[guard % Kind::ALL.len()];
        let place = match kind {
            Kind::Watchman => at(12 + guard % 3, 19),
            _ => open[(guard * 197 + 60) % open.len()],
        };
        let mut mind = minds.newborn();
        mind.mind.belief.place = Dist::certain(place);
        let temper = Temper::<Guard> { preferences: Some(kind.likes(declared)), ..Temper::default() };
        let mut entity = commands.spawn((mind, temper, Body { place, kind }));
        if guard < Kind::ALL.len() {
            let top = SIDE as f32 - 3.4 - 8.8 * guard as f32;
            let panel = Rect::new(SIDE as f32 + 1.0, top - 6.0, SIDE as f32 + 15.0, top);
            let shown = Shown::<Guard>::new(middle(place), Some(colour(kind))).with_panel(panel);
            entity.insert(if kind == Kind::Watchman { shown.without_heat() } else { shown });
        }
    }
}

impl Story {
    /// Comes in where guards are farther away.
    fn begin(&mut self, guards: impl Iterator<Item = Place> + Clone) {
        let ways = WAYS_OUT.map(|(x, y)| at(x, y));
        let nearest = |way: &Place| guards.clone().filter_map(|guard| HOUSE.steps(guard, *way)).min();
        self.intruder = ways.into_iter().max_by_key(nearest).unwrap_or(ways[0]);
        let (x, y) = ROOMS[self.draw(ROOMS.len())];
        (self.room, self.loaded) = (at(x, y), false);
    }

    fn draw(&mut self, count: usize) -> usize {
        categorical(&vec![1.0 / count as f64; count], &mut self.rng)
    }

    /// The script: to a room where something can be taken (the vault is watched), and out by the way that is farther from there.
    fn script(&mut self) -> Go {
        self.loaded |= self.intruder == self.room;
        let out = WAYS_OUT.map(|(x, y)| at(x, y));
        let farther = out[usize::from(HOUSE.steps(self.room, out[0]) < HOUSE.steps(self.room, out[1]))];
        let aim = if self.loaded { farther } else { self.room };
        if self.tick.is_multiple_of(PAUSES) { Go::Stay } else { HOUSE.towards(self.intruder, aim) }
    }
}

/// The intruder takes a step.
fn intrude(mut story: ResMut<Story>, guards: Query<&Body>) {
    story.tick += 1;
    let go = match story.wanted {
        Some(go) => go,
        None => story.script(),
    };
    let to = walk(story.intruder, go);
    story.moved = to != story.intruder;
    story.intruder = to;
    if sign(to) == b'v' {
        story.loaded = true;
    } else if sign(to) == b'x' && story.loaded {
        story.escaped += 1;
        story.begin(guards.iter().map(|body| body.place));
    }
}

/// Guards see and hear, each for itself.
fn sense(mut story: ResMut<Story>, mut guards: Query<(&Body, &mut Senses<Guard>)>) {
    let (intruder, quiet) = (story.intruder, if story.moved { 0.2 } else { 0.9 });
    for (body, mut senses) in &mut guards {
        let heard = categorical(noise(loudness(HOUSE.steps(body.place, intruder)), quiet).probabilities(), &mut story.rng);
        let heard = Noise::new(heard).unwrap_or_else(|| unreachable!("it is one of the levels"));
        let seen: Sight = sight(body.place, intruder);
        let post = crate::guard::near_vault(body.place);
        senses.see(GuardObservation { here: body.place, heard, seen, post });
    }
}

/// What of a guard moves.
type Walker = (&'static mut Body, &'static Chosen<Guard>, Option<&'static mut Shown<Guard>>);

/// Guards take the step that they have chosen.
fn patrol(mut guards: Query<Walker>) {
    for (mut body, chosen, shown) in &mut guards {
        if let Some(action) = chosen.action {
            // An arrow begins where the plan was made.
            if let Some(mut shown) = shown {
                shown.at = middle(body.place);
            }
            body.place = walk(body.place, action.go);
        }
    }
}

/// Who is on the intruder's cell, or a step away, has caught it; it comes again.
fn catch(mut story: ResMut<Story>, guards: Query<&Body>) {
    if guards.iter().any(|body| HOUSE.steps(body.place, story.intruder).is_some_and(|steps| steps <= 1)) {
        story.caught += 1;
        story.begin(guards.iter().map(|body| body.place));
    }
}

/// A number that tells worlds apart: of where everybody is and what they believe (FNV-1a).
pub fn hash(app: &mut App) -> u64 {
    let mut guards = app.world_mut().query::<(Entity, &Body, &aif_bevy::Mind<Guard>)>();
    let mut all: Vec<_> = guards.iter(app.world()).collect();
    all.sort_unstable_by_key(|(guard, ..)| guard.index_u32());
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |number: u64| {
        for byte in number.to_le_bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for (_, body, mind) in all {
        add(body.place.index() as u64);
        mind.mind.belief.intruder.probabilities().iter().for_each(|p| add(p.to_bits()));
    }
    let story = app.world().resource::<Story>();
    add(story.intruder.index() as u64);
    add(u64::from(story.caught));
    hash
}
