//! The same night in a window: Bevy's renderer draws the same sketch with gizmos, and arrow keys move the intruder.

use std::path::{Path, PathBuf};

use aif_bevy::overlay::draw_sketch;
use aif_bevy::{Overlay, Sketch};
use bevy::camera::ScalingMode;
use bevy::prelude::*;
use bevy::render::view::screenshot::{Screenshot, save_to_disk};

use crate::game::{self, Failure, Night, Story};
use crate::house::Go;
use crate::{guard, scene};

/// How many ticks there are in a second.
const TICKS: f64 = 6.0;

/// A picture to be taken.
#[derive(Resource)]
struct Shot {
    after: u32,
    path: PathBuf,
}

/// Runs until the window is closed, or until a picture is taken.
pub fn run(night: &Night, out: &Path, shot: Option<u32>) -> Result<(), Failure> {
    let mut app = App::new();
    let window = Window { title: "Guards".into(), resolution: (1100, 820).into(), ..default() };
    app.add_plugins(DefaultPlugins.set(WindowPlugin { primary_window: Some(window), ..default() }));
    app.insert_resource(ClearColor(scene::GROUND.into()));
    app.insert_resource(Time::<Fixed>::from_hz(TICKS));
    game::add(&mut app, FixedUpdate, night)?;
    app.add_systems(Startup, look);
    app.add_systems(Update, (steer, draw).chain());
    if let Some(after) = shot {
        crate::pages::check(out)?;
        std::fs::create_dir_all(out).map_err(|error| format!("{}: {error}", out.display()))?;
        app.insert_resource(Shot { after, path: out.join("window.png") });
        app.add_systems(Update, shoot);
    }
    app.run();
    Ok(())
}

/// A camera that sees the whole house, and the bars beside it.
fn look(mut commands: Commands) {
    let view = scene::view();
    let projection = OrthographicProjection {
        scaling_mode: ScalingMode::AutoMin { min_width: view.width(), min_height: view.height() },
        ..OrthographicProjection::default_2d()
    };
    let at = Transform::from_translation(view.center().extend(0.0));
    commands.spawn((Camera2d, Projection::Orthographic(projection), at));
}

/// Arrow keys move the intruder, space holds it; whoever has pressed none yet watches the script.
fn steer(keys: Res<ButtonInput<KeyCode>>, mut story: ResMut<Story>) {
    let steps = [
        (KeyCode::ArrowUp, Go::North),
        (KeyCode::ArrowRight, Go::East),
        (KeyCode::ArrowDown, Go::South),
        (KeyCode::ArrowLeft, Go::West),
        (KeyCode::Space, Go::Stay),
    ];
    match steps.iter().find(|(key, _)| keys.pressed(*key)) {
        Some((_, go)) => story.wanted = Some(*go),
        None => story.wanted = story.wanted.map(|_| Go::Stay),
    }
}

/// The house and who is in it; the overlay draws itself.
fn draw(world: &mut World) {
    let mut sketch = Sketch::default();
    scene::house(&mut sketch);
    scene::people(world, &mut sketch);
    if world.contains_resource::<Overlay<guard::Guard>>() {
        scene::legend(&mut sketch);
    }
    let drawn =
        world.run_system_cached_with(|sketch: In<Sketch>, mut gizmos: Gizmos| draw_sketch(&sketch.0, &mut gizmos), sketch);
    if let Err(error) = drawn {
        warn!("the house is not drawn: {error}");
    }
}

/// Takes the picture, and ends some frames later, when it is written.
fn shoot(mut frames: Local<u32>, shot: Res<Shot>, mut commands: Commands, mut exit: MessageWriter<AppExit>) {
    *frames += 1;
    if *frames == shot.after {
        commands.spawn(Screenshot::primary_window()).observe(save_to_disk(shot.path.clone()));
    }
    if *frames > shot.after && shot.path.exists() {
        exit.write(AppExit::Success);
    }
}
