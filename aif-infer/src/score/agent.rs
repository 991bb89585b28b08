//! Scores the record of an agent: perceives along the recorded observations and actions, and asks how probable each action was.
//!
//! Within one evaluation, equal beliefs before an observation, equal beliefs after it, and the plans made from them are worked out once.

use aif_runtime::act::action_log_probabilities;
use aif_runtime::perceive::Filter;
use aif_runtime::plan::{Induction, Scene};
use aif_runtime::scalar::log_sum_exp;
use aif_runtime::{AgentOptions, Domain, GenerativeModel, Inference, Inputs, ModelError, Planning, Precisions, Real, Tables};
use rustc_hash::FxHashMap;

use super::interner::Interner;
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
    let distinct = Scorer::new(model, assigned, record, options)?.responses()?;
    let mut sum = T::zero();
    for (response, &log_p) in record.responses.iter().zip(&distinct) {
        sum += log_p * f64::from(response.count);
    }
    Ok(sum)
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
    let distinct = Scorer::new(model, assigned, record, options)?.responses()?;
    Ok(record.order.iter().map(|&response| distinct[response as usize]).collect())
}

/// The log-probabilities of all joint actions from one belief.
type Choice<T, M> = <<M as GenerativeModel<T>>::Action as Domain>::Array<T>;

struct Scorer<'a, T: Real, M: GenerativeModel<T>> {
    record: &'a History,
    options: &'a AgentOptions,
    /// One for each distinct set of inputs.
    precisions: Vec<Precisions<T>>,
    /// One for each distinct set of inputs.
    tables: Vec<Tables<M, T>>,
    /// One for each distinct set of inputs.
    induction: Vec<Option<Induction>>,
    priors: Interner<M, T>,
    posteriors: Interner<M, T>,
    choices: Vec<Choice<T, M>>,
    /// (prior, inputs, observation) to posterior.
    perceived: FxHashMap<(u32, u32, u32), u32>,
    /// (posterior, inputs, action pattern) to prior.
    moved: FxHashMap<(u32, u32, u32), u32>,
    /// (posterior, inputs) to choice.
    chosen: FxHashMap<(u32, u32), u32>,
}

