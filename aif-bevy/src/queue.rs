//! Whose turn it is, and how many a frame's budget lasts for.

use std::cmp::Reverse;

use bevy_ecs::prelude::Entity;

use crate::minds::Turn;
use crate::tuning::Budget;

/// Where somebody stands in the queue: the urgent first, then the oldest plans, then in the order of the entities' indices.
pub(crate) type Place = (Reverse<(bool, u32)>, u32, Entity);

pub(crate) fn place(turn: &Turn, mind: Entity) -> Place {
    // Entities themselves are not ordered by their index.
    (Reverse((turn.urgent, turn.age)), mind.index_u32(), mind)
}

/// What is left of a frame's budget.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purse {
    budget: Budget,
    spent: u32,
}

/// What plans took so far, by which those to come are reckoned.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pace {
    /// The most nodes that one plan looked at, or would have, as far as is known.
    pub dearest: u32,
    /// How many microseconds of the clock one took on average, lately; those of several threads count once.
    pub microseconds: f64,
}

impl Purse {
    pub fn new(budget: Budget) -> Self {
        Purse { budget, spent: 0 }
    }

    /// How many plans can be begun now, and how many nodes each may have at most; the first of a frame can always.
    ///
    /// As many nodes are reserved for a plan as `most` says, else as the dearest took: so none is cut short that could be whole in another frame,
    /// and their sum stays below the budget.
    pub fn affords(&self, pace: &Pace, most: Option<u32>) -> (u32, Option<u32>) {
        let first = self.spent == 0;
        match self.budget {
            Budget::Minds(minds) => (minds.saturating_sub(self.spent), most),
            Budget::Nodes(nodes) => {
                let left = nodes.saturating_sub(self.spent);
                let reserved = match (most, pace.dearest) {
                    (Some(most), _) => most,
                    (None, 0) => nodes,
                    (None, dearest) => dearest,
                };
                let count = (left / reserved.max(1)).max(u32::from(first && left > 0));
                let share = left.checked_div(count).unwrap_or(0);
                (count, Some(most.map_or(share, |most| most.min(share))))
            }
            Budget::Microseconds(microseconds) => {
                let left = f64::from(microseconds.saturating_sub(self.spent));
                let count = if pace.microseconds > 0.0 { (left / pace.microseconds) as u32 } else { 1 };
                (if left > 0.0 { count.max(u32::from(first)) } else { 0 }, most)
            }
        }
    }

    /// Counts what a round of plans took, at least a little, so that rounds come to an end.
    pub fn pay(&mut self, minds: u32, nodes: u32, microseconds: u32) {
        let spent = match self.budget {
            Budget::Minds(_) => minds,
            Budget::Nodes(_) => nodes,
            Budget::Microseconds(_) => microseconds,
        };
        self.spent = self.spent.saturating_add(spent.max(1));
    }
}

impl Pace {
    /// Counts a round; the clock's part follows slowly what plans take.
    pub fn count(&mut self, minds: u32, dearest: u32, microseconds: f64) {
        self.dearest = self.dearest.max(dearest);
        if minds > 0 {
            let each = (microseconds / f64::from(minds)).max(0.1);
            self.microseconds = if self.microseconds > 0.0 { 0.9 * self.microseconds + 0.1 * each } else { each };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_never_spent_twice() {
        let pace = Pace { dearest: 30, microseconds: 0.0 };
        let mut purse = Purse::new(Budget::Nodes(100));
        assert_eq!(purse.affords(&pace, None), (3, Some(33)));
        purse.pay(3, 60, 0);
        assert_eq!(purse.affords(&pace, None), (1, Some(40)));
        purse.pay(1, 30, 0);
        assert_eq!(purse.affords(&pace, None).0, 0);
    }

    #[test]
    fn the_first_plan_of_a_frame_is_begun_whatever_it_costs() {
        let pace = Pace { dearest: 500, microseconds: 9000.0 };
        assert_eq!(Purse::new(Budget::Nodes(100)).affords(&pace, None), (1, Some(100)));
        assert_eq!(Purse::new(Budget::Microseconds(100)).affords(&pace, Some(7)), (1, Some(7)));
        assert_eq!(Purse::new(Budget::Minds(3)).affords(&pace, None), (3, None));
    }
}
