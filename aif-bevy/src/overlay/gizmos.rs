//! A sketch drawn with Bevy's gizmos.

use aif_runtime::{GenerativeModel, Real};
use bevy_color::{Color, Srgba};
use bevy_ecs::prelude::Res;
use bevy_gizmos::config::GizmoConfigGroup;
use bevy_gizmos::gizmos::{GizmoBuffer, Gizmos};
use bevy_math::{Isometry2d, Rect, Vec2};

use super::Overlay;
use super::sketch::{Mark, Sketch};

/// How many lines fill a rectangle: gizmos are lines.
const LINES: usize = 8;
/// How high letters of gizmos are, of those of a picture: they are wider.
const LETTERS: f32 = 0.7;

/// Draws what the overlay has sketched.
pub(super) fn show<M: GenerativeModel<T>, T: Real>(overlay: Option<Res<Overlay<M, T>>>, gizmos: Option<Gizmos>) {
    if let (Some(overlay), Some(mut gizmos)) = (overlay, gizmos) {
        draw_sketch(&overlay.sketch, &mut gizmos);
    }
}

/// Draws a sketch with gizmos, in two dimensions.
pub fn draw_sketch<C: GizmoConfigGroup, K: Send + Sync + 'static>(sketch: &Sketch, gizmos: &mut GizmoBuffer<C, K>) {
    for mark in &sketch.marks {
        match mark {
            Mark::Fill(rect, colour) => fill(*rect, *colour, gizmos),
            Mark::Outline(rect, colour) => {
                gizmos.rect_2d(Isometry2d::from_translation(rect.center()), rect.size(), Color::from(*colour))
            }
            Mark::Line([from, to], colour) => gizmos.line_2d(*from, *to, Color::from(*colour)),
            Mark::Arrow([from, to], colour) => {
                gizmos.arrow_2d(*from, *to, Color::from(*colour)).with_tip_length(0.35 * from.distance(*to));
            }
            Mark::Disc(centre, radius, colour) => {
                for part in [0.25, 0.5, 0.75, 1.0] {
                    gizmos.circle_2d(Isometry2d::from_translation(*centre), radius * part, Color::from(*colour));
                }
            }
            Mark::Words(at, height, text, colour) => {
                let begins = Vec2::new(-0.5, 0.0);
                gizmos.text_2d(Isometry2d::from_translation(*at), text, LETTERS * height, begins, Color::from(*colour));
            }
        }
    }
}

fn fill<C: GizmoConfigGroup, K: Send + Sync + 'static>(rect: Rect, colour: Srgba, gizmos: &mut GizmoBuffer<C, K>) {
    for line in 0..LINES {
        let y = rect.min.y + rect.height() * (line as f32 + 0.5) / LINES as f32;
        gizmos.line_2d(Vec2::new(rect.min.x, y), Vec2::new(rect.max.x, y), Color::from(colour));
    }
}
