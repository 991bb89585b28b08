//! What the rest of a branch of the policy tree can be worth at most: an admissible bound, from what is believed where the branch begins.
//!
//! Utility is bounded as if every state were seen and each factor moved on its own account: `U_t(s) = max_a sum_s' B(s'|s, a) (u(s') + U_t+1(s'))`, over all
//! states of the other parents, so that for any sequence of actions the expected utility of what is left is at most `sum_f sum_s q_f(s) U_t,f(s)` (the
//! bound of the Markov decision process beneath, Hauskrecht 2000, "Value-function approximations for partially observable Markov decision processes").
//! A modality of several factors counts for one of them, at the best states of the others. What a modality tells of the state is at most the entropy of
//! its parents, and `ln` of the number of its outcomes less its least ambiguity; the entropy of a factor grows in a step at most by that of a column of
//! its transition. What is learned of a table is at most its greatest novelty, and being off the path to a goal is worth nothing at best.

use alloc::vec;
use alloc::vec::Vec;

use super::PlanningContext;
use super::apart::parts;
use super::imagined::Imagined;
use crate::math;
use crate::model::{FactorSite, GenerativeModel, ModalitySite, Numbers, Part, Table, entry};
use crate::scalar::Real;

/// Of more factors entropies are not followed: a modality tells at most what its outcomes can.
const FACTORS: usize = 16;

/// Bounds for the branches of one model, drives and preferences: worked out once, looked up at every node.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bounds {
    horizon: usize,
    /// Where the states of each factor begin among those of all factors, and how many there are.
    begins: Vec<usize>,
    /// `[step][state of all factors]`: the utility of this step and all that follow.
    utility: Vec<f64>,
    /// `[the whole model, then each of its parts][step]`: what does not depend on the belief, of this step and all that follow.
    rest: Vec<f64>,
    /// The greatest entropy of a column of each factor's transition.
    blur: Vec<f64>,
    /// The most that each modality can tell, or all together.
    told: Vec<f64>,
    /// What information about the state weighs; at most zero: nothing is added.
    weight: f64,
    /// `[step]`: what a step counts.
    discount: Vec<f64>,
}

impl Bounds {
    /// For a scene's tables, drives and preferences. `elapsed`: how many steps of the block are past; `None` where that is not known, and preferences by
    /// step are bounded by the best of all steps.
    pub fn new<M: GenerativeModel<T>, T: Real>(scene: &PlanningContext<'_, M, T>, elapsed: Option<usize>) -> Self {
        let objective = scene.objective;
        let (weights, horizon) = (objective.weights().map(Real::value), objective.horizon);
        let mut begins = vec![0];
        for factor in M::META.factors {
            begins.push(begins[begins.len() - 1] + factor.states.count);
        }
        let states = begins[begins.len() - 1];
        let discount: Vec<f64> = (0..horizon).map(|step| objective.at(step, T::one()).value()).collect();
        let mut utility = vec![0.0; (horizon + 1) * states];
        if objective.on.utility {
            M::each_modality(|site| {
                let own = scene.preferences.map(|own| own.numbers(site.index));
                if own.is_none() && !scene.tables.is_wanted(site) {
                    return;
                }
                let mut best = Vec::new();
                for step in 0..horizon {
                    if step == 0 || (own.is_none() && M::META.modalities[site.index].timed) {
                        best = one_parent::<M, T>(site, &begins, |context| {
                            weights.utility * wanted(scene, site, context, (own, step, elapsed), weights.utility < 0.0)
                        });
                    }
                    let row = &mut utility[step * states..][..states];
                    best.iter().for_each(|&(state, most)| row[state] += discount[step] * most);
                }
            });
        }
        // Of the whole model, and of each of its parts.
        let (mut blur, mut taught) = (vec![0.0; M::META.factors.len()], vec![0.0; 1 + parts::<M, T>().len()]);
        M::each_factor(|site| {
            let from = begins[site.index];
            for step in (0..horizon).rev() {
                let (now, later) = utility.split_at_mut((step + 1) * states);
                // What a state is worth where it is reached: at this step, and from there on.
                let now = &mut now[step * states + from..][..site.states];
                let worth: Vec<f64> = now.iter().zip(&later[from..]).map(|(now, later)| now + later).collect();
                now.fill(f64::NEG_INFINITY);
                each_column(scene, site, |context, column| {
                    let expected = column.expect(&worth);
                    match site.own_state(&M::META, context) {
                        Some(own) => now[own] = now[own].max(expected),
                        None => now.iter_mut().for_each(|now| *now = now.max(expected)),
                    }
                });
            }
            each_column(scene, site, |_, column| blur[site.index] = column.entropy().max(blur[site.index]));
            if objective.on.transition_information_gain && site.counts.len > 0 {
                let novelty = (0..site.local_actions).flat_map(|local| scene.tables.transition_novelty(site, local).into_owned());
                let most = greatest(novelty, weights.transition_information_gain);
                add_to_parts::<M, T>(&mut taught, most, |part| part.has_factor(site.index));
            }
        });
        let separate = objective.on.state_information_gain && !objective.joint_information_gain;
        let mut told = Vec::new();
        M::each_modality(|site| {
            if separate {
                let least = match scene.tables.ambiguity(site) {
                    Table::Fixed(ambiguity) => ambiguity.iter().copied().fold(f64::INFINITY, f64::min),
                    Table::Free(ambiguity) => ambiguity.iter().map(|a| a.value()).fold(f64::INFINITY, f64::min),
                    _ => 0.0,
                };
                told.push((math::ln(site.outcomes as f64) - least).max(0.0));
            }
            if objective.on.likelihood_information_gain && site.counts.len > 0 {
                let novelty = scene.tables.likelihood_novelty(site);
                let most = greatest(novelty.iter().copied(), weights.likelihood_information_gain);
                add_to_parts::<M, T>(&mut taught, most, |part| part.has_modality(site.index));
            }
        });
        if objective.on.state_information_gain && objective.joint_information_gain {
            told.push(math::ln(M::META.joint_outcomes() as f64));
        }
        if let Some(induction) = scene.induction.filter(|_| objective.on.inductive_value && weights.inductive_value < 0.0) {
            // Who is driven off the path.
            let most = weights.inductive_value * math::ln(induction.options().epsilon);
            (0..M::META.factors.len()).for_each(|f| add_to_parts::<M, T>(&mut taught, most, |part| part.has_factor(f)));
        }
        let mut rest = vec![0.0; (horizon + 1) * taught.len()];
        for (rest, taught) in rest.chunks_mut(horizon + 1).zip(taught) {
            for step in (0..horizon).rev() {
                rest[step] = rest[step + 1] + discount[step] * taught;
            }
        }
        let weight = if objective.on.state_information_gain { weights.state_information_gain } else { 0.0 };
        Bounds { horizon, begins, utility, rest, blur, told, weight, discount }
    }

