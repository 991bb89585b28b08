//! What can be tuned while the game runs: values, their ranges, and what is said of those that are wrong.

use bevy_color::Srgba;
use bevy_reflect::Reflect;
use bevy_reflect::std_traits::ReflectDefault;
use serde::{Deserialize, Deserializer, Serialize};

/// How much planning there is in a frame, for all minds of a model together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Reflect, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Budget {
    /// So many minds plan. One seed gives one game.
    Minds(u32),
    /// Plans look at so many predicted beliefs, all together, and never at more. One seed gives one game.
    Nodes(u32),
    /// Plans take so many microseconds, by the clock: what happens then depends on the machine.
    Microseconds(u32),
}

/// The values that can be tuned, of the minds of one model. What is `None` is as it was given in the program.
#[derive(Clone, Debug, PartialEq, Reflect, Serialize, Deserialize)]
#[reflect(Default)]
#[serde(default, deny_unknown_fields)]
pub struct Tuning {
    /// How much planning there is in a frame.
    #[serde(deserialize_with = "budget")]
    pub budget: Budget,
    /// How many predicted beliefs one plan may look at; it then looks as many steps ahead as they last for.
    #[serde(deserialize_with = "some_count")]
    pub nodes_each: Option<u32>,
    /// How far plans look ahead, in steps: for plugins that were made from a model.
    #[serde(deserialize_with = "some_count")]
    pub horizon: Option<u32>,
    /// How decided minds are that have no temper of their own.
    pub precisions: PrecisionTuning,
    /// The weights of the terms of expected free energy.
    pub terms: TermTuning,
    /// What is more surprising than so many nats makes a message [`Surprised`](crate::Surprised); `None` asks nothing, which is cheaper.
    #[serde(deserialize_with = "at_least_zero")]
    pub surprise: Option<f64>,
    /// Plans that get so many frames old make a message [`Late`](crate::Late).
    #[serde(deserialize_with = "some_count")]
    pub late: Option<u32>,
    /// What the overlay draws.
    pub overlay: OverlayTuning,
}

impl Default for Tuning {
    fn default() -> Self {
        Tuning {
            budget: Budget::Minds(8),
            nodes_each: None,
            horizon: None,
            precisions: PrecisionTuning::default(),
            terms: TermTuning::default(),
            surprise: None,
            late: None,
            overlay: OverlayTuning::default(),
        }
    }
}

/// Precisions; each at least 0, and `lapse` a probability.
#[derive(Clone, Copy, Debug, Default, PartialEq, Reflect, Serialize, Deserialize)]
#[reflect(Default)]
#[serde(default, deny_unknown_fields)]
pub struct PrecisionTuning {
    /// Policy precision (gamma).
    #[serde(deserialize_with = "at_least_zero")]
    pub policy: Option<f64>,
    /// Action precision (alpha).
    #[serde(deserialize_with = "at_least_zero")]
    pub action: Option<f64>,
    /// The probability of acting at random.
    #[serde(deserialize_with = "probability")]
    pub lapse: Option<f64>,
}

/// Weights of the terms of expected free energy; 0 is off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Reflect, Serialize, Deserialize)]
#[reflect(Default)]
#[serde(default, deny_unknown_fields)]
pub struct TermTuning {
    /// Of expected log-preference.
    #[serde(deserialize_with = "finite")]
    pub utility: Option<f64>,
    /// Of the information that is expected about states.
    #[serde(deserialize_with = "finite")]
    pub state_information_gain: Option<f64>,
    /// Of how much of the belief comes nearer to a goal.
    #[serde(deserialize_with = "finite")]
    pub inductive_value: Option<f64>,
}

/// What the overlay draws, and in what colours.
#[derive(Clone, Copy, Debug, PartialEq, Reflect, Serialize, Deserialize)]
#[reflect(Default)]
#[serde(default, deny_unknown_fields)]
pub struct OverlayTuning {
    /// Beliefs as heat.
    pub heat: bool,
    /// Plans as arrows.
    pub arrows: bool,
    /// Terms as bars.
    pub bars: bool,
    /// What is believed to be less probable than so much of the most probable state is left out.
    #[serde(deserialize_with = "one_probability")]
    pub faintest: f64,
    /// The colour of heat and arrows of minds that have none of their own.
    pub colour: Srgba,
}

impl Default for OverlayTuning {
    fn default() -> Self {
        OverlayTuning { heat: true, arrows: true, bars: true, faintest: 0.04, colour: Srgba::new(0.84, 0.37, 0.08, 1.0) }
    }
}

