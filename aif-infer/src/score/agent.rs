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
                live(&self.0, scorer, Wanted::Scored, |lived| {
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
                live(&self.0, scorer, Wanted::Scored, |lived| {
                    each.extend(lived.scored());
                    lived.answers(&self.0, record, |ln_p| each.push(ln_p))
                })?;
                return Ok(each);
            }
            scorer.live()?;
            if record.answers.count() == 0 {
                let distinct = &scorer.memory.log_probabilities;
                each.extend(record.order.iter().map(|&response| distinct[response as usize]));
                return Ok(each);
            }
            // The actions up to a row stand before what else is recorded of it.
            let mut actions =
                record.order.iter().map(|&r| scorer.memory.log_probabilities[r as usize]).collect::<Vec<T>>().into_iter();
            let mut rows = record.rows();
            let mut next = 0;
            let mut up_to = |index: usize, each: &mut Vec<T>| {
                for (_, _, step) in rows.by_ref().take(index + 1 - next) {
                    each.extend(step.scored.then(|| actions.next()).flatten());
                }
                next = index + 1;
            };
            scorer.each_answered(|at, moment| {
                up_to(at.index, &mut each);
                score(&self.0, (record, at), moment, |ln_p| each.push(ln_p))
            })?;
            up_to(record.rows().count() - 1, &mut each);
            Ok(each)
        })
    }

    fn places(record: &History) -> Vec<ResponsePlace> {
        record.places()
    }
}
