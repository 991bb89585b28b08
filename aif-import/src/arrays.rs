//! What array files have in common: tensors A, B, C, D with their dependencies and names become a model.

use crate::json::{Json, Node};
use crate::mistakes::{Complaints, Mistake, mistake};
use crate::model::{Action, Factor, Modality, Model, Values};
use crate::numbers;
use crate::tensor::Tensor;

/// A name, and the values' names where the file has them.
pub type Named = (String, Option<Vec<String>>);

/// One factor as arrays.
#[derive(Debug, Default)]
pub struct FactorArrays {
    pub named: Named,
    /// What its tables are called after their letter: `[1]`, `_loc`.
    pub suffix: String,
    /// `[next state][parent ..][control ..]`.
    pub b: Tensor,
    pub parents: Vec<usize>,
    pub controls: Vec<usize>,
    pub d: Option<Tensor>,
    pub b_counts: Option<Tensor>,
    pub d_counts: Option<Tensor>,
}

/// One modality as arrays.
#[derive(Debug, Default)]
pub struct ModalityArrays {
    pub named: Named,
    /// What its tables are called after their letter.
    pub suffix: String,
    /// `[outcome][parent ..]`.
    pub a: Tensor,
    pub parents: Vec<usize>,
    pub c: Option<Tensor>,
    pub a_counts: Option<Tensor>,
}

/// A model as arrays; what a control is, is its number of values.
#[derive(Debug, Default)]
pub struct Arrays {
    pub factors: Vec<FactorArrays>,
    pub modalities: Vec<ModalityArrays>,
    pub controls: Vec<(Named, usize)>,
}

/// The member as a list of arrays, null where there is none: as it is, or the only one,
/// where its numbers stand as deep as those of one.
pub fn tensors(node: &Node, name: &str, single: usize, first: usize) -> Result<Vec<Option<Tensor>>, Mistake> {
    let depth = depth(node);
    if depth == 0 {
        return mistake(node.line, format!("{name} is {}, expected a list of arrays", node.words()));
    }
    // One matrix of a factor without actions is no array of one state.
    let matrix = |own: &Node| {
        let rows = own.list(name).map_or(0, <[Node]>::len);
        rows > 1 && own.list(name).is_ok_and(|all| all.iter().all(|row| row.list(name).is_ok_and(|row| row.len() == rows)))
    };
    let only = single == 3 && matches!(&node.value, Json::List(list) if list.len() == 1 && matrix(&list[0]));
    if depth <= single && !only {
        return Tensor::of(node, name).map(|tensor| vec![Some(tensor)]);
    }
    let one = |(i, own): (usize, &Node)| match own.value {
        Json::Null => Ok(None),
        _ => Tensor::of(own, &format!("{name}[{}]", i + first)).map(Some),
    };
    node.list(name)?.iter().enumerate().map(one).collect()
}

/// The member as a list of arrays that are all there.
pub fn all_tensors(node: &Node, name: &str, single: usize, first: usize) -> Result<Vec<Tensor>, Mistake> {
    let list = tensors(node, name, single, first)?;
    let there = |(i, own): (usize, Option<Tensor>)| match own {
        Some(tensor) => Ok(tensor),
        None => mistake(node.line, format!("{name}[{}] is null, expected an array", i + first)),
    };
    list.into_iter().enumerate().map(there).collect()
}

/// How deep the first number of lists stands.
fn depth(node: &Node) -> usize {
    match &node.value {
        Json::List(list) => 1 + list.iter().find(|own| own.value != Json::Null).map_or(0, depth),
        _ => 0,
    }
}

fn values((_, names): &Named, count: usize, what: &str, line: usize, complaints: &mut Complaints) -> Values {
    match names {
        Some(names) if names.len() == count => Values::Named(names.clone()),
        Some(names) => {
            complaints.at(line, format!("{what} has {} names for its values, expected {count}", names.len()));
            Values::Count(count)
        }
        None => Values::Count(count),
    }
}

