//! The rewards of a `.POMDP` file: statements with wildcards, of which the last that fits counts.

use std::collections::HashMap;

/// An action, the state before, the state after, the observation.
pub type Place = [usize; 4];

/// The rewards, by the statements that give them.
#[derive(Debug, Default)]
pub struct Rewards {
    /// For each set of places that a statement names: the rewards by what it names there, each with its turn.
    shapes: HashMap<[bool; 4], HashMap<Place, (usize, f64)>>,
    turn: usize,
}

impl Rewards {
    /// A statement: `None` is a wildcard.
    pub fn set(&mut self, at: [Option<usize>; 4], value: f64) {
        self.turn += 1;
        let shape = at.map(|part| part.is_some());
        self.shapes.entry(shape).or_default().insert(at.map(Option::unwrap_or_default), (self.turn, value));
    }

    /// The reward at a place: 0 where no statement fits.
    pub fn at(&self, place: Place) -> f64 {
        let found = self.shapes.iter().filter_map(|(shape, values)| {
            let mut key = place;
            key.iter_mut().zip(shape).for_each(|(part, named)| *part *= usize::from(*named));
            values.get(&key)
        });
        found.max_by_key(|(turn, _)| *turn).map_or(0.0, |(_, value)| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_statement_that_fits_counts() {
        let mut rewards = Rewards::default();
        rewards.set([Some(0), Some(0), None, None], 5.0);
        rewards.set([None; 4], 1.0);
        rewards.set([Some(1), None, None, None], 2.0);
        rewards.set([None, Some(3), None, Some(1)], 3.0);
        assert_eq!(rewards.at([0, 0, 0, 0]), 1.0);
        assert_eq!(rewards.at([1, 0, 0, 0]), 2.0);
        assert_eq!((rewards.at([1, 3, 2, 1]), rewards.at([1, 3, 2, 0])), (3.0, 2.0));
        assert_eq!(Rewards::default().at([0; 4]), 0.0);
    }
}
