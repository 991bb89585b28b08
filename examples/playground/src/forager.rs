//! What lives in the maze: a declared model of where one is, where food is, and what is smelt, seen and tasted of it.

use aif::prelude::*;

use crate::corridors::{Land, Sight, Spot, Step};

/// How strongly food can smell: from nothing to strong.
pub type Smell = Index<6>;
/// BudgetedChoice so many steps food can be smelt.
const REACH: f64 = 15.0;
/// P(food is gone in a step, and grows anywhere).
pub const MOVES: f64 = 1.0 / 15.0;
/// P(food in sight is seen), and P(some is seen where there is none).
const SEES: f64 = 0.95;
const SEES_THINGS: f64 = 0.02;

/// Knows the maze, not where its food is.
#[derive(Clone, Copy, Debug)]
pub struct Forager {
    pub land: Land,
    /// The share of what is smelt that is no noise, from 0 to 1.
    pub nose: f64,
    /// Log-preference for food over none, in nats.
    pub hunger: f64,
    /// Log-preference for each level of smell over the one below.
    pub scent: f64,
}

// begin
#[generative_model(horizon = 4, actions(go: Step))]
impl Forager {
    #[factor(initial = uniform())]
    fn place(&self, place: Spot, go: Step) -> Spot {
        self.land.after(place, go)
    }

    /// Food stays for a while, then grows elsewhere.
    #[factor(initial = self.anywhere().lift::<T>())]
    fn food(&self, food: Spot) -> Dist<Spot> {
        self.later(&Dist::certain(food))
    }

    #[modality]
    fn seen(&self, place: Spot) -> Spot {
        place
    }

    /// Smell comes along the ways, and fades.
    #[modality(preference = Values::from_fn(|smell: Smell| self.scent * (smell.get() as f64 - 5.0)))]
    fn smell(&self, place: Spot, food: Spot) -> Dist<Smell> {
        self.smelt(place, food)
    }

    /// Food is seen along corridors, until a wall.
    #[modality]
    fn sight(&self, place: Spot, food: Spot) -> Dist<Sight> {
        self.sees(place, food)
    }

    #[modality(preference = [0.0, self.hunger])]
    fn taste(&self, place: Spot, food: Spot) -> bool {
        place == food
    }
}
// end

impl Forager {
    /// Any open cell, each as probable.
    pub fn anywhere(&self) -> Dist<Spot> {
        let open = self.land.open();
        let count = open.iter().filter(|open| **open).count().max(1) as f64;
        Dist::from_fn(|spot: Spot| if open[spot.index()] { 1.0 / count } else { 0.0 })
    }

    /// Where food is a step later.
    pub fn later(&self, food: &Dist<Spot>) -> Dist<Spot> {
        let anywhere = self.anywhere();
        Dist::from_fn(|next| MOVES * anywhere[next] + (1.0 - MOVES) * food[next])
    }

    /// Where food is seen, mostly.
    pub fn sees(&self, place: Spot, food: Spot) -> Dist<Sight> {
        let ahead = self.land.sight(place, food);
        let right = if ahead == Sight::Nothing { 1.0 - SEES_THINGS } else { SEES };
        Dist::from_fn(|sight| if sight == ahead { right } else { (1.0 - right) / 4.0 })
    }

    /// Levels that run into each other, and noise.
    pub fn smelt(&self, place: Spot, food: Spot) -> Dist<Smell> {
        let top = (Smell::COUNT - 1) as f64;
        let steps = self.land.steps(place, food).map_or(REACH, f64::from);
        let level = top * (1.0 - steps / REACH).max(0.0);
        let share = level - level.floor();
        Dist::from_fn(|smell: Smell| {
            let smell = smell.get() as f64;
            let sharp =
                if smell == level.floor() { 1.0 - share } else { 0.0 } + if smell == level.floor() + 1.0 { share } else { 0.0 };
            self.nose * sharp + (1.0 - self.nose) / Smell::COUNT as f64
        })
    }
}