impl<'a, T: Real, M: GenerativeModel<T>> Scorer<'a, T, M> {
    fn new(model: &M, assigned: &Assigned<T>, record: &'a History, options: &'a AgentOptions) -> Result<Self, ScoreError> {
        options.check(&M::META)?;
        let horizon = options.horizon_for(&M::META);
        let mut tables = Vec::with_capacity(record.inputs.len());
        for numbers in &record.inputs {
            let inputs = M::Inputs::from_numbers(numbers)
                .ok_or_else(|| ModelError::Options(format!("{numbers:?} are no inputs of {}", M::META.name)))?;
            tables.push(Tables::new(model, inputs, horizon)?);
        }
        let precisions: Vec<_> = tables.iter().map(|t| assigned.over(t.precisions())).collect();
        precisions.iter().try_for_each(Precisions::check)?;
        if options.learning.is_some() || options.precision_updating.is_some() {
            let text = "behaviour of agents that learn cannot be scored yet: leave learning and precision updating off";
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
        if options.induction.is_some() && !tables.iter().all(Tables::has_goals) {
            return Err(ModelError::Options(format!("{} has no goal to plan back from", M::META.name)).into());
        }
        let induction = tables.iter().map(|t| options.induction.map(|o| Induction::new(t, &o))).collect();
        Ok(Scorer {
            record,
            induction,
            options,
            precisions,
            tables,
            priors: Interner::new(),
            posteriors: Interner::new(),
            choices: Vec::new(),
            perceived: FxHashMap::default(),
            moved: FxHashMap::default(),
            chosen: FxHashMap::default(),
        })
    }

    /// The log-probability of each distinct response.
    fn responses(&mut self) -> Result<Vec<T>, ScoreError> {
        let record = self.record;
        let mut posteriors: Vec<u32> = Vec::with_capacity(record.nodes.len());
        for node in &record.nodes {
            let prior = match node.parent {
                None => self.start(node),
                Some((parent, pattern)) => {
                    self.advance(posteriors[parent as usize], record.nodes[parent as usize].inputs, pattern)
                }
            };
            posteriors.push(self.perceive(prior, node));
        }
        let mut log_probabilities = Vec::with_capacity(record.responses.len());
        for (i, response) in record.responses.iter().enumerate() {
            let node = &record.nodes[response.node as usize];
            let choice = self.choose(posteriors[response.node as usize], node.inputs);
            let entries = M::Action::entries(&self.choices[choice as usize]);
            let log_p = of_pattern::<T, M>(entries, &record.patterns[response.pattern as usize]);
            if !log_p.is_finite() {
                let response = record.order.iter().position(|&r| r as usize == i).unwrap_or(0);
                return Err(ScoreError::Response { response, value: log_p.value() });
            }
            log_probabilities.push(log_p);
        }
        Ok(log_probabilities)
    }

    fn start(&mut self, node: &Node) -> u32 {
        self.priors.place(Filter::new(&self.tables[node.inputs as usize], self.options.inference))
    }

    fn perceive(&mut self, prior: u32, node: &Node) -> u32 {
        let key = (prior, node.inputs, node.observation);
        if let Some(&known) = self.perceived.get(&key) {
            return known;
        }
        let mut filter = self.priors.get(prior).clone();
        let evidence = M::evidence(&self.record.observations[node.observation as usize]);
        filter.perceive(&self.tables[node.inputs as usize], &evidence);
        let posterior = self.posteriors.place(filter);
        self.perceived.insert(key, posterior);
        posterior
    }

    fn choose(&mut self, posterior: u32, inputs: u32) -> u32 {
        if let Some(&known) = self.chosen.get(&(posterior, inputs)) {
            return known;
        }
        let belief = self.posteriors.get(posterior).belief();
        let tables = &self.tables[inputs as usize];
        let induction = self.induction[inputs as usize].as_ref();
        let scene = Scene { induction, ..Scene::new(tables, belief, self.options) };
        let choice = action_log_probabilities(&self.options.planning, scene, &self.precisions[inputs as usize]);
        self.choices.push(choice);
        let new = (self.choices.len() - 1) as u32;
        self.chosen.insert((posterior, inputs), new);
        new
    }

    fn advance(&mut self, posterior: u32, inputs: u32, pattern: u32) -> u32 {
        let key = (posterior, inputs, pattern);
        if let Some(&known) = self.moved.get(&key) {
            return known;
        }
        let wanted = &self.record.patterns[pattern as usize];
        let mut filter = self.posteriors.get(posterior).clone();
        match joint_action::<T, M>(wanted) {
            Some(action) => filter.advance(&self.tables[inputs as usize], action, &self.options.compat),
            None => {
                let choice = self.choose(posterior, inputs);
                let log_p = M::Action::entries(&self.choices[choice as usize]);
                let total = of_pattern::<T, M>(log_p, wanted);
                filter.advance_mixture(&self.tables[inputs as usize], |action| {
                    fits::<T, M>(action, wanted).then(|| (log_p[action] - total).exp())
                });
            }
        }
        let prior = self.priors.place(filter);
        self.moved.insert(key, prior);
        prior
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

fn fits<T: Real, M: GenerativeModel<T>>(action: usize, pattern: &[Option<usize>]) -> bool {
    pattern.iter().enumerate().all(|(a, value)| value.is_none_or(|v| M::META.action_value(action, a) == v))
}

/// The log-probability of what was recorded of an action: of one action, or of all that fit where a part is missing.
fn of_pattern<T: Real, M: GenerativeModel<T>>(log_p: &[T], pattern: &[Option<usize>]) -> T {
    match joint_action::<T, M>(pattern) {
        Some(action) => log_p[action],
        None => {
            let fitting: Vec<T> = (0..log_p.len()).filter(|&a| fits::<T, M>(a, pattern)).map(|a| log_p[a]).collect();
            log_sum_exp(&fitting)
        }
    }
}
