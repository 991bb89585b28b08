//! The model of a GNN file.
//!
//! A factor is each `B` (`B_loc` is that of the state `s_loc`), a modality each `A` (`A_rew` is that of the observation `o_rew`); what they depend on
//! says `Connections`, in the order of its lines. `A` is `[outcome][state ..]`. `B` is `[next state][state ..][action]`, as the reference of the
//! format orders it; where its numbers are no distributions so, but are as `[action][state][next state]`, or else as `[action][next state][state]` (its
//! examples have all three), they are taken so, with a note. `C` has log-preferences, `D` and `E` probabilities, `dirichlet_A` and its like counts.
//! Of other values `gamma` and `alpha` (also in Greek) are precisions; anything else is an error, because nothing here would stand for it.

use super::sections::{Variable, Written};
use crate::arrays::{Arrays, FactorArrays, ModalityArrays, Named, habit};
use crate::json::Node;
use crate::mistakes::{Complaints, Mistake, choices, mistake, quoted};
use crate::model::Model;
use crate::tensor::{Tensor, sizes};

/// The part of a name after its letter: `B_loc` is `_loc` of `B`.
fn suffix<'a>(name: &'a str, letter: &str) -> Option<&'a str> {
    name.strip_prefix(letter).filter(|rest| rest.is_empty() || rest.starts_with('_'))
}

/// The variable of actions.
const ACTIONS: &str = "u";

pub fn lower(written: &Written, complaints: &mut Complaints) -> Option<Model> {
    let written = &Read { written };
    written.only_pomdp(complaints);
    let tables = |letter: &'static str| {
        written.written.values.iter().filter_map(move |(name, node)| Some((suffix(name, letter)?.to_owned(), node)))
    };
    let (a, b): (Vec<_>, Vec<_>) = (tables("A").collect(), tables("B").collect());
    for (what, none) in [("A", a.is_empty()), ("B", b.is_empty())] {
        if none {
            complaints.at(
                written.written.last,
                format!("the file gives no `{what}` a value: expected one in `## InitialParameterization`"),
            );
        }
    }
    if !complaints.is_empty() {
        return None;
    }
    let states: Vec<String> = b.iter().map(|(own, _)| format!("s{own}")).collect();
    let mut arrays = Arrays::default();
    let mut notes = Vec::new();
    let driven: Vec<Option<Factor>> =
        b.iter().map(|(own, node)| complaints.keep(written.factor(own, node, &states, &mut notes))).collect();
    if !complaints.is_empty() {
        return None;
    }
    // One control for each variable of actions.
    let mut controls: Vec<(String, usize, usize)> = Vec::new();
    for (factor, (own, node)) in driven.into_iter().flatten().zip(&b) {
        let mut used = Vec::new();
        if let Some(name) = factor.control {
            let count = factor.arrays.b.shape.last().copied().unwrap_or(1);
            match controls.iter().position(|(other, ..)| *other == name) {
                Some(i) if controls[i].1 != count => {
                    let text = format!(
                        "`B{own}` has {count} actions of `{name}`, expected {} as line {} has",
                        controls[i].1, controls[i].2
                    );
                    complaints.at(node.line, text);
                }
                Some(i) => used.push(i),
                None => {
                    used.push(controls.len());
                    controls.push((name, count, node.line));
                }
            }
        }
        arrays.factors.push(FactorArrays { controls: used, ..factor.arrays });
    }
    for (name, count, _) in controls {
        let labels = [name.as_str(), "π", "pi"].iter().find_map(|n| written.labels(n, count));
        arrays.controls.push(((name, labels), count));
    }
    for (own, node) in &a {
        if let Some(modality) = complaints.keep(written.modality(own, node, &states)) {
            arrays.modalities.push(modality);
        }
    }
    if !complaints.is_empty() {
        return None;
    }
    let mut model = arrays.model(complaints)?;
    model.notes = notes;
    let rest = written.rest(&mut model);
    complaints.keep(rest)?;
    Some(model)
}

/// A factor, and the variable of the action that drives it.
struct Factor {
    arrays: FactorArrays,
    control: Option<String>,
}

