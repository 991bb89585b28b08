//! What a player believes: hypotheses of who the other is and what it believes, each with the states that go with it.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::scalar::{Real, exact_zero, same, sum};

/// A joint distribution over the other's kind, what the other believes, and states: what a player carries from step to step.
///
/// A plain value, to be kept and put back ([`Player::thought`](super::Player::thought), [`Player::resume`](super::Player::resume)).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Vec<Hypothesis<T>>", into = "Vec<Hypothesis<T>>")]
#[serde(bound(serialize = "T: Real + Serialize", deserialize = "T: Real + Deserialize<'de>"))]
pub struct Thought<T: Real = f64> {
    hypotheses: Vec<Hypothesis<T>>,
    hash: u64,
}

/// What a player thinks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Remembered {
    /// What it believes, the other's belief included.
    pub thought: Thought,
    /// The probability of what was merged in it since its block began.
    pub merged: f64,
}

/// One kind of other with one belief of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(serialize = "T: Real + Serialize", deserialize = "T: Real + Deserialize<'de>"))]
pub(super) struct Hypothesis<T: Real> {
    /// Which kind the other is.
    pub kind: usize,
    /// What it believes; nothing of one that acts by habit.
    #[serde(serialize_with = "write_shared", deserialize_with = "read_shared")]
    pub mind: Arc<Thought<T>>,
    /// How probable this is together with each joint state.
    pub states: Vec<T>,
}

fn write_shared<T: Serialize, S: Serializer>(shared: &Arc<T>, serializer: S) -> Result<S::Ok, S::Error> {
    shared.as_ref().serialize(serializer)
}

fn read_shared<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<T>, D::Error> {
    T::deserialize(deserializer).map(Arc::new)
}

impl<T: Real> From<Vec<Hypothesis<T>>> for Thought<T> {
    fn from(hypotheses: Vec<Hypothesis<T>>) -> Self {
        Thought::of(hypotheses)
    }
}

impl<T: Real> From<Thought<T>> for Vec<Hypothesis<T>> {
    fn from(thought: Thought<T>) -> Self {
        thought.hypotheses
    }
}

impl<T: Real> PartialEq for Thought<T> {
    fn eq(&self, other: &Self) -> bool {
        self.same(other)
    }
}

impl<T: Real> Thought<T> {
    /// What one who acts by habit thinks.
    pub(super) fn blank() -> Self {
        Thought { hypotheses: Vec::new(), hash: 0 }
    }

    pub(super) fn of(hypotheses: Vec<Hypothesis<T>>) -> Self {
        const BY: u64 = 0x517c_c1b7_2722_0a95;
        let mut hash = 0u64;
        let mut add = |bits: u64| hash = (hash.rotate_left(5) ^ bits).wrapping_mul(BY);
        for hypothesis in &hypotheses {
            add(hypothesis.kind as u64);
            add(hypothesis.mind.hash);
            hypothesis.states.iter().for_each(|p| p.bits(&mut add));
        }
        Thought { hypotheses, hash }
    }

    /// A few bits, to tell most unequal ones apart.
    pub(super) fn hash(&self) -> u64 {
        self.hash
    }

    pub(super) fn hypotheses(&self) -> &[Hypothesis<T>] {
        &self.hypotheses
    }

    /// Whether two are the same, derivatives included.
    pub(super) fn same(&self, other: &Self) -> bool {
        let alike = |(a, b): (&Hypothesis<T>, &Hypothesis<T>)| a.is_of(b.kind, &b.mind) && same(&a.states, &b.states);
        self.hash == other.hash
            && self.hypotheses.len() == other.hypotheses.len()
            && self.hypotheses.iter().zip(&other.hypotheses).all(alike)
    }

    /// How many beliefs of the other are carried.
    pub fn beliefs(&self) -> usize {
        self.hypotheses.len()
    }

    /// The weight of each joint state.
    pub(super) fn states(&self) -> Vec<T> {
        let mut believed = vec![T::zero(); self.hypotheses.first().map_or(0, |first| first.states.len())];
        for hypothesis in &self.hypotheses {
            believed.iter_mut().zip(&hypothesis.states).for_each(|(sum, &p)| *sum += p);
        }
        believed
    }

