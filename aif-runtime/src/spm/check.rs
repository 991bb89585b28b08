//! Checks a structure and its settings once, before a trial begins.

use alloc::vec;
use alloc::vec::Vec;

use super::error::{Part, SpmError};
use super::structure::{Control, Level, Settings, Structure};
use super::tensor::Tensor;

/// The most joint states, outcomes or actions, and the most beliefs that policies have of states at all times.
pub(super) const MOST: usize = 1 << 24;

/// The most times of a trial.
pub(super) const MOST_STEPS: usize = 1 << 16;

const WEIGHT: &str = "a number that is not negative";

impl Structure {
    /// Whether the tables fit each other, and each number its place; at the levels below, too.
    ///
    /// # Errors
    /// Says what is wrong, and where, of the first thing that is.
    pub fn check(&self) -> Result<(), SpmError> {
        let sizes = self.sizes();
        refuse_empty(Part::Transition, self.transition.len())?;
        refuse_empty(Part::Likelihood, self.likelihood.len())?;
        for (f, b) in self.transition.iter().enumerate() {
            check_shape(Part::Transition, f, b.shape(), &[b.rows(), b.rows(), 0])?;
            check_numbers(Part::Transition, f, b.numbers())?;
        }
        product(&sizes, "joint states")?;
        product(&self.actions(), "joint actions")?;
        let joint_outcomes: Vec<usize> = self.likelihood.iter().map(Tensor::rows).collect();
        product(&joint_outcomes, "joint outcomes")?;
        for (g, a) in self.likelihood.iter().enumerate() {
            let expected = [&[a.rows()], sizes.as_slice()].concat();
            check_shape(Part::Likelihood, g, a.shape(), &expected)?;
            check_numbers(Part::Likelihood, g, a.numbers())?;
        }
        check_count(Part::Preference, self.preference.len(), self.likelihood.len())?;
        for (g, c) in self.preference.iter().enumerate() {
            self.check_preference(Part::Preference, g, c)?;
            if let Some(at) = c.numbers().iter().position(|x| !x.is_finite()) {
                let value = c.numbers()[at];
                return Err(SpmError::Entry { part: Part::Preference, index: g, at, value, expected: "a finite number" });
            }
        }
        check_vectors(Part::Initial, &self.initial, &sizes)?;
        self.check_control(&sizes)?;
        if let Some(habit) = &self.habit {
            check_vectors(Part::Habit, core::slice::from_ref(habit), &[self.control.count()])?;
        }
        self.check_counts(&sizes)?;
        self.below.as_deref().map_or(Ok(()), |level| self.check_level(level))
    }

    fn check_preference(&self, part: Part, g: usize, c: &Tensor) -> Result<(), SpmError> {
        let outcomes = self.likelihood[g].rows();
        match *c.shape() {
            [n] if n == outcomes => Ok(()),
            [n, t] if n == outcomes && t >= self.control.steps() => Ok(()),
            _ => {
                let expected = vec![outcomes, self.control.steps()];
                Err(SpmError::Shape { part, index: g, found: c.shape().to_vec(), expected })
            }
        }
    }

    fn check_control(&self, sizes: &[usize]) -> Result<(), SpmError> {
        let actions = self.actions();
        let each = |part: Part, index: usize, of: &[usize]| {
            check_count(part, of.len(), sizes.len())?;
            let over = of.iter().zip(&actions).find(|(u, n)| u >= n);
            over.map_or(Ok(()), |(&found, &size)| Err(SpmError::Range { part, index, what: "action", found, size }))
        };
        match &self.control {
            Control::Policies(rows) => {
                refuse_empty(Part::Policies, self.control.count())?;
                for (t, row) in rows.iter().enumerate() {
                    check_count(Part::Policies, row.len(), self.control.count())?;
                    row.iter().try_for_each(|of| each(Part::Policies, t, of))?;
                }
            }
            Control::Moves { moves, steps } => {
                refuse_empty(Part::Moves, moves.len())?;
                moves.iter().enumerate().try_for_each(|(k, of)| each(Part::Moves, k, of))?;
                check_steps(*steps)?;
            }
        }
        product(&[self.control.count(), self.control.steps(), sizes.iter().sum()], "beliefs").map(|_| ())
    }

    fn check_counts(&self, sizes: &[usize]) -> Result<(), SpmError> {
        let shaped = |part: Part, counts: &[Tensor], like: &[Tensor]| {
            check_count(part, counts.len(), like.len())?;
            counts.iter().zip(like).enumerate().try_for_each(|(i, (counts, like))| {
                check_shape(part, i, counts.shape(), like.shape())?;
                check_numbers(part, i, counts.numbers())
            })
        };
        if let Some(a) = &self.counts.likelihood {
            shaped(Part::LikelihoodCounts, a, &self.likelihood)?;
        }
        if let Some(b) = &self.counts.transition {
            shaped(Part::TransitionCounts, b, &self.transition)?;
        }
        if let Some(c) = &self.counts.preference {
            check_count(Part::PreferenceCounts, c.len(), self.likelihood.len())?;
            for (g, c) in c.iter().enumerate() {
                self.check_preference(Part::PreferenceCounts, g, c)?;
                check_numbers(Part::PreferenceCounts, g, c.numbers())?;
            }
        }
        if let Some(d) = &self.counts.initial {
            check_vectors(Part::InitialCounts, d, sizes)?;
        }
        if let Some(e) = &self.counts.habit {
            check_vectors(Part::HabitCounts, core::slice::from_ref(e), &[self.control.count()])?;
        }
        Ok(())
    }

