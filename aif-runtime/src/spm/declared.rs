//! The tables of a declared model as a structure, where it is one that SPM can represent.

use alloc::vec;
use alloc::vec::Vec;

use super::check::{MOST, check_steps};
use super::error::SpmError;
use super::numbers::softmax_of;
use super::structure::{Control, Counts, Structure};
use super::tensor::Tensor;
use crate::domain::Domain;
use crate::model::{FactorSite, GenerativeModel, Kind, ModalitySite, ModelError, Tables, entry};

/// What of a declared model SPM cannot represent.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Unrepresentable {
    /// The model's own numbers cannot be used.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A factor moves with another.
    #[error("factor {factor} depends on {other}: in SPM each factor depends on itself and its action only")]
    Coupled {
        /// The factor.
        factor: &'static str,
        /// On what it depends.
        other: &'static str,
    },
    /// A modality is measured.
    #[error("modality {modality} is measured: SPM knows outcomes only, not numbers")]
    Measured {
        /// The modality.
        modality: &'static str,
    },
    /// Spread over the states of all factors, a table is too large.
    #[error("spread over the states of all factors, modality {modality} has more than {most} entries")]
    TooLarge {
        /// The modality.
        modality: &'static str,
        /// The most that it can have.
        most: usize,
    },
    /// Only some tables of a kind have counts.
    #[error("some of {what} have counts and some have none: in SPM all of them are learned, or none is")]
    SomeCounted {
        /// Of what: `the likelihoods`.
        what: &'static str,
    },
    /// Counts are held.
    #[error("some counts of {name} are held: in SPM all counts above 0 are learned")]
    Held {
        /// The factor or modality.
        name: &'static str,
    },
    /// A prior over policies that no list of policies has.
    #[error("the habit of {model} is over all policies of its horizon: SPM's E is over moves, or over a list of policies")]
    Habit {
        /// The model.
        model: &'static str,
    },
    /// A list of policies has another length than the trial.
    #[error("policies of {horizon} actions make a trial of {} times, not of {steps}", horizon + 1)]
    Steps {
        /// How many actions a policy has.
        horizon: usize,
        /// How many times were asked for.
        steps: usize,
    },
    /// What comes of it is no structure.
    #[error(transparent)]
    Structure(#[from] SpmError),
}

impl Structure {
    /// The structure of a declared model, for trials of so many times (`T`).
    ///
    /// Every factor may depend on itself and on any actions: each combination of their values is one action of that factor. What modalities
    /// depend on is spread to all factors. Where the model declares a list of policies, these are compared (`V`); else its joint
    /// actions are moves (`U`). Preferences that depend on the step are those of the times after it, as an agent of this library
    /// counts; the first time's are those of the second. Precisions, goals and what else agents have as options are left behind.
    ///
    /// # Errors
    /// When SPM has no place for something.
    pub fn of<M: GenerativeModel>(model: &M, inputs: M::Inputs, steps: usize) -> Result<Structure, Unrepresentable> {
        check_steps(steps)?;
        let meta = &M::META;
        let coupled =
            meta.factors.iter().enumerate().find_map(|(f, factor)| Some((factor, factor.parents.iter().find(|p| **p != f)?)));
        if let Some((factor, &other)) = coupled {
            return Err(Unrepresentable::Coupled { factor: factor.name, other: meta.factors[other].name });
        }
        if let Some(measured) = meta.modalities.iter().find(|m| m.measured.is_some()) {
            return Err(Unrepresentable::Measured { modality: measured.name });
        }
        let spread = |m: &crate::model::Modality| meta.joint_states().saturating_mul(m.outcomes.count);
        if let Some(large) = meta.modalities.iter().find(|m| spread(m) > MOST) {
            return Err(Unrepresentable::TooLarge { modality: large.name, most: MOST });
        }
        let horizon = meta.horizon.max(1);
        let tables = Tables::<M>::with_preference_steps(model, inputs, horizon, steps.saturating_sub(1).max(1))?;
        let (mut factors, mut modalities) = (Vec::new(), Vec::new());
        M::each_factor(|site| factors.push(site));
        M::each_modality(|site| modalities.push(site));
        let control = control(&tables, steps)?;
        let likelihood = modalities.iter().map(|site| likelihood(&tables, site)).collect::<Result<_, _>>()?;
        let transition = factors.iter().map(|site| transition(&tables, site)).collect::<Result<_, _>>()?;
        let initial = factors.iter().map(|site| tables.initial(site).to_vec()).collect();
        let preference = modalities.iter().map(|site| preference(&tables, site, steps)).collect::<Result<_, _>>()?;
        let (habit, counted) = habit(&tables, &control)?;
        let counts = counts(&tables, &factors, &modalities, counted)?;
        let structure = Structure { likelihood, transition, preference, initial, habit, counts, control, below: None };
        structure.check()?;
        Ok(structure)
    }
}

