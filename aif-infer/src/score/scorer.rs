//! An agent's record against one set of parameters: equal states before an observation, equal states after it, and the choices made from them
//! are worked out once.

use aif_runtime::model::Deliberation;
use aif_runtime::{AgentOptions, Assigned, Carried, Domain, GenerativeModel, LifeState, Planning, Real, Selection};

use super::answers::At;
use super::memory::Memory;
use super::{ScoreError, ToldError};
use crate::record::{CarriedOut, Deed, History, Node};

/// A record, about to be lived.
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
        if matches!(options.planning, Planning::MonteCarlo(_)) {
            return Err(ScoreError::MonteCarlo);
        }
        if options.selection == Selection::Deterministic && M::META.response_of_action().is_none() {
            return Err(ScoreError::Deterministic);
        }
        if !record.answers.is_of(&M::META) {
            return Err(ScoreError::Unanswered { model: M::META.name });
        }
        record.deeds.iter().try_for_each(|deed| check::<T, M>(deed, record))?;
        for (i, observation) in record.observations.iter().enumerate() {
            let checked = observation.check::<T, M>();
            checked.map_err(|what| ScoreError::Reading { place: record.place_of_observation(i), what })?;
        }
        for (i, setting) in record.settings.iter().enumerate() {
            memory.set_up(i, (model, assigned), setting, options)?;
        }
        Ok(Scorer { record, options, memory })
    }

    /// Works out the log-probability of each distinct action that is scored, and all that it depends on.
    pub fn live(&mut self) -> Result<(), ScoreError> {
        let record = self.record;
        for node in &record.nodes {
            let prior = self.prior(node)?;
            let posterior = self.observe(prior, node);
            self.memory.before.push(prior);
            self.memory.after.push(posterior);
        }
        for (i, response) in record.responses.iter().enumerate() {
            let (node, deed) = (&record.nodes[response.node as usize], &record.deeds[response.deed as usize]);
            let choice = self.choose(self.memory.after[response.node as usize], node.setting, deed.open);
            let log_p = self.memory.choices[choice as usize].of_parts(&deed.parts);
            if !log_p.is_finite() {
                let response = record.order.iter().position(|&r| r as usize == i).unwrap_or(0);
                return Err(ScoreError::Response { response, place: record.place_of_response(response), value: log_p.value() });
            }
            if !log_p.is_wholly_finite() {
                let response = record.order.iter().position(|&r| r as usize == i).unwrap_or(0);
                return Err(ScoreError::Derivative { place: record.place_of_response(response), value: log_p.value() });
            }
            self.memory.log_probabilities.push(log_p);
            self.memory.chosen_from.push(choice);
        }
        Ok(())
    }

    /// Visits every row of which responses count, in the order of the record, at the moment in which the agent acts. Once it was lived.
    pub fn each_answered(
        &mut self,
        mut each: impl FnMut(At<'_>, Deliberation<'_, M, T>) -> Result<(), ScoreError>,
    ) -> Result<(), ScoreError> {
        let record = self.record;
        for (index, (block, row, step)) in record.rows().enumerate() {
            if record.answers.counted(index).next().is_none() {
                continue;
            }
            let (node, deed) = (&record.nodes[step.node as usize], &record.deeds[step.deed as usize]);
            let choice = self.choose(self.memory.after[step.node as usize], node.setting, deed.open);
            let memory = &*self.memory;
            let setup = &memory.setups[node.setting as usize];
            let [before, after] = [&memory.before, &memory.after].map(|all| all[step.node as usize]);
            let (before, state) = (memory.priors.get(before).belief(), memory.posteriors.get(after));
            let noticed = || {
                let evidence = record.observations[node.observation as usize].evidence::<T, M>();
                setup.noticed(before, state, &evidence)
            };
            let at = At { index, block, row, step };
            setup.deliberate(state, (&memory.choices[choice as usize], noticed), |moment| each(at, moment))?;
        }
        Ok(())
    }

    /// The state before the observation of a history.
    fn prior(&mut self, node: &Node) -> Result<u32, ScoreError> {
        match node.parent {
            None => {
                let Memory { setups, state, priors, .. } = &mut *self.memory;
                let setup = &setups[node.setting as usize];
                let state = match state {
                    Some(state) => {
                        setup.restart(state);
                        state
                    }
                    None => state.insert(setup.begin()),
                };
                Ok(priors.place(state, self.record.shared))
            }
            Some((parent, deed)) => {
                let before = self.memory.after[parent as usize];
                self.act(before, self.record.nodes[parent as usize].setting, deed)
            }
        }
    }

    fn observe(&mut self, prior: u32, node: &Node) -> u32 {
        let memory = &mut *self.memory;
        let key = (prior, node.setting, node.observation);
        if let Some(&known) = memory.perceived.get(&key) {
            return known;
        }
        let state = work(&mut memory.state, memory.priors.get(prior));
        let evidence = self.record.observations[node.observation as usize].evidence::<T, M>();
        memory.setups[node.setting as usize].observe(state, &evidence);
        let posterior = memory.posteriors.place(state, self.record.shared);
        memory.perceived.insert(key, posterior);
        posterior
    }

    fn choose(&mut self, posterior: u32, setting: u32, open: u32) -> u32 {
        let memory = &mut *self.memory;
        let key = (posterior, setting + open * self.record.settings.len() as u32);
        if let Some(&known) = memory.chosen.get(&key) {
            return known;
        }
        let open = self.record.open[open as usize].as_deref();
        memory.choices.push(memory.setups[setting as usize].choice(memory.posteriors.get(posterior), open));
        let new = (memory.choices.len() - 1) as u32;
        memory.chosen.insert(key, new);
        new
    }

    fn act(&mut self, posterior: u32, setting: u32, deed: u32) -> Result<u32, ScoreError> {
        let key = (posterior, setting, deed);
        if let Some(&known) = self.memory.moved.get(&key) {
            return Ok(known);
        }
        let at = deed;
        let deed = &self.record.deeds[deed as usize];
        let mut weights = Vec::new();
        let carried = match carried_out::<T, M>(deed, &mut weights) {
            Some(carried) => carried,
            None if M::META.response_of_action().is_some() => {
                return Err(missing::<T, M>(self.record.place_of_deed(at)));
            }
            None => {
                let choice = self.choose(posterior, setting, deed.open);
                weights = self.memory.choices[choice as usize].weights(&deed.parts);
                Carried::OneOf(&weights)
            }
        };
        let memory = &mut *self.memory;
        let state = work(&mut memory.state, memory.posteriors.get(posterior));
        memory.setups[setting as usize].act(state, carried, self.record.open[deed.open as usize].as_deref());
        let prior = memory.priors.place(state, self.record.shared);
        memory.moved.insert(key, prior);
        Ok(prior)
    }
}

