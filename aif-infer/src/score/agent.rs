//! Scores the record of an agent: it is lived again, observation after observation, and asked how probable each recorded action was.

use aif_runtime::{AgentOptions, Assigned, GenerativeModel, Pomdp, Real};

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
            let scorer = Scorer::new(&self.0, assigned, record, options, memory)?;
            if needed(&M::META, options, record) {
                live(&self.0, scorer, Wanted::Scored, |lived| sum += lived.choice.map_or(T::zero(), |(_, log_p)| log_p))?;
                return Ok(sum);
            }
            let distinct = scorer.responses()?;
            for (response, &log_p) in record.responses.iter().zip(distinct) {
                sum += log_p * f64::from(response.count);
            }
            Ok(sum)
        })
    }

    fn pointwise(&self, assigned: &Assigned<T>, record: &History, options: &AgentOptions) -> Result<Vec<T>, ScoreError> {
        let options = &assigned.complete(options);
        with_memory(|memory: &mut Memory<T, M>| {
            let scorer = Scorer::new(&self.0, assigned, record, options, memory)?;
            if needed(&M::META, options, record) {
                let mut each = Vec::with_capacity(record.order.len());
                live(&self.0, scorer, Wanted::Scored, |lived| each.extend(lived.choice.map(|(_, log_p)| log_p)))?;
                return Ok(each);
            }
            let distinct = scorer.responses()?;
            Ok(record.order.iter().map(|&response| distinct[response as usize]).collect())
        })
    }

    fn places(record: &History) -> Vec<ResponsePlace> {
        record.places()
    }
}
