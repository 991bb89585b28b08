//! An agent of a declared model that lives by SPM's scheme, a trial at a time.

use alloc::vec;
use alloc::vec::Vec;

use rand::Rng;

use super::course::{Course, Inferred};
use super::declared::{Unrepresentable, moves};
use super::error::SpmError;
use super::seen::Seen;
use super::structure::{Settings, Structure};
use super::trial::Trial;
use crate::act::draw;
use crate::domain::Domain;
use crate::evidence::Signal;
use crate::math::ln;
use crate::model::{GenerativeModel, Marginals};

/// An agent of a declared model that infers, compares policies, acts and learns as SPM's message passing does (`spm_MDP_VB_X`).
///
/// Its life is a row of trials of a given number of times: each has one outcome of every modality, and all but the last an action. What a
/// [`crate::Agent`] does otherwise, and which is right where they differ, is in `docs/coming-from-spm.md`.
///
/// ```
/// # use aif_runtime as aif;
/// # fn lives<M: aif::GenerativeModel<Inputs: Default>>(model: M, mut world: aif::World<M>) -> Result<(), Box<dyn std::error::Error>> {
/// use aif::Environment;
/// use rand_chacha::rand_core::SeedableRng;
///
/// let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
/// let mut agent = aif::spm::Agent::new(&model, M::Inputs::default(), 3, aif::spm::Settings::default())?;
/// for _ in 0..10 {
///     let mut seen = world.reset(&mut rng);
///     while let Some(action) = agent.step(seen, &mut rng)? {
///         seen = world.step(action, &mut rng);
///     }
///     let course = agent.restart()?;
///     println!("{:?}", course.inferred.last().map(|last| &last.averaged));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Agent<M: GenerativeModel> {
    settings: Settings,
    trial: Trial,
    /// What each joint action is to the factors.
    locals: Vec<Vec<usize>>,
    model: core::marker::PhantomData<fn() -> M>,
}

impl<M: GenerativeModel> Agent<M> {
    /// An agent of a model, under fixed inputs, for trials of so many times; a model's list of policies has a length of its own, which this has to be.
    ///
    /// Precisions are those of the settings, not the model's.
    ///
    /// # Errors
    /// What SPM cannot represent of the model.
    pub fn new(model: &M, inputs: M::Inputs, times: usize, settings: Settings) -> Result<Self, Unrepresentable> {
        let trial = Trial::begin(&Structure::of(model, inputs, times)?, &settings)?;
        Ok(Agent { settings, trial, locals: moves::<M>(), model: core::marker::PhantomData })
    }

    /// The trial as it is lived.
    pub fn trial(&self) -> &Trial {
        &self.trial
    }

    /// Infers states and policies from what is seen at this time.
    ///
    /// # Errors
    /// When it is not the time for it, or the trial is over.
    pub fn infer(&mut self, observed: impl Into<M::Evidence>) -> Result<&Inferred, SpmError> {
        let evidence: M::Evidence = observed.into();
        let of = |m: usize| match M::signal(&evidence, m) {
            Signal::Seen(outcome) => Seen::Outcome(outcome),
            Signal::Soft(weights) | Signal::Faint(weights, _) | Signal::Likelihood(weights) => Seen::Weights(weights.to_vec()),
            Signal::Missing | Signal::Measured(_) => Seen::Weights(vec![1.0; M::META.modalities[m].outcomes.count]),
        };
        let seen: Vec<Seen> = (0..M::META.modalities.len()).map(of).collect();
        self.trial.observe(&seen)
    }

    /// What is believed of the present, averaged over policies; nothing before the first outcome.
    pub fn belief(&self) -> Option<M::Belief> {
        let inferred = self.trial.inferred()?;
        let mut belief = M::Belief::zero();
        for (f, averaged) in inferred.averaged.iter().enumerate() {
            belief.probabilities_mut(f).copy_from_slice(&averaged[inferred.time]);
        }
        Some(belief)
    }

    /// The probability of each joint action, in their order; empty where none is awaited. Actions that move every factor alike share theirs.
    pub fn action_probabilities(&self) -> Vec<f64> {
        let Some(inferred) = self.trial.inferred().filter(|inferred| !inferred.actions.is_empty()) else { return Vec::new() };
        let mut counts = Vec::new();
        M::each_factor(|site| counts.push(site.local_actions));
        let place = |local: &Vec<usize>| local.iter().zip(&counts).fold(0, |place, (action, count)| place * count + action);
        let alike = |local: &Vec<usize>| self.locals.iter().filter(|other| *other == local).count() as f64;
        self.locals.iter().map(|local| inferred.actions[place(local)] / alike(local)).collect()
    }

    /// Tells which action is carried out.
    ///
    /// # Errors
    /// When it is not the time for one.
    pub fn act(&mut self, action: M::Action) -> Result<(), SpmError> {
        self.trial.act(&self.locals[action.index()])
    }

    /// Infers and acts; nothing is done at the last time of a trial.
    ///
    /// # Errors
    /// As [`infer`](Agent::infer).
    pub fn step<R: Rng + ?Sized>(
        &mut self,
        observed: impl Into<M::Evidence>,
        rng: &mut R,
    ) -> Result<Option<M::Action>, SpmError> {
        self.infer(observed)?;
        if self.trial.is_over() {
            return Ok(None);
        }
        let logs: Vec<f64> = self.action_probabilities().into_iter().map(ln).collect();
        let action = M::Action::from_index(draw(&logs, rng));
        action.map(|action| self.act(action).map(|()| action)).transpose()
    }

    /// Ends the trial, over or not, learns what has counts, and begins the next; gives the course of the one that ended.
    ///
    /// # Errors
    /// When what was learned makes no structure.
    pub fn restart(&mut self) -> Result<Course, SpmError> {
        let ended = self.trial.clone().end();
        self.trial = Trial::begin(&ended.structure, &self.settings)?;
        Ok(ended.course)
    }
}
