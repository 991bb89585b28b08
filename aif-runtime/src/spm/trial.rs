//! A trial as it is lived: outcomes come in time by time, beliefs and probabilities of actions are asked for, actions are told.

use alloc::vec;
use alloc::vec::Vec;

use super::check::check_vectors;
use super::course::{Course, Ended, Gains, Inferred};
use super::error::{Awaited, Part, SpmError};
use super::joint::product;
use super::learning::{Lived, learn};
use super::levels::{is_told, message_down, message_up};
use super::parameters::Parameters;
use super::passing::Beliefs;
use super::policies::Precision;
use super::seen::{Seen, read, read_all};
use super::structure::{Control, Settings, Structure};

/// What is other in one episode than the level above would have it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// Where factors begin (`D`). Factors that are linked begin where the level above expects.
    pub initial: Option<Vec<Vec<f64>>>,
    /// How many times there can be (`T`).
    pub steps: Option<usize>,
}

/// A trial of the message passing scheme (`spm_MDP_VB_X`): marginal message passing within each policy, policies or moves compared by
/// expected free energy, precision updated, counts learned.
///
/// Source: Friston, Parr & de Vries 2017, doi:10.1162/NETN_a_00018; Friston, Rosch, Parr, Price & Bowman 2017,
/// doi:10.1016/j.neubiorev.2017.04.009.
#[derive(Clone, Debug)]
pub struct Trial {
    pub(super) structure: Structure,
    pub(super) settings: Settings,
    pub(super) parameters: Parameters,
    pub(super) steps: usize,
    /// The factors whose first state the level above asks for.
    pub(super) linked: Vec<usize>,
    /// `[policy][factor][time][state]`.
    pub(super) beliefs: Vec<Beliefs>,
    pub(super) plausible: Vec<usize>,
    pub(super) precision: Precision,
    pub(super) likelihoods: Vec<Vec<f64>>,
    pub(super) course: Course,
    pub(super) awaited: Awaited,
}

impl Trial {
    /// Begins a trial, after a check of structure and settings.
    ///
    /// # Errors
    /// What [`Structure::check`] and [`Settings::check`] find.
    pub fn begin(structure: &Structure, settings: &Settings) -> Result<Trial, SpmError> {
        structure.check()?;
        settings.check()?;
        let steps = structure.control.steps();
        Ok(Trial::prepare(structure.clone(), settings.clone(), steps, Vec::new()))
    }

    fn prepare(structure: Structure, settings: Settings, steps: usize, linked: Vec<usize>) -> Trial {
        let control = &structure.control;
        let parameters = Parameters::of(&structure, control.steps().max(steps));
        let start = |(&n, initial): (&usize, &Vec<f64>)| {
            let mut x = vec![vec![1.0 / n as f64; n]; control.steps().max(steps)];
            x[0].clone_from(initial);
            x
        };
        let start: Beliefs = parameters.sizes.iter().zip(&parameters.initial).map(start).collect();
        let moves = matches!(control, Control::Moves { .. });
        let awaited = if structure.below.is_some() { Awaited::Episode } else { Awaited::Outcomes };
        let by_modality = |c: &Vec<Vec<f64>>| c[..steps.min(c.len())].to_vec();
        let course = Course {
            steps,
            moves,
            initial: structure.initial.clone(),
            habit: structure.habit.clone(),
            preference: parameters.preference.iter().map(by_modality).collect(),
            evidence: Vec::new(),
            actions: Vec::new(),
            inferred: Vec::new(),
            counts: structure.counts.clone(),
            gains: Gains::default(),
            episodes: Vec::new(),
        };
        Trial {
            beliefs: vec![start; control.count()],
            plausible: (0..control.count()).collect(),
            precision: Precision::new(settings.inverse_precision, moves || settings.fixed_precision),
            likelihoods: Vec::new(),
            structure,
            settings,
            parameters,
            steps,
            linked,
            course,
            awaited,
        }
    }

    /// What the trial waits for.
    pub fn awaited(&self) -> Awaited {
        self.awaited
    }

    /// Whether nothing more can come.
    pub fn is_over(&self) -> bool {
        self.awaited == Awaited::Nothing
    }

