//! The overlay: what is drawn of minds that are shown.

mod herd;

use aif::prelude::*;
use aif_bevy::{Budget, Mark, Mind, MindsPlugin, Overlay, OverlayPlugin, Shown, Tuned, Tuning};
use bevy_app::App;
use bevy_ecs::prelude::*;
use bevy_math::{Rect, Vec2};
use herd::{Go, Hen, Place, herd};

fn shown() -> App {
    let tuning = Tuning { budget: Budget::Minds(4), ..Tuning::default() };
    let mut app = herd(3, MindsPlugin::new(Hen, AgentOptions::default()).expect("hens think").tuned(tuning));
    let lies = |place: Place, draw: &mut dyn FnMut(Rect)| {
        draw(Rect::from_corners(Vec2::new(place.get() as f32, 0.0), Vec2::new(place.get() as f32 + 1.0, 1.0)))
    };
    let leads = |action: herd::HenAction| match action.go {
        Go::Stay => Vec2::ZERO,
        Go::Left => -Vec2::X,
        Go::Right => Vec2::X,
    };
    app.add_plugins(OverlayPlugin::<Hen>::default().heat("place", lies).expect("there is such a factor").arrows(leads));
    app.update();
    let mut all = app.world_mut().query_filtered::<Entity, With<Mind<Hen>>>();
    let hen = all.iter(app.world()).next().expect("there are hens");
    let panel = Rect::new(0.0, 2.0, 10.0, 5.0);
    app.world_mut().entity_mut(hen).insert(Shown::<Hen>::new(Vec2::new(0.5, 0.5), None).with_panel(panel));
    app.update();
    app
}

fn count(app: &App, of: fn(&Mark) -> bool) -> usize {
    app.world().resource::<Overlay<Hen>>().sketch().marks.iter().filter(|mark| of(mark)).count()
}

#[test]
fn belief_plan_and_terms_are_drawn() {
    let mut app = shown();
    // A smell is that of two places.
    let heat = count(&app, |mark| matches!(mark, Mark::Fill(rect, _) if rect.max.y <= 1.0));
    assert!((1..=2).contains(&heat), "{heat}");
    assert!(count(&app, |mark| matches!(mark, Mark::Arrow(..))) >= 1);
    assert_eq!(count(&app, |mark| matches!(mark, Mark::Words(..))), 3);
    assert!(count(&app, |mark| matches!(mark, Mark::Fill(rect, _) if rect.min.y >= 2.0)) >= 3);
    app.world_mut().resource_mut::<Tuned<Hen>>().overlay.heat = false;
    app.update();
    assert_eq!(count(&app, |mark| matches!(mark, Mark::Fill(rect, _) if rect.max.y <= 1.0)), 0);
}

#[test]
fn a_factor_that_is_not_there_is_named() {
    let lies = |_: Place, _: &mut dyn FnMut(Rect)| {};
    let error = OverlayPlugin::<Hen>::default().heat("plaice", lies).err().expect("there is none");
    assert_eq!(error.to_string(), r#"Hen has no factor "plaice", expected one of ["place"]"#);
    let lies = |_: bool, _: &mut dyn FnMut(Rect)| {};
    let error = OverlayPlugin::<Hen>::default().heat("place", lies).err().expect("they are others");
    assert_eq!(error.to_string(), "factor place of Hen has 40 states, but places were given for 2");
}

#[cfg(feature = "gizmos")]
#[test]
fn gizmos_draw_each_mark() {
    use bevy_gizmos::config::DefaultGizmoConfigGroup;
    use bevy_gizmos::gizmos::GizmoBuffer;
    let app = shown();
    let mut gizmos = GizmoBuffer::<DefaultGizmoConfigGroup, ()>::new();
    aif_bevy::overlay::draw_sketch(app.world().resource::<Overlay<Hen>>().sketch(), &mut gizmos);
    assert!(gizmos.list_positions.len() > 16 && !gizmos.strip_positions.is_empty());
}