impl Arrays {
    /// The model, with every shape and column checked.
    pub fn model(self, complaints: &mut Complaints) -> Option<Model> {
        let mut model = Model::default();
        // A control of one value is none.
        let mut kept = Vec::new();
        for (named, count) in &self.controls {
            kept.push((*count > 1).then_some(model.actions.len()));
            if *count > 1 {
                let values = values(named, *count, &format!("the action {}", named.0), 0, complaints);
                model.actions.push(Action { name: named.0.clone(), values });
            }
        }
        let states: Vec<usize> = self.factors.iter().map(|f| f.b.shape.first().copied().unwrap_or(1)).collect();
        for (i, factor) in self.factors.into_iter().enumerate() {
            let suffix = &factor.suffix;
            let name = |table: &str| format!("{table}{suffix}");
            let mut shape = vec![states[i]];
            shape.extend(factor.parents.iter().map(|&p| states[p]));
            shape.extend(factor.controls.iter().map(|&c| self.controls[c].1));
            let actions = factor.controls.len();
            let of = |tensor: &Tensor, what: &str| tensor.expect(&shape, what);
            let transition = of(&factor.b, &name("B")).and_then(|b| b.distributions(actions, &name("B")));
            let counts = factor
                .b_counts
                .map(|c| of(&c, &name("the counts of B")).and_then(|c| c.counts(actions, &name("the counts of B"))));
            let initial = match &factor.d {
                Some(d) => distribution(d, states[i], &name("D")),
                None => Ok(vec![1.0 / states[i] as f64; states[i]]),
            };
            let initial_counts = factor.d_counts.map(|d| list_of_counts(&d, states[i], &name("the counts of D")));
            let values = values(&factor.named, states[i], &format!("the factor {}", factor.named.0), factor.b.line, complaints);
            let (transition, initial) = (complaints.keep(transition), complaints.keep(initial));
            let counts = counts.and_then(|counts| complaints.keep(counts));
            let initial_counts = initial_counts.and_then(|counts| complaints.keep(counts));
            let (Some(transition), Some(initial)) = (transition, initial) else { continue };
            let actions = factor.controls.iter().filter_map(|&c| kept[c]).collect();
            let (name, parents) = (factor.named.0, factor.parents);
            model.factors.push(Factor { name, states: values, parents, actions, transition, counts, initial, initial_counts });
        }
        for modality in self.modalities {
            let suffix = &modality.suffix;
            let name = |table: &str| format!("{table}{suffix}");
            let count = modality.a.shape.first().copied().unwrap_or(1);
            let mut shape = vec![count];
            shape.extend(modality.parents.iter().map(|&p| states[p]));
            let likelihood = modality.a.expect(&shape, &name("A")).and_then(|a| a.distributions(0, &name("A")));
            let of_counts = |c: Tensor| c.expect(&shape, &name("the counts of A"))?.counts(0, &name("the counts of A"));
            let counts = modality.a_counts.map(of_counts).and_then(|counts| complaints.keep(counts));
            let preference = modality.c.map_or_else(|| Ok(vec![0.0; count]), |c| c.expect(&[count], &name("C")).map(|c| c.data));
            let values =
                values(&modality.named, count, &format!("the modality {}", modality.named.0), modality.a.line, complaints);
            let (Some(likelihood), Some(preference)) = (complaints.keep(likelihood), complaints.keep(preference)) else {
                continue;
            };
            let (name, parents) = (modality.named.0, modality.parents);
            model.modalities.push(Modality { name, outcomes: values, parents, likelihood, counts, preference });
        }
        complaints.is_empty().then_some(model)
    }
}

/// A distribution of so many.
pub fn distribution(tensor: &Tensor, count: usize, what: &str) -> Result<Vec<f64>, Mistake> {
    let list = tensor.expect(&[count], what)?;
    numbers::listed(&list.data).or_else(|wrong| mistake(tensor.line, format!("{what} {wrong}")))
}

fn list_of_counts(tensor: &Tensor, count: usize, what: &str) -> Result<Vec<f64>, Mistake> {
    let list = tensor.expect(&[count], what)?.data;
    numbers::counts(&list).or_else(|wrong| mistake(tensor.line, format!("{what} {wrong}")))?;
    Ok(list)
}

/// Weights of joint actions, or of policies: one each of `actions` to some power, which is the horizon.
pub fn habit(model: &mut Model, tensor: &Tensor, what: &str) -> Result<(), Mistake> {
    let (list, line) = (tensor.data.clone(), tensor.line);
    if let Some(bad) = list.iter().find(|w| !(w.is_finite() && **w >= 0.0)) {
        return mistake(line, format!("{what} has {}, expected probabilities", numbers::short(*bad)));
    }
    if list.iter().all(|&w| w == 0.0) {
        return mistake(line, format!("{what} allows nothing: expected a probability above 0"));
    }
    let actions = model.joint_actions();
    if let Some(policies) = &model.policies {
        if list.len() != policies.len() {
            return mistake(
                line,
                format!("{what} has {} numbers, expected one for each of {} policies", list.len(), policies.len()),
            );
        }
    } else if list.len() != actions {
        let horizon = model.horizon.unwrap_or(1);
        let all = u32::try_from(horizon).ok().and_then(|h| actions.checked_pow(h));
        if all != Some(list.len()) {
            let expected = format!(
                "expected one for each of {actions} actions, or of {actions} to the power of the policies' length, {horizon}"
            );
            return mistake(line, format!("{what} has {} numbers, {expected}", list.len()));
        }
    }
    model.habit = Some(list);
    Ok(())
}
