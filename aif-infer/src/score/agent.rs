//! Scores the record of an agent: perceives along the recorded observations and actions, and asks how probable each action was.
//!
//! Within one evaluation, equal beliefs before an observation, equal beliefs after it, and the plans made from them are worked out once.

use aif_runtime::act::action_log_probabilities;
use aif_runtime::model::Marginals;
use aif_runtime::perceive::{Filter, predict_outcomes};
use aif_runtime::plan::{Induction, Scene};
use aif_runtime::scalar::log_sum_exp;
use aif_runtime::{AgentOptions, Domain, GenerativeModel, Inference, Inputs, ModelError, Planning, Real, Tables};

use super::learner;
use super::memory::{Memory, with_memory};
use super::record::{History, Node};
use super::{Assigned, ScoreError};

/// The log-likelihood of an agent's record: what `Behaviour` is for a generative model.
///
/// # Errors
/// When the parameters make no model, or a response is impossible under them.
pub fn agent_log_likelihood<T: Real, M: GenerativeModel<T>>(
    model: &M,
    assigned: &Assigned<T>,
    record: &History,
    options: &AgentOptions,
) -> Result<T, ScoreError> {
    with_memory(|memory: &mut Memory<T, M>| {
        let mut sum = T::zero();
        let scorer = Scorer::new(model, assigned, record, options, memory)?;
        if learner::needed(&M::META, options) {
            learner::walk(model, scorer, |_, log_p| sum += log_p)?;
            return Ok(sum);
        }
        let distinct = scorer.responses()?;
        for (response, &log_p) in record.responses.iter().zip(distinct) {
            sum += log_p * f64::from(response.count);
        }
        Ok(sum)
    })
}

/// The log-probability of each scored response of an agent's record, in its order.
///
/// # Errors
/// As [`agent_log_likelihood`].
pub fn agent_pointwise<T: Real, M: GenerativeModel<T>>(
    model: &M,
    assigned: &Assigned<T>,
    record: &History,
    options: &AgentOptions,
) -> Result<Vec<T>, ScoreError> {
    with_memory(|memory: &mut Memory<T, M>| {
        let scorer = Scorer::new(model, assigned, record, options, memory)?;
        if learner::needed(&M::META, options) {
            let mut each = Vec::with_capacity(record.order.len());
            learner::walk(model, scorer, |_, log_p| each.push(log_p))?;
            return Ok(each);
        }
        let distinct = scorer.responses()?;
        Ok(record.order.iter().map(|&response| distinct[response as usize]).collect())
    })
}

/// What an agent is predicted to do: for each scored response, the probability of every joint action given what it had seen and done
/// before.
///
/// # Errors
/// As [`agent_log_likelihood`].
pub fn agent_predictions<M: GenerativeModel>(
    model: &M,
    assigned: &Assigned<f64>,
    record: &History,
    options: &AgentOptions,
) -> Result<Vec<Vec<f64>>, ScoreError> {
    with_memory(|memory: &mut Memory<f64, M>| {
        let scorer = Scorer::new(model, assigned, record, options, memory)?;
        let mut each = Vec::with_capacity(record.order.len());
        learner::walk(model, scorer, |choice, _| each.push(M::Action::entries(choice).iter().map(|p| p.exp()).collect()))?;
        Ok(each)
    })
}

/// Looks for observations that cannot be, whatever the hidden state: given what was believed before them their probability is zero.
///
/// # Errors
/// Names the first such observation; else as [`agent_log_likelihood`].
pub fn agent_check_observations<M: GenerativeModel>(
    model: &M,
    assigned: &Assigned<f64>,
    record: &History,
    options: &AgentOptions,
) -> Result<(), ScoreError> {
    with_memory(|memory: &mut Memory<f64, M>| {
        let mut scorer = Scorer::new(model, assigned, record, options, memory)?;
        if learner::needed(&M::META, options) {
            return learner::walk(model, scorer, |_, _| {});
        }
        for (place, node) in record.nodes.iter().enumerate() {
            let prior = scorer.prior(node);
            let expected =
                predict_outcomes(&scorer.memory.tables[node.inputs as usize], scorer.memory.priors.get(prior).belief());
            for (m, outcome) in record.observations[node.observation as usize].iter().enumerate() {
                if let Some(o) = outcome.filter(|&o| expected.probabilities(m)[o] <= 0.0) {
                    let modality = &M::META.modalities[m];
                    return Err(ScoreError::Observation {
                        place: record.place_of_node(place as u32),
                        modality: modality.name.into(),
                        outcome: modality.outcomes.label(o).into_owned(),
                    });
                }
            }
            let posterior = scorer.perceive(prior, node);
            scorer.memory.after.push(posterior);
        }
        Ok(())
    })
}

