//! What benches of single steps share: times of calls, their median and tail, and a count of allocations.

#[path = "../../tests/models/counting.rs"]
mod counting;

use std::time::Instant;

use counting::allocations;

/// How long each of several calls took, in microseconds, and how often they allocated.
#[derive(Clone, Debug, Default)]
pub struct Times {
    each: Vec<f64>,
    pub allocations: usize,
}

impl Times {
    /// Times one call more.
    pub fn add<R>(&mut self, call: impl FnOnce() -> R) -> R {
        let (before, start) = (allocations(), Instant::now());
        let result = call();
        let time = start.elapsed().as_secs_f64() * 1e6;
        self.allocations += allocations() - before;
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
