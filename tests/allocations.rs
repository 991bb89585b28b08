//! Nothing is allocated by the evaluation of a gradient, once one has been made.

#[path = "../examples/crossing/src/field.rs"]
#[allow(dead_code)]
mod field;
#[path = "models/populations.rs"]
#[allow(dead_code)]
mod populations;
#[path = "responses/models.rs"]
#[allow(dead_code)]
mod responses;
#[path = "models/tmaze.rs"]
#[allow(dead_code)]
mod tmaze;
#[path = "../examples/crossing/src/walker.rs"]
#[allow(dead_code)]
mod walker;

use std::alloc::{GlobalAlloc, Layout, System};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use aif::hgf::{FilterOptions, GaussianFilter, TwoLevelBinary};
use aif::infer::data::{DataOptions, RawTable};
use aif::infer::score::{History, RecordedBlock, RecordedRow, Trials};
use aif::infer::study::StudyBehaviour;
use aif::infer::{Density, Posterior};
use aif::prelude::*;
use populations::{Everything, RewardBelief};
use responses::Guesser;
use tmaze::TMaze;

struct Counting;
static COUNT: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed on to the system's allocator as it is.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How many allocations one evaluation makes.
fn allocations(density: &dyn Density, at: &[f64]) -> usize {
    let mut gradient = vec![0.0; at.len()];
    for shift in [0.0, 0.1, 0.2, 0.3] {
        let moved: Vec<f64> = at.iter().map(|x| x + shift).collect();
        density.ln_density(&moved, &mut gradient).unwrap();
    }
    let before = COUNT.load(Ordering::Relaxed);
    density.ln_density(at, &mut gradient).unwrap();
    COUNT.load(Ordering::Relaxed) - before
}

#[test]
fn a_gradient_allocates_nothing() {
    let path = format!("{}/tests/fixtures/tmaze_50x20x5.csv", env!("CARGO_MANIFEST_DIR"));
    let table = RawTable::open(Path::new(&path)).unwrap();
    let records = <Pomdp<TMaze<f64>> as StudyBehaviour>::read(&[table], &DataOptions::default(), false).unwrap().records;
    for inference in [Inference::default(), Inference::REFERENCE, Inference::Exact] {
        let options = AgentOptions { inference, ..AgentOptions::default() };
        let posterior = Posterior::<RewardBelief>::new(records.iter().take(5).collect(), &options).unwrap();
        let at = vec![0.2; posterior.dimension()];
        assert_eq!(allocations(&posterior, &at), 0, "{inference:?}");
        let posterior = Posterior::<Everything>::new(records.iter().take(3).collect(), &options).unwrap();
        let at = vec![-0.2; posterior.dimension()];
        assert_eq!(allocations(&posterior, &at), 0, "{inference:?}, everything free");
    }

    // A tick of everybody who crosses a field with minds of depth 1.
    let choices = walker::choices(walker::Minds::One).unwrap();
    let mut field = field::Field::new(48, 1);
    let before = COUNT.load(Ordering::Relaxed);
    (0..100).for_each(|_| field.tick(&choices));
    assert_eq!((COUNT.load(Ordering::Relaxed) - before, field.tally.steps), (0, 9600));

    // What is recorded beside an action; and a step that answers.
    let answered = |k: usize| RecordedRow {
        inputs: vec![Some(0.0)],
        observations: vec![Some((k % 2) as f64), None],
        responses: vec![Some((k % 3 % 2) as f64), Some(0.5 + 0.1 * k as f64), Some((k % 3) as f64), Some(0.2)],
        ..RecordedRow::default()
    };
    let blocks = [RecordedBlock { rows: (0..20).map(answered).collect(), ..RecordedBlock::default() }];
    let record = History::under(&<Guesser<f64> as GenerativeModel>::META, &blocks).unwrap();
    let options = AgentOptions::default();
    let posterior = Posterior::<Guessers>::new(vec![&record], &options).unwrap();
    assert_eq!(allocations(&posterior, &[0.2, -0.3]), 0, "responses");
    let model = Guesser::default();
    let mut agent = Agent::with_options(model, responses::GuesserInputs { load: 0.0 }, AgentOptions::default()).unwrap();
    let mut step = |cue| {
        let noticed = agent.notice(Guesser::<f64>::evidence_of_numbers(&[Some(cue), None]));
        let effort = agent.deliberate(noticed, |moment| model.effort(moment.choice));
        agent.update_empirical_prior(Domain::from_index(usize::from(effort.location > 0.0)).unwrap());
    };
    step(1.0);
    let before = COUNT.load(Ordering::Relaxed);
    step(0.0);
    assert_eq!(COUNT.load(Ordering::Relaxed) - before, 0, "a step that answers");

    // Filters, eight side by side and one by itself. It is one test, for the count is one for all threads.
    let trial = |k: usize| RecordedRow {
        inputs: vec![(!k.is_multiple_of(9)).then(|| f64::from(u8::from(!k.is_multiple_of(3))))],
        responses: vec![Some(f64::from(u8::from(!k.is_multiple_of(4))))],
        ..RecordedRow::default()
    };
    let block = |n: usize| RecordedBlock { rows: (0..n).map(trial).collect(), ..RecordedBlock::default() };
    let trials: Vec<Trials> =
        (0..9).map(|s| Trials::new(&TwoLevelBinary::<f64>::META, vec![block(30 + s), block(20)]).unwrap()).collect();
    let options = FilterOptions::default();
    let posterior = Posterior::<Observers>::new(trials.iter().collect(), &options).unwrap();
    let at = vec![0.2; posterior.dimension()];
    assert_eq!(allocations(&posterior, &at), 0, "filters");
}

model! {
    /// People who answer.
    pub Guessers for Guesser<T> {
        subject {
            slow  ~ Normal(0.0, 1.0);
            bold  ~ Normal(0.0, 1.0);
            Guesser { clarity: 0.8, stay: 0.9, precision: 1.5, base: -0.7, slowing: slow, noise: 0.4, boldness: exp(bold) }
        }
    }

    /// Learning rates.
    pub Observers for TwoLevelBinary<T> {
        population {
            mu ~ Normal(-3.0, 1.0);
        }
        subject {
            tonic_volatility ~ Normal(mu, 1.0);
            TwoLevelBinary { tonic_volatility, inverse_temperature: 1.0 }
        }
    }
}
