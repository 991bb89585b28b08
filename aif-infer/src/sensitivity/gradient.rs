//! Derivatives by soft and likelihood evidence: forward inside a step, backward between steps.

use std::fmt;

use aif_runtime::model::Marginals;
use aif_runtime::{GenerativeModel, ModelFamily, Real, Signal};

use super::along::{NUMBER, act, lift_evidence, live, observe, total};
use super::error::Fault;
use super::{DIRECTIONS, Directed, Experience, Objective, Sensitivity, Value};

/// An objective along one sequence, with its derivatives by the soft and likelihood evidence in it.
#[derive(Clone)]
pub struct Gradient<M: GenerativeModel> {
    /// The objective, and the terms that it was made of.
    pub value: Value,
    /// What is believed after each step's evidence.
    pub beliefs: Vec<M::Belief>,
    /// For each step, the derivative of the objective by each probability or weight of each modality's evidence, the others as they are;
    /// zero for modalities that are seen or missing. Of faint evidence by the mixed probabilities, which it holds: times its weight they are those by
    /// what was mixed. At a probability of exactly zero it is the slope of the clipped logarithm.
    pub evidence: Vec<M::Outcomes>,
    /// For each step, the derivative by what each modality measured; zero for modalities that are not, or did not, measure anything.
    pub measured: Vec<Vec<f64>>,
}

/// Where the derivatives by one step's evidence are put.
struct By<M: GenerativeModel> {
    evidence: Vec<M::Outcomes>,
    measured: Vec<Vec<f64>>,
}

impl<M: GenerativeModel> By<M> {
    fn put(&mut self, step: usize, (m, o): Entry, by: f64) {
        match o {
            NUMBER => self.measured[step][m] = by,
            o => self.evidence[step].probabilities_mut(m)[o] = by,
        }
    }
}

impl<M: GenerativeModel> fmt::Debug for Gradient<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gradient")
            .field("value", &self.value)
            .field("beliefs", &self.beliefs)
            .field("evidence", &self.evidence)
            .field("measured", &self.measured)
            .finish()
    }
}

/// A probability of soft evidence, or a weight of likelihood evidence: its modality and outcome; or what was measured.
type Entry = (usize, usize);

/// What is differentiated by at one step.
fn soft_entries<M: GenerativeModel>(evidence: &M::Evidence) -> impl Iterator<Item = Entry> {
    (0..M::META.modalities.len()).flat_map(move |m| {
        let outcomes = match M::signal(evidence, m) {
            Signal::Soft(p) | Signal::Faint(p, _) | Signal::Likelihood(p) => 0..p.len(),
            Signal::Measured(_) => NUMBER..NUMBER + 1,
            Signal::Seen(_) | Signal::Missing => 0..0,
        };
        outcomes.map(move |o| (m, o))
    })
}

/// The objective along a sequence, and its derivatives.
pub(super) fn gradient<M: ModelFamily, O: Objective<M>>(
    of: &Sensitivity<M, O>,
    sequence: &[Experience<M>],
) -> Result<Gradient<M>, Fault> {
    let values = &of.values;
    let mut beliefs = Vec::with_capacity(sequence.len());
    let mut states = Vec::new();
    let mut marks = Vec::with_capacity(sequence.len() + 1);
    let mut whole = true;
    let terms = live(
        (&values.setup, &values.objective),
        sequence,
        |_, _, _, p| p,
        |state, after| {
            if after {
                let mut belief = M::Belief::zero();
                for f in 0..M::META.factors.len() {
                    belief.probabilities_mut(f).copy_from_slice(state.belief().probabilities(f));
                }
                return beliefs.push(belief);
            }
            marks.push(states.len());
            whole &= state.perception.write_numbers(&mut states);
        },
    );
    marks.push(states.len());
    let total = total::<M, O, f64>(&values.objective, &terms)?;
    let measured = vec![vec![0.0; M::META.modalities.len()]; sequence.len()];
    let mut by = By::<M> { evidence: vec![M::Outcomes::zero(); sequence.len()], measured };
    if whole {
        let weights = weights::<M, O>(&values.objective, &terms)?;
        let states: Vec<&[f64]> = marks.windows(2).map(|mark| &states[mark[0]..mark[1]]).collect();
        backward(of, sequence, &states, &weights, &mut by);
    } else {
        forward(of, sequence, &mut by)?;
    }
    check(&by)?;
    let By { evidence, measured } = by;
    Ok(Gradient { value: Value { total, terms, width: O::TERMS.len() }, beliefs, evidence, measured })
}