pub(super) struct Scorer<'a, T: Real, M: GenerativeModel<T>> {
    pub record: &'a History,
    pub options: &'a AgentOptions,
    pub memory: &'a mut Memory<T, M>,
}

impl<'a, T: Real, M: GenerativeModel<T>> Scorer<'a, T, M> {
    pub fn new(
        model: &M,
        assigned: &Assigned<T>,
        record: &'a History,
        options: &'a AgentOptions,
        memory: &'a mut Memory<T, M>,
    ) -> Result<Self, ScoreError> {
        options.check(&M::META)?;
        let horizon = options.horizon_for(&M::META);
        for (i, numbers) in record.inputs.iter().enumerate() {
            let inputs = M::Inputs::from_numbers(numbers)
                .ok_or_else(|| ModelError::Options(format!("{numbers:?} are no inputs of {}", M::META.name)))?;
            memory.tabulate(i, model, inputs, horizon)?;
            let precisions = assigned.over(memory.tables[i].precisions());
            precisions.check()?;
            memory.precisions.push(precisions);
        }
        let tables = &memory.tables[..record.inputs.len()];
        if options.precision_updating.is_some() {
            let text = "behaviour of agents that update their precision cannot be scored: leave precision updating off";
            return Err(ModelError::Options(text.into()).into());
        }
        if matches!(options.planning, Planning::MonteCarlo(_)) {
            let text = "choices cannot be scored under Monte-Carlo tree search: it is no smooth function of the parameters";
            return Err(ModelError::Options(text.into()).into());
        }
        let windowed = matches!(options.inference, Inference::Marginal { .. } | Inference::Variational { .. });
        if windowed && tables.len() > 1 {
            let text = "message passing over a window cannot be scored where inputs change: infer states step by step";
            return Err(ModelError::Options(text.into()).into());
        }
        if options.learning.is_some() && tables.iter().any(|t| !t.has_counts()) {
            let text =
                format!("{} has nothing to learn: none of its distributions is declared with counts (`Dirichlet`)", M::META.name);
            return Err(ModelError::Options(text).into());
        }
        if options.induction.is_some() && !tables.iter().all(Tables::has_goals) {
            return Err(ModelError::Options(format!("{} has no goal to plan back from", M::META.name)).into());
        }
        memory.induction.extend(tables.iter().map(|t| options.induction.map(|o| Induction::new(t, &o))));
        Ok(Scorer { record, options, memory })
    }

