//! Several records under filters of one kind, scored side by side: one lane for each, in vector instructions where the machine has them.

use aif_runtime::Real;
use aif_runtime::hgf::{Engine, FilterOptions, GaussianFilter, MAX_INPUTS, Number, PutIn};

use super::filter::{checked, failure};
use super::trials::Rows;
use super::{Assigned, ScoreError, Trials, filter_log_likelihood};

/// The sums of the log-probabilities of all scored responses, for as many filters as records; as `filter_log_likelihood` to rounding, and
/// independent of who is beside whom.
pub fn filter_log_likelihoods<T: Real, M: GaussianFilter<T>>(
    filters: &[(M, Assigned<T>)],
    records: &[&Trials],
    options: &FilterOptions,
    sums: &mut Vec<Result<T, ScoreError>>,
) {
    let lanes = T::Abreast::LANES;
    for (filters, records) in filters.chunks(lanes).zip(records.chunks(lanes)) {
        if lanes == 1 || filters.len() == 1 {
            sums.extend(filters.iter().zip(records).map(|((f, _), record)| filter_log_likelihood(f, record, options)));
            continue;
        }
        let found = pulp::Arch::new().dispatch(|| side_by_side::<T, M, T::Abreast>(filters, records, options));
        for (lane, ((filter, _), record)) in filters.iter().zip(records).enumerate() {
            let sum = found.lane(lane);
            sums.push(match checked(filter, options) {
                Err(error) => Err(error),
                Ok(()) if sum.is_finite() => Ok(sum),
                Ok(()) => Err(failure(filter, record, options)),
            });
        }
    }
}

/// The sums of all lanes; those beyond the last record are zero.
#[inline(always)]
fn side_by_side<T: Real, M: GaussianFilter<T>, S: Number<Scalar = T>>(
    filters: &[(M, Assigned<T>)],
    records: &[&Trials],
    options: &FilterOptions,
) -> S {
    let meta = const { &M::META };
    let (inputs, responses) = (meta.inputs.len(), meta.responses.len());
    let last = filters.len() - 1;
    let mut engine = Engine::<M, T, S>::new(|lane| filters[lane.min(last)].0, options);
    let nothing = Rows::default();
    let mut sum = S::fixed(0.0);
    let (mut numbers, mut observed) = ([S::fixed(0.0); MAX_INPUTS], [S::fixed(0.0); MAX_INPUTS]);
    let blocks = records.iter().map(|r| r.rows.len()).max().unwrap_or(0);
    for b in 0..blocks {
        engine.restart();
        // Who has no such block, or a shorter one, sees nothing and does nothing for the rest of it.
        let rows = |lane: usize| records.get(lane).and_then(|r| r.rows.get(b)).unwrap_or(&nothing);
        let trials = (0..records.len()).map(|lane| rows(lane).time_steps.len()).max().unwrap_or(0);
        for t in 0..trials {
            let time_step = S::flags(|lane| rows(lane).time_steps.get(t).copied().unwrap_or(1.0));
            for i in 0..inputs {
                let put = |lane: usize| rows(lane).inputs.get(t * inputs + i).copied().unwrap_or(f64::NAN);
                numbers[i] = S::flags(|lane| if put(lane).is_nan() { 0.0 } else { put(lane) });
                observed[i] = S::flags(|lane| if put(lane).is_nan() { 0.0 } else { 1.0 });
            }
            engine.trial(time_step, PutIn { numbers: &numbers[..inputs], observed: &observed[..inputs] });
            for response in 0..responses {
                let recorded = |lane: usize| rows(lane).responses.get(t * responses + response).copied().unwrap_or(f64::NAN);
                let counts = S::flags(|lane| if recorded(lane).is_nan() { 0.0 } else { 1.0 });
                let (first, second) = S::pairs(|lane| {
                    let own = recorded(lane);
                    if own.is_nan() {
                        return (T::zero(), T::one());
                    }
                    let [first, second] = filters[lane.min(last)].0.response_parts(response, &engine.beliefs(lane), own);
                    (first, second)
                });
                sum = S::pick(counts, sum + M::ln_response::<S>(response, [first, second]), sum);
            }
        }
    }
    sum
}
