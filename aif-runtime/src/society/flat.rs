//! A player's model written out over its joint states: what it does to them, shows of them, and is worth.

use alloc::vec;
use alloc::vec::Vec;

use super::error::SocietyError;
use super::options::PlayerOptions;
use crate::evidence::Signal;
use crate::model::{Assignment, GenerativeModel, Precisions, Table, Tables};
use crate::perceive::dot;
use crate::scalar::{Real, entropy, exact_zero, sum};

/// The most numbers that the transitions, or the likelihoods, of a player's model may take.
pub const MAX_NUMBERS: usize = 1 << 22;

/// The numbers of one player's model over its joint states (the last factor runs fastest), its own actions and the other's.
#[derive(Clone, Debug)]
pub(super) struct Flat<T> {
    /// The model's name.
    pub name: &'static str,
    /// How many joint states there are.
    pub states: usize,
    /// How many values the player's own action has.
    pub own: usize,
    /// How many values the other's has; one where there is no other.
    pub others: usize,
    /// How many joint outcomes there are.
    pub outcomes: usize,
    /// The initial distribution.
    pub initial: Vec<T>,
    /// Where the successors of a state begin, `[own][other][state]`, and where the last end.
    begins: Vec<u32>,
    /// Successors.
    next: Vec<(u32, T)>,
    /// Which joint outcomes each state may show.
    may_show: Vec<Vec<u32>>,
    /// What is seen, modality by modality.
    modalities: Vec<Shown<T>>,
    /// The weighed expected log-preference of each state, `[step][state]`.
    utility: Vec<T>,
    /// The weight of information about states.
    gain: f64,
    /// The log-weight of each of the player's own actions by habit.
    pub habit: Vec<T>,
    /// How probable each of the other's actions is by the habit that the player's model declares.
    pub expected: Vec<T>,
    /// The model's precisions and lapse.
    pub precisions: Precisions<T>,
    /// How far plans look.
    pub horizon: usize,
}

/// One modality over joint states.
#[derive(Clone, Debug)]
struct Shown<T> {
    outcomes: usize,
    /// `[state][outcome]`.
    table: Vec<T>,
    /// The entropy of each, `[state]`.
    ambiguity: Vec<T>,
}

/// The state that a joint state is.
pub(super) fn state_at<M: GenerativeModel<T>, T: Real>(mut index: usize) -> M::State {
    let mut state = M::State::first();
    for (f, factor) in M::META.factors.iter().enumerate().rev() {
        state.set(f, index % factor.states.count);
        index /= factor.states.count;
    }
    state
}

/// The joint state that a state is.
pub(super) fn index_of<M: GenerativeModel<T>, T: Real>(state: &M::State) -> usize {
    M::META.factors.iter().enumerate().fold(0, |index, (f, factor)| index * factor.states.count + state.get(f))
}

/// Which outcome of each modality is known; `None` is a missing one.
pub(super) fn outcomes_of<M: GenerativeModel<T>, T: Real>(evidence: &M::Evidence) -> Result<Vec<Option<usize>>, SocietyError> {
    let known = |(m, modality): (usize, &crate::model::Modality)| match M::signal(evidence, m) {
        Signal::Seen(outcome) => Ok(Some(outcome)),
        Signal::Missing => Ok(None),
        _ => Err(SocietyError::Evidence { modality: modality.name }),
    };
    M::META.modalities.iter().enumerate().map(known).collect()
}

/// Calls `f` with each possible outcome of a column, and how probable it is.
fn each_entry<T: Real>(table: Table<'_, T>, column: usize, size: usize, mut f: impl FnMut(usize, T)) {
    match table {
        Table::Map(map) => f(usize::from(map[column]), T::one()),
        Table::Fixed(table) => {
            for (i, &p) in table[column * size..][..size].iter().enumerate().filter(|(_, p)| **p != 0.0) {
                f(i, T::constant(p));
            }
        }
        Table::Free(table) => {
            for (i, &p) in table[column * size..][..size].iter().enumerate().filter(|(_, p)| !exact_zero(**p)) {
                f(i, p);
            }
        }
        Table::Sparse(table) => {
            let (states, probabilities) = table.column(column);
            for (&state, &p) in states.iter().zip(probabilities) {
                f(usize::from(state), T::constant(p));
            }
        }
    }
}

/// Refuses what is too large.
fn limited(model: &'static str, what: &'static str, found: usize) -> Result<(), SocietyError> {
    if found > MAX_NUMBERS { Err(SocietyError::TooLarge { model, what, found, most: MAX_NUMBERS }) } else { Ok(()) }
}