/// An action is missing that comes about by a response.
pub(super) fn missing<T: Real, M: GenerativeModel<T>>(place: String) -> ScoreError {
    let response = M::META.response_of_action().map_or("", |r| M::META.responses[r].name);
    ScoreError::MissingResponse { place, response }
}

/// A state to work with, like another one.
fn work<'a, M: GenerativeModel<T>, T: Real>(
    own: &'a mut Option<LifeState<M, T>>,
    like: &LifeState<M, T>,
) -> &'a mut LifeState<M, T> {
    match own {
        Some(own) => {
            own.clone_from(like);
            own
        }
        None => own.insert(like.clone()),
    }
}

/// What was carried out, as the agent knows it; `None` where it knows, but the record does not: one of the actions that fit.
pub(super) fn carried_out<'w, T: Real, M: GenerativeModel<T>>(
    deed: &Deed,
    weights: &'w mut Vec<(usize, T)>,
) -> Option<Carried<'w, T>> {
    match &deed.carried {
        CarriedOut::Chosen => effective_action::<T, M>(&deed.parts).map(Carried::Action),
        CarriedOut::Action(action) => Some(Carried::Action(*action)),
        CarriedOut::Unknown => Some(Carried::Unknown),
        CarriedOut::OneOf(actions) => {
            weights.extend(actions.iter().map(|&(action, weight)| (action, T::constant(weight))));
            Some(Carried::OneOf(weights))
        }
    }
}

/// A joint action that moves every factor as the recorded parts do: parts that drive no factor do not matter, unless they make a habit.
fn effective_action<T: Real, M: GenerativeModel<T>>(parts: &[Option<usize>]) -> Option<usize> {
    let objective = |a: usize| M::META.factors.iter().any(|f| f.actions.contains(&a));
    M::META.joint_action(parts.iter().enumerate().map(|(a, value)| value.or_else(|| (!objective(a)).then_some(0))))
}

/// Whether what an agent was told can be.
fn check<T: Real, M: GenerativeModel<T>>(deed: &Deed, record: &History) -> Result<(), ScoreError> {
    let (count, response) = (M::Action::COUNT, M::META.response_of_action());
    let wrong = |what: ToldError| Err(ScoreError::Told { model: M::META.name, what });
    let told = record.open[deed.open as usize].is_some() || matches!(deed.carried, CarriedOut::Unknown);
    if let Some(response) = response.filter(|_| told) {
        return wrong(ToldError::Response { response: M::META.responses[response].name });
    }
    if let Some(open) = &record.open[deed.open as usize] {
        if open.len() != count {
            return wrong(ToldError::Open { found: open.len(), actions: count });
        }
        if !open.contains(&true) {
            return wrong(ToldError::NothingOpen);
        }
    }
    let carried: &[(usize, f64)] = match &deed.carried {
        CarriedOut::Chosen | CarriedOut::Unknown => return Ok(()),
        CarriedOut::Action(action) => &[(*action, 1.0)],
        CarriedOut::OneOf(actions) => actions,
    };
    if let Some((action, _)) = carried.iter().find(|(action, _)| *action >= count) {
        return wrong(ToldError::Action { action: *action, actions: count });
    }
    let sum: f64 = carried.iter().map(|(_, weight)| weight).sum();
    if (sum - 1.0).abs() > 1e-6 || carried.iter().any(|(_, weight)| weight.is_nan() || *weight < 0.0) {
        return wrong(ToldError::Weights { sum });
    }
    Ok(())
}