    /// The log-probability of each distinct response.
    fn responses(mut self) -> Result<&'a [T], ScoreError> {
        let record = self.record;
        for node in &record.nodes {
            let prior = self.prior(node);
            let posterior = self.perceive(prior, node);
            self.memory.after.push(posterior);
        }
        for (i, response) in record.responses.iter().enumerate() {
            let node = &record.nodes[response.node as usize];
            let choice = self.choose(self.memory.after[response.node as usize], node.inputs);
            let entries = M::Action::entries(&self.memory.choices[choice as usize]);
            let log_p = of_pattern::<T, M>(entries, &record.patterns[response.pattern as usize]);
            if !log_p.is_finite() {
                let response = record.order.iter().position(|&r| r as usize == i).unwrap_or(0);
                return Err(ScoreError::Response { response, place: record.place_of_response(response), value: log_p.value() });
            }
            self.memory.log_probabilities.push(log_p);
        }
        Ok(&self.memory.log_probabilities)
    }

    /// What is believed before the observation of a history.
    fn prior(&mut self, node: &Node) -> u32 {
        match node.parent {
            None => {
                let Memory { tables, fresh, priors, .. } = &mut *self.memory;
                let (tables, inference) = (&tables[node.inputs as usize], self.options.inference);
                let filter = match fresh {
                    Some((of, filter)) if *of == inference => {
                        filter.restart(tables);
                        filter
                    }
                    _ => &mut fresh.insert((inference, Filter::new(tables, inference))).1,
                };
                priors.place(filter, self.record.shared)
            }
            Some((parent, pattern)) => {
                let before = self.memory.after[parent as usize];
                self.advance(before, self.record.nodes[parent as usize].inputs, pattern)
            }
        }
    }

    fn perceive(&mut self, prior: u32, node: &Node) -> u32 {
        let memory = &mut *self.memory;
        let key = (prior, node.inputs, node.observation);
        if let Some(&known) = memory.perceived.get(&key) {
            return known;
        }
        let filter = work(&mut memory.filter, memory.priors.get(prior));
        let evidence = M::evidence(&self.record.observations[node.observation as usize]);
        filter.perceive(&memory.tables[node.inputs as usize], &evidence);
        let posterior = memory.posteriors.place(filter, self.record.shared);
        memory.perceived.insert(key, posterior);
        posterior
    }

    fn choose(&mut self, posterior: u32, inputs: u32) -> u32 {
        let memory = &mut *self.memory;
        if let Some(&known) = memory.chosen.get(&(posterior, inputs)) {
            return known;
        }
        let belief = memory.posteriors.get(posterior).belief();
        let tables = &memory.tables[inputs as usize];
        let induction = memory.induction[inputs as usize].as_ref();
        let scene = Scene { induction, ..Scene::new(tables, belief, self.options) };
        let choice = action_log_probabilities(&self.options.planning, scene, &memory.precisions[inputs as usize]);
        memory.choices.push(choice);
        let new = (memory.choices.len() - 1) as u32;
        memory.chosen.insert((posterior, inputs), new);
        new
    }

    fn advance(&mut self, posterior: u32, inputs: u32, pattern: u32) -> u32 {
        let key = (posterior, inputs, pattern);
        if let Some(&known) = self.memory.moved.get(&key) {
            return known;
        }
        let wanted = &self.record.patterns[pattern as usize];
        let action = effective_action::<T, M>(wanted);
        let choice = if action.is_none() { self.choose(posterior, inputs) } else { 0 };
        let memory = &mut *self.memory;
        let filter = work(&mut memory.filter, memory.posteriors.get(posterior));
        let tables = &memory.tables[inputs as usize];
        match action {
            Some(action) => filter.advance(tables, action, &self.options.compat),
            None => {
                let log_p = M::Action::entries(&memory.choices[choice as usize]);
                let total = of_pattern::<T, M>(log_p, wanted);
                filter.advance_mixture(tables, |action| fits::<T, M>(action, wanted).then(|| (log_p[action] - total).exp()));
            }
        }
        let prior = memory.priors.place(filter, self.record.shared);
        memory.moved.insert(key, prior);
        prior
    }
}

/// A filter to work with, like another one.
fn work<'a, F: Clone>(own: &'a mut Option<F>, like: &F) -> &'a mut F {
    match own {
        Some(own) => {
            own.clone_from(like);
            own
        }
        None => own.insert(like.clone()),
    }
}

/// The joint action of a pattern without gaps.
fn joint_action<T: Real, M: GenerativeModel<T>>(pattern: &[Option<usize>]) -> Option<usize> {
    let mut joint = 0;
    for (action, value) in M::META.actions.iter().zip(pattern) {
        joint = joint * action.values.count + (*value)?;
    }
    Some(joint)
}

/// A joint action that moves every factor as the pattern does: parts that drive no factor do not matter.
pub(super) fn effective_action<T: Real, M: GenerativeModel<T>>(pattern: &[Option<usize>]) -> Option<usize> {
    let mut joint = 0;
    for (a, (action, value)) in M::META.actions.iter().zip(pattern).enumerate() {
        let drives = M::META.factors.iter().any(|f| f.actions.contains(&a));
        joint = joint * action.values.count + if drives { (*value)? } else { value.unwrap_or(0) };
    }
    Some(joint)
}

pub(super) fn fits<T: Real, M: GenerativeModel<T>>(action: usize, pattern: &[Option<usize>]) -> bool {
    pattern.iter().enumerate().all(|(a, value)| value.is_none_or(|v| M::META.action_value(action, a) == v))
}

/// The log-probability of what was recorded of an action: of one action, or of all that fit where a part is missing.
pub(super) fn of_pattern<T: Real, M: GenerativeModel<T>>(log_p: &[T], pattern: &[Option<usize>]) -> T {
    match joint_action::<T, M>(pattern) {
        Some(action) => log_p[action],
        None => {
            let fitting: Vec<T> = (0..log_p.len()).filter(|&a| fits::<T, M>(a, pattern)).map(|a| log_p[a]).collect();
            log_sum_exp(&fitting)
        }
    }
}
