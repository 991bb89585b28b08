//! The health of a fit in plain words.

use serde::{Deserialize, Serialize};

use super::e_bfmi;

/// What the sampler says about one draw.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DrawStatistics {
    /// Whether the trajectory left the typical set.
    pub diverging: bool,
    /// The depth of the trajectory's tree.
    pub depth: u64,
    /// Whether the largest depth stopped it.
    pub max_depth_reached: bool,
    /// The steps of the trajectory.
    pub steps: u64,
    /// The energy at the draw.
    pub energy: f64,
    /// The mean acceptance of the trajectory.
    pub acceptance: f64,
    /// The log-density at the draw.
    pub ln_density: f64,
}

/// What the sampler's statistics say about some chains.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Health {
    /// How many kept draws diverged.
    pub divergences: usize,
    /// How many kept draws hit the largest tree depth.
    pub at_max_depth: usize,
    /// The smallest E-BFMI of a chain.
    pub e_bfmi: f64,
    /// All kept draws.
    pub draws: usize,
    /// The mean number of steps of a draw.
    pub steps: f64,
}

/// Sums up the statistics of some chains, each a list of what the sampler says about every draw.
pub fn health_of(chains: &[Vec<DrawStatistics>]) -> Health {
    let mut health = Health { e_bfmi: f64::INFINITY, ..Health::default() };
    for chain in chains {
        health.divergences += chain.iter().filter(|s| s.diverging).count();
        health.at_max_depth += chain.iter().filter(|s| s.max_depth_reached).count();
        let energies: Vec<f64> = chain.iter().map(|s| s.energy).collect();
        let e_bfmi = e_bfmi(&energies);
        health.e_bfmi = if e_bfmi.is_nan() || health.e_bfmi.is_nan() { f64::NAN } else { health.e_bfmi.min(e_bfmi) };
        health.draws += chain.len();
        health.steps += chain.iter().map(|s| s.steps as f64).sum::<f64>();
    }
    health.steps /= health.draws.max(1) as f64;
    health
}

/// A number and the limit that it is beyond, in words: with so many digits, and more where they would look the same.
pub fn apart(x: f64, limit: f64, digits: usize) -> (String, String) {
    let write = |digits: usize| (format!("{x:.digits$}"), format!("{limit:.digits$}"));
    let told = (digits..=digits + 12).map(write).find(|(x, limit)| x != limit).unwrap_or_else(|| write(digits));
    let short = if told.1.contains('.') { told.1.trim_end_matches('0').trim_end_matches('.') } else { &told.1 };
    (told.0, short.to_string())
}

impl Health {
    /// What is bad, one sentence each; nothing when all is well.
    ///
    /// `least_ess` is over all parameters, `chains` the number of chains behind each.
    pub fn complaints(&self, least_ess: (f64, &str), chains: usize) -> Vec<String> {
        let mut said = Vec::new();
        let wanted = 100.0 * chains as f64;
        if least_ess.0 < wanted {
            let (found, wanted) = apart(least_ess.0, wanted, 0);
            said.push(format!(
                "Few independent draws: the effective sample size of {} is {found}, less than {wanted} (100 for each chain). Its quantiles are rough; draw longer.",
                least_ess.1
            ));
        }
        if self.divergences > 0 {
            said.push(format!(
                "{} of {} draws diverged: a part of the posterior was not explored, and results may be biased. Raise --target-accept (0.95), or reconsider the priors.",
                self.divergences, self.draws
            ));
        }
        if self.at_max_depth > 0 {
            said.push(format!(
                "{} of {} draws hit the largest tree depth: they are valid but correlated. Raise --max-depth, or rescale the parameters.",
                self.at_max_depth, self.draws
            ));
        }
        if self.e_bfmi.is_nan() {
            said.push("E-BFMI cannot be worked out from so few draws.".into());
        } else if self.e_bfmi < 0.3 {
            let (found, limit) = apart(self.e_bfmi, 0.3, 2);
            said.push(format!(
                "E-BFMI is {found}, less than {limit}: the chains move slowly between the bulk and the tails. A non-centred or less heavy-tailed prior helps."
            ));
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[test]
    fn what_is_beyond_a_limit_looks_beyond_it() {
        let said = |x: f64, limit: f64, digits: usize| {
            let (x, limit) = apart(x, limit, digits);
            format!("{x}, more than {limit}")
        };
        assert_eq!(said(1.0104, 1.01, 3), "1.0104, more than 1.01");
        assert_eq!(said(1.012, 1.01, 3), "1.012, more than 1.01");
        assert_eq!(said(1.013_000_4, 1.013_000_2, 3), "1.0130004, more than 1.0130002");
        assert_eq!(said(399.7, 400.0, 0), "399.7, more than 400");
        assert_eq!(said(12.0, 400.0, 0), "12, more than 400");
        assert_eq!(said(f64::INFINITY, 1.01, 3), "inf, more than 1.01");
    }
}
