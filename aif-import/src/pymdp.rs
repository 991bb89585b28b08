//! pymdp's arrays as JSON: an object with `A`, `B`, `C`, `D`, `E`, `pA`, `pB`, `pD`, their dependencies, and labels.
//!
//! `A[m]` is `[outcome][state of each factor that it depends on ..]`, `B[f]` `[next state][state ..][control ..]`, as in pymdp 1.0. What is only one
//! may stand without its list: a matrix as `A`, three dimensions as `B`, numbers as `C` and `D`. Without `A_dependencies` a modality depends on
//! all factors, without `B_dependencies` a factor on itself, without `B_action_dependencies` on a control of its own. A control of one value is
//! none. `E` has probabilities, of joint actions or of policies of `policy_len` steps.

use crate::arrays::{Arrays, FactorArrays, ModalityArrays, Named, all_tensors, habit, tensors};
use crate::json::{Json, Node};
use crate::mistakes::{Complaints, Mistake, Mistakes, choices, mistake, quoted};
use crate::model::Model;
use crate::tensor::Tensor;

/// What an object may have.
const MEMBERS: [&str; 21] = [
    "format",
    "A",
    "B",
    "C",
    "D",
    "E",
    "pA",
    "pB",
    "pD",
    "A_dependencies",
    "B_dependencies",
    "B_action_dependencies",
    "num_controls",
    "labels",
    "policy_len",
    "policies",
    "gamma",
    "alpha",
    "discount",
    "notes",
    "name",
];

pub(crate) fn read(file: &str, root: &Node) -> Result<Model, Mistakes> {
    let mut complaints = Complaints::default();
    let model = model(root, &mut complaints);
    complaints.or(file, model)
}

fn model(root: &Node, complaints: &mut Complaints) -> Option<Model> {
    let members = complaints.keep(root.members("the file"))?;
    for (name, node) in members {
        if !MEMBERS.contains(&name.as_str()) {
            complaints.at(
                node.line,
                format!("{} is nothing that pymdp's arrays have: expected {}", quoted(name), MEMBERS[1..19].join(", ")),
            );
        }
    }
    let mut needed = |name: &str, single: usize| match root.get(name) {
        Some(node) => complaints.keep(all_tensors(node, name, single, 0)),
        None => {
            complaints.at(root.line, format!("there is no `{name}`: expected a list of arrays"));
            None
        }
    };
    let (a, b) = (needed("A", 2), needed("B", 3));
    let (a, b) = (a?, b?);
    let optional = |name: &str, single: usize, count: usize, of: &str, complaints: &mut Complaints| -> Vec<Option<Tensor>> {
        let Some(node) = root.get(name) else { return vec![None; count] };
        let list = complaints.keep(tensors(node, name, single, 0)).unwrap_or_default();
        if list.len() != count && !list.is_empty() {
            complaints.at(node.line, format!("{name} has {} arrays, expected one for each of {count} {of}", list.len()));
        }
        let mut list = list;
        list.resize(count, None);
        list
    };
    let (factors, modalities) = (b.len(), a.len());
    let c = optional("C", 1, modalities, "modalities", complaints);
    let d = optional("D", 1, factors, "factors", complaints);
    let a_counts = optional("pA", 2, modalities, "modalities", complaints);
    let b_counts = optional("pB", 3, factors, "factors", complaints);
    let d_counts = optional("pD", 1, factors, "factors", complaints);

    let all: Vec<usize> = (0..factors).collect();
    let own: Vec<Vec<usize>> = (0..factors).map(|f| vec![f]).collect();
    let a_parents = indices(root, "A_dependencies", vec![all; modalities], factors, complaints);
    let b_parents = indices(root, "B_dependencies", own.clone(), factors, complaints);
    let counts = match root.get("num_controls") {
        Some(node) => Some(complaints.keep(whole(node, "num_controls"))?),
        None => None,
    };
    let most = counts.as_ref().map_or(usize::MAX, Vec::len);
    let b_controls = indices(root, "B_action_dependencies", own, most, complaints);
    if !complaints.is_empty() {
        return None;
    }
    let controls = complaints.keep(sizes_of_controls(&b, (&b_parents, &b_controls), counts))?;

    let named = Labels::of(root, complaints);
    let mut arrays = Arrays::default();
    for (i, count) in controls.into_iter().enumerate() {
        arrays
            .controls
            .push((named.of_controls.get(i).cloned().unwrap_or_else(|| default("action", i, most.min(factors))), count));
    }
    let (mut d, mut b_counts, mut d_counts) = (d.into_iter(), b_counts.into_iter(), d_counts.into_iter());
    for (f, b) in b.into_iter().enumerate() {
        arrays.factors.push(FactorArrays {
            named: named.of_states.get(f).cloned().unwrap_or_else(|| default("state", f, factors)),
            suffix: format!("[{f}]"),
            b,
            parents: b_parents[f].clone(),
            controls: b_controls[f].clone(),
            d: d.next().flatten(),
            b_counts: b_counts.next().flatten(),
            d_counts: d_counts.next().flatten(),
        });
    }
    let (mut c, mut a_counts) = (c.into_iter(), a_counts.into_iter());
    for (m, a) in a.into_iter().enumerate() {
        arrays.modalities.push(ModalityArrays {
            named: named.of_observations.get(m).cloned().unwrap_or_else(|| default("observation", m, modalities)),
            suffix: format!("[{m}]"),
            a,
            parents: a_parents[m].clone(),
            c: c.next().flatten(),
            a_counts: a_counts.next().flatten(),
        });
    }
    let mut model = arrays.model(complaints)?;
    let rest = rest(root, &mut model);
    complaints.keep(rest)?;
    Some(model)
}

