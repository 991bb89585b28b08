//! What surrounds a learner: it shows inputs, and lets outcomes follow on actions.

use rand::Rng;

use super::trial::Trial;

#[diagnostic::on_unimplemented(
    message = "`{Self}` is no world of a learner",
    label = "a world shows inputs and observations",
    note = "one of `aif::learners`, such as `Bandit`, or a type of your own that implements `Surroundings`"
)]
/// The world of a learner. Numbers are in the order of the declaration; of a value of a domain, its index.
pub trait Surroundings {
    /// Before the first trial of a block.
    fn begin(&mut self, rng: &mut dyn Rng) {
        let _ = rng;
    }

    /// Sets the inputs of the next trial, counted from 0 within its block: those that are not a number yet; others are given.
    fn inputs(&mut self, trial: usize, inputs: &mut [f64], rng: &mut dyn Rng) {
        let _ = (trial, inputs, rng);
    }

    /// What is observed, after what has happened in the trial so far; not a number where nothing is.
    fn observe(&mut self, observation: usize, so_far: &Trial<'_>, rng: &mut dyn Rng) -> f64;
}
