//! SPM's structures as JSON, as `jsonencode(MDP)` writes them: `A`, `B`, `C`, `D`, `E`, counts `a`, `b`, `d`, policies `V` or `U`, and `label`.
//!
//! `A{g}` is `[outcome][state of every factor ..]`, `B{f}` `[next state][state][action]`; numbers count from 1. A factor whose `B` has one action
//! is not driven. `V` is `[step][policy][factor]`, `U` the same for one step. `C` has one column; one of many steps is taken where all are equal.

use crate::arrays::{Arrays, FactorArrays, ModalityArrays, Named, habit, tensors};
use crate::json::{Json, Node};
use crate::mistakes::{Complaints, Mistake, Mistakes, mistake, quoted};
use crate::model::Model;
use crate::tensor::Tensor;

/// What a structure may have; the last are what SPM writes into it, or tells its simulations.
const MEMBERS: [&str; 36] = [
    "A", "B", "C", "D", "E", "a", "b", "d", "V", "U", "T", "label", "name", "alpha", "beta", "Aname", "Bname", "s", "o", "tau",
    "eta", "erp", "chi", "zeta", "N", "ntau", "P", "Q", "X", "x", "R", "F", "G", "u", "v", "w",
];

/// What changes a model in a way that has no place here.
const NOT_TAKEN: [(&str, &str); 6] = [
    ("c", "counts over preferences"),
    ("e", "counts over habits"),
    ("H", "preferences over final states"),
    ("MDP", "a level below"),
    ("link", "links to a level below"),
    ("n", "outcomes of other agents"),
];

pub(crate) fn read(file: &str, root: &Node) -> Result<Model, Mistakes> {
    let mut complaints = Complaints::default();
    let root = if root.get("A").is_none() { root.get("MDP").or(root.get("mdp")).unwrap_or(root) } else { root };
    let model = model(root, &mut complaints);
    complaints.or(file, model)
}

/// Whether an object is one of SPM's.
pub(crate) fn is(root: &Node) -> bool {
    let spm = |node: &Node| {
        ["V", "U", "T", "label", "a", "b", "d", "beta"].iter().any(|name| node.get(name).is_some() && name.len() > 1)
            || ["V", "U", "T"].iter().any(|name| node.get(name).is_some())
    };
    root.get("MDP").is_some() || root.get("mdp").is_some() || spm(root) && root.get("labels").is_none()
}

fn model(root: &Node, complaints: &mut Complaints) -> Option<Model> {
    for (name, node) in complaints.keep(root.members("the structure"))? {
        if let Some((_, what)) = NOT_TAKEN.iter().find(|(known, _)| known == name) {
            complaints.at(node.line, format!("{} are {what}: these are not taken", quoted(name)));
        } else if !MEMBERS.contains(&name.as_str()) {
            complaints.at(
                node.line,
                format!("{} is nothing that is taken of SPM's structures: expected {}", quoted(name), MEMBERS[..15].join(", ")),
            );
        }
    }
    let mut list = |name: &str, single: usize, needed: bool| match root.get(name) {
        Some(node) => complaints.keep(tensors(node, name, single, 1)),
        None => {
            if needed {
                complaints.at(root.line, format!("there is no `{name}`: expected a list of arrays"));
            }
            Some(Vec::new())
        }
    };
    let all = |list: Option<Vec<Option<Tensor>>>| list?.into_iter().collect::<Option<Vec<Tensor>>>();
    let (a, b) = (all(list("A", 2, true)), all(list("B", 3, true)));
    let rest = [list("C", 1, false), list("D", 1, false), list("a", 2, false), list("b", 3, false), list("d", 1, false)];
    let (Some(a), Some(b)) = (a, b) else {
        if complaints.is_empty() {
            complaints.at(root.line, "an array of A or B is null: expected all of them");
        }
        return None;
    };
    let (factors, modalities) = (b.len(), a.len());
    let [c, d, a_counts, b_counts, d_counts] = rest;
    let fit = |list: Option<Vec<Option<Tensor>>>, name: &str, count: usize, complaints: &mut Complaints| -> Vec<Option<Tensor>> {
        let list = list.unwrap_or_default();
        if !list.is_empty() && list.len() != count {
            let line = list.iter().flatten().next().map_or(root.line, |tensor| tensor.line);
            complaints.at(line, format!("{name} has {} arrays, expected {count}", list.len()));
        }
        let mut list = list;
        list.resize(count, None);
        list
    };
    let c = fit(c, "C", modalities, complaints);
    let d = fit(d, "D", factors, complaints);
    let a_counts = fit(a_counts, "a", modalities, complaints);
    let b_counts = fit(b_counts, "b", factors, complaints);
    let d_counts = fit(d_counts, "d", factors, complaints);
    if !complaints.is_empty() {
        return None;
    }

    let labels = Labels { root: root.get("label") };
    let mut arrays = Arrays::default();
    for (f, tensor) in b.iter().enumerate() {
        let size = tensor.shape.get(2).copied().unwrap_or(1);
        let name = if factors == 1 { "action".into() } else { format!("action_{}", f + 1) };
        arrays.controls.push(((name, complaints.keep(labels.values("action", f)).flatten()), size));
    }
    let each = b.into_iter().zip(d).zip(b_counts).zip(d_counts).enumerate();
    for (f, (((b, d), b_counts), d_counts)) in each {
        let named = complaints.keep(labels.named("factor", "name", f, "state"))?;
        arrays.factors.push(FactorArrays {
            named,
            suffix: format!("[{}]", f + 1),
            b,
            parents: vec![f],
            controls: vec![f],
            d,
            b_counts,
            d_counts,
        });
    }
    for (g, ((a, c), a_counts)) in a.into_iter().zip(c).zip(a_counts).enumerate() {
        let named = complaints.keep(labels.named("modality", "outcome", g, "observation"))?;
        let c = c.map(|c| constant(c, a.shape.first().copied().unwrap_or(1), &format!("C[{}]", g + 1)));
        let c = c.and_then(|c| complaints.keep(c));
        arrays.modalities.push(ModalityArrays {
            named,
            suffix: format!("[{}]", g + 1),
            a,
            parents: (0..factors).collect(),
            c,
            a_counts,
        });
    }
    let driven: Vec<usize> = (0..factors).filter(|&f| arrays.controls[f].1 > 1).collect();
    let mut model = arrays.model(complaints)?;
    let rest = finish(root, &driven, &mut model);
    complaints.keep(rest)?;
    Some(model)
}

