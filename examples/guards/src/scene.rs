//! The picture: the house, who is where, and the overlay of those who are shown. It is the same on a screen and in a file.

use aif::prelude::Domain;
use aif_bevy::overlay::TERM_COLOURS;
use aif_bevy::{Overlay, Sketch};
use bevy_app::App;
use bevy_color::Srgba;
use bevy_ecs::prelude::World;
use bevy_math::{Rect, Vec2};

use crate::game::{Body, Story, colour, middle, square};
use crate::guard::{Guard, Kind};
use crate::house::{Place, SIDE, sign};

/// What lies below all.
pub const GROUND: Srgba = Srgba::new(0.06, 0.07, 0.10, 1.0);
const WALL: Srgba = Srgba::new(0.33, 0.36, 0.44, 1.0);
const DOOR: Srgba = Srgba::new(0.52, 0.40, 0.24, 0.7);
const VAULT: Srgba = Srgba::new(0.85, 0.70, 0.25, 0.35);
const OUT: Srgba = Srgba::new(0.75, 0.35, 0.35, 0.6);
const INTRUDER: Srgba = Srgba::new(0.98, 0.25, 0.35, 1.0);
const WORDS: Srgba = Srgba::new(0.85, 0.87, 0.90, 1.0);

/// The world as it is seen: the house, and beside it what speaks for each action of those who are shown.
pub fn view() -> Rect {
    Rect::new(-1.0, -2.2, SIDE as f32 + 16.0, SIDE as f32 + 1.0)
}

/// The house alone, with a line below it.
pub fn house_view() -> Rect {
    Rect::new(-0.6, -2.2, SIDE as f32 + 0.6, SIDE as f32 + 0.6)
}

/// All there is to see of the house at a moment.
pub fn scene(world: &mut World) -> Sketch {
    let mut sketch = Sketch::default();
    house(&mut sketch);
    if let Some(overlay) = world.get_resource::<Overlay<Guard>>() {
        sketch.extend(overlay.sketch());
    }
    people(world, &mut sketch);
    sketch
}

/// What does not move.
pub fn house(sketch: &mut Sketch) {
    for place in Place::all() {
        let paint = match sign(place) {
            b'#' => WALL,
            b'+' => DOOR,
            b'v' => VAULT,
            b'x' => OUT,
            _ => continue,
        };
        sketch.fill(square(place), paint);
    }
}

/// Who is where, and how the night goes.
pub fn people(world: &mut World, sketch: &mut Sketch) {
    let mut guards = world.query::<&Body>();
    for body in guards.iter(world) {
        sketch.disc(middle(body.place), 0.42, colour(body.kind));
    }
    let Some(story) = world.get_resource::<Story>() else { return };
    sketch.disc(middle(story.intruder), 0.42, INTRUDER);
    sketch.outline(square(story.intruder), INTRUDER);
    let Story { tick, caught, escaped, .. } = story;
    let words = format!("tick {tick}: caught {caught} times, got away {escaped} times");
    sketch.words(Vec2::new(0.0, -1.2), 1.0, words, WORDS);
}

/// What the colours mean, beside the house.
pub fn legend(sketch: &mut Sketch) {
    let left = SIDE as f32 + 1.0;
    for (place, kind) in Kind::ALL.into_iter().enumerate() {
        let y = SIDE as f32 - 2.6 - 8.8 * place as f32;
        sketch.disc(Vec2::new(left + 0.4, y), 0.42, colour(kind));
        let words = match kind {
            Kind::Hunter => "a hunter: after what it hears",
            Kind::Lookout => "a lookout: sees, from afar",
            Kind::Watchman => "a watchman: at the vault",
        };
        sketch.words(Vec2::new(left + 1.2, y), 0.85, words, WORDS);
    }
    let mut x = left;
    for (name, ink) in TERM_COLOURS {
        sketch.fill(Rect::from_center_size(Vec2::new(x + 0.3, -1.2), Vec2::splat(0.6)), ink);
        sketch.words(Vec2::new(x + 0.8, -1.2), 0.65, name, WORDS);
        x += 1.4 + 0.31 * name.len() as f32;
    }
}

/// A whole picture as SVG.
pub fn picture(app: &mut App) -> String {
    let mut sketch = scene(app.world_mut());
    legend(&mut sketch);
    sketch.svg(view(), 18.0, GROUND)
}

/// Frames side by side, three in a row.
pub fn strip(frames: &[Sketch]) -> String {
    let size = house_view().size();
    let mut all = Sketch::default();
    let rows = frames.len().div_ceil(3).max(1);
    for (place, frame) in frames.iter().enumerate() {
        let by = Vec2::new((place % 3) as f32 * size.x, -((place / 3) as f32) * size.y);
        let inside = frame.marks.iter().filter(|mark| house_view().contains(mark.at()));
        all.marks.extend(inside.map(|mark| mark.moved(by)));
    }
    let (min, max) = (house_view().min, house_view().max);
    let columns = frames.len().clamp(1, 3);
    let whole = Rect::new(min.x, min.y - (rows - 1) as f32 * size.y, max.x + (columns - 1) as f32 * size.x, max.y);
    all.svg(whole, 12.0, GROUND)
}
