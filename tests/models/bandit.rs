//! A two-armed bandit whose chances are learned, as tables of the field have it: what was chosen, then what came of it.

use aif::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arm {
    Left,
    Right,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pulled {
    Neither,
    Left,
    Right,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Nothing,
    Loss,
    Win,
}

/// Two arms; before the first choice there is no outcome.
#[derive(Clone, Copy, Debug)]
pub struct Bandit<T> {
    /// Log-preference for a win over nothing, and for nothing over a loss.
    pub worth: T,
    /// P(win | left), before anything is learned.
    pub left_pays: T,
}

#[generative_model(horizon = 1, actions(choice: Arm))]
impl<T: Real> Bandit<T> {
    #[factor(initial = Pulled::Neither)]
    fn pulled(&self, choice: Arm) -> Pulled {
        match choice {
            Arm::Left => Pulled::Left,
            Arm::Right => Pulled::Right,
        }
    }

    #[modality(preference = [0.0, -self.worth, self.worth])]
    fn outcome(&self, pulled: Pulled) -> Dirichlet<Outcome, T> {
        let p = self.left_pays;
        match pulled {
            Pulled::Neither => Dirichlet::from_fn(|o| T::constant(if o == Outcome::Nothing { 1.0 } else { 0.0 })).held(),
            Pulled::Left => Dirichlet::from_fn(|o| match o {
                Outcome::Nothing => T::zero(),
                Outcome::Loss => 4.0 * (1.0 - p),
                Outcome::Win => 4.0 * p,
            }),
            Pulled::Right => Dirichlet::from_fn(|o| T::constant(if o == Outcome::Nothing { 0.0 } else { 2.0 })),
        }
    }
}

model! {
    /// Everyone apart.
    pub Players for Bandit<T> {
        subject {
            z ~ Normal(0.0, 1.0);
            Bandit { worth: exp(z), left_pays: 0.6 }
        }
    }

    /// Of different ages.
    pub Ageing for Bandit<T> {
        covariates(age: f64);
        population {
            worth  ~ Normal(0.0, 1.0);
            ageing ~ Normal(0.0, 0.1);
        }
        subject {
            z ~ Normal(worth + ageing * age, 0.5);
            Bandit { worth: exp(z), left_pays: 0.6 }
        }
    }

    /// In sessions, each with a worth of its own.
    pub Returning for Bandit<T> {
        subject {
            z ~ Normal(0.0, 1.0);
        }
        plate session {
            w ~ Normal(z, 0.5);
            Bandit { worth: exp(w), left_pays: 0.6 }
        }
    }
}