impl<T: Real> Flat<T> {
    /// Writes a model out.
    pub fn new<M: GenerativeModel<T>>(model: &M, inputs: M::Inputs, options: &PlayerOptions) -> Result<Self, SocietyError> {
        options.check()?;
        let meta = &M::META;
        let horizon = options.horizon.unwrap_or(meta.horizon);
        let (own, others) = match meta.actions {
            [own] => (own.values.count, 1),
            [own, other] => (own.values.count, other.values.count),
            _ => return Err(SocietyError::Actions { model: meta.name, found: meta.actions.len() }),
        };
        if let Some(measured) = meta.modalities.iter().find(|modality| modality.measured.is_some()) {
            return Err(SocietyError::Measured { model: meta.name, modality: measured.name });
        }
        if let Some(kept) = meta.factors.iter().find(|factor| factor.kept) {
            return Err(SocietyError::Kept { model: meta.name, factor: kept.name });
        }
        let (states, outcomes) = (meta.joint_states(), meta.joint_outcomes());
        limited(meta.name, "joint states and actions", states.saturating_mul(own * others))?;
        limited(meta.name, "joint outcomes", outcomes)?;
        let shown_numbers = meta.modalities.iter().map(|modality| modality.outcomes.count).sum::<usize>();
        limited(meta.name, "joint states and outcomes of modalities", states.saturating_mul(shown_numbers))?;
        let tables = Tables::<M, T>::new(model, inputs, horizon)?;
        if tables.policies().is_some() {
            return Err(SocietyError::Policies { model: meta.name });
        }
        if tables.has_goals() {
            return Err(SocietyError::Goal { model: meta.name });
        }
        if !tables.habit().is_empty() && tables.habit().len() != own * others {
            return Err(SocietyError::Habit { model: meta.name });
        }
        let (begins, next) = transitions(&tables, own * others)?;
        let modalities = shown(&tables);
        let may_show = may_show(meta.name, &modalities, states)?;
        let (habit, expected) = habits(tables.habit(), own, others);
        Ok(Flat {
            name: meta.name,
            states,
            own,
            others,
            outcomes,
            initial: initial(&tables),
            begins,
            next,
            may_show,
            modalities,
            utility: utility(&tables, horizon, options.utility),
            gain: options.state_information_gain,
            habit,
            expected,
            precisions: tables.precisions(),
            horizon,
        })
    }

    /// Adds to `after` the weights of states one step after others, each times `by`, under both actions.
    pub fn advance_onto(&self, after: &mut [T], from: &[(usize, T)], by: T, own: usize, other: usize) {
        let begins = &self.begins[(own * self.others + other) * self.states..][..=self.states];
        for &(s, w) in from {
            let weight = w * by;
            for &(to, p) in &self.next[begins[s] as usize..begins[s + 1] as usize] {
                after[to as usize] += weight * p;
            }
        }
    }

    /// The weights of states one step after others, under both actions.
    pub fn advance(&self, weights: &[T], own: usize, other: usize) -> Vec<T> {
        let mut after = vec![T::zero(); self.states];
        self.advance_onto(&mut after, &held(weights), T::one(), own, other);
        after
    }

    /// How probable a joint outcome is in each state.
    pub fn likelihood(&self, outcome: usize) -> Vec<T> {
        let (mut likelihood, mut rest) = (vec![T::one(); self.states], outcome);
        for shown in self.modalities.iter().rev() {
            let own = rest % shown.outcomes;
            rest /= shown.outcomes;
            let column = shown.table.iter().skip(own).step_by(shown.outcomes);
            likelihood.iter_mut().zip(column).for_each(|(p, &q)| *p *= q);
        }
        likelihood
    }

    /// Which joint outcomes are possible in any of these states.
    pub fn possible(&self, states: impl Iterator<Item = usize>) -> Vec<usize> {
        let mut possible = vec![false; self.outcomes];
        for s in states {
            self.may_show[s].iter().for_each(|&o| possible[o as usize] = true);
        }
        (0..self.outcomes).filter(|&o| possible[o]).collect()
    }

    /// How probable what is known of each modality is in a state.
    pub fn evidence(&self, known: &[Option<usize>], state: usize) -> T {
        let seen = self.modalities.iter().zip(known).filter_map(|(shown, known)| Some((shown, (*known)?)));
        seen.fold(T::one(), |p, (shown, outcome)| p * shown.table[state * shown.outcomes + outcome])
    }

    /// The weighed expected log-preference alone of a step (from 0) after which states are believed so.
    pub fn utility(&self, believed: &[T], step: usize) -> T {
        dot(believed, &self.utility[step.min(self.horizon - 1) * self.states..][..self.states])
    }

    /// The negative expected free energy of a step (from 0) after which states are believed so: utility, and the mutual information
    /// between states and each modality's outcomes, each by its weight.
    pub fn worth(&self, believed: &[T], step: usize) -> T {
        let mut worth = self.utility(believed, step);
        let held = if self.gain != 0.0 { held(believed) } else { Vec::new() };
        // Where the state is certain, nothing is learned of it.
        if held.len() > 1 {
            for shown in &self.modalities {
                let mut outcomes = vec![T::zero(); shown.outcomes];
                let mut ambiguity = T::zero();
                for &(s, p) in &held {
                    ambiguity += p * shown.ambiguity[s];
                    for (q, &a) in outcomes.iter_mut().zip(&shown.table[s * shown.outcomes..]) {
                        *q += p * a;
                    }
                }
                worth += (entropy(&outcomes) - ambiguity) * self.gain;
            }
        }
        worth
    }
}

