//! What agents answer in the study program: responses that are drawn at the moment in which one acts.

use aif_runtime::measure::Draw;
use aif_runtime::{ActionProbabilities, Agent, GenerativeModel, Noticed};
use rand::Rng;

use super::error::StudyError;

/// How often which and when are drawn until which is what is forced.
const MOST_DRAWS: usize = 100_000;

/// An agent about to answer.
pub(super) struct Answering<'a, M: GenerativeModel> {
    pub model: &'a M,
    pub agent: &'a Agent<M>,
    pub noticed: Noticed<f64>,
    /// Where it has responses.
    pub choice: Option<ActionProbabilities<M>>,
}

impl<M: GenerativeModel> Answering<'_, M> {
    /// Draws a response, given what was chosen; nothing where what comes out is no such response.
    pub fn draw(&self, response: usize, chosen: &[Option<usize>], rng: &mut dyn Rng) -> Option<[f64; 2]> {
        let choice = self.choice.as_ref()?;
        let drawn = self.agent.life().deliberate((choice, || self.noticed), |moment| {
            self.model.respond(response, &moment.with_chosen(chosen), Draw(rng))
        })?;
        let kind = M::META.responses[response].kind;
        (0..kind.columns()).all(|c| kind.refuses(c, drawn[c]).is_none()).then_some(drawn)
    }

    /// Draws the response that is the action, which and when, where they are not known; when, given which, by drawing until it is that.
    pub fn which_and_when(&self, response: usize, known: [Option<f64>; 2], rng: &mut dyn Rng) -> Option<[f64; 2]> {
        if let [Some(which), Some(when)] = known {
            return Some([which, when]);
        }
        for _ in 0..MOST_DRAWS {
            let [which, when] = self.draw(response, &[], rng)?;
            if known[0].is_none_or(|known| known == which) {
                return Some([which, known[1].unwrap_or(when)]);
            }
        }
        None
    }
}

/// A number, where it is one.
pub(super) fn known(number: f64) -> Option<f64> {
    (!number.is_nan()).then_some(number)
}

/// A response that cannot be drawn.
pub(super) fn undrawn<M: GenerativeModel>(response: usize, place: String) -> StudyError {
    StudyError::Undrawn { place, response: M::META.responses[response].name }
}