/// A preference that is the same at every step.
fn constant(c: Tensor, outcomes: usize, what: &str) -> Result<Tensor, Mistake> {
    let steps = match c.shape[..] {
        [rows, steps] if rows == outcomes => steps,
        _ => return Ok(c),
    };
    let same = (0..c.data.len()).all(|i| c.data[i] == c.data[i / steps * steps]);
    if !same {
        let text = format!(
            "{what} changes over {steps} steps: preferences by step are not taken, write `preference(step) = ..` in the declaration"
        );
        return mistake(c.line, text);
    }
    let data = (0..outcomes).map(|o| c.data[o * steps]).collect();
    Ok(Tensor { shape: vec![outcomes], data, ..c })
}

/// What is said once of a structure.
fn finish(root: &Node, driven: &[usize], model: &mut Model) -> Result<(), Mistake> {
    let positive = |name: &str| match root.get(name) {
        None => Ok(None),
        Some(node) => {
            let x = node.number(name)?;
            if x > 0.0 {
                Ok(Some(x))
            } else {
                mistake(node.line, format!("{name} is {}, expected a number above 0", node.words()))
            }
        }
    };
    model.action_precision = positive("alpha")?;
    model.policy_precision = positive("beta")?.map(f64::recip);
    if let Some((name, node)) = ["V", "U"].into_iter().find_map(|name| Some((name, root.get(name)?))) {
        let policies = policies(name, node, driven, model)?;
        model.horizon = policies.first().map(Vec::len);
        model.policies = Some(policies);
    }
    if let Some(node) = root.get("E") {
        habit(model, &Tensor::of(node, "E")?, "E")?;
    }
    Ok(())
}

/// `V`, `[step][policy][factor]`, or `U`, `[policy][factor]`; numbers from 1.
fn policies(name: &str, node: &Node, driven: &[usize], model: &Model) -> Result<Vec<Vec<Vec<usize>>>, Mistake> {
    let tensor = Tensor::of(node, name)?;
    let factors = model.factors.len();
    let (steps, count, columns) = match (name, &tensor.shape[..]) {
        (_, &[steps, count, columns]) => (steps, count, columns),
        ("V", &[steps, count]) if factors == 1 => (steps, count, 1),
        ("U", &[count, columns]) => (1, count, columns),
        ("U", &[count]) if factors == 1 => (1, count, 1),
        _ => {
            let text = format!(
                "{name} has the shape {}, expected steps, policies and {factors} factors",
                crate::tensor::sizes(&tensor.shape)
            );
            return mistake(tensor.line, text);
        }
    };
    if columns != factors {
        return mistake(
            tensor.line,
            format!("{name} has {columns} numbers for each policy and step, expected one for each of {factors} factors"),
        );
    }
    let value = |p: usize, t: usize, (action, &f): (usize, &usize)| {
        let at = (t * count + p) * columns + f;
        let (x, most) = (tensor.data[at], model.actions[action].values.count());
        if x >= 1.0 && x.fract() == 0.0 && x <= most as f64 {
            return Ok(x as usize - 1);
        }
        mistake(
            tensor.line_of(at),
            format!("{name} has the action {}, expected a whole number from 1 to {most}", crate::numbers::short(x)),
        )
    };
    let step = |p: usize, t: usize| driven.iter().enumerate().map(|own| value(p, t, own)).collect::<Result<Vec<_>, _>>();
    (0..count).map(|p| (0..steps).map(|t| step(p, t)).collect()).collect()
}

/// `label` of a structure.
struct Labels<'a> {
    root: Option<&'a Node>,
}

impl Labels<'_> {
    fn member(&self, key: &str, i: usize) -> Result<Option<&Node>, Mistake> {
        let Some(node) = self.root.and_then(|root| root.get(key)) else { return Ok(None) };
        // Of one, `jsonencode` may leave out the list.
        if let (Json::Text(_), 0) = (&node.value, i) {
            return Ok(Some(node));
        }
        Ok(node.list(&format!("label.{key}"))?.get(i))
    }

    fn values(&self, key: &str, i: usize) -> Result<Option<Vec<String>>, Mistake> {
        let Some(node) = self.member(key, i)? else { return Ok(None) };
        let what = format!("label.{key}[{}]", i + 1);
        let list = node.list(&what)?;
        if list.is_empty() {
            return Ok(None);
        }
        list.iter().map(|n| n.text(&what).map(str::to_owned)).collect::<Result<Vec<_>, _>>().map(Some)
    }

    fn named(&self, key: &str, values: &str, i: usize, default: &str) -> Result<Named, Mistake> {
        let name = match self.member(key, i)? {
            Some(node) => node.text(&format!("label.{key}[{}]", i + 1))?.to_owned(),
            None => format!("{default}_{}", i + 1),
        };
        Ok((name, self.values(values, i)?))
    }
}