/// The states that are possible at all, each with its weight.
pub(super) fn held<T: Real>(weights: &[T]) -> Vec<(usize, T)> {
    weights.iter().copied().enumerate().filter(|(_, w)| !exact_zero(*w)).collect()
}

/// Where each joint state's successors begin, and these, each with its probability.
type Successors<T> = (Vec<u32>, Vec<(u32, T)>);

/// Every joint state's successors under every joint action.
fn transitions<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, actions: usize) -> Result<Successors<T>, SocietyError> {
    let (meta, states) = (&M::META, M::META.joint_states());
    let mut begins = Vec::with_capacity(actions * states + 1);
    let mut next: Vec<(u32, T)> = Vec::new();
    let (mut joint, mut longer) = (Vec::new(), Vec::new());
    for action in 0..actions {
        for s in 0..states {
            begins.push(next.len() as u32);
            let state = state_at::<M, T>(s);
            joint.clear();
            joint.push((0usize, T::one()));
            M::each_factor(|site| {
                let column = meta.context(site.parents, |f| state.get(f));
                let table = tables.transition(site, site.local_action(meta, action));
                longer.clear();
                for &(before, p) in &joint {
                    each_entry(table, column, site.states, |to, q| longer.push((before * site.states + to, p * q)));
                }
                core::mem::swap(&mut joint, &mut longer);
            });
            next.extend(joint.iter().map(|&(to, p)| (to as u32, p)));
            limited(meta.name, "transitions between joint states", next.len())?;
        }
    }
    begins.push(next.len() as u32);
    Ok((begins, next))
}

/// Each modality over joint states.
fn shown<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>) -> Vec<Shown<T>> {
    let (meta, states) = (&M::META, M::META.joint_states());
    let mut modalities = Vec::new();
    M::each_modality(|site| {
        let mut table = vec![T::zero(); states * site.outcomes];
        for s in 0..states {
            let state = state_at::<M, T>(s);
            let column = meta.context(site.parents, |f| state.get(f));
            each_entry(tables.likelihood(site), column, site.outcomes, |o, p| table[s * site.outcomes + o] = p);
        }
        let ambiguity = table.chunks(site.outcomes.max(1)).map(entropy).collect();
        modalities.push(Shown { outcomes: site.outcomes, table, ambiguity });
    });
    modalities
}

/// Which joint outcomes each state may show.
fn may_show<T: Real>(model: &'static str, modalities: &[Shown<T>], states: usize) -> Result<Vec<Vec<u32>>, SocietyError> {
    let mut all = Vec::with_capacity(states);
    let mut count = 0;
    for s in 0..states {
        let mut joint = vec![0u32];
        for shown in modalities {
            let own = &shown.table[s * shown.outcomes..][..shown.outcomes];
            let may = |&before: &u32| {
                let possible = own.iter().enumerate().filter(|(_, p)| !exact_zero(**p));
                possible.map(move |(o, _)| before * shown.outcomes as u32 + o as u32)
            };
            joint = joint.iter().flat_map(may).collect();
            limited(model, "joint states and outcomes", count + joint.len())?;
        }
        count += joint.len();
        all.push(joint);
    }
    Ok(all)
}

/// The initial distribution over joint states.
fn initial<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>) -> Vec<T> {
    let mut initial = vec![T::one(); M::META.joint_states()];
    M::each_factor(|site| {
        for (s, p) in initial.iter_mut().enumerate() {
            *p *= tables.initial(site)[state_at::<M, T>(s).get(site.index)];
        }
    });
    initial
}

/// The weighed expected log-preference of each joint state, `[step][state]`.
fn utility<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, horizon: usize, weight: f64) -> Vec<T> {
    let (meta, states) = (&M::META, M::META.joint_states());
    let mut utility = vec![T::zero(); horizon * states];
    if weight == 0.0 {
        return utility;
    }
    M::each_modality(|site| {
        for (i, u) in utility.iter_mut().enumerate() {
            let state = state_at::<M, T>(i % states);
            let column = meta.context(site.parents, |f| state.get(f));
            *u += tables.utility(site, i / states)[column] * weight;
        }
    });
    utility
}

/// What a habit over joint actions says of the player's own (log-weights), and of the other's (probabilities).
fn habits<T: Real>(habit: &[T], own: usize, others: usize) -> (Vec<T>, Vec<T>) {
    if habit.is_empty() {
        return (vec![T::zero(); own], vec![T::one() / others as f64; others]);
    }
    let best = habit.iter().fold(f64::NEG_INFINITY, |best, h| best.max(h.value()));
    let weight = |h: T| if h.value() == f64::NEG_INFINITY { T::zero() } else { (h - best).exp() };
    let weights: Vec<T> = habit.iter().map(|&h| weight(h)).collect();
    let total = sum(&weights);
    let log = |w: T| if exact_zero(w) { T::constant(f64::NEG_INFINITY) } else { w.ln() };
    let of_own = weights.chunks(others).map(|row| log(sum(row))).collect();
    let of_other = (0..others).map(|b| weights.iter().skip(b).step_by(others).fold(T::zero(), |sum, &w| sum + w) / total);
    (of_own, of_other.collect())
}