    /// The present, from 0; how many times there were, once the trial is over.
    pub fn time(&self) -> usize {
        self.course.times() - usize::from(self.awaited == Awaited::Action)
    }

    /// What was inferred last.
    pub fn inferred(&self) -> Option<&Inferred> {
        self.course.inferred.last()
    }

    /// What is expected of each modality's outcome at the present, before it is told, `[modality][outcome]`.
    pub fn expected_outcomes(&self) -> Vec<Vec<f64>> {
        let q = self.expected_states();
        self.parameters.likelihood.iter().map(|a| a.times(&q)).collect()
    }

    /// The course so far. Counts are learned at the end.
    pub fn course(&self) -> &Course {
        &self.course
    }

    /// Joint states as they are expected for the coming time, averaged over policies.
    fn expected_states(&self) -> Vec<f64> {
        let (inferred, t) = (self.course.inferred.last(), self.course.times());
        product((0..self.parameters.sizes.len()).map(|f| {
            let believed = inferred.and_then(|i| i.averaged[f].get(t).or(i.averaged[f].last()));
            believed.unwrap_or(&self.parameters.initial[f]).as_slice()
        }))
    }

    /// Begins the episode that is lived at the level below at this time.
    ///
    /// # Errors
    /// When there is no level below, or it is not the time for one.
    pub fn episode(&self) -> Result<Trial, SpmError> {
        self.episode_with(&Changes::default())
    }

    /// The same with changes.
    ///
    /// # Errors
    /// As [`Trial::episode`], and when the changes do not fit the level below.
    pub fn episode_with(&self, changes: &Changes) -> Result<Trial, SpmError> {
        let (Awaited::Episode, Some(level)) = (self.awaited, &self.structure.below) else {
            return Err(SpmError::Order { awaited: self.awaited });
        };
        let mut below = message_down(level, &self.parameters, &self.expected_states());
        if let Some(initial) = &changes.initial {
            check_vectors(Part::Initial, initial, &below.sizes()).map_err(SpmError::below)?;
            for (f, initial) in initial.iter().enumerate().filter(|(f, _)| level.states.iter().all(|l| l.factor != *f)) {
                below.initial[f].clone_from(initial);
            }
        }
        let most = below.control.steps();
        let steps = changes.steps.unwrap_or(most);
        if steps == 0 || steps > most {
            let error = SpmError::Setting { setting: "T", value: steps as f64, expected: "between 1 and the model's own" };
            return Err(error.below());
        }
        if let Control::Moves { steps: of, .. } = &mut below.control {
            *of = steps;
        }
        Ok(Trial::prepare(below, level.settings.clone(), steps, level.states.iter().map(|l| l.factor).collect()))
    }

    /// Tells what is seen at this time, one entry for each modality, and infers states and policies.
    ///
    /// # Errors
    /// When it is not the time for outcomes, or they do not exist.
    pub fn observe(&mut self, seen: &[Seen]) -> Result<&Inferred, SpmError> {
        self.expect(Awaited::Outcomes)?;
        let evidence = read_all(seen, &self.structure.likelihood)?;
        self.take(evidence);
        Ok(self.infer())
    }

    /// The same after an episode was lived at the level below, which tells what is seen of the modalities that are linked; what stands for
    /// them in `seen` is passed over.
    ///
    /// # Errors
    /// When it is not the time for an episode, outcomes do not exist, or the episode left nothing of what links ask for.
    pub fn observe_with(&mut self, seen: &[Seen], episode: Trial) -> Result<&Inferred, SpmError> {
        self.expect(Awaited::Episode)?;
        let told = read(seen, &self.structure.likelihood)?;
        let q = self.expected_states();
        let Some(level) = &mut self.structure.below else { return Err(SpmError::Order { awaited: self.awaited }) };
        let (of, is) = (&level.structure, &episode.structure);
        if (&of.likelihood, &of.transition, &of.counts, of.control.count())
            != (&is.likelihood, &is.transition, &is.counts, is.control.count())
        {
            return Err(SpmError::NoEpisode);
        }
        if episode.inferred().is_none() {
            return Err(SpmError::Order { awaited: episode.awaited }.below());
        }
        let ended = episode.end();
        let messages = message_up(level, &self.parameters, &q, &ended.course)?;
        let mut evidence = Vec::with_capacity(told.len());
        for (modality, told) in told.into_iter().enumerate() {
            let message = messages.iter().find(|(g, _)| *g == modality).map(|(_, message)| message.clone());
            let told = told.filter(|_| !is_told(level, modality));
            evidence.push(message.or(told).ok_or(SpmError::NotBelow { modality })?);
        }
        level.structure.counts = ended.structure.counts;
        level.structure.below = ended.structure.below;
        self.course.episodes.push(ended.course);
        self.take(evidence);
        Ok(self.infer())
    }

