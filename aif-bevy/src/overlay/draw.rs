//! Beliefs as heat, plans as arrows, terms as bars.

use aif_runtime::{Domain, Explanation, Real};
use bevy_color::{Alpha, Srgba};
use bevy_math::{Rect, Vec2};

use super::sketch::Sketch;

/// The colours of what speaks for an action: utility, information, nearness to goals, and what later steps and habit add.
pub const TERM_COLOURS: [(&str, Srgba); 4] = [
    ("utility", Srgba::new(0.18, 0.55, 0.34, 1.0)),
    ("information", Srgba::new(0.20, 0.45, 0.78, 1.0)),
    ("goal", Srgba::new(0.72, 0.30, 0.62, 1.0)),
    ("later", Srgba::new(0.62, 0.62, 0.66, 1.0)),
];

/// The colour of words and of bars that have none of their own.
const INK: Srgba = Srgba::new(0.85, 0.87, 0.9, 1.0);

impl Sketch {
    /// Draws a belief over states as heat: a state covers as much as it is probable, compared with the most probable one. What is below `faintest` of
    /// that is left out.
    pub fn heat<T: Real>(&mut self, belief: &[T], lies: impl Fn(usize, &mut dyn FnMut(Rect)), faintest: f64, colour: Srgba) {
        let most = belief.iter().map(|p| p.value()).fold(0.0, f64::max);
        if most <= 0.0 {
            return;
        }
        for (state, p) in belief.iter().enumerate() {
            let share = p.value() / most;
            if share > 0.0 && share >= faintest {
                let colour = colour.with_alpha(colour.alpha * 0.8 * share.sqrt() as f32);
                lies(state, &mut |rect| self.fill(rect, colour));
            }
        }
    }

    /// Draws each action that is considered as an arrow to where it leads, the longer and the less transparent, the more probable it is; one that
    /// leads nowhere is a disc.
    pub fn plan<A: Domain, T: Real>(&mut self, at: Vec2, explained: &[Explanation<T>], leads: impl Fn(A) -> Vec2, colour: Srgba) {
        for (action, why) in A::all().zip(explained) {
            let (p, to) = (why.probability.value() as f32, leads(action));
            if p < 0.02 {
                continue;
            }
            let colour = colour.with_alpha((0.25 + 0.75 * p).min(1.0));
            if to == Vec2::ZERO {
                self.disc(at, 0.15 + 0.5 * p, colour.with_alpha(0.3 * colour.alpha));
            } else {
                self.arrow(at, at + to * (0.4 + 0.6 * p), colour);
            }
        }
    }

    /// Draws what speaks for each action as bars, one row for each: by how much each term is above the least that it is for any of them, in nats,
    /// all at one scale. The row of the action that was chosen has a mark.
    pub fn bars<A: Domain, T: Real>(&mut self, panel: Rect, explained: &[Explanation<T>], chosen: Option<A>, colour: Srgba) {
        let terms = |why: &Explanation<T>| {
            let (next, rest) = (&why.next, why.later.value() + why.habit.value());
            let information = next.state_information_gain + next.likelihood_information_gain + next.transition_information_gain;
            [next.utility.value(), information.value(), next.inductive_value.value(), rest]
        };
        // What is impossible has no bar, and does not shift those of the others.
        let mut least = [f64::INFINITY; 4];
        for why in explained {
            for (least, term) in least.iter_mut().zip(terms(why)) {
                *least = if term.is_finite() { least.min(term) } else { *least };
            }
        }
        let above = |why: &Explanation<T>| {
            let mut above = terms(why);
            above.iter_mut().zip(least).for_each(|(term, least)| *term = if term.is_finite() { *term - least } else { 0.0 });
            above
        };
        let most = explained.iter().map(|why| above(why).iter().sum::<f64>()).fold(0.1, f64::max);
        let row = panel.height() / explained.len().max(1) as f32;
        let (left, size) = (panel.min.x + 0.4 * panel.width(), 0.58 * panel.width());
        for (place, (action, why)) in A::all().zip(explained).enumerate() {
            let middle = panel.max.y - (place as f32 + 0.5) * row;
            let words = format!("{} {:.0}%", action.label(), 100.0 * why.probability.value());
            self.words(Vec2::new(panel.min.x + 0.04 * panel.width(), middle), 0.56 * row, words, INK);
            if chosen == Some(action) {
                self.fill(
                    Rect::new(panel.min.x, middle - 0.4 * row, panel.min.x + 0.02 * panel.width(), middle + 0.4 * row),
                    colour,
                );
            }
            let mut x = left;
            for (term, (_, ink)) in above(why).into_iter().zip(TERM_COLOURS) {
                let wide = size * (term / most) as f32;
                if wide > 0.0 {
                    self.fill(Rect::new(x, middle - 0.32 * row, x + wide, middle + 0.32 * row), ink);
                    x += wide;
                }
            }
        }
        self.outline(panel, colour.with_alpha(0.6));
    }
}
