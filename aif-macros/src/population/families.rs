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

type Arguments = &'static [(&'static str, Requirement)];

/// A family that draws one number, has no location and scale, and can be truncated.
const fn one(name: &'static str, arguments: Arguments, support: &'static str, sign: Sign) -> Family {
    Family { name, arguments, support, sign, location_scale: false, truncatable: true, draws: Draws::One }
}

impl Family {
    /// With a location and a scale.
    const fn located(self) -> Self {
        Family { location_scale: true, ..self }
    }

    /// Without a distribution function in closed form.
    const fn never_truncated(self) -> Self {
        Family { truncatable: false, ..self }
    }

    /// One that draws several numbers together, and so cannot be truncated.
    const fn drawing(self, draws: Draws) -> Self {
        Family { draws, truncatable: false, ..self }
    }
}

use Requirement::{Any, Factor, Positive, PositiveVector, Vector};

const REAL: &str = "the real line";
const POSITIVE: &str = "the positive numbers";

/// All distributions but mixtures.
pub const FAMILIES: [Family; 14] = [
    one("Normal", &[("location", Any), ("scale", Positive)], REAL, Sign::Real).located(),
    one("HalfNormal", &[("scale", Positive)], POSITIVE, Sign::Positive),
    one("StudentT", &[("degrees of freedom", Positive), ("location", Any), ("scale", Positive)], REAL, Sign::Real)
        .located()
        .never_truncated(),
    one("HalfCauchy", &[("scale", Positive)], POSITIVE, Sign::Positive),
    one("Cauchy", &[("location", Any), ("scale", Positive)], REAL, Sign::Real).located(),
    one("LogNormal", &[("location of the logarithm", Any), ("scale of the logarithm", Positive)], POSITIVE, Sign::Positive)
        .located(),
    one("Exponential", &[("rate", Positive)], POSITIVE, Sign::Positive),
    one("Gamma", &[("shape", Positive), ("rate", Positive)], POSITIVE, Sign::Positive).never_truncated(),
    one("InverseGamma", &[("shape", Positive), ("scale", Positive)], POSITIVE, Sign::Positive).never_truncated(),
    one("Beta", &[("alpha", Positive), ("beta", Positive)], "the unit interval", Sign::Positive).never_truncated(),
    one("Uniform", &[("low", Any), ("high", Any)], "the numbers between its bounds", Sign::Unknown),
    one("Dirichlet", &[("concentrations", PositiveVector)], "the simplex", Sign::Positive).drawing(Draws::Vector),
    one(
        "MultivariateNormal",
        &[("location", Vector), ("scales", PositiveVector), ("Cholesky factor of correlations", Factor)],
        REAL,
        Sign::Real,
    )
    .located()
    .drawing(Draws::Vector),
    one("LkjCholesky", &[("shape", Positive)], "the Cholesky factors of correlation matrices", Sign::Unknown)
        .drawing(Draws::Square),
];

/// The distribution of this name.
pub fn family(name: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|f| f.name == name)
}

/// The names of all distributions, or of those of positive numbers.
pub fn names(only_positive: bool) -> Vec<&'static str> {
    FAMILIES.iter().filter(|f| !only_positive || f.support == POSITIVE).map(|f| f.name).collect()
}
