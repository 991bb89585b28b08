//! What benches of single steps share: times of calls, their median and tail, and a count of allocations.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

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

/// How long each of several calls took, in microseconds, and how often they allocated.
#[derive(Clone, Debug, Default)]
pub struct Times {
    each: Vec<f64>,
    pub allocations: usize,
}

impl Times {
    /// Times one call more.
    pub fn add<R>(&mut self, call: impl FnOnce() -> R) -> R {
        let (before, start) = (COUNT.load(Ordering::Relaxed), Instant::now());
        let result = call();
        let time = start.elapsed().as_secs_f64() * 1e6;
        self.allocations += COUNT.load(Ordering::Relaxed) - before;
        self.each.push(time);
        result
    }

    /// The time that a share of the calls stayed within.
    pub fn within(&self, share: f64) -> f64 {
        let mut times = self.each.clone();
        times.sort_by(f64::total_cmp);
        let last = times.len().saturating_sub(1);
        times.get((last as f64 * share).round() as usize).copied().unwrap_or(f64::NAN)
    }
}
