//! Scores the record of an agent: it is lived again, observation after observation, and asked how probable each recorded action was.

use aif_runtime::{AgentOptions, Assigned, GenerativeModel, Pomdp, Real};

use super::answers::score;
use super::memory::{Memory, with_memory};
use super::scorer::Scorer;
use super::walk::{Wanted, live, needed};
use super::{Behaviour, ScoreError};
use crate::record::{History, ResponsePlace};

impl<T: Real, M: GenerativeModel<T>> Behaviour<T> for Pomdp<M> {
    type Record = History;
    type Options = AgentOptions;

    fn log_likelihood(&self, assigned: &Assigned<T>, record: &History, options: &AgentOptions) -> Result<T, ScoreError> {
        let options = &assigned.complete(options);
        with_memory(|memory: &mut Memory<T, M>| {
            let mut sum = T::zero();
            let mut scorer = Scorer::new(&self.0, assigned, record, options, memory)?;
            if needed(&M::META, options, record) {
                live(scorer, Wanted::Scored, |lived| {
                    sum += lived.scored().unwrap_or(T::zero());
                    lived.answers(&self.0, record, |ln_p| sum += ln_p)
                })?;
                return Ok(sum);
            }
            scorer.live()?;
            for (response, &log_p) in record.responses.iter().zip(&scorer.memory.log_probabilities) {
                sum += log_p * f64::from(response.count);
            }
            scorer.each_answered(|at, moment| score(&self.0, (record, at), moment, |ln_p| sum += ln_p))?;
            Ok(sum)
        })
    }

    fn pointwise(&self, assigned: &Assigned<T>, record: &History, options: &AgentOptions) -> Result<Vec<T>, ScoreError> {
        let options = &assigned.complete(options);
        with_memory(|memory: &mut Memory<T, M>| {
            let mut scorer = Scorer::new(&self.0, assigned, record, options, memory)?;
            let mut each = Vec::with_capacity(record.responses());
            if needed(&M::META, options, record) {
                live(scorer, Wanted::Scored, |lived| {
                    each.extend(lived.scored());
                    lived.answers(&self.0, record, |ln_p| each.push(ln_p))
                })?;
                return Ok(each);
            }
            scorer.live()?;
            let mut answers = Vec::with_capacity(record.answers.count());
            scorer.each_answered(|at, moment| score(&self.0, (record, at), moment, |ln_p| answers.push(ln_p)))?;
            let distinct = &scorer.memory.log_probabilities;
            let (mut actions, mut answers) = (record.order.iter().map(|&r| distinct[r as usize]), answers.into_iter());
            // The action of a row stands before what else is recorded of it.
            for (index, (_, _, step)) in record.rows().enumerate() {
                each.extend(step.scored.then(|| actions.next()).flatten());
                each.extend(answers.by_ref().take(record.answers.counted(index).count()));
            }
            Ok(each)
        })
    }

    fn places(record: &History) -> Vec<ResponsePlace> {
        record.places()
    }
}
