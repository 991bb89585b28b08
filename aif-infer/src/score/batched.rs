//! Several records under filters of one kind, scored side by side: one lane for each, in vector instructions where the machine has them.

use std::cell::RefCell;
use std::marker::PhantomData;

use aif_runtime::hgf::{FilterKernel, FilterOptions, GaussianFilter, MAX_INPUTS, MAX_RESPONSES, Number, PutIn};
use aif_runtime::{Assigned, Hgf, Real};

use super::ScoreError;
use super::filter::{checked, filter_log_likelihood};
use crate::record::{Rows, Trials};

/// The sums of the log-probabilities of all scored responses, for as many filters as records; as `filter_log_likelihood`, and
/// whoever is beside whom, to rounding.
pub fn filter_log_likelihoods<T: Real, M: GaussianFilter<T>>(
    filters: &[(Hgf<M>, Assigned<T>)],
    records: &[&Trials],
    options: &FilterOptions,
    sums: &mut Vec<Result<T, ScoreError>>,
) {
    let lanes = T::Batched::LANES;
    for (filters, records) in filters.chunks(lanes).zip(records.chunks(lanes)) {
        // One or two are quicker by themselves than beside lanes that are empty.
        if lanes == 1 || filters.len() <= 2 {
            sums.extend(filters.iter().zip(records).map(|((f, _), record)| filter_log_likelihood(&f.0, record, options)));
            continue;
        }
        let found = COLUMNS.with_borrow_mut(|columns| {
            SideBySide { filters, records, options, columns, as_numbers: PhantomData::<T::Batched> }.work()
        });
        for (lane, ((filter, _), record)) in filters.iter().zip(records).enumerate() {
            let sum = found.lane(lane);
            sums.push(match checked(&filter.0, options) {
                Err(error) => Err(error),
                Ok(()) if sum.is_wholly_finite() => Ok(sum),
                // By itself it may be finite; if not, it says why.
                Ok(()) => filter_log_likelihood(&filter.0, record, options),
            });
        }
    }
}

/// Numbers of so many bytes fit on any thread's stack, all of a trial: those of one derivative in eight lanes.
#[cfg(debug_assertions)]
const SMALL: usize = 128;

/// Compiled once for each set of vector instructions; the machine's own is called.
struct SideBySide<'a, T, M, S> {
    filters: &'a [(Hgf<M>, Assigned<T>)],
    records: &'a [&'a Trials],
    options: &'a FilterOptions,
    columns: &'a mut Columns,
    as_numbers: PhantomData<S>,
}

impl<T: Real, M: GaussianFilter<T>, S: Number<Scalar = T>> SideBySide<'_, T, M, S> {
    #[cfg(not(debug_assertions))]
    fn work(self) -> S {
        pulp::Arch::new().dispatch(self)
    }

    /// Where code is compiled to be tried it is compiled once: the arithmetic is the same, in fewer numbers at a time. Without optimisation every
    /// number has a place of its own on the stack, so that numbers with several derivatives need a large one.
    #[cfg(debug_assertions)]
    fn work(self) -> S {
        if size_of::<S>() <= SMALL {
            return self.here();
        }
        std::thread::scope(|scope| {
            let large = std::thread::Builder::new().stack_size(64 << 20);
            let thread = large.spawn_scoped(scope, || self.here());
            let found = thread.map(std::thread::ScopedJoinHandle::join);
            match found {
                Ok(Ok(sums)) => sums,
                Ok(Err(panic)) => std::panic::resume_unwind(panic),
                // No thread to be had: each is scored by itself.
                Err(_) => S::fixed(f64::NAN),
            }
        })
    }
}

#[cfg(debug_assertions)]
impl<T: Real, M: GaussianFilter<T>, S: Number<Scalar = T>> SideBySide<'_, T, M, S> {
    /// Not part of its caller, whose place on the stack would be as large.
    #[inline(never)]
    fn here(self) -> S {
        pulp::WithSimd::with_simd(self, pulp::Scalar)
    }
}

impl<T: Real, M: GaussianFilter<T>, S: Number<Scalar = T>> pulp::WithSimd for SideBySide<'_, T, M, S> {
    type Output = S;
    #[inline(always)]
    fn with_simd<V: pulp::Simd>(self, _: V) -> S {
        side_by_side::<T, M, S>(self.filters, self.records, self.options, self.columns)
    }
}

