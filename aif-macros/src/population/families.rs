//! The distributions that a parameter can be drawn from: their arguments and supports.

use super::sign::Sign;

/// What an argument of a distribution has to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Requirement {
    /// Any number.
    Any,
    /// A positive number.
    Positive,
    /// As many numbers as are drawn.
    Vector,
    /// As many positive numbers as are drawn.
    PositiveVector,
    /// The Cholesky factor of a correlation matrix.
    Factor,
}

/// How many numbers a distribution draws.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Draws {
    /// One; several are drawn one by one.
    One,
    /// A vector.
    Vector,
    /// A square matrix.
    Square,
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
    /// Whether its distribution function has a closed form, so that it can be truncated.
    pub truncatable: bool,
    pub draws: Draws,
}

use Requirement::{Any, Factor, Positive, PositiveVector, Vector};

const REAL: &str = "the real line";
const POSITIVE: &str = "the positive numbers";

/// All of them.
pub const FAMILIES: [Family; 14] = [
    Family {
        name: "Normal",
        arguments: &[("location", Any), ("scale", Positive)],
        support: REAL,
        sign: Sign::Real,
        location_scale: true,
        truncatable: true,
        draws: Draws::One,
    },
    Family {
        name: "HalfNormal",
        arguments: &[("scale", Positive)],
        support: POSITIVE,
        sign: Sign::Positive,
        location_scale: false,
        truncatable: true,
        draws: Draws::One,
    },
    Family {
        name: "StudentT",
        arguments: &[("degrees of freedom", Positive), ("location", Any), ("scale", Positive)],
        support: REAL,
        sign: Sign::Real,
        location_scale: true,
        truncatable: false,
        draws: Draws::One,
    },
    Family {
        name: "HalfCauchy",
        arguments: &[("scale", Positive)],
        support: POSITIVE,
        sign: Sign::Positive,
        location_scale: false,
        truncatable: true,
        draws: Draws::One,
    },
    Family {
        name: "Cauchy",
        arguments: &[("location", Any), ("scale", Positive)],
        support: REAL,
        sign: Sign::Real,
        location_scale: true,
        truncatable: true,
        draws: Draws::One,
    },
    Family {
        name: "LogNormal",
        arguments: &[("location of the logarithm", Any), ("scale of the logarithm", Positive)],
        support: POSITIVE,
        sign: Sign::Positive,
        location_scale: true,
        truncatable: true,
        draws: Draws::One,
    },
    Family {
        name: "Exponential",
        arguments: &[("rate", Positive)],
        support: POSITIVE,
        sign: Sign::Positive,
        location_scale: false,
        truncatable: true,
        draws: Draws::One,
    },
    Family {
        name: "Gamma",
        arguments: &[("shape", Positive), ("rate", Positive)],
        support: POSITIVE,
        sign: Sign::Positive,
        location_scale: false,
        truncatable: false,
        draws: Draws::One,
    },
    Family {
        name: "InverseGamma",
        arguments: &[("shape", Positive), ("scale", Positive)],
        support: POSITIVE,
        sign: Sign::Positive,
        location_scale: false,
        truncatable: false,
        draws: Draws::One,
    },
    Family {
        name: "Beta",
        arguments: &[("alpha", Positive), ("beta", Positive)],
        support: "the unit interval",
        sign: Sign::Positive,
        location_scale: false,
        truncatable: false,
        draws: Draws::One,
    },
    Family {
        name: "Uniform",
        arguments: &[("low", Any), ("high", Any)],
        support: "the numbers between its bounds",
        sign: Sign::Unknown,
        location_scale: false,
        truncatable: true,
        draws: Draws::One,
    },
    Family {
        name: "Dirichlet",
        arguments: &[("concentrations", PositiveVector)],
        support: "the simplex",
        sign: Sign::Positive,
        location_scale: false,
        truncatable: false,
        draws: Draws::Vector,
    },
    Family {
        name: "MultivariateNormal",
        arguments: &[("location", Vector), ("scales", PositiveVector), ("Cholesky factor of correlations", Factor)],
        support: REAL,
        sign: Sign::Real,
        location_scale: true,
        truncatable: false,
        draws: Draws::Vector,
    },
    Family {
        name: "LkjCholesky",
        arguments: &[("shape", Positive)],
        support: "the Cholesky factors of correlation matrices",
        sign: Sign::Unknown,
        location_scale: false,
        truncatable: false,
        draws: Draws::Square,
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
