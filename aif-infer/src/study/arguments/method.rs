//! How to fit.

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::named::named;
use super::numbers::{DRAWS, real, whole};
use crate::fit::Method;
use crate::sample::{NutsOptions, NutsStart};
use crate::study::error::StudyError;
use crate::svi::{Guide, SviOptions, SviStart};

/// How to fit.
#[derive(Args, Debug)]
pub(in crate::study) struct MethodArguments {
    /// How to fit: nuts (the No-U-Turn Sampler), empirical-bayes (subjects integrated out, the group drawn from what is left), svi (stochastic
    /// variational inference), laplace (Laplace's method; subjects are integrated out for the group's mode) [default: nuts].
    #[arg(long, value_parser = PossibleValuesParser::new(Method::NAMES))]
    pub method: Option<String>,
    /// nuts: the number of chains [default: 4].
    #[arg(long, value_parser = whole(0..=10_000, "more chains tell no more of whether they agree"))]
    pub chains: Option<usize>,
    /// nuts: warm-up draws of each chain [default: 200, and 400 where they do not start from a mode].
    #[arg(long, value_parser = whole(DRAWS, "more draws are more digits than an estimate has"))]
    pub warmup: Option<usize>,
    /// Kept draws of each chain, or of the approximation [default: 500 for nuts, else 1000].
    #[arg(long, value_parser = whole(DRAWS, "more draws are more digits than an estimate has"))]
    pub draws: Option<usize>,
    /// nuts: of so many draws keep one [default: 3 for a flat population, else 1].
    #[arg(long, value_parser = whole(0..=100_000, "draws so far apart hang together no more"))]
    pub thin: Option<usize>,
    /// nuts: the acceptance rate that the step size aims at [default: 0.8].
    #[arg(long, value_parser = real(0.0..=1.0, "a rate"))]
    pub target_accept: Option<f64>,
    /// nuts: the largest depth of a trajectory's tree [default: 10].
    #[arg(long, value_parser = whole(1..=20, "a trajectory has up to 2^depth steps"))]
    pub max_depth: Option<usize>,
    /// Where to start: surveyed (nuts: around the mode, each unit centred as its data say), laplace (at Laplace's approximation), origin (around
    /// it) [default: surveyed for nuts, laplace for svi].
    #[arg(long, value_parser = ["surveyed", "laplace", "origin"])]
    pub start: Option<String>,
    /// svi: what the guide can express: mean-field (no correlations), blocks (those within each subject, and within the group's parameters),
    /// skewed (the same with skewness and tails), full-rank (all correlations) [default: skewed for a group, blocks for single subjects].
    #[arg(long, value_parser = named::<Guide>)]
    pub guide: Option<Guide>,
    /// svi: the most steps [default: 1000].
    #[arg(long, value_parser = whole(1..=100_000_000, "each has chance of its own, and there are streams for so many"))]
    pub svi_steps: Option<usize>,
    /// svi: draws of each step [default: 10].
    #[arg(long, value_parser = whole(1..=65_535, "each has chance of its own, and there are streams for so many"))]
    pub particles: Option<usize>,
    /// svi: the size of the first steps [default: 0.05].
    #[arg(long, value_parser = real(1e-12..=100.0, "in standard deviations of a guide, about"))]
    pub step_size: Option<f64>,
    /// svi: climbs of a group, each with draws and a start of its own: whether they agree is said [default: 2].
    #[arg(long, value_parser = whole(1..=1000, "more climbs tell no more of whether they agree"))]
    pub climbs: Option<usize>,
    /// svi: stop when the bound rises by less than this (nats) from one hundred steps to the next; 0: never [default: 0.01].
    #[arg(long, value_parser = real(0.0..=1e6, "in nats"))]
    pub tolerance: Option<f64>,
}

impl MethodArguments {
    /// The options that are given, and for which methods each is.
    fn given(&self) -> Vec<(&'static str, &'static [&'static str])> {
        const NUTS: &[&str] = &["nuts"];
        const SVI: &[&str] = &["svi"];
        let all: [(bool, &'static str, &'static [&'static str]); 12] = [
            (self.chains.is_some(), "--chains", NUTS),
            (self.warmup.is_some(), "--warmup", NUTS),
            (self.thin.is_some(), "--thin", NUTS),
            (self.target_accept.is_some(), "--target-accept", NUTS),
            (self.max_depth.is_some(), "--max-depth", NUTS),
            (self.start.is_some(), "--start", &["nuts", "svi"]),
            (self.guide.is_some(), "--guide", SVI),
            (self.svi_steps.is_some(), "--svi-steps", SVI),
            (self.particles.is_some(), "--particles", SVI),
            (self.step_size.is_some(), "--step-size", SVI),
            (self.climbs.is_some(), "--climbs", SVI),
            (self.tolerance.is_some(), "--tolerance", SVI),
        ];
        all.into_iter().filter(|option| option.0).map(|(_, name, of)| (name, of)).collect()
    }

    /// The first option that is given.
    pub fn first(&self) -> Option<&'static str> {
        let own = [(self.method.is_some(), "--method"), (self.draws.is_some(), "--draws")];
        own.into_iter().find(|option| option.0).map(|option| option.1).or_else(|| Some(self.given().first()?.0))
    }

    fn start<S: serde::de::DeserializeOwned + Default>(&self, method: &str) -> Result<S, StudyError> {
        let Some(start) = self.start.as_deref() else { return Ok(S::default()) };
        named(start).map_err(|expected| StudyError::Start {
            start: start.into(),
            method: method.into(),
            expected: expected.to_string(),
        })
    }

    /// The method with its options, for a flat population or a group.
    ///
    /// # Errors
    /// When options of another method are given.
    pub fn method(&self, seed: u64, flat: bool) -> Result<Method, StudyError> {
        let name = self.method.as_deref().unwrap_or("nuts");
        for (option, of) in self.given() {
            if !of.contains(&name) {
                return Err(StudyError::OtherMethod { option, of: of.to_vec(), method: name.into() });
            }
        }
        if flat && self.climbs.is_some() {
            return Err(StudyError::FlatClimbs);
        }
        let mut method = Method::named(name).unwrap_or_else(|| Method::Nuts(NutsOptions::default()));
        match &mut method {
            Method::Nuts(options) => {
                options.start = self.start(name)?;
                options.chains = self.chains.unwrap_or(options.chains);
                options.thin = self.thin;
                options.target_accept = self.target_accept.unwrap_or(options.target_accept);
                options.max_depth = self.max_depth.map_or(options.max_depth, |depth| depth as u64);
                options.warmup = self.warmup.unwrap_or(if options.start == NutsStart::Origin { 400 } else { 200 });
            }
            Method::Svi(options) => {
                let start: SviStart = self.start(name)?;
                let plain = SviOptions::default();
                *options = SviOptions {
                    guide: self.guide,
                    steps: self.svi_steps.unwrap_or(plain.steps),
                    particles: self.particles.unwrap_or(plain.particles),
                    climbs: self.climbs.unwrap_or(plain.climbs),
                    learning_rate: self.step_size.unwrap_or(plain.learning_rate),
                    tolerance: self.tolerance.unwrap_or(plain.tolerance),
                    start,
                    ..plain
                };
            }
            _ => {}
        }
        Ok(method.with(seed, self.draws))
    }
}
