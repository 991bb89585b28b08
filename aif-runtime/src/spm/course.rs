//! What is known of a trial when it is over: its course, and the structure with what was learned.

use alloc::vec::Vec;

use super::passing::Beliefs;
use super::structure::{Counts, Structure};

/// What was inferred at one time. SPM's letters are in brackets.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Inferred {
    /// The time.
    pub time: usize,
    /// Beliefs of each policy about all times of the trial (`x`), `[policy][factor][time][state]`.
    pub beliefs: Vec<Beliefs>,
    /// Beliefs averaged over policies (`X`), `[factor][time][state]`; times end at the horizon.
    pub averaged: Beliefs,
    /// The policies inside Occam's window.
    pub plausible: Vec<usize>,
    /// The negative free energy of each policy (`F`); 0 outside the window.
    pub free_energies: Vec<f64>,
    /// The negative expected free energy of each policy (`G`); 0 outside the window.
    pub expected_free_energies: Vec<f64>,
    /// The negative free energy of states and policies (`H`).
    pub total: f64,
    /// The posterior over policies (`R`).
    pub policies: Vec<f64>,
    /// The expected precision of policies (`w`).
    pub precision: f64,
    /// The probability of each joint action (`P`), the last factor's running fastest; empty at the last time.
    pub actions: Vec<f64>,
    /// Beliefs after each iteration, averaged over policies (`xn`), `[iteration][factor][time][state]`.
    pub firing: Vec<Beliefs>,
    /// Prediction errors in each iteration, averaged over policies (`vn`), `[iteration][factor][time][state]`.
    pub errors: Vec<Beliefs>,
    /// The precision after each iteration (`wn`); empty where there is one policy.
    pub precisions: Vec<f64>,
    /// The posterior over policies in each iteration (`un`), `[iteration][policy]`; empty where there is one policy.
    pub posteriors: Vec<Vec<f64>>,
}

/// Negative free energies of what was learned: minus the divergence of new from old counts, as SPM approximates it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gains {
    /// Of each modality (`Fa`).
    pub likelihood: Vec<f64>,
    /// Of each factor (`Fb`).
    pub transition: Vec<f64>,
    /// Of each modality (`Fc`).
    pub preference: Vec<f64>,
    /// Of each factor (`Fd`).
    pub initial: Vec<f64>,
    /// Of the policies (`Fe`).
    pub habit: Option<f64>,
}

/// The course of a trial.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Course {
    /// How many times a trial could have had.
    pub steps: usize,
    /// Whether moves were chosen from, not policies.
    pub moves: bool,
    /// Where each factor began (`D`), as it was given.
    pub initial: Vec<Vec<f64>>,
    /// The prior over policies (`E`), as it was given.
    pub habit: Option<Vec<f64>>,
    /// The logarithm of the softmax of preferences (`C`), `[modality][time][outcome]`.
    pub preference: Vec<Vec<Vec<f64>>>,
    /// What was seen (`O`), `[time][modality][outcome]`.
    pub evidence: Vec<Vec<Vec<f64>>>,
    /// The actions taken (`u`), `[time][factor]`.
    pub actions: Vec<Vec<usize>>,
    /// What was inferred at each time; in hidden Markov mode at the last one only.
    pub inferred: Vec<Inferred>,
    /// The counts after the trial.
    pub counts: Counts,
    /// How much was learned.
    pub gains: Gains,
    /// The episode of the level below at each time.
    pub episodes: Vec<Course>,
}

impl Course {
    /// How many times the trial had (`T`).
    pub fn times(&self) -> usize {
        self.evidence.len()
    }

    /// The posterior over policies that SPM keeps (`R`): where moves are chosen from, the last time's is dropped; where all was inferred
    /// at once, certainty of the one policy at every time but the last.
    pub fn kept_policies(&self) -> Vec<&[f64]> {
        let last = self.inferred.last();
        let drop = self.moves && self.times() > 0;
        let at = |t: usize| {
            let inferred = self.inferred.iter().find(|i| i.time == t).or(last);
            inferred.map(|i| i.policies.as_slice())
        };
        (0..self.times() - usize::from(drop)).filter_map(at).collect()
    }
}

/// A trial that is over.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// How it went.
    pub course: Course,
    /// The structure with the counts after the trial, at all levels, for the next trial.
    pub structure: Structure,
}