/// `state`, or `state_0` of several.
fn default(what: &str, i: usize, of: usize) -> Named {
    (if of == 1 { what.into() } else { format!("{what}_{i}") }, None)
}

/// Whole numbers.
pub(crate) fn whole(node: &Node, what: &str) -> Result<Vec<usize>, Mistake> {
    node.list(what)?.iter().enumerate().map(|(i, n)| n.index(&format!("{what}[{i}]"))).collect()
}

/// Lists of indices, one for each of what `otherwise` has.
fn indices(root: &Node, name: &str, otherwise: Vec<Vec<usize>>, most: usize, complaints: &mut Complaints) -> Vec<Vec<usize>> {
    let Some(node) = root.get(name) else { return otherwise };
    let Some(list) = complaints.keep(node.list(name)) else { return otherwise };
    if list.len() != otherwise.len() {
        complaints.at(node.line, format!("{name} has {} lists, expected {}", list.len(), otherwise.len()));
        return otherwise;
    }
    let one = |(i, node): (usize, &Node)| {
        let what = format!("{name}[{i}]");
        let list = whole(node, &what)?;
        match list.iter().enumerate().find(|(at, n)| **n >= most || list[..*at].contains(n)) {
            Some((_, n)) => mistake(node.line, format!("{what} names {n}, expected different numbers below {most}")),
            None => Ok(list),
        }
    };
    let read: Vec<Option<Vec<usize>>> = list.iter().enumerate().map(|own| complaints.keep(one(own))).collect();
    read.into_iter().zip(otherwise).map(|(own, other)| own.unwrap_or(other)).collect()
}

/// How many values each control has: as the file says, or as the last dimensions of B do.
fn sizes_of_controls(
    b: &[Tensor],
    (parents, controls): (&[Vec<usize>], &[Vec<usize>]),
    given: Option<Vec<usize>>,
) -> Result<Vec<usize>, Mistake> {
    if let Some(given) = given {
        return Ok(given);
    }
    let most = controls.iter().flatten().max().map_or(0, |c| c + 1);
    if most > 4096 {
        return mistake(0, format!("{most} controls are too many: at most 4096"));
    }
    let mut sizes = vec![1; most];
    for (f, tensor) in b.iter().enumerate() {
        let after = 1 + parents[f].len();
        for (i, &control) in controls[f].iter().enumerate() {
            // A factor without a control may leave out its dimension.
            let size = tensor.shape.get(after + i).copied().unwrap_or(1);
            if sizes[control] != 1 && size != sizes[control] {
                let text = format!("B[{f}] has {size} values of control {control}, expected {} as before", sizes[control]);
                return mistake(tensor.line, text);
            }
            sizes[control] = size;
        }
    }
    Ok(sizes)
}

