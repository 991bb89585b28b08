//! What agents answer in the study program: responses that are drawn at the moment in which one acts.

use aif_runtime::measure::Draw;
use aif_runtime::{ActionProbabilities, Agent, Domain, GenerativeModel, Noticed};
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

/// What an agent does and answers.
pub(super) struct Answer<A> {
    /// What it chose, and the value of each action of that.
    pub chosen: A,
    pub parts: Vec<Option<usize>>,
    /// One number for each column of its responses, without that of an action.
    pub answers: Vec<f64>,
}

impl<M: GenerativeModel> Answering<'_, M> {
    /// Draws what is done and answered, but for what is forced, by the place of its column; a choice that is free is drawn by `free`.
    pub fn answer(
        &self,
        forced: impl Fn(usize) -> Option<f64>,
        free: impl FnOnce(&Agent<M>, &mut dyn Rng) -> Result<M::Action, StudyError>,
        place: impl Fn() -> String,
        rng: &mut dyn Rng,
    ) -> Result<Answer<M::Action>, StudyError> {
        let meta = &M::META;
        let mut answers = vec![f64::NAN; meta.response_columns().count()];
        for (c, answer) in answers.iter_mut().enumerate() {
            *answer = forced(meta.actions.len() + c).unwrap_or(f64::NAN);
        }
        let free = match meta.response_of_action() {
            Some(response) => {
                let own = &meta.responses[response];
                let time = (own.columns() > 0).then(|| meta.response_place(response));
                let known = [forced(0), time.map_or(Some(f64::NAN), |at| known(answers[at]))];
                let [which, when] = self.which_and_when(response, known, rng).ok_or_else(|| undrawn::<M>(response, place()))?;
                if let Some(at) = time {
                    answers[at] = when;
                }
                M::Action::from_index(which as usize).ok_or_else(|| undrawn::<M>(response, place()))?
            }
            None => free(self.agent, rng)?,
        };
        let of = |a: usize| forced(a).map_or_else(|| meta.action_value(free.index(), a), |x| x as usize);
        let chosen = meta.joint_action((0..meta.actions.len()).map(|a| Some(of(a)))).and_then(M::Action::from_index);
        let chosen = chosen.unwrap_or(free);
        let parts: Vec<Option<usize>> = (0..meta.actions.len()).map(|a| Some(meta.action_value(chosen.index(), a))).collect();
        for (response, own) in meta.responses.iter().enumerate().filter(|(_, own)| !own.action) {
            let columns = meta.response_place(response)..meta.response_place(response) + own.columns();
            if columns.clone().any(|c| answers[c].is_nan()) {
                let drawn = self.draw(response, &parts, rng).ok_or_else(|| undrawn::<M>(response, place()))?;
                answers[columns].copy_from_slice(&drawn[..own.columns()]);
            }
        }
        Ok(Answer { chosen, parts, answers })
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