struct Read<'a> {
    written: &'a Written,
}

impl Read<'_> {
    /// Rule: nothing is given a value, or said of time, that has no place in the model.
    fn only_pomdp(&self, complaints: &mut Complaints) {
        for (name, node) in &self.written.values {
            let letter = name.strip_prefix("dirichlet_").unwrap_or(name);
            let table = ["A", "B", "C", "D", "E"].iter().find_map(|table| suffix(letter, table));
            let precision = ["gamma", "γ", "alpha", "α"].contains(&name.as_str());
            match table {
                Some(rest) if rest.starts_with("_level") || rest.starts_with("_agent") => {
                    let what = if rest.starts_with("_level") { "levels" } else { "several agents" };
                    complaints.at(
                        node.line,
                        format!("{} is of a model of {what}: only models of one level and one agent are taken", quoted(name)),
                    );
                }
                None if !precision => {
                    let expected = "expected A, B, C, D, E, dirichlet_A to dirichlet_D, gamma or alpha";
                    complaints.at(node.line, format!("{} has no place in a discrete POMDP: {expected}", quoted(name)));
                }
                _ => {}
            }
        }
        for (line, text) in &self.written.time {
            let word = text.split('=').next().unwrap_or("").trim();
            if word.eq_ignore_ascii_case("continuous") || word == "ContinuousTime" || word.eq_ignore_ascii_case("static") {
                complaints.at(*line, format!("{} time: only `Dynamic`, `Discrete` models are taken", quoted(word)));
            }
        }
        for connection in &self.written.connections {
            for name in connection.from.iter().chain(&connection.to) {
                let known = |name: &str| self.written.variable(name).is_some();
                if !known(name) && !known(name.trim_end_matches("_t").trim_end_matches("_t+1")) {
                    complaints.at(
                        connection.line,
                        format!("{} is connected, but no variable: expected one of `## StateSpaceBlock`", quoted(name)),
                    );
                }
            }
        }
    }

    /// The dimensions of a variable.
    fn dimensions(&self, variable: &Variable) -> Result<Vec<usize>, Mistake> {
        let one = |text: &String| {
            let number = self.written.parameter(text).map_or(text.as_str(), |(value, _)| value);
            match number.parse::<usize>() {
                Ok(n) if n > 0 => Ok(n),
                _ => mistake(
                    variable.line,
                    format!(
                        "the dimension {} of {} is no number, and no parameter that is one",
                        quoted(text),
                        quoted(&variable.name)
                    ),
                ),
            }
        };
        variable.dimensions.iter().map(one).collect()
    }

    /// The names that a comment gives to so many values.
    fn labels(&self, name: &str, count: usize) -> Option<Vec<String>> {
        let variable = self.written.variable(name)?;
        variable.labels.clone().filter(|labels| labels.len() == count)
    }

    /// The variables that are connected with one, among some, in the order of the lines.
    fn connected(&self, name: &str, among: &[String]) -> Vec<usize> {
        let mut found = Vec::new();
        for connection in &self.written.connections {
            for (own, others) in [(&connection.from, &connection.to), (&connection.to, &connection.from)] {
                if own.iter().any(|n| n == name) {
                    let known = others.iter().filter_map(|other| among.iter().position(|n| n == other));
                    found.extend(known.filter(|i| !found.contains(i)).collect::<Vec<_>>());
                }
            }
        }
        found
    }

    /// The declared dimensions of a table with a value.
    fn declared(&self, name: &str, node: &Node) -> Result<Vec<usize>, Mistake> {
        match self.written.variable(name) {
            Some(variable) => self.dimensions(variable),
            None => mistake(
                node.line,
                format!("{} has a value, but is no variable: expected it in `## StateSpaceBlock`", quoted(name)),
            ),
        }
    }

    /// The number of states of a factor: as B declares it.
    fn states(&self, state: &str) -> Result<usize, Mistake> {
        let table = format!("B{}", state.strip_prefix('s').unwrap_or(state));
        match self.written.variable(&table) {
            Some(variable) => self.dimensions(variable).map(|d| d[0]),
            None => mistake(0, format!("{} is no variable", quoted(&table))),
        }
    }

    fn named(&self, name: &str, count: usize) -> Named {
        (name.to_owned(), self.labels(name, count))
    }

    /// A value as an array of this shape, or without the dimensions of one around it.
    fn array(&self, name: &str, node: &Node, shape: &[usize]) -> Result<Tensor, Mistake> {
        Tensor::of(node, &quoted(name))?.expect(shape, &quoted(name))
    }

    /// The value of a vector that belongs to a table, if it has one.
    fn vector(&self, name: &str, count: usize) -> Result<Option<Tensor>, Mistake> {
        self.written.value(name).map(|node| self.array(name, node, &[count])).transpose()
    }

    fn factor(&self, own: &str, node: &Node, states: &[String], notes: &mut Vec<String>) -> Result<Factor, Mistake> {
        let (name, state) = (format!("B{own}"), format!("s{own}"));
        let dimensions = self.declared(&name, node)?;
        let me = states.iter().position(|s| *s == state).unwrap_or(0);
        let mut parents = vec![me];
        parents.extend(self.connected(&name, states).into_iter().filter(|f| *f != me));
        let count = dimensions[0];
        let mut shape = vec![count];
        for &f in &parents {
            shape.push(self.states(&states[f])?);
        }
        let actions = match dimensions.len().checked_sub(shape.len()) {
            Some(0) => 1,
            Some(1) => dimensions[shape.len()],
            _ => 0,
        };
        if actions == 0 || dimensions[..shape.len()] != shape {
            let expected = format!("expected {} and the number of actions", sizes(&shape));
            return mistake(
                node.line,
                format!(
                    "{} is declared as {}, {expected}: next states, states of what it is connected with",
                    quoted(&name),
                    sizes(&dimensions)
                ),
            );
        }
        shape.push(actions);
        let b = self.transition(&name, node, &shape, notes)?;
        let counts = match self.written.value(&format!("dirichlet_{name}")) {
            Some(node) => Some(self.array(&format!("dirichlet_{name}"), node, &shape)?),
            None => None,
        };
        let variables: Vec<String> =
            self.written.variables.iter().map(|v| v.name.clone()).filter(|n| suffix(n, ACTIONS).is_some()).collect();
        let control = match (actions > 1, self.connected(&name, &variables).first(), variables.as_slice()) {
            (false, ..) => None,
            (true, Some(&u), _) => Some(variables[u].clone()),
            (true, None, []) => Some("u".to_owned()),
            (true, None, [one]) => Some(one.clone()),
            (true, None, all) => {
                return mistake(
                    node.line,
                    format!("{} has {actions} actions, but is connected with none of {}", quoted(&name), choices(all)),
                );
            }
        };
        let arrays = FactorArrays {
            named: self.named(&state, count),
            suffix: own.into(),
            b,
            parents,
            controls: Vec::new(),
            d: self.vector(&format!("D{own}"), count)?,
            b_counts: counts,
            d_counts: self.vector(&format!("dirichlet_D{own}"), count)?,
        };
        Ok(Factor { arrays, control })
    }

    /// B as `[next state][state ..][action]`.
    fn transition(&self, name: &str, node: &Node, shape: &[usize], notes: &mut Vec<String>) -> Result<Tensor, Mistake> {
        let tensor = Tensor::of(node, &quoted(name))?;
        let as_declared = tensor.shaped(shape);
        let wrong = match &as_declared {
            Some(b) => match b.distributions(1, &quoted(name)) {
                Ok(_) => return Ok(b.clone()),
                Err(wrong) => wrong,
            },
            None => tensor.expect(shape, &quoted(name)).err().unwrap_or(Mistake { line: node.line, text: String::new() }),
        };
        // Of one parent, as examples write it: a matrix for each action.
        if let &[next, state, actions] = shape {
            let layouts = [
                ([actions, state, next], [2, 1, 0], "[action][state][next state]"),
                ([actions, next, state], [1, 2, 0], "[action][next state][state]"),
            ];
            for (layout, order, words) in layouts {
                let Some(b) = tensor.shaped(&layout).map(|slices| slices.transposed(&order)) else { continue };
                if b.distributions(1, name).is_ok() {
                    notes.push(format!("{name} is no distribution as [next state][state][action]; it is taken as {words}"));
                    return Ok(b);
                }
            }
        }
        Err(wrong)
    }

    fn modality(&self, own: &str, node: &Node, states: &[String]) -> Result<ModalityArrays, Mistake> {
        let (name, seen) = (format!("A{own}"), format!("o{own}"));
        let dimensions = self.declared(&name, node)?;
        let mut parents = self.connected(&name, states);
        if parents.is_empty() && states.len() == 1 {
            parents.push(0);
        }
        let mut shape = vec![dimensions[0]];
        for &f in &parents {
            shape.push(self.states(&states[f])?);
        }
        if dimensions != shape || parents.is_empty() {
            let names: Vec<&str> = parents.iter().map(|&f| states[f].as_str()).collect();
            let expected =
                format!("expected {}: outcomes, then states of what it is connected with ({})", sizes(&shape), choices(&names));
            return mistake(node.line, format!("{} is declared as {}, {expected}", quoted(&name), sizes(&dimensions)));
        }
        let counts = format!("dirichlet_{name}");
        Ok(ModalityArrays {
            named: self.named(&seen, shape[0]),
            suffix: own.into(),
            a: self.array(&name, node, &shape)?,
            parents,
            c: self.vector(&format!("C{own}"), shape[0])?,
            a_counts: self.written.value(&counts).map(|node| self.array(&counts, node, &shape)).transpose()?,
        })
    }

    /// What is said once of a model.
    fn rest(&self, model: &mut Model) -> Result<(), Mistake> {
        for name in self.written.values.iter().map(|(name, _)| name.as_str()) {
            let belongs = |letter: &str, of: &str| {
                let own = suffix(name.strip_prefix("dirichlet_").unwrap_or(name), letter)?;
                self.written.value(&format!("{of}{own}")).is_none().then(|| format!("{of}{own}"))
            };
            if let Some(table) = belongs("C", "A").or(belongs("D", "B")) {
                let line = self.written.value(name).map_or(0, |node| node.line);
                return mistake(line, format!("{} belongs to {}, which has no value", quoted(name), quoted(&table)));
            }
        }
        let scalar = |names: [&str; 2]| {
            let Some((name, node)) = names.iter().find_map(|name| Some((*name, self.written.value(name)?))) else {
                return Ok(None);
            };
            match Tensor::of(node, name)?.data[..] {
                [x] if x >= 0.0 => Ok(Some(x)),
                _ => mistake(node.line, format!("{} is a precision: expected one number of at least 0", quoted(name))),
            }
        };
        (model.policy_precision, model.action_precision) = (scalar(["gamma", "γ"])?, scalar(["alpha", "α"])?);
        if let Some((text, line)) = self.written.parameter("discount") {
            match crate::numbers::parse(text).filter(|d| (0.0..=1.0).contains(d)) {
                Some(discount) => model.discount = Some(discount),
                None => return mistake(line, format!("the discount is {}, expected a number from 0 to 1", quoted(text))),
            }
        }
        if let Some((text, line)) = self.written.parameter("policy_len") {
            match text.parse().ok().filter(|h: &usize| *h > 0) {
                Some(horizon) => model.horizon = Some(horizon),
                None => {
                    return mistake(line, format!("the policies' length is {}, expected a whole number above 0", quoted(text)));
                }
            }
        }
        if let Some(node) = self.written.value("dirichlet_E").or(self.written.value("dirichlet_C")) {
            return mistake(node.line, "counts over habits and preferences are not taken");
        }
        if let Some(node) = self.written.value("E") {
            let mut tensor = Tensor::of(node, "`E`")?;
            let count = tensor.data.len();
            tensor = tensor.expect(&[count], "`E`")?;
            if model.horizon.is_none() {
                // A habit over policies says how long they are.
                let actions = model.joint_actions();
                model.horizon = (2..=8).find(|&h| actions.checked_pow(h) == Some(count)).map(|h| h as usize);
            }
            habit(model, &tensor, "`E`")?;
        }
        Ok(())
    }
}