/// Tuning values that are refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TuningError {
    /// A value is out of its range.
    #[error("{name} is {found}, expected {expected}")]
    Value {
        /// Which one.
        name: &'static str,
        /// What it is.
        found: String,
        /// What it may be.
        expected: &'static str,
    },
    /// A file does not say what it should.
    #[error("{file}:{line}:{column}: {message}")]
    File {
        /// Its path.
        file: String,
        /// Where: the line, from 1.
        line: usize,
        /// Where: the column, from 1.
        column: usize,
        /// What is wrong, and what was expected.
        message: String,
    },
    /// Values of a file do not fit.
    #[error("{file}: {error}")]
    InFile {
        /// Its path.
        file: String,
        /// What is wrong, and what was expected.
        error: Box<TuningError>,
    },
    /// A file cannot be read.
    #[error("{file}: {message}")]
    Unreadable {
        /// Its path.
        file: String,
        /// Why.
        message: String,
    },
    /// The model cannot be planned with these values.
    #[error("{model}: {message}")]
    Model {
        /// Its name.
        model: &'static str,
        /// Why.
        message: String,
    },
}

const COUNT: &str = "a whole number, at least 1";
const FINITE: &str = "a finite number";
const AT_LEAST_ZERO: &str = "a finite number, at least 0";
const PROBABILITY: &str = "a number from 0 to 1";

fn is_probability(x: f64) -> bool {
    (0.0..=1.0).contains(&x)
}

fn is_at_least_zero(x: f64) -> bool {
    x.is_finite() && x >= 0.0
}

impl Tuning {
    /// Checks the range of each value.
    ///
    /// # Errors
    /// Names the first that is out of it.
    pub fn check(&self) -> Result<(), TuningError> {
        let (Budget::Minds(n) | Budget::Nodes(n) | Budget::Microseconds(n)) = self.budget;
        let counts = [("budget", Some(n)), ("nodes_each", self.nodes_each), ("horizon", self.horizon), ("late", self.late)];
        for (name, count) in counts {
            if count == Some(0) {
                return Err(TuningError::Value { name, found: "0".into(), expected: COUNT });
            }
        }
        let Srgba { red, green, blue, alpha } = self.overlay.colour;
        type Holds = fn(f64) -> bool;
        let numbers: [(&'static str, Option<f64>, Holds, &'static str); 12] = [
            ("precisions.policy", self.precisions.policy, is_at_least_zero, AT_LEAST_ZERO),
            ("precisions.action", self.precisions.action, is_at_least_zero, AT_LEAST_ZERO),
            ("precisions.lapse", self.precisions.lapse, is_probability, PROBABILITY),
            ("terms.utility", self.terms.utility, f64::is_finite, FINITE),
            ("terms.state_information_gain", self.terms.state_information_gain, f64::is_finite, FINITE),
            ("terms.inductive_value", self.terms.inductive_value, f64::is_finite, FINITE),
            ("surprise", self.surprise, is_at_least_zero, AT_LEAST_ZERO),
            ("overlay.faintest", Some(self.overlay.faintest), is_probability, PROBABILITY),
            ("overlay.colour.red", Some(red.into()), is_probability, PROBABILITY),
            ("overlay.colour.green", Some(green.into()), is_probability, PROBABILITY),
            ("overlay.colour.blue", Some(blue.into()), is_probability, PROBABILITY),
            ("overlay.colour.alpha", Some(alpha.into()), is_probability, PROBABILITY),
        ];
        for (name, number, holds, expected) in numbers {
            if let Some(number) = number.filter(|number| !holds(*number)) {
                return Err(TuningError::Value { name, found: number.to_string(), expected });
            }
        }
        Ok(())
    }
}

// The same ranges where a file is read, so that what is wrong has a line and a column.

fn wrong<E: serde::de::Error>(found: impl std::fmt::Display, expected: &str) -> E {
    E::custom(format!("found {found}, expected {expected}"))
}

fn number<'de, D: Deserializer<'de>>(from: D, holds: fn(f64) -> bool, expected: &str) -> Result<Option<f64>, D::Error> {
    match Option::<f64>::deserialize(from)? {
        Some(number) if !holds(number) => Err(wrong(number, expected)),
        number => Ok(number),
    }
}

fn at_least_zero<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    number(from, is_at_least_zero, AT_LEAST_ZERO)
}

fn probability<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    number(from, is_probability, PROBABILITY)
}

fn finite<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    number(from, f64::is_finite, FINITE)
}

fn one_probability<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    let number = f64::deserialize(from)?;
    if is_probability(number) { Ok(number) } else { Err(wrong(number, PROBABILITY)) }
}

fn some_count<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    match Option::<u32>::deserialize(from)? {
        Some(0) => Err(wrong(0, COUNT)),
        count => Ok(count),
    }
}

fn budget<'de, D: Deserializer<'de>>(from: D) -> Result<Budget, D::Error> {
    let budget = Budget::deserialize(from)?;
    match budget {
        Budget::Minds(0) | Budget::Nodes(0) | Budget::Microseconds(0) => Err(wrong(0, COUNT)),
        budget => Ok(budget),
    }
}