    /// Whether these are for plans of a scene's horizon.
    pub(super) fn is_of<M: GenerativeModel<T>, T: Real>(&self, scene: &PlanningContext<'_, M, T>) -> bool {
        self.horizon == scene.objective.horizon
    }

    /// What all steps of a policy from one on can add to its negative expected free energy at most, from the belief that it begins with.
    #[inline]
    pub(super) fn left<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>>(
        &self,
        scene: &PlanningContext<'_, M, T>,
        belief: &B,
        step: usize,
    ) -> f64 {
        let factors = M::META.factors.len();
        let tells = self.weight > 0.0;
        let follows = tells && factors <= FACTORS;
        let mut sum = self.rest[scene.part().map_or(0, |part| 1 + part.index) * (self.horizon + 1) + step];
        let mut entropies = [0.0f64; FACTORS];
        let worth = &self.utility[step * self.begins[factors]..];
        for f in (0..factors).filter(|&f| scene.has_factor(f)) {
            let worth = &worth[self.begins[f]..self.begins[f + 1]];
            let mut entropy = 0.0;
            belief.each_context(scene, &[f], |state, p| {
                let p = p.value();
                sum += p * worth[state];
                if follows && p > 0.0 && p < 1.0 {
                    entropy -= p * math::ln(p);
                }
            });
            if follows {
                entropies[f] = entropy;
            }
        }
        if tells {
            for step in step..self.horizon {
                sum += self.discount[step] * self.weight * self.told_after(scene, &mut entropies, follows);
            }
        }
        sum
    }

    /// What can be told after one more step, and the entropies then.
    fn told_after<M: GenerativeModel<T>, T: Real>(
        &self,
        scene: &PlanningContext<'_, M, T>,
        entropies: &mut [f64; FACTORS],
        follows: bool,
    ) -> f64 {
        let joint = scene.objective.joint_information_gain;
        if !follows {
            return self.told.iter().enumerate().filter(|(m, _)| joint || scene.has_modality(*m)).map(|(_, told)| told).sum();
        }
        let before = *entropies;
        for (f, factor) in M::META.factors.iter().enumerate() {
            let from: f64 = factor.parents.iter().map(|&parent| before[parent]).sum();
            entropies[f] = (from + self.blur[f]).min(math::ln(factor.states.count as f64));
        }
        if joint {
            return self.told[0].min(entropies[..M::META.factors.len()].iter().sum());
        }
        let mut told = 0.0;
        for (m, (modality, &most)) in M::META.modalities.iter().zip(&self.told).enumerate() {
            if !scene.has_modality(m) {
                continue;
            }
            // Of a number, what is told is worked out at nodes.
            let of_parents = || modality.parents.iter().map(|&parent| entropies[parent]).sum();
            told += if modality.measured.is_some() { most } else { most.min(of_parents()) };
        }
        told
    }
}