/// A likelihood in SPM's order, spread over all factors; `at` gives the entry of an outcome in a context.
fn spread_likelihood<M: GenerativeModel>(site: &ModalitySite, at: impl Fn(usize, usize) -> f64) -> Result<Tensor, SpmError> {
    let factors = M::META.factors;
    let shape: Vec<usize> = core::iter::once(site.outcomes).chain(factors.iter().map(|f| f.states.count)).collect();
    let columns: usize = shape[1..].iter().product();
    let state = |column: usize, f: usize| column / shape[f + 2..].iter().product::<usize>() % shape[f + 1];
    let context = |column: usize| site.parents.iter().fold(0, |context, &f| context * shape[f + 1] + state(column, f));
    let numbers = (0..site.outcomes).flat_map(|o| (0..columns).map(move |column| (o, column)));
    Tensor::new(&shape, numbers.map(|(o, column)| at(context(column), o)).collect())
}

fn likelihood<M: GenerativeModel>(tables: &Tables<M>, site: &ModalitySite) -> Result<Tensor, SpmError> {
    spread_likelihood::<M>(site, |context, o| entry(tables.likelihood(site), context, site.outcomes, o))
}

/// A transition in SPM's order, `[next state][state][action]`; a factor that forgets its state has the same column for all.
fn ordered_transition(site: &FactorSite, at: impl Fn(usize, usize, usize) -> f64) -> Result<Tensor, SpmError> {
    let (n, actions) = (site.states, site.local_actions);
    let mut numbers = vec![0.0; n * n * actions];
    for (i, x) in numbers.iter_mut().enumerate() {
        let (next, state, action) = (i / (n * actions), i / actions % n, i % actions);
        *x = at(action, if site.contexts == 1 { 0 } else { state }, next);
    }
    Tensor::new(&[n, n, actions], numbers)
}

fn transition<M: GenerativeModel>(tables: &Tables<M>, site: &FactorSite) -> Result<Tensor, SpmError> {
    ordered_transition(site, |action, context, next| entry(tables.transition(site, action), context, site.states, next))
}

fn preference<M: GenerativeModel>(tables: &Tables<M>, site: &ModalitySite, steps: usize) -> Result<Tensor, SpmError> {
    if !M::META.modalities[site.index].timed {
        return Tensor::vector(tables.preference(site, 0).to_vec());
    }
    let at = |o: usize, t: usize| tables.preference(site, t.saturating_sub(1))[o];
    let numbers = (0..site.outcomes).flat_map(|o| (0..steps).map(move |t| (o, t)));
    Tensor::new(&[site.outcomes, steps], numbers.map(|(o, t)| at(o, t)).collect())
}

/// What a joint action of a declared model is to each factor: SPM's `u`.
pub fn actions_of<M: GenerativeModel>(joint: usize) -> Vec<usize> {
    let mut actions = Vec::new();
    M::each_factor(|site| actions.push(site.local_action(&M::META, joint)));
    actions
}

/// The same of all joint actions: SPM's `U`.
pub(super) fn moves<M: GenerativeModel>() -> Vec<Vec<usize>> {
    (0..M::META.joint_actions()).map(actions_of::<M>).collect()
}