/// The names of factors, modalities and controls, in the order of the arrays.
#[derive(Default)]
struct Labels {
    of_states: Vec<Named>,
    of_observations: Vec<Named>,
    of_controls: Vec<Named>,
}

impl Labels {
    fn of(root: &Node, complaints: &mut Complaints) -> Labels {
        let Some(node) = root.get("labels") else { return Labels::default() };
        let mut labels = Labels::default();
        for (name, own) in complaints.keep(node.members("labels")).unwrap_or_default() {
            let to = match name.as_str() {
                "states" => &mut labels.of_states,
                "observations" => &mut labels.of_observations,
                "controls" | "actions" => &mut labels.of_controls,
                other => {
                    let expected = choices(&["states", "observations", "controls"]);
                    complaints.at(own.line, format!("labels have no {}: expected {expected}", quoted(other)));
                    continue;
                }
            };
            for (name, values) in complaints.keep(own.members(name)).unwrap_or_default() {
                to.push((name.clone(), complaints.keep(label_list(values, name)).flatten()));
            }
        }
        labels
    }
}

/// The names of values; how many there are is no name.
fn label_list(node: &Node, what: &str) -> Result<Option<Vec<String>>, Mistake> {
    if let Json::Number(_) = node.value {
        return Ok(None);
    }
    let texts = node.list(what)?.iter().map(|n| n.text(&format!("a name of {what}")).map(str::to_owned));
    texts.collect::<Result<Vec<_>, _>>().map(Some)
}

/// What is said once of a model.
fn rest(root: &Node, model: &mut Model) -> Result<(), Mistake> {
    let number = |name: &str, least: f64, most: f64| match root.get(name) {
        None => Ok(None),
        Some(node) => {
            let x = node.number(name)?;
            if (least..=most).contains(&x) {
                Ok(Some(x))
            } else {
                mistake(node.line, format!("{name} is {}, expected a number from {least} to {most}", node.words()))
            }
        }
    };
    model.discount = number("discount", 0.0, 1.0)?;
    model.policy_precision = number("gamma", 0.0, 1e12)?;
    model.action_precision = number("alpha", 0.0, 1e12)?;
    if let Some(node) = root.get("policy_len") {
        model.horizon = Some(node.index("policy_len")?).filter(|h| *h > 0);
        if model.horizon.is_none() {
            return mistake(node.line, "policy_len is 0, expected at least 1 step");
        }
    }
    if let Some(node) = root.get("policies") {
        model.policies = Some(policies(node, model)?);
    }
    if let Some(node) = root.get("E") {
        habit(model, &Tensor::of(node, "E")?, "E")?;
    }
    Ok(())
}

/// `[policy][step][action]`.
fn policies(node: &Node, model: &mut Model) -> Result<Vec<Vec<Vec<usize>>>, Mistake> {
    let tensor = Tensor::of(node, "policies")?;
    let [count, steps, actions] = tensor.shape[..] else {
        return mistake(node.line, "policies are lists of steps, each a list of one number for each action");
    };
    if actions != model.actions.len() {
        return mistake(node.line, format!("policies have {actions} actions a step, expected {}", model.actions.len()));
    }
    model.horizon = Some(steps);
    let value = |at: usize| {
        let (x, most) = (tensor.data[at], model.actions[at % actions].values.count());
        let text = || format!("policies have the action {}, expected a whole number below {most}", crate::numbers::short(x));
        if x >= 0.0 && x.fract() == 0.0 && x < most as f64 { Ok(x as usize) } else { mistake(tensor.line_of(at), text()) }
    };
    let step = |p: usize, t: usize| (0..actions).map(|a| value((p * steps + t) * actions + a)).collect::<Result<Vec<_>, _>>();
    (0..count).map(|p| (0..steps).map(|t| step(p, t)).collect()).collect()
}
