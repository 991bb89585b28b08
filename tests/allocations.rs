//! Nothing is allocated by the evaluation of a gradient, once one has been made.

#[path = "models/populations.rs"]
#[allow(dead_code)]
mod populations;
#[path = "models/tmaze.rs"]
#[allow(dead_code)]
mod tmaze;

use std::alloc::{GlobalAlloc, Layout, System};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use aif::hgf::{FilterOptions, GaussianFilter, TwoLevelBinary};
use aif::infer::data::{DataOptions, RawTable};
use aif::infer::score::{RecordedBlock, RecordedRow, Trials};
use aif::infer::study::Studied;
use aif::infer::{Density, Posterior};
use aif::prelude::*;
use populations::{Everything, RewardBelief};
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
    let records = <Pomdp<TMaze<f64>> as Studied>::read(&[table], &DataOptions::default(), false).unwrap().records;
    for inference in [Inference::default(), Inference::REFERENCE, Inference::Exact] {
        let options = AgentOptions { inference, ..AgentOptions::default() };
        let posterior = Posterior::<RewardBelief>::new(records.iter().take(5).collect(), &options).unwrap();
        let at = vec![0.2; posterior.dimension()];
        assert_eq!(allocations(&posterior, &at), 0, "{inference:?}");
        let posterior = Posterior::<Everything>::new(records.iter().take(3).collect(), &options).unwrap();
        let at = vec![-0.2; posterior.dimension()];
        assert_eq!(allocations(&posterior, &at), 0, "{inference:?}, everything free");
    }

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
