//! How much memory a run will take, before it takes it.

use super::error::StudyError;
use crate::fit::{FILED_FROM, Method, PredictiveOptions};
use crate::population::{Design, PopulationMeta, coordinates, members};
use crate::svi::Guide;

/// What a run needs, by what for, in bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Need(Vec<(&'static str, u128)>);

/// A number takes so many bytes.
const NUMBER: u128 = 8;

/// A row of simulated behaviour takes so many, as a row, as text and on the way between them; each column more.
const ROW: u128 = 600;
const CELL: u128 = 120;

/// What is said of each draw, and of each number that is summed up, with its name.
const STATISTICS: u128 = 64;
const QUANTITY: u128 = 400;

/// Of what is small beside this nothing is said.
const LITTLE: u128 = 100 << 20;

impl Need {
    /// A simulated table of so many rows.
    pub fn of_rows(rows: usize, columns: usize) -> Self {
        Need(vec![("the simulated rows", rows as u128 * (ROW + CELL * columns as u128))])
    }

    /// A fit, of so many subjects of a design that have so many responses.
    pub fn of_fit(
        meta: &PopulationMeta,
        design: &Design,
        (method, predictive): (&Method, &PredictiveOptions),
        (subjects, responses): (usize, usize),
    ) -> Self {
        let units = |level: usize| design.levels.get(level).map_or(0, |l| l.names.len()) as u128;
        // What is above the subjects of a flat population is worked out for each of them.
        let times = |level: usize| if meta.flat() && level < meta.subject_level { subjects as u128 } else { units(level) };
        let sum = |of: &dyn Fn(usize) -> usize| -> u128 { (0..meta.levels.len()).map(|l| of(l) as u128 * times(l)).sum() };
        let numbers = sum(&|l| members(meta.levels[l].parameters));
        let places = sum(&|l| coordinates(meta.levels[l].parameters));
        let (chains, each) = method.kept();
        let draws = chains as u128 * each as u128;
        let responses = responses as u128;
        let filed = !meta.flat() && draws * numbers > FILED_FROM as u128;
        // A group's draws are there as positions, as numbers, and as the part that is stored; single subjects' are stored one by one.
        let copies = if meta.flat() { 2 } else { 4 };
        let mut need = vec![
            ("draws (--draws, --chains)", if filed { 0 } else { copies * NUMBER * draws * numbers }),
            (
                "what is said of each draw (--draws, --chains)",
                STATISTICS * draws * if meta.flat() { subjects as u128 } else { 1 },
            ),
            ("summaries", QUANTITY * numbers),
        ];
        if predictive.keep_likelihoods {
            need.push(("the likelihoods of all responses (--log-likelihood)", 3 * NUMBER * draws * responses));
        }
        let looked = (predictive.loo_draws as u128).min(draws);
        need.push(("leave-one-out (--loo-draws)", 2 * NUMBER * looked * responses.div_ceil(subjects.max(1) as u128)));
        need.push(("replays (--check-draws)", NUMBER * predictive.check_draws as u128 * (2 * numbers + 64)));
        if let Method::Svi(options) = method {
            let own = if meta.flat() { places.div_ceil(subjects.max(1) as u128) } else { places };
            let guide = if options.guide == Some(Guide::FullRank) { own * (own + 3) / 2 } else { 4 * own };
            need.push(("the guide (--guide, --particles)", NUMBER * guide * (options.particles as u128 + 6)));
            need.push(("the bound at each step (--svi-steps)", 2 * NUMBER * options.steps as u128));
        }
        if !filed && !matches!(method, Method::Nuts(_)) {
            need.push(("candidates (--draws)", 2 * NUMBER * each as u128 * places));
        }
        Need(need)
    }

    /// Together with another.
    #[must_use]
    pub fn and(mut self, other: Need) -> Self {
        self.0.extend(other.0);
        self
    }

    /// So many at once.
    #[must_use]
    pub fn times(mut self, count: usize) -> Self {
        self.0.iter_mut().for_each(|(_, bytes)| *bytes = bytes.saturating_mul(count as u128));
        self
    }

    /// Makes sure that there is as much.
    ///
    /// # Errors
    /// Says how much it would be, and most of it for what.
    pub fn check(&self) -> Result<(), StudyError> {
        let total = self.0.iter().fold(0u128, |sum, (_, bytes)| sum.saturating_add(*bytes));
        let there = available().map_or(u128::from(u64::MAX >> 1), u128::from);
        if total <= LITTLE || total <= there {
            return Ok(());
        }
        let (what, most) = self.0.iter().max_by_key(|(_, bytes)| *bytes).copied().unwrap_or_default();
        let (total, most, free) = (gigabytes(total), gigabytes(most), gigabytes(there));
        Err(StudyError::Memory { total, most, what, free })
    }
}

fn gigabytes(bytes: u128) -> String {
    let gigabytes = bytes as f64 / 1e9;
    if gigabytes < 1e6 { format!("{gigabytes:.1} GB") } else { format!("{gigabytes:.1e} GB") }
}

/// How much memory is free, in bytes, where that can be known.
fn available() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let free = 1024 * line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()?;
    Some(granted().map_or(free, |granted| granted.min(free)))
}

/// How much of it a container grants.
fn granted() -> Option<u64> {
    let number = |path: &str| std::fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    let (most, used) = match number("/sys/fs/cgroup/memory.max") {
        Some(most) => (most, number("/sys/fs/cgroup/memory.current")?),
        None => (number("/sys/fs/cgroup/memory/memory.limit_in_bytes")?, number("/sys/fs/cgroup/memory/memory.usage_in_bytes")?),
    };
    // What files have left in memory is given back when it is wanted.
    let statistics = ["/sys/fs/cgroup/memory.stat", "/sys/fs/cgroup/memory/memory.stat"];
    let text = statistics.iter().find_map(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
    let cached = text.lines().find_map(|line| line.strip_prefix("inactive_file ")?.parse().ok()).unwrap_or(0);
    Some(most.saturating_sub(used.saturating_sub(cached)))
}

#[cfg(test)]
mod tests {
    use super::Need;

    #[test]
    fn what_is_too_much_is_refused_with_what_it_is_for() {
        assert!(Need::of_rows(1000, 5).check().is_ok());
        let error = Need::of_rows(usize::MAX / 1024, 5).check().unwrap_err().to_string();
        assert!(error.contains("GB of memory") && error.contains("for the simulated rows"), "{error}");
    }
}
