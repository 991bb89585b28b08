//! The distributions that a parameter can be drawn from: their arguments and supports.

use super::sign::Sign;

/// What an argument of a distribution has to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Requirement {
    /// Any number.
    Any,
    /// A positive number.
    Positive,
}

/// A distribution.
pub struct Family {
    pub name: &'static str,
    pub arguments: &'static [(&'static str, Requirement)],
    /// The support, in words and for the inference of signs.
    pub support: &'static str,
    pub sign: Sign,
    /// Whether it is a standard distribution moved and scaled, so that it can be sampled non-centred.
    pub location_scale: bool,
}

use Requirement::{Any, Positive};

const REAL: &str = "the real line";
const POSITIVE: &str = "the positive numbers";

/// All of them.
pub const FAMILIES: [Family; 11] = [
    Family {
        name: "Normal",
        arguments: &[("location", Any), ("scale", Positive)],
        support: REAL,
        sign: Sign::Real,
        location_scale: true,
    },
    Family {
        name: "HalfNormal",
        arguments: &[("scale", Positive)],
        support: POSITIVE,
        sign: Sign::Positive,
        location_scale: false,
    },
    Family {
        name: "StudentT",
        arguments: &[("degrees of freedom", Positive), ("location", Any), ("scale", Positive)],
        support: REAL,
        sign: Sign::Real,
        location_scale: true,
    },
    Family {
        name: "HalfCauchy",
        arguments: &[("scale", Positive)],
        support: POSITIVE,
        sign: Sign::Positive,
        location_scale: false,
    },
    Family {
        name: "Cauchy",
        arguments: &[("location", Any), ("scale", Positive)],
        support: REAL,
        sign: Sign::Real,
        location_scale: true,
    },
    Family {
        name: "LogNormal",
        arguments: &[("location of the logarithm", Any), ("scale of the logarithm", Positive)],
        support: POSITIVE,
        sign: Sign::Positive,
        location_scale: true,
    },
    Family {
        name: "Exponential",
        arguments: &[("rate", Positive)],
        support: POSITIVE,
        sign: Sign::Positive,
        location_scale: false,
    },
    Family {
        name: "Gamma",
        arguments: &[("shape", Positive), ("rate", Positive)],
        support: POSITIVE,
        sign: Sign::Positive,
        location_scale: false,
    },
    Family {
        name: "InverseGamma",
        arguments: &[("shape", Positive), ("scale", Positive)],
        support: POSITIVE,
        sign: Sign::Positive,
        location_scale: false,
    },
    Family {
        name: "Beta",
        arguments: &[("alpha", Positive), ("beta", Positive)],
        support: "the unit interval",
        sign: Sign::Positive,
        location_scale: false,
    },
    Family {
        name: "Uniform",
        arguments: &[("low", Any), ("high", Any)],
        support: "the numbers between its bounds",
        sign: Sign::Unknown,
        location_scale: false,
    },
];

/// The distribution of this name.
pub fn family(name: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|f| f.name == name)
}

/// The names of all distributions, or of those of positive numbers.
pub fn names(only_positive: bool) -> Vec<&'static str> {
    FAMILIES.iter().filter(|f| !only_positive || f.support == POSITIVE).map(|f| f.name).collect()
}