/// Whether all derivatives are numbers.
fn check<M: ModelFamily>(by: &By<M>) -> Result<(), Fault> {
    for (step, (by, measured)) in by.evidence.iter().zip(&by.measured).enumerate() {
        for (m, modality) in M::META.modalities.iter().enumerate() {
            if !measured[m].is_finite() {
                let what = format!("the derivative by what `{}` measured is {}", modality.name, measured[m]);
                return Err(Fault { step, what });
            }
            if let Some((o, by)) = by.probabilities(m).iter().enumerate().find(|(_, by)| !by.is_finite()) {
                let outcome = modality.outcomes.label(o);
                return Err(Fault {
                    step,
                    what: format!("the derivative by what is known of {outcome} in `{}` is {by}", modality.name),
                });
            }
        }
    }
    Ok(())
}

/// The derivatives of the objective by the terms of all steps.
fn weights<M: ModelFamily, O: Objective<M>>(objective: &O, terms: &[f64]) -> Result<Vec<f64>, Fault> {
    let mut weights = Vec::with_capacity(terms.len());
    let mut directed: Vec<Directed> = terms.iter().map(|&x| Directed::constant(x)).collect();
    for start in (0..terms.len()).step_by(DIRECTIONS) {
        let chunk = start..terms.len().min(start + DIRECTIONS);
        for i in chunk.clone() {
            directed[i] = Directed::variable(terms[i], i - start);
        }
        weights.extend_from_slice(&total::<M, O, Directed>(objective, &directed)?.gradient[..chunk.len()]);
        for i in chunk {
            directed[i] = Directed::constant(terms[i]);
        }
    }
    Ok(weights)
}

/// From the last step to the first: a step's own terms, and what it hands on times the sensitivity to that, are differentiated by what it was
/// handed and by its evidence; the former is the sensitivity for the step before.
fn backward<M: ModelFamily, O: Objective<M>>(
    of: &Sensitivity<M, O>,
    sequence: &[Experience<M>],
    states: &[&[f64]],
    weights: &[f64],
    into: &mut By<M>,
) {
    let (setup, objective) = (&of.directed, &of.values.objective);
    let mut life = setup.begin();
    let (mut numbers, mut terms) = (Vec::new(), Vec::new());
    let mut handed_on: Vec<f64> = Vec::new();
    let mut before: Vec<f64> = Vec::new();
    for (t, experience) in sequence.iter().enumerate().rev() {
        let entries: Vec<Entry> = soft_entries::<M>(&experience.evidence).collect();
        // What the first step is handed does not depend on evidence.
        let handed = if t == 0 { 0 } else { states[t].len() };
        before.clear();
        for start in (0..handed + entries.len()).step_by(DIRECTIONS) {
            numbers.clear();
            let state = |(i, &p): (usize, &f64)| {
                if i < handed { Directed::variable(p, i.wrapping_sub(start)) } else { Directed::constant(p) }
            };
            numbers.extend(states[t].iter().enumerate().map(state));
            life.perception.read_numbers(&numbers);
            let mut next = handed;
            let seen = lift_evidence::<M, Directed>(&experience.evidence, |_, _, p| {
                let variable = Directed::variable(p, next.wrapping_sub(start));
                next += 1;
                variable
            });
            terms.clear();
            observe((setup, objective), &mut life, (t, sequence.len()), (&seen, experience.action), &mut terms);
            let own = &weights[t * O::TERMS.len()..];
            let mut sum = terms.iter().zip(own).fold(Directed::zero(), |sum, (&term, &weight)| sum + term * weight);
            if !handed_on.is_empty() && act(setup, &mut life, experience) {
                numbers.clear();
                life.perception.write_numbers(&mut numbers);
                sum = numbers.iter().zip(&handed_on).fold(sum, |sum, (&p, &by)| sum + p * by);
            }
            for (direction, &by) in sum.gradient.iter().enumerate().take(handed + entries.len() - start) {
                match (start + direction).checked_sub(handed) {
                    None => before.push(by),
                    Some(i) => {
                        into.put(t, entries[i], by);
                    }
                }
            }
        }
        std::mem::swap(&mut handed_on, &mut before);
    }
}

/// For message passing, which looks back over a window: the whole sequence anew for every few probabilities.
fn forward<M: ModelFamily, O: Objective<M>>(
    of: &Sensitivity<M, O>,
    sequence: &[Experience<M>],
    into: &mut By<M>,
) -> Result<(), Fault> {
    let (setup, objective) = (&of.directed, &of.values.objective);
    let entries: Vec<(usize, Entry)> = sequence
        .iter()
        .enumerate()
        .flat_map(|(t, experience)| soft_entries::<M>(&experience.evidence).map(move |entry| (t, entry)))
        .collect();
    for chunk in entries.chunks(DIRECTIONS) {
        let direction = |t, m, o| chunk.iter().position(|&entry| entry == (t, (m, o)));
        let lift = |t, m, o, p| direction(t, m, o).map_or(Directed::constant(p), |d| Directed::variable(p, d));
        let terms = live((setup, objective), sequence, lift, |_, _| {});
        let total = total::<M, O, Directed>(objective, &terms)?;
        for (&(t, entry), &by) in chunk.iter().zip(&total.gradient) {
            into.put(t, entry, by);
        }
    }
    Ok(())
}