    /// Tells what was seen at all times, `[time][modality]`, of a model with one policy, and infers all of it at once: hidden Markov mode.
    ///
    /// # Errors
    /// When there is more than one policy or a level below, the trial has begun, or outcomes do not exist or are not one for each time.
    pub fn observe_at_once(&mut self, seen: &[Vec<Seen>]) -> Result<&Inferred, SpmError> {
        if self.structure.control.count() != 1 || self.structure.below.is_some() {
            return Err(SpmError::Unsupported("all can be inferred at once where there is one policy and no level below"));
        }
        self.expect(Awaited::Outcomes)?;
        if self.course.times() > 0 || seen.len() != self.steps {
            return Err(SpmError::Told { what: "times", found: seen.len(), expected: self.steps - self.course.times() });
        }
        let evidence = seen.iter().map(|seen| read_all(seen, &self.structure.likelihood)).collect::<Result<Vec<_>, _>>()?;
        evidence.into_iter().for_each(|evidence| self.take(evidence));
        if let Control::Moves { moves, .. } = &self.structure.control {
            self.course.actions = vec![moves[0].clone(); self.steps - 1];
        }
        Ok(self.infer())
    }

    /// Tells the action of each factor that was taken.
    ///
    /// # Errors
    /// When it is not the time for one, or it does not exist.
    pub fn act(&mut self, actions: &[usize]) -> Result<(), SpmError> {
        self.expect(Awaited::Action)?;
        let counts = self.structure.actions();
        if actions.len() != counts.len() {
            return Err(SpmError::Told { what: "actions", found: actions.len(), expected: counts.len() });
        }
        if let Some(index) = actions.iter().zip(&counts).position(|(u, n)| u >= n) {
            let (found, size) = (actions[index], counts[index]);
            return Err(SpmError::Outside { what: "action of factor", index, found, size });
        }
        self.course.actions.push(actions.to_vec());
        if self.course.moves {
            let uniform = |x: &mut Vec<f64>| {
                let n = x.len() as f64;
                x.fill(1.0 / n);
            };
            self.beliefs.iter_mut().flatten().flatten().for_each(uniform);
        }
        self.awaited = if self.structure.below.is_some() { Awaited::Episode } else { Awaited::Outcomes };
        Ok(())
    }

    /// Ends the trial, over or not, and learns from what was seen so far.
    pub fn end(self) -> Ended {
        let Trial { mut structure, settings, mut course, .. } = self;
        if let Some(last) = course.inferred.last() {
            let action = |policy: usize, time: usize, factor: usize| match &structure.control {
                Control::Policies(rows) => rows[time][policy][factor],
                Control::Moves { .. } => course.actions[time][factor],
            };
            let (evidence, inferred) = (&course.evidence, &course.inferred);
            let lived = Lived { evidence, inferred, action: &action, rate: settings.learning_rate, steps: course.steps };
            let initial = settings.carry_initial.then(|| last.averaged.iter().map(|x| x[0].clone()).collect());
            let (counts, gains) = learn(&structure.counts, &lived);
            structure.counts.clone_from(&counts);
            (course.counts, course.gains) = (counts, gains);
            structure.initial = initial.unwrap_or(structure.initial);
        }
        Ended { course, structure }
    }

    fn expect(&self, awaited: Awaited) -> Result<(), SpmError> {
        if self.awaited == awaited { Ok(()) } else { Err(SpmError::Order { awaited: self.awaited }) }
    }

    fn take(&mut self, evidence: Vec<Vec<f64>>) {
        self.likelihoods.push(self.parameters.likelihood_of(&evidence));
        self.course.evidence.push(evidence);
    }
}
