//! What a trial infers at one time: states under each plausible policy, then policies, then probabilities of actions.

use alloc::vec;
use alloc::vec::Vec;

use super::course::Inferred;
use super::error::Awaited;
use super::joint::index;
use super::numbers::{lg, softmax, softmax_of};
use super::passing::{Beliefs, ITERATIONS, Passed, Path, pass};
use super::policies::compare;
use super::structure::Control;
use super::trial::Trial;
use super::value::negative_expected_free_energy;
use crate::math::ln;

impl Trial {
    /// What each policy is taken to do.
    fn path(&self, policy: usize, time: usize) -> Path<'_> {
        match &self.structure.control {
            Control::Policies(rows) => {
                let actions = rows.iter().map(|row| row[policy].as_slice()).collect();
                Path { actions, horizon: rows.len() + 1, backward_until: rows.len() }
            }
            Control::Moves { moves, .. } => {
                let done = self.course.actions.iter().map(Vec::as_slice);
                let actions = done.chain([moves[policy].as_slice()]).collect();
                Path { actions, horizon: (time + 2).min(self.steps), backward_until: time }
            }
        }
    }

    /// Infers states under each plausible policy, then policies; decides what the trial waits for next.
    pub(super) fn infer(&mut self) -> &Inferred {
        let time = self.course.times() - 1;
        let policies = self.structure.control.count();
        if !self.course.moves && policies > 1 {
            self.close_window();
        }
        if self.settings.reset != 1.0 {
            self.flatten();
        }
        let mut passed = Vec::with_capacity(self.plausible.len());
        for &k in &self.plausible {
            let mut x = core::mem::take(&mut self.beliefs[k]);
            let path = self.path(k, time);
            passed.push(pass(&self.parameters, &self.likelihoods, &path, self.settings.time_constant, &mut x));
            self.beliefs[k] = x;
        }
        let horizon = self.path(0, time).horizon;
        let inferred = self.compare(time, horizon, passed);
        let certainty = |f: &usize| inferred.averaged[*f][0].iter().map(|&x| x * lg(x)).sum::<f64>();
        let certain = self.linked.iter().map(certainty).sum::<f64>() > -self.settings.uncertainty;
        let over = time + 1 == self.steps || (!self.linked.is_empty() && certain);
        self.awaited = if over { Awaited::Nothing } else { Awaited::Action };
        self.course.inferred.push(inferred);
        let at = self.course.inferred.len() - 1;
        &self.course.inferred[at]
    }

    /// Occam's window: a policy that fell too far behind is dropped, and does not return.
    fn close_window(&mut self) {
        let Some(last) = self.course.inferred.last() else { return };
        let logs: Vec<f64> = last.policies.iter().map(|&r| ln(r)).collect();
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        self.plausible.retain(|&k| logs[k] > most - self.settings.window);
    }

    /// Beliefs flattened before a new outcome.
    fn flatten(&mut self) {
        for x in self.beliefs.iter_mut().flatten().flatten() {
            x.iter_mut().for_each(|x| *x = lg(*x) / self.settings.reset);
            softmax(x);
        }
    }

    /// Compares policies, and puts together what was inferred.
    fn compare(&mut self, time: usize, horizon: usize, passed: Vec<Passed>) -> Inferred {
        let count = self.structure.control.count();
        let spread = |values: &[f64]| {
            let mut all = vec![0.0; count];
            for (&k, &value) in self.plausible.iter().zip(values) {
                all[k] = value;
            }
            all
        };
        let f: Vec<f64> = passed.iter().map(|p| p.free_energy).collect();
        let mut g = vec![0.0; f.len()];
        let (mut policies, mut total, mut precisions, mut posteriors) =
            (vec![1.0; count], f.iter().sum(), Vec::new(), Vec::new());
        if count > 1 {
            for (g, &k) in g.iter_mut().zip(&self.plausible) {
                *g = negative_expected_free_energy(&self.parameters, &self.beliefs[k], time, horizon);
            }
            let habit: Vec<f64> = self.plausible.iter().map(|&k| self.parameters.habit[k]).collect();
            let compared = compare(&habit, &f, &g, &mut self.precision);
            policies = spread(compared.posterior());
            posteriors = compared.posteriors.iter().map(|p| spread(p)).collect();
            (total, precisions) = (compared.total, compared.precisions);
        }
        let zeros: Beliefs = self.parameters.sizes.iter().map(|&n| vec![vec![0.0; n]; horizon]).collect();
        let average = |of: &dyn Fn(usize) -> Beliefs| {
            let mut to = zeros.clone();
            for (i, &k) in self.plausible.iter().enumerate() {
                let of = of(i);
                for (to, x) in to.iter_mut().flatten().flatten().zip(of.iter().flat_map(|x| &x[..horizon]).flatten()) {
                    *to += policies[k] * x;
                }
            }
            to
        };
        let averaged = average(&|i| self.beliefs[self.plausible[i]].clone());
        let firing = (0..ITERATIONS).map(|i| average(&|k| passed[k].firing[i].clone())).collect();
        let errors = (0..ITERATIONS).map(|i| average(&|k| passed[k].errors[i].clone())).collect();
        let actions = if time + 1 < self.steps { self.action_probabilities(time, &policies) } else { Vec::new() };
        Inferred {
            time,
            beliefs: self.beliefs.clone(),
            averaged,
            plausible: self.plausible.clone(),
            free_energies: spread(&f),
            expected_free_energies: spread(&g),
            total,
            precision: self.precision.expected,
            actions,
            firing,
            errors,
            precisions,
            posteriors,
            policies,
        }
    }

    /// The probability of each joint action: the softmax of `alpha ln` of the probability of the policies that begin with it.
    fn action_probabilities(&self, time: usize, policies: &[f64]) -> Vec<f64> {
        let counts = self.structure.actions();
        let mut sums = vec![0.0; counts.iter().product()];
        let candidates = match &self.structure.control {
            Control::Policies(rows) => &rows[time],
            Control::Moves { moves, .. } => moves,
        };
        for (actions, r) in candidates.iter().zip(policies) {
            sums[index(actions, &counts)] += r;
        }
        softmax_of(sums.iter().map(|&r| self.settings.action_precision * ln(r)))
    }
}
