//! How well categories and beliefs tell places apart, whatever the categories are called.

use aif::prelude::*;

use crate::Failure;
use crate::data::{Data, Walk};
use crate::line::{LineAction, LineEvidence, PLACES, options};
use crate::network::Encoder;
use crate::training::{Loss, Teacher, by_walk, points};

/// How often something was said, by where it was: `[place][said]`.
pub type Confusion = [[usize; PLACES]; PLACES];

/// What came of one question: where is it?
#[derive(Clone, Debug, serde::Serialize)]
pub struct Answers {
    pub confusion: Confusion,
    /// The share of right answers.
    pub accuracy: f64,
    /// The same under the best names for the categories.
    pub aligned_accuracy: f64,
    /// Those names: the place that each category stands for.
    pub names: [usize; PLACES],
}

/// An encoder and the agent behind it, judged by walks that were not learned from.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Assessment {
    pub loss: Loss,
    /// The most probable category.
    pub encoder: Answers,
    /// The place that the agent holds most probable.
    pub beliefs: Answers,
}

/// The position of the largest number, the first of equals.
pub fn largest(numbers: &[f64]) -> usize {
    (1..numbers.len()).fold(0, |best, i| if numbers[i] > numbers[best] { i } else { best })
}

impl Answers {
    fn of(said: impl Iterator<Item = (usize, usize)>) -> Self {
        let mut confusion = [[0; PLACES]; PLACES];
        for (place, said) in said {
            confusion[place][said] += 1;
        }
        let all = confusion.as_flattened().iter().sum::<usize>().max(1) as f64;
        let right =
            |names: &[usize; PLACES]| names.iter().enumerate().map(|(said, &place)| confusion[place][said]).sum::<usize>();
        let mut names: [usize; PLACES] = std::array::from_fn(|i| i);
        let accuracy = right(&names) as f64 / all;
        let mut best = names;
        each_order(&mut names, 0, &mut |names| {
            if right(names) > right(&best) {
                best = *names;
            }
        });
        Answers { confusion, accuracy, aligned_accuracy: right(&best) as f64 / all, names: best }
    }
}

/// Visits every order of a list.
fn each_order(list: &mut [usize; PLACES], from: usize, visit: &mut impl FnMut(&[usize; PLACES])) {
    if from == PLACES {
        return visit(list);
    }
    for i in from..PLACES {
        list.swap(from, i);
        each_order(list, from + 1, visit);
        list.swap(from, i);
    }
}

/// Judges an encoder and the agent behind it.
pub fn assess(encoder: &Encoder, data: &Data, temporal_weight: f64) -> Result<Assessment, Failure> {
    let walks: Vec<&Walk> = data.validation.iter().collect();
    let loss = Teacher::new(&data.line, data.horizon, temporal_weight)?.judge(encoder, &walks)?;
    let seen = by_walk(&walks, encoder.probabilities(&points(&walks))?);
    let newborn = Agent::with_options(data.line, (), options(data.horizon))?;
    let (mut categories, mut beliefs) = (Vec::new(), Vec::new());
    for (walk, seen) in walks.iter().zip(&seen) {
        let mut agent = newborn.clone();
        for ((&p, &place), &go) in seen.iter().zip(&walk.places).zip(&walk.moves) {
            let belief = agent.infer_states(LineEvidence { category: Dist::from(p).into() });
            categories.push((place, largest(&p)));
            beliefs.push((place, largest(belief.place.probabilities())));
            agent.update_empirical_prior(LineAction { go });
        }
    }
    Ok(Assessment { loss, encoder: Answers::of(categories.into_iter()), beliefs: Answers::of(beliefs.into_iter()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_whatever_the_order() {
        let answers = Answers::of([(0, 3), (0, 3), (1, 0), (2, 1), (3, 4), (4, 2), (4, 3)].into_iter());
        assert_eq!((answers.accuracy, answers.names), (0.0, [1, 2, 4, 0, 3]));
        assert!((answers.aligned_accuracy - 6.0 / 7.0).abs() < 1e-12);
    }
}