/// The declared policies, or all joint actions as moves; each as the actions of the factors.
fn control<M: GenerativeModel>(tables: &Tables<M>, steps: usize) -> Result<Control, Unrepresentable> {
    let local = actions_of::<M>;
    let Some(policies) = tables.policies() else {
        return Ok(Control::Moves { moves: moves::<M>(), steps });
    };
    let horizon = policies.horizon();
    if horizon + 1 != steps {
        return Err(Unrepresentable::Steps { horizon, steps });
    }
    let row = |t: usize| policies.iter().filter_map(|policy| Some(local(policy.get(t)?.index()))).collect();
    Ok(Control::Policies((0..horizon).map(row).collect()))
}

/// `E` and `e`.
type Habits = (Option<Vec<f64>>, Option<Vec<f64>>);

fn habit<M: GenerativeModel>(tables: &Tables<M>, control: &Control) -> Result<Habits, Unrepresentable> {
    let (declared, count, model) = (tables.habit(), control.count(), M::META.name);
    let weights: Vec<f64> = match (control, tables.policies()) {
        (Control::Policies(_), Some(policies)) if declared.is_empty() => (0..count).map(|k| policies.habit(k)).collect(),
        _ => declared.to_vec(),
    };
    if !weights.is_empty() && weights.len() != count {
        return Err(Unrepresentable::Habit { model });
    }
    let flat = weights.iter().all(|w| *w == weights[0]);
    let counts = tables.habit_counts();
    let counted = (!counts.is_empty() && counts.len() == count).then(|| counts.to_vec());
    Ok(((!flat).then(|| softmax_of(weights.iter().copied())), counted))
}

/// All counts of one kind, if every table has them.
fn all<'a, S>(
    what: &'static str,
    sites: &[&'a S],
    counts: impl Fn(&'a S) -> Option<Result<Tensor, SpmError>>,
) -> Result<Option<Vec<Tensor>>, Unrepresentable> {
    let found: Vec<_> = sites.iter().map(|site| counts(site)).collect();
    match found.iter().filter(|counts| counts.is_some()).count() {
        0 => Ok(None),
        n if n < found.len() => Err(Unrepresentable::SomeCounted { what }),
        _ => Ok(Some(found.into_iter().flatten().collect::<Result<_, _>>()?)),
    }
}

fn counts<M: GenerativeModel>(
    tables: &Tables<M>,
    factors: &[&FactorSite],
    modalities: &[&ModalitySite],
    habit: Option<Vec<f64>>,
) -> Result<Counts, Unrepresentable> {
    let held = |columns: crate::model::Span| tables.held[columns.range()].contains(&true);
    let meta = &M::META;
    let names = modalities.iter().filter(|s| s.kind == Kind::Dirichlet && held(s.columns)).map(|s| meta.modalities[s.index].name);
    let moved = factors.iter().filter(|s| s.kind == Kind::Dirichlet && held(s.columns)).map(|s| meta.factors[s.index].name);
    if let Some(name) = names.chain(moved).next() {
        return Err(Unrepresentable::Held { name });
    }
    let vector = |counts: &[f64]| (!counts.is_empty()).then(|| Tensor::vector(counts.to_vec()));
    let likelihood = all("the likelihoods", modalities, |site| {
        let counts = tables.likelihood_counts(site);
        let spread = || spread_likelihood::<M>(site, |context, o| counts[context * site.outcomes + o]);
        (!counts.is_empty()).then(spread)
    })?;
    let transition = all("the transitions", factors, |site| {
        let counts = tables.transition_counts(site);
        let at = |action: usize, context: usize, next: usize| counts[(action * site.contexts + context) * site.states + next];
        (!counts.is_empty()).then(|| ordered_transition(site, at))
    })?;
    let preference = all("the preferences", modalities, |site| vector(tables.preference_counts(site)))?;
    let initial = all("the initial states", factors, |site| vector(tables.initial_counts(site)))?;
    let initial = initial.map(|d| d.iter().map(|d| d.numbers().to_vec()).collect());
    Ok(Counts { likelihood, transition, preference, initial, habit })
}
