//! The posterior of a population: of one subject where the group has no parameters, else of all subjects jointly.
//!
//! Coordinates: the group's drawn parameters, then each subject's, all on the real line, non-centred where the declaration says so.
//! One gradient costs O(subjects x responses x parameters per subject): each subject's likelihood is differentiated in its own
//! parameters, and the prior, differentiated in the group's and that one subject's coordinates, links them.

use aif_runtime::Real;
use rayon::prelude::*;

use super::likelihood::{drawn_positions, likelihood, members};
use super::{Density, Rejected, Target};
use crate::population::{Directions, Population, Unconstrained, drawn};

/// The log-posterior of some subjects of a population, and of the group's parameters if it has any.
pub struct Posterior<'a, P: Population> {
    records: Vec<&'a P::Record>,
    options: &'a P::Options,
    parallel: bool,
}

/// What one subject adds: log-density, and derivatives by the group's coordinates and by its own.
struct Share {
    value: f64,
    by_group: Vec<f64>,
    by_subject: Vec<f64>,
}

impl<'a, P: Population> Posterior<'a, P> {
    /// The posterior given the records of some subjects.
    pub fn new(records: Vec<&'a P::Record>, options: &'a P::Options) -> Self {
        Posterior { records, options, parallel: false }
    }

    /// Works out subjects in parallel within one gradient; the result is the same.
    #[must_use]
    pub fn parallel(mut self, parallel: bool) -> Self {
        self.parallel = parallel;
        self
    }

    const GROUP: usize = drawn(P::META.population);
    const SUBJECT: usize = drawn(P::META.subject);

    fn share(
        &self,
        group: &P::Group<P::PriorScalar>,
        group_values: &[f64],
        at: &[f64],
        record: &P::Record,
    ) -> Result<Share, Rejected> {
        let coordinates: Vec<P::PriorScalar> =
            at.iter().enumerate().map(|(i, &x)| P::PriorScalar::variable(x, Self::GROUP + i)).collect();
        let mut prior = Unconstrained::new(&coordinates);
        let subject = P::subject(group, &mut prior);
        let subject = members(&subject, P::META.subject.len());
        let drawn: Vec<f64> = drawn_positions(P::META.subject).map(|i| subject[i].value()).collect();
        let score = likelihood::<P>(group_values, &drawn, record, self.options).map_err(|e| Rejected(e.to_string()))?;

        // The chain rule: d(likelihood)/d(parameter) times d(parameter)/d(coordinate).
        let mut total = prior.ln_density.derivatives().to_vec();
        let mut add = |by: f64, parameter: P::PriorScalar| {
            for (sum, d) in total.iter_mut().zip(parameter.derivatives()) {
                *sum += by * d;
            }
        };
        let mut derivatives = score.derivatives.iter();
        for (i, &by) in drawn_positions(P::META.subject).zip(&mut derivatives) {
            add(by, subject[i]);
        }
        let group = members(group, P::META.population.len());
        let direct = P::META.population.iter().zip(group).filter(|(parameter, _)| parameter.direct);
        for ((_, parameter), &by) in direct.zip(derivatives) {
            add(by, parameter);
        }
        let by_subject = total.split_off(Self::GROUP);
        Ok(Share { value: prior.ln_density.value() + score.log_likelihood, by_group: total, by_subject })
    }
}

impl<P: Population> Density for Posterior<'_, P> {
    fn dimension(&self) -> usize {
        Self::GROUP + Self::SUBJECT * self.records.len()
    }

    fn ln_density(&self, position: &[f64], gradient: &mut [f64]) -> Result<f64, Rejected> {
        let (group_at, subjects_at) = position.split_at(Self::GROUP);
        let coordinates: Vec<P::PriorScalar> =
            group_at.iter().enumerate().map(|(i, &x)| P::PriorScalar::variable(x, i)).collect();
        let mut prior = Unconstrained::new(&coordinates);
        let group = P::population(&mut prior);
        let values: Vec<f64> = members(&group, P::META.population.len()).into_iter().map(Real::value).collect();

        let work = |(record, at): (&&P::Record, &[f64])| self.share(&group, &values, at, record);
        let chunks = subjects_at.chunks(Self::SUBJECT.max(1));
        let shares: Vec<Result<Share, Rejected>> = if self.parallel {
            let tasks: Vec<_> = self.records.iter().zip(chunks).collect();
            tasks.into_par_iter().map(work).collect()
        } else {
            self.records.iter().zip(chunks).map(work).collect()
        };

        let (by_group, by_subjects) = gradient.split_at_mut(Self::GROUP);
        by_group.copy_from_slice(&prior.ln_density.derivatives()[..Self::GROUP]);
        let mut sum = prior.ln_density.value();
        for (share, to) in shares.into_iter().zip(by_subjects.chunks_mut(Self::SUBJECT.max(1))) {
            let share = share?;
            sum += share.value;
            for (to, d) in by_group.iter_mut().zip(&share.by_group) {
                *to += d;
            }
            to.copy_from_slice(&share.by_subject);
        }
        if sum.is_finite() && gradient.iter().all(|g| g.is_finite()) {
            Ok(sum)
        } else {
            Err(Rejected(format!("the log-density {sum}, or its gradient, is not finite")))
        }
    }
}

impl<P: Population> Target for Posterior<'_, P> {
    fn constrain(&self, position: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
        let (group_at, subjects_at) = position.split_at(Self::GROUP.min(position.len()));
        let group = P::population(&mut Unconstrained::new(group_at));
        let subjects = subjects_at
            .chunks(Self::SUBJECT.max(1))
            .map(|at| members(&P::subject(&group, &mut Unconstrained::new(at)), P::META.subject.len()))
            .collect();
        (members(&group, P::META.population.len()), subjects)
    }
}