    fn check_level(&self, level: &Level) -> Result<(), SpmError> {
        level.structure.check().and_then(|()| level.settings.check()).map_err(SpmError::below)?;
        if level.states.is_empty() {
            return Err(SpmError::NoStateLink);
        }
        let (below, mut told) = (&level.structure, vec![false; self.likelihood.len()]);
        let mut check = |part: Part,
                         index: usize,
                         (what, to, size): (&'static str, usize, usize),
                         rows: usize,
                         modality: usize,
                         matrix: &Tensor| {
            if to >= size {
                return Err(SpmError::Range { part, index, what, found: to, size });
            }
            let Some(a) = self.likelihood.get(modality) else {
                let size = self.likelihood.len();
                return Err(SpmError::Range { part, index, what: "modality", found: modality, size });
            };
            if core::mem::replace(&mut told[modality], true) {
                return Err(SpmError::ToldTwice { modality });
            }
            check_shape(part, index, matrix.shape(), &[rows, a.rows()])?;
            check_numbers(part, index, matrix.numbers())
        };
        let (sizes, modalities) = (below.sizes(), below.likelihood.len());
        for (i, link) in level.states.iter().enumerate() {
            let rows = sizes.get(link.factor).copied().unwrap_or(0);
            check(Part::StateLink, i, ("factor", link.factor, sizes.len()), rows, link.modality, &link.matrix)?;
        }
        for (i, link) in level.preferences.iter().enumerate() {
            let rows = below.likelihood.get(link.to).map_or(0, Tensor::rows);
            check(Part::PreferenceLink, i, ("modality", link.to, modalities), rows, link.modality, &link.matrix)?;
        }
        for (i, link) in level.habits.iter().enumerate() {
            check(Part::HabitLink, i, ("level", 0, 1), below.control.count(), link.modality, &link.matrix)?;
        }
        Ok(())
    }
}

impl Settings {
    /// Whether each setting can be what it is.
    ///
    /// # Errors
    /// Names the first that cannot.
    pub fn check(&self) -> Result<(), SpmError> {
        for (setting, value, above_zero) in [
            ("alpha", self.action_precision, false),
            ("beta", self.inverse_precision, true),
            ("zeta", self.window, true),
            ("eta", self.learning_rate, false),
            ("tau", self.time_constant, true),
            ("chi", self.uncertainty, false),
            ("erp", self.reset, true),
        ] {
            let expected = if above_zero { "a number above 0" } else { WEIGHT };
            if !value.is_finite() || value < 0.0 || (above_zero && value == 0.0) {
                return Err(SpmError::Setting { setting, value, expected });
            }
        }
        Ok(())
    }
}

/// Whether a trial can have so many times.
pub(super) fn check_steps(steps: usize) -> Result<(), SpmError> {
    if (1..=MOST_STEPS).contains(&steps) {
        return Ok(());
    }
    Err(SpmError::Setting { setting: "T", value: steps as f64, expected: "between 1 and 65536" })
}

fn refuse_empty(part: Part, found: usize) -> Result<(), SpmError> {
    if found == 0 { Err(SpmError::Empty { part }) } else { Ok(()) }
}

fn check_count(part: Part, found: usize, expected: usize) -> Result<(), SpmError> {
    if found == expected { Ok(()) } else { Err(SpmError::Count { part, found, expected }) }
}

fn check_shape(part: Part, index: usize, found: &[usize], expected: &[usize]) -> Result<(), SpmError> {
    if found.len() == expected.len() && found.iter().zip(expected).all(|(found, &expected)| expected == 0 || *found == expected) {
        return Ok(());
    }
    Err(SpmError::Shape { part, index, found: found.to_vec(), expected: expected.to_vec() })
}

fn check_numbers(part: Part, index: usize, numbers: &[f64]) -> Result<(), SpmError> {
    match numbers.iter().position(|x| !x.is_finite() || *x < 0.0) {
        Some(at) => Err(SpmError::Entry { part, index, at, value: numbers[at], expected: WEIGHT }),
        None => Ok(()),
    }
}

/// Distributions or counts of one axis each.
pub(super) fn check_vectors(part: Part, found: &[Vec<f64>], sizes: &[usize]) -> Result<(), SpmError> {
    check_count(part, found.len(), sizes.len())?;
    for (i, (x, &n)) in found.iter().zip(sizes).enumerate() {
        check_shape(part, i, &[x.len()], &[n])?;
        check_numbers(part, i, x)?;
    }
    Ok(())
}

/// The number of combinations.
fn product(sizes: &[usize], what: &'static str) -> Result<usize, SpmError> {
    let product = sizes.iter().try_fold(1usize, |product, &n| product.checked_mul(n)).filter(|&n| n <= MOST);
    product.ok_or(SpmError::TooMany { what, most: MOST })
}
