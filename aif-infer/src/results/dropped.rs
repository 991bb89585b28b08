//! What a reduced model does without, and the draws of the full one.

use super::fit::{Fit, Quantity};
use crate::population::{Parameter, Role};

/// The most draws that are used.
const MOST_DRAWS: usize = 2000;
/// The most numbers, or parameters of several, that are dropped: each doubles the models.
pub(crate) const MOST_DROPPED: usize = 10;

/// Why a model cannot be reduced.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ReductionError {
    /// There is no group.
    #[error("{population} has no numbers of a group: every subject is fitted alone, and nothing can be dropped for all")]
    Flat {
        /// The population.
        population: &'static str,
    },
    /// The fit has one normal approximation of it all, and no draws of units with those of the group.
    #[error("the fit has no draws")]
    NoDraws,
    /// There is no number of this name.
    #[error("the group has no number `{name}` that is drawn: it has {}", known.join(", "))]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A number is dropped twice.
    #[error("`{name}` is dropped twice")]
    Twice {
        /// Its name.
        name: String,
    },
    /// Too many.
    #[error("{count} numbers are dropped: each doubles the models that are compared, and at most {MOST_DROPPED} can be")]
    Many {
        /// How many.
        count: usize,
    },
    /// Behaviour depends on a number other than through those of units.
    #[error("behaviour depends on `{name}` directly, and the data would have to be scored again: fit the model without it")]
    Direct {
        /// Its name.
        name: String,
    },
    /// It has no density of its own.
    #[error("`{name}` cannot be dropped: it is drawn together with others ({prior}), and what they are without it is not said")]
    Together {
        /// Its name.
        name: String,
        /// The prior of all of them, in words.
        prior: &'static str,
    },
    /// It cannot be zero.
    #[error("`{name}` cannot be dropped: zero is not among the values that it can have ({prior})")]
    Support {
        /// Its name.
        name: String,
        /// Its prior, in words.
        prior: &'static str,
    },
}

/// What is dropped at a time: its name, and its places among the group's drawn numbers.
pub(super) struct Drop {
    pub name: String,
    pub places: Vec<usize>,
}

/// What was drawn at one draw.
pub(super) struct Drawn {
    /// The group's numbers.
    pub group: Vec<f64>,
    /// Those of the units of each level below it.
    pub below: Vec<Vec<Vec<f64>>>,
}

impl Drawn {
    /// The numbers of a unit.
    pub fn of(&self, level: usize, unit: usize) -> &[f64] {
        if level == 0 { &self.group } else { &self.below[level - 1][unit] }
    }
}

/// Finds what to drop: numbers by their names, or all numbers of a parameter.
pub(super) fn wanted(fit: &Fit, drop: &[String]) -> Result<Vec<Drop>, ReductionError> {
    let group = fit.meta.levels[0].parameters;
    let drawn = || group.iter().filter(|p| p.role == Role::Drawn);
    let labels: Vec<(&Parameter, String)> = drawn().flat_map(|p| (0..p.len()).map(move |e| (p, p.label(e)))).collect();
    if fit.meta.flat() {
        return Err(ReductionError::Flat { population: fit.meta.name });
    }
    if drop.len() > MOST_DROPPED {
        return Err(ReductionError::Many { count: drop.len() });
    }
    let mut all: Vec<Drop> = Vec::new();
    for name in drop {
        let own = |(p, label): &(&Parameter, String)| label == name || (p.name == name && !p.dimensions.is_empty());
        let places: Vec<usize> = (0..labels.len()).filter(|&i| own(&labels[i])).collect();
        let Some(&first) = places.first() else {
            return Err(ReductionError::Unknown { name: name.clone(), known: labels.into_iter().map(|l| l.1).collect() });
        };
        if all.iter().any(|other| other.places.iter().any(|p| places.contains(p))) {
            return Err(ReductionError::Twice { name: name.clone() });
        }
        if labels[first].0.direct {
            return Err(ReductionError::Direct { name: name.clone() });
        }
        all.push(Drop { name: name.clone(), places });
    }
    Ok(all)
}

/// Some draws, evenly spaced, and how many of each chain.
pub(super) fn draws(fit: &Fit) -> Result<(Vec<Drawn>, usize), ReductionError> {
    let (chains, draws) = (fit.chains(), fit.draws());
    if chains * draws == 0 {
        return Err(ReductionError::NoDraws);
    }
    let each = draws.min((MOST_DRAWS / chains).max(1));
    let is_drawn =
        |q: &&Quantity| fit.meta.levels[q.level].parameters.iter().any(|p| p.name == q.parameter && p.role == Role::Drawn);
    let wanted: Vec<_> = fit.quantities.iter().filter(is_drawn).collect();
    let at = |chain: usize, draw: usize| {
        let below = fit.design.levels[1..].iter().map(|units| vec![Vec::new(); units.names.len()]).collect();
        let mut all = Drawn { group: Vec::new(), below };
        for q in &wanted {
            let numbers = if q.level == 0 { &mut all.group } else { &mut all.below[q.level - 1][q.unit] };
            numbers.push(q.draw(chain, draw));
        }
        all
    };
    let places = (0..chains * each).map(|i| (i / each, (i % each) * draws / each));
    Ok((places.map(|(chain, draw)| at(chain, draw)).collect(), each))
}
