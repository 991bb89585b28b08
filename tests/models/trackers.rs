//! Four arms, each of which pays well or badly for a while: who pulls one learns of that one alone. Declared twice: with an outcome of each arm, and
//! with one outcome of the arm that was pulled.

use aif::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arm {
    North,
    East,
    South,
    West,
}

/// How well an arm pays for now.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    Poor,
    Fair,
    Rich,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pay {
    Nothing,
    Win,
}

/// What is seen of an arm.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Seen {
    NotPulled,
    Nothing,
    Win,
}

fn changes<T: Real>(level: Level, hazard: T) -> Dist<Level, T> {
    Dist::from_fn(|next| if next == level { T::one() - hazard } else { hazard * 0.5 })
}

fn wins<T: Real>(level: Level, validity: T) -> T {
    match level {
        Level::Poor => T::one() - validity,
        Level::Fair => T::constant(0.5),
        Level::Rich => validity,
    }
}

/// With an outcome of each arm.
#[derive(Clone, Copy, Debug)]
pub struct Apart<T> {
    pub hazard: T,
    pub validity: T,
    pub worth: T,
}

impl Apart<f64> {
    pub fn of((hazard, validity, worth): (f64, f64, f64)) -> Self {
        Apart { hazard, validity, worth }
    }
}

impl<T: Real> Apart<T> {
    fn seen(&self, mine: bool, level: Level) -> Dist<Seen, T> {
        if mine { Dist::bernoulli(Seen::Win, wins(level, self.validity), Seen::Nothing) } else { Dist::certain(Seen::NotPulled) }
    }
}

#[generative_model(horizon = 1, actions(pull: Arm))]
impl<T: Real> Apart<T> {
    #[factor(initial = Arm::North)]
    fn pulled(&self, pull: Arm) -> Arm {
        pull
    }
    #[factor(initial = uniform())]
    fn north(&self, north: Level) -> Dist<Level, T> {
        changes(north, self.hazard)
    }
    #[factor(initial = uniform())]
    fn east(&self, east: Level) -> Dist<Level, T> {
        changes(east, self.hazard)
    }
    #[factor(initial = uniform())]
    fn south(&self, south: Level) -> Dist<Level, T> {
        changes(south, self.hazard)
    }
    #[factor(initial = uniform())]
    fn west(&self, west: Level) -> Dist<Level, T> {
        changes(west, self.hazard)
    }
    #[modality(preference = [0.0, 0.0, self.worth])]
    fn of_north(&self, pulled: Arm, north: Level) -> Dist<Seen, T> {
        self.seen(pulled == Arm::North, north)
    }
    #[modality(preference = [0.0, 0.0, self.worth])]
    fn of_east(&self, pulled: Arm, east: Level) -> Dist<Seen, T> {
        self.seen(pulled == Arm::East, east)
    }
    #[modality(preference = [0.0, 0.0, self.worth])]
    fn of_south(&self, pulled: Arm, south: Level) -> Dist<Seen, T> {
        self.seen(pulled == Arm::South, south)
    }
    #[modality(preference = [0.0, 0.0, self.worth])]
    fn of_west(&self, pulled: Arm, west: Level) -> Dist<Seen, T> {
        self.seen(pulled == Arm::West, west)
    }
}

/// With one outcome of the arm that was pulled.
#[derive(Clone, Copy, Debug)]
pub struct Together<T> {
    pub hazard: T,
    pub validity: T,
    pub worth: T,
}

impl Together<f64> {
    pub fn of((hazard, validity, worth): (f64, f64, f64)) -> Self {
        Together { hazard, validity, worth }
    }
}

#[generative_model(horizon = 1, actions(pull: Arm))]
impl<T: Real> Together<T> {
    #[factor(initial = Arm::North)]
    fn pulled(&self, pull: Arm) -> Arm {
        pull
    }
    #[factor(initial = uniform())]
    fn north(&self, north: Level) -> Dist<Level, T> {
        changes(north, self.hazard)
    }
    #[factor(initial = uniform())]
    fn east(&self, east: Level) -> Dist<Level, T> {
        changes(east, self.hazard)
    }
    #[factor(initial = uniform())]
    fn south(&self, south: Level) -> Dist<Level, T> {
        changes(south, self.hazard)
    }
    #[factor(initial = uniform())]
    fn west(&self, west: Level) -> Dist<Level, T> {
        changes(west, self.hazard)
    }
    #[modality(preference = [0.0, self.worth])]
    fn pay(&self, pulled: Arm, north: Level, east: Level, south: Level, west: Level) -> Dist<Pay, T> {
        let level = match pulled {
            Arm::North => north,
            Arm::East => east,
            Arm::South => south,
            Arm::West => west,
        };
        Dist::bernoulli(Pay::Win, wins(level, self.validity), Pay::Nothing)
    }
}

macro_rules! population {
    ($(#[$doc:meta])* $name:ident for $model:ident) => {
        model! {
            $(#[$doc])*
            pub $name for $model<T> {
                population {
                    mu_hazard ~ Normal(-2.0, 0.5);
                    sigma_hazard ~ HalfNormal(0.5);
                    mu_worth ~ Normal(0.5, 0.5);
                    sigma_worth ~ HalfNormal(0.5);
                }
                subject {
                    hazard ~ Normal(mu_hazard, sigma_hazard);
                    validity ~ Normal(0.5, 0.5);
                    worth ~ Normal(mu_worth, sigma_worth);
                    log_precision ~ Normal(0.0, 0.3);
                    slip ~ Normal(-3.0, 0.5);
                    policy_precision = exp(log_precision);
                    lapse = logistic(slip);
                    $model { hazard: logistic(hazard), validity: 0.5 + 0.5 * logistic(validity), worth: exp(worth) }
                }
            }
        }
    };
}
population! {
    /// People who track four arms, by an outcome of each.
    ApartTrackers for Apart
}
population! {
    /// The same by one outcome.
    TogetherTrackers for Together
}
