//! What a declaration says of itself: levels, parameters, their shapes and supports, covariates; for files and messages.

use aif_runtime::model::Labels;

/// What a parameter of a population is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Drawn from a prior (`~`).
    Drawn,
    /// Worked out from others (`let`).
    Derived,
}

/// One dimension of a vector or matrix of parameters.
#[derive(Clone, Copy, Debug)]
pub struct Dimension {
    /// What it runs over: an input's or covariate's name, or `parameter_dim_0`.
    pub name: &'static str,
    /// How many places it has.
    pub size: usize,
    /// Their labels; numbers from 0 where there are none.
    pub labels: Option<Labels>,
}

/// One parameter, drawn or derived.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it is called in tables, with `{}` for each of its places, where that is not its name: `z[age:patient]`.
    pub shown: Option<&'static str>,
    /// Drawn or derived.
    pub role: Role,
    /// Its distribution and support, in words; how a derived one is worked out.
    pub prior: &'static str,
    /// Whether the behaviour of a subject depends on it other than through the parameters of the lowest level (levels above it only).
    pub direct: bool,
    /// Its dimensions; none for a number.
    pub dimensions: &'static [Dimension],
    /// How many real coordinates stand for it: fewer than numbers for a simplex or a correlation matrix, none for a derived one.
    pub coordinates: usize,
}

impl Parameter {
    /// How many numbers it has.
    pub const fn len(&self) -> usize {
        let (mut len, mut i) = (1, 0);
        while i < self.dimensions.len() {
            len *= self.dimensions[i].size;
            i += 1;
        }
        len
    }

    /// Whether it has no numbers at all.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The labels of the places of one of its numbers, one for each dimension.
    pub fn places(&self, mut element: usize) -> Vec<String> {
        let mut places = Vec::new();
        for dimension in self.dimensions.iter().rev() {
            let at = element % dimension.size.max(1);
            places.push(dimension.labels.map_or_else(|| at.to_string(), |labels| labels.label(at).into_owned()));
            element /= dimension.size.max(1);
        }
        places.reverse();
        places
    }

    /// The name of one of its numbers: `z`, `z[1]`, `bias[Left]`, `omega[1,0]`; those of formulas are `z[age]`, `z[group.Treated]`.
    pub fn label(&self, element: usize) -> String {
        if let Some(shown) = self.shown {
            return self.places(element).iter().fold(shown.to_string(), |text, place| text.replacen("{}", place, 1));
        }
        if self.dimensions.is_empty() {
            return self.name.to_string();
        }
        format!("{}[{}]", self.name, self.places(element).join(","))
    }
}

/// The sum over a list, in a constant.
macro_rules! sum {
    ($list:expr, |$one:ident| $each:expr) => {{
        let (list, mut sum, mut i) = ($list, 0, 0);
        while i < list.len() {
            let $one = &list[i];
            sum += $each;
            i += 1;
        }
        sum
    }};
}

/// How many numbers a list of parameters has.
pub const fn members(parameters: &[Parameter]) -> usize {
    sum!(parameters, |p| p.len())
}

/// How many numbers of a list are drawn.
pub const fn drawn(parameters: &[Parameter]) -> usize {
    sum!(parameters, |p| if matches!(p.role, Role::Drawn) { p.len() } else { 0 })
}

/// How many numbers of a list behaviour depends on directly.
pub const fn direct(parameters: &[Parameter]) -> usize {
    sum!(parameters, |p| if p.direct { p.len() } else { 0 })
}

/// How many real coordinates stand for a list of parameters.
pub const fn coordinates(parameters: &[Parameter]) -> usize {
    sum!(parameters, |p| p.coordinates)
}

/// One level of a population: the group, a plate, the subjects, or their sessions. Each unit of a level has parameters of its own and
/// belongs to one unit of the level above.
#[derive(Clone, Copy, Debug)]
pub struct Level {
    /// `population`, `subject`, `session`, or the name of a plate.
    pub name: &'static str,
    /// The parameters of each of its units, in the order of the declaration.
    pub parameters: &'static [Parameter],
}

/// A property of subjects that priors may depend on.
#[derive(Clone, Copy, Debug)]
pub struct Covariate {
    /// Its name.
    pub name: &'static str,
    /// Its values; none for a number.
    pub values: Option<Labels>,
    /// Whether a formula standardises it: minus its mean, over its standard deviation.
    pub standardised: bool,
}

/// Names and supports of a population, for files and messages.
#[derive(Clone, Copy, Debug)]
pub struct PopulationMeta {
    /// The population's name.
    pub name: &'static str,
    /// What the declaration's doc comment says.
    pub doc: &'static str,
    /// The levels, from the group down to those whose behaviour is scored.
    pub levels: &'static [Level],
    /// Which level the subjects are.
    pub subject_level: usize,
    /// The covariates of subjects.
    pub covariates: &'static [Covariate],
}

impl PopulationMeta {
    /// The parameters of each subject, in the order of the declaration.
    pub const fn subject(&self) -> &'static [Parameter] {
        self.levels[self.subject_level].parameters
    }

    /// The lowest level, whose units' behaviour is scored.
    pub const fn leaf(&self) -> usize {
        self.levels.len() - 1
    }

    /// Whether subjects have levels below them: sessions with parameters of their own.
    pub const fn has_sessions(&self) -> bool {
        self.leaf() > self.subject_level
    }

    /// Whether nothing above the subjects is drawn: then the posterior factorises over subjects.
    pub const fn flat(&self) -> bool {
        sum!(self.levels.split_at(self.subject_level).0, |level| drawn(level.parameters)) == 0
    }

    /// The plates between the group and the subjects.
    pub fn plates(&self) -> &'static [Level] {
        &self.levels[1..self.subject_level]
    }

    /// Where a level's numbers begin among those of a unit of the lowest level and all above it.
    pub const fn offset(&self, level: usize) -> usize {
        sum!(self.levels.split_at(level).0, |level| members(level.parameters))
    }

    /// The same for real coordinates.
    pub const fn coordinate_offset(&self, level: usize) -> usize {
        sum!(self.levels.split_at(level).0, |level| coordinates(level.parameters))
    }

    /// How many directions a unit's likelihood is differentiated in: the numbers drawn at the lowest level, and those that behaviour
    /// depends on directly above it.
    pub const fn likelihood_directions(&self) -> usize {
        let (above, leaf) = self.levels.split_at(self.leaf());
        drawn(leaf[0].parameters) + sum!(above, |level| direct(level.parameters))
    }

    /// How many directions a unit's prior is differentiated in: the coordinates of the unit and of all above it.
    pub const fn prior_directions(&self) -> usize {
        self.coordinate_offset(self.levels.len())
    }

    /// All parameters of all levels.
    pub fn parameters(&self) -> impl Iterator<Item = &'static Parameter> {
        self.levels.iter().flat_map(|level| level.parameters)
    }

    /// The names of all numbers of all parameters, in order.
    pub fn labels(&self) -> Vec<String> {
        self.parameters().flat_map(|p| (0..p.len()).map(|e| p.label(e))).collect()
    }
}