    /// What is thought after something was seen that is so probable in each state, and how probable that was; nothing where it is
    /// impossible.
    pub(super) fn given(&self, likelihood: &[T]) -> Option<(Self, T)> {
        let (mut left, mut mass) = (Vec::with_capacity(self.hypotheses.len()), T::zero());
        for hypothesis in &self.hypotheses {
            let states: Vec<T> = hypothesis.states.iter().zip(likelihood).map(|(&p, &l)| p * l).collect();
            if states.iter().any(|&p| !exact_zero(p)) {
                mass += sum(&states);
                left.push(Hypothesis { states, ..hypothesis.clone() });
            }
        }
        if mass.value() <= 0.0 {
            return None;
        }
        left.iter_mut().flat_map(|hypothesis| &mut hypothesis.states).for_each(|p| *p /= mass);
        Some((Thought::of(left), mass))
    }
}

impl<T: Real> Hypothesis<T> {
    fn is_of(&self, kind: usize, mind: &Arc<Thought<T>>) -> bool {
        self.kind == kind && (Arc::ptr_eq(&self.mind, mind) || self.mind.same(mind))
    }

    fn weight(&self) -> f64 {
        self.states.iter().map(|p| p.value()).sum()
    }

    fn take_in(&mut self, other: &[T]) {
        self.states.iter_mut().zip(other).for_each(|(sum, &p)| *sum += p);
    }
}

/// Puts hypotheses together that say the same, then, beyond the most that are carried, those that are least probable with what is nearest.
/// How probable what was merged so is, is added to `merged`.
pub(super) fn gathered<T: Real>(hypotheses: Vec<Hypothesis<T>>, most: usize, merged: &mut f64) -> Thought<T> {
    let mut distinct: Vec<Hypothesis<T>> = Vec::new();
    let mut known: BTreeMap<(usize, u64), Vec<usize>> = BTreeMap::new();
    for hypothesis in hypotheses {
        let places = known.entry((hypothesis.kind, hypothesis.mind.hash())).or_default();
        match places.iter().find(|&&place| distinct[place].is_of(hypothesis.kind, &hypothesis.mind)) {
            Some(&place) => distinct[place].take_in(&hypothesis.states),
            None => {
                places.push(distinct.len());
                distinct.push(hypothesis);
            }
        }
    }
    if distinct.len() > most { Thought::of(limited(distinct, most, merged)) } else { Thought::of(distinct) }
}

/// So many hypotheses, or one for each kind of other where these are more: the most probable ones, which take in what is nearest to them.
fn limited<T: Real>(hypotheses: Vec<Hypothesis<T>>, most: usize, merged: &mut f64) -> Vec<Hypothesis<T>> {
    let mut order: Vec<usize> = (0..hypotheses.len()).collect();
    order.sort_by(|&a, &b| hypotheses[b].weight().total_cmp(&hypotheses[a].weight()).then(a.cmp(&b)));
    let is_first = |&i: &usize| !order.iter().take_while(|&&j| j != i).any(|&j| hypotheses[j].kind == hypotheses[i].kind);
    let (mut kept, rest): (Vec<usize>, Vec<usize>) = order.iter().copied().partition(is_first);
    let room = most.saturating_sub(kept.len()).min(rest.len());
    kept.extend(&rest[..room]);
    kept.sort_unstable();
    let mut left: Vec<Hypothesis<T>> = kept.iter().map(|&i| hypotheses[i].clone()).collect();
    for &i in &rest[room..] {
        let lost = &hypotheses[i];
        *merged += lost.weight();
        let own = lost.mind.states();
        let mut nearest = (f64::INFINITY, 0);
        for (place, kept) in left.iter().enumerate().filter(|(_, kept)| kept.kind == lost.kind) {
            let apart = own.iter().zip(kept.mind.states()).map(|(a, b)| (a.value() - b.value()).abs()).sum::<f64>();
            if apart < nearest.0 {
                nearest = (apart, place);
            }
        }
        left[nearest.1].take_in(&lost.states);
    }
    left
}
