//! What every kind of file is read into: factors, modalities, actions, and their tables, whose zeros are not stored.

/// The values of a factor, a modality or an action.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// As many as this, without names.
    Count(usize),
    /// Named by the file.
    Named(Vec<String>),
}

impl Values {
    /// How many there are.
    pub fn count(&self) -> usize {
        match self {
            Values::Count(count) => *count,
            Values::Named(names) => names.len(),
        }
    }

    /// The name of one; its number where it has none.
    pub fn label(&self, i: usize) -> String {
        match self {
            Values::Named(names) => names.get(i).cloned().unwrap_or_default(),
            Values::Count(_) => i.to_string(),
        }
    }

    /// The names, where there are any.
    pub fn names(&self) -> Option<&[String]> {
        if let Values::Named(names) = self { Some(names) } else { None }
    }
}

/// One column of a table: the outcomes that are not zero, by their index, with their numbers.
pub type Column = Vec<(u32, f64)>;

/// A conditional distribution, or counts of one: a column for each combination of actions and parents' states, the last running fastest.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// How many outcomes, or next states, there are.
    pub outcomes: usize,
    /// `[action ..][parent ..]`.
    pub columns: Vec<Column>,
}

impl Table {
    /// How many numbers are stored.
    pub fn stored(&self) -> usize {
        self.columns.iter().map(Vec::len).sum()
    }

    /// The only outcome of every column, where each has one, with the number 1.
    pub fn map(&self) -> Option<Vec<u32>> {
        let only = |column: &Column| match column.as_slice() {
            [(outcome, p)] if *p == 1.0 => Some(*outcome),
            _ => None,
        };
        self.columns.iter().map(only).collect()
    }

    /// One column with its zeros.
    pub fn dense(&self, column: usize) -> Vec<f64> {
        let mut dense = vec![0.0; self.outcomes];
        for &(outcome, p) in &self.columns[column] {
            dense[outcome as usize] = p;
        }
        dense
    }
}

/// A hidden-state factor.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// Its name in the file.
    pub name: String,
    /// Its states.
    pub states: Values,
    /// The factors whose previous states it depends on.
    pub parents: Vec<usize>,
    /// The actions that drive it.
    pub actions: Vec<usize>,
    /// B.
    pub transition: Table,
    /// Counts over B, where it is to be learned.
    pub counts: Option<Table>,
    /// D, `[state]`.
    pub initial: Vec<f64>,
    /// Counts over D, where it is to be learned.
    pub initial_counts: Option<Vec<f64>>,
}

/// An observation modality.
#[derive(Clone, Debug, PartialEq)]
pub struct Modality {
    /// Its name in the file.
    pub name: String,
    /// Its outcomes.
    pub outcomes: Values,
    /// The factors that it depends on.
    pub parents: Vec<usize>,
    /// A.
    pub likelihood: Table,
    /// Counts over A, where it is to be learned.
    pub counts: Option<Table>,
    /// C, in nats, `[outcome]`.
    pub preference: Vec<f64>,
}

/// An action that is chosen at each step.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// Its name in the file.
    pub name: String,
    /// Its values.
    pub values: Values,
}

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// The hidden-state factors.
    pub factors: Vec<Factor>,
    /// The observation modalities.
    pub modalities: Vec<Modality>,
    /// The actions.
    pub actions: Vec<Action>,
    /// How much a step counts beside the one before it.
    pub discount: Option<f64>,
    /// How many steps are planned; `None` where the file does not say.
    pub horizon: Option<usize>,
    /// E, as weights of joint actions, of policies of `horizon` steps (the last step running fastest), or of `policies`.
    pub habit: Option<Vec<f64>>,
    /// The only policies that are compared, `[policy][step][action]`.
    pub policies: Option<Vec<Vec<Vec<usize>>>>,
    /// Gamma.
    pub policy_precision: Option<f64>,
    /// Alpha.
    pub action_precision: Option<f64>,
    /// What a reader should know of how the file was taken, a sentence each.
    pub notes: Vec<String>,
}

impl Model {
    /// The number of joint actions, saturating.
    pub fn joint_actions(&self) -> usize {
        self.actions.iter().fold(1, |n, a| n.saturating_mul(a.values.count()))
    }

    /// The number of joint states, saturating.
    pub fn joint_states(&self) -> usize {
        self.factors.iter().fold(1, |n, f| n.saturating_mul(f.states.count()))
    }

    /// The number of joint outcomes, saturating.
    pub fn joint_outcomes(&self) -> usize {
        self.modalities.iter().fold(1, |n, m| n.saturating_mul(m.outcomes.count()))
    }

    /// The number of combinations of some factors' states.
    pub(crate) fn contexts(&self, parents: &[usize]) -> usize {
        parents.iter().fold(1, |n, &f| n.saturating_mul(self.factors[f].states.count()))
    }

    /// The number of combinations of some actions' values.
    pub(crate) fn local_actions(&self, actions: &[usize]) -> usize {
        actions.iter().fold(1, |n, &a| n.saturating_mul(self.actions[a].values.count()))
    }
}

/// Splits an index into digits, the last running fastest.
pub(crate) fn digits(mut index: usize, counts: &[usize]) -> Vec<usize> {
    let mut digits = vec![0; counts.len()];
    for (digit, &count) in digits.iter_mut().zip(counts).rev() {
        *digit = index % count;
        index /= count;
    }
    digits
}