/// Adds to what is taught of the whole model and of the parts that have to do with it.
fn add_to_parts<M: GenerativeModel<T>, T: Real>(taught: &mut [f64], most: f64, has: impl Fn(&Part) -> bool) {
    taught[0] += most;
    for part in parts::<M, T>().iter().filter(|part| has(part)) {
        taught[1 + part.index] += most;
    }
}

/// The greatest product of a list and a weight.
fn greatest<T: Real>(list: impl IntoIterator<Item = T>, weight: f64) -> f64 {
    let most = list.into_iter().map(|x| weight * x.value()).fold(f64::NEG_INFINITY, f64::max);
    if most.is_finite() { most } else { 0.0 }
}

/// The expected preference of one column of a likelihood, at a step: by the agent's own preferences, else by those of the tables; `least` where not the
/// most but the least of all steps counts.
fn wanted<M: GenerativeModel<T>, T: Real>(
    scene: &PlanningContext<'_, M, T>,
    site: &ModalitySite,
    context: usize,
    (own, step, elapsed): (Option<&[T]>, usize, Option<usize>),
    least: bool,
) -> f64 {
    if let Some(own) = own {
        let table = scene.tables.likelihood(site);
        return own.iter().enumerate().map(|(o, c)| entry(table, context, site.outcomes, o).value() * c.value()).sum();
    }
    let at = |step| scene.tables.utility(site, step)[context].value();
    match elapsed {
        Some(elapsed) => at(elapsed + step),
        None => {
            let steps = (0..scene.tables.preference_steps()).map(at);
            if least { steps.fold(f64::INFINITY, f64::min) } else { steps.fold(f64::NEG_INFINITY, f64::max) }
        }
    }
}

/// What combinations of a modality's parents are worth as a bound over the states of one of them: that for which it is tightest. With the places of these
/// states among those of all factors.
fn one_parent<M: GenerativeModel<T>, T: Real>(
    site: &ModalitySite,
    begins: &[usize],
    worth: impl Fn(usize) -> f64,
) -> Vec<(usize, f64)> {
    let worths: Vec<f64> = (0..site.contexts).map(worth).collect();
    let mut tightest: Option<(f64, Vec<(usize, f64)>)> = None;
    let mut stride = site.contexts;
    for &parent in site.parents {
        let count = M::META.factors[parent].states.count;
        stride /= count;
        let mut most = vec![f64::NEG_INFINITY; count];
        for (context, &worth) in worths.iter().enumerate() {
            let own = &mut most[context / stride % count];
            *own = own.max(worth);
        }
        let mean = most.iter().sum::<f64>() / count as f64;
        if tightest.as_ref().is_none_or(|(least, _)| mean < *least) {
            tightest = Some((mean, most.into_iter().enumerate().map(|(state, most)| (begins[parent] + state, most)).collect()));
        }
    }
    tightest.map_or(Vec::new(), |(_, states)| states)
}

/// One column of a transition.
enum Column<'a, T> {
    To(usize),
    Few(&'a [u16], &'a [f64]),
    Fixed(&'a [f64]),
    Free(&'a [T]),
}

impl<T: Real> Column<'_, T> {
    fn each(&self, mut f: impl FnMut(usize, f64)) {
        match self {
            Column::To(next) => f(*next, 1.0),
            Column::Few(states, p) => states.iter().zip(*p).for_each(|(&state, &p)| f(usize::from(state), p)),
            Column::Fixed(column) => column.iter().enumerate().for_each(|(next, &p)| f(next, p)),
            Column::Free(column) => column.iter().enumerate().for_each(|(next, p)| f(next, p.value())),
        }
    }

    fn expect(&self, worth: &[f64]) -> f64 {
        let mut sum = 0.0;
        self.each(|next, p| sum += p * worth[next]);
        sum
    }

    fn entropy(&self) -> f64 {
        let mut entropy = 0.0;
        self.each(|_, p| entropy -= if p > 0.0 { p * math::ln(p) } else { 0.0 });
        entropy
    }
}

/// Calls `f(combination of the parents' states, column)` for every column of a factor's transitions.
fn each_column<M: GenerativeModel<T>, T: Real>(
    scene: &PlanningContext<'_, M, T>,
    site: &FactorSite,
    mut f: impl FnMut(usize, Column<'_, T>),
) {
    for local in 0..site.local_actions {
        let table = scene.tables.transition(site, local);
        for context in 0..site.contexts {
            let range = context * site.states..(context + 1) * site.states;
            f(
                context,
                match table {
                    Table::Map(map) => Column::To(usize::from(map[context])),
                    Table::Sparse(table) => {
                        let (states, p) = table.column(context);
                        Column::Few(states, p)
                    }
                    Table::Fixed(table) => Column::Fixed(&table[range]),
                    Table::Free(table) => Column::Free(&table[range]),
                },
            );
        }
    }
}