/// The sums of all lanes; those beyond the last record are zero.
#[inline(always)]
fn side_by_side<T: Real, M: GaussianFilter<T>, S: Number<Scalar = T>>(
    filters: &[(Hgf<M>, Assigned<T>)],
    records: &[&Trials],
    options: &FilterOptions,
    columns: &mut Columns,
) -> S {
    let meta = const { &M::META };
    let (inputs, responses) = (meta.inputs.len(), meta.responses.len());
    let last = filters.len() - 1;
    let mut engine = FilterKernel::<M, T, S>::new(|lane| filters[lane.min(last)].0.0, options);
    let mut waiting = [Waiting::<S>::new(); MAX_RESPONSES];
    let waiting = &mut waiting[..responses];
    let mut sum = S::fixed(0.0);
    let mut numbers = [S::fixed(0.0); MAX_INPUTS];
    let mut observed = [S::fixed(0.0); MAX_INPUTS];
    let (nothing, width) = (Rows::default(), S::LANES);
    let blocks = records.iter().map(|r| r.rows.len()).max().unwrap_or(0);
    for b in 0..blocks {
        engine.restart();
        // Who has no such block, or a shorter one, sees nothing and does nothing for the rest of it.
        let rows = |lane: usize| records.get(lane).and_then(|r| r.rows.get(b)).unwrap_or(&nothing);
        let trials = (0..records.len()).map(|lane| rows(lane).time_steps.len()).max().unwrap_or(0);
        columns.lay(width, trials, [inputs, responses], rows);
        for t in 0..trials {
            for i in 0..inputs {
                let number = S::from_numbers(&columns.inputs[(t * inputs + i) * width..]);
                observed[i] = number.is_number();
                numbers[i] = S::pick(observed[i], number, S::fixed(0.0));
            }
            let time_step = S::from_numbers(&columns.time_steps[t * width..]);
            engine.trial(time_step, PutIn { numbers: &numbers[..inputs], observed: &observed[..inputs] });
            for (response, waiting) in waiting.iter_mut().enumerate() {
                let recorded = &columns.responses[(t * responses + response) * width..][..width];
                let parts = S::pairs(|lane| {
                    let own = recorded[lane];
                    if own.is_nan() {
                        return (T::zero(), T::one());
                    }
                    let [first, second] = filters[lane.min(last)].0.0.response_parts(response, &engine.beliefs(lane), own);
                    (first, second)
                });
                waiting.push(S::from_numbers(recorded).is_number(), parts.into());
                if waiting.count == WAITING {
                    sum = sum + waiting.settle::<T, M>(response);
                }
            }
        }
    }
    for (response, waiting) in waiting.iter_mut().enumerate() {
        sum = sum + waiting.settle::<T, M>(response);
    }
    sum
}

/// The numbers of a block with those of all lanes beside each other.
#[derive(Default)]
struct Columns {
    inputs: Vec<f64>,
    time_steps: Vec<f64>,
    responses: Vec<f64>,
}

impl Columns {
    fn lay<'r>(&mut self, width: usize, trials: usize, [inputs, responses]: [usize; 2], rows: impl Fn(usize) -> &'r Rows) {
        let fill = |to: &mut Vec<f64>, count: usize, nothing: f64, of: &dyn Fn(&'r Rows) -> &'r [f64]| {
            to.clear();
            to.resize(trials * count * width, nothing);
            for lane in 0..width {
                for (row, &x) in to.chunks_exact_mut(width).zip(of(rows(lane))) {
                    row[lane] = x;
                }
            }
        };
        fill(&mut self.inputs, inputs, f64::NAN, &|r| &r.inputs);
        fill(&mut self.time_steps, 1, 1.0, &|r| &r.time_steps);
        fill(&mut self.responses, responses, f64::NAN, &|r| &r.responses);
    }
}

thread_local! {
    /// Room for them, kept from one evaluation to the next.
    static COLUMNS: RefCell<Columns> = RefCell::default();
}

/// How many responses wait to be scored together.
const WAITING: usize = 16;

/// Responses of one kind that wait to be scored. They are scored in a loop of their own, from memory to memory: so the compiler finds the
/// vector instructions, which it does not in the midst of a trial.
#[derive(Clone, Copy)]
struct Waiting<S> {
    counts: [S; WAITING],
    parts: [[S; 2]; WAITING],
    scores: [S; WAITING],
    count: usize,
}

impl<S: Number> Waiting<S> {
    fn new() -> Self {
        let zero = S::fixed(0.0);
        Waiting { counts: [zero; WAITING], parts: [[zero; 2]; WAITING], scores: [zero; WAITING], count: 0 }
    }

    #[inline(always)]
    fn push(&mut self, counts: S, parts: [S; 2]) {
        self.counts[self.count] = counts;
        self.parts[self.count] = parts;
        self.count += 1;
    }

    /// The sum of those that count; none is left.
    #[inline(always)]
    fn settle<T: Real, M: GaussianFilter<T>>(&mut self, response: usize) -> S {
        let zero = S::fixed(0.0);
        for i in 0..self.count {
            self.scores[i] = M::ln_response::<S>(response, self.parts[i]);
        }
        let mut sum = zero;
        for i in 0..self.count {
            sum = sum + S::pick(self.counts[i], self.scores[i], zero);
        }
        self.count = 0;
        sum
    }
}
