//! From what was written to a learner: resolves names, applies every rule, collects every mistake.

use quote::ToTokens;
use syn::{Ident, ReturnType, Type, Visibility};

use super::arguments::{Scope, arguments};
use super::ast::{Declaration, Role};
use super::ir::{Argument, Column, Event, Learner, Method, Source, State};
use super::order::{Step, ordered};
use crate::block::{self, Named, plain};
use crate::diag::{Diagnostics, list};
use crate::names::type_name;

/// Column names of the data table that nothing of a learner can have.
const RESERVED: [&str; 7] = ["subject", "session", "block", "trial", "step", "scored", "time_step"];

pub fn check(declaration: &Declaration, diag: &mut Diagnostics) -> Option<Learner> {
    let (header, self_ty) = (&declaration.header, &*declaration.stripped.self_ty);
    let Some(name) = type_name(self_ty) else {
        diag.at(self_ty, "a learner is a struct of its parameters: `impl<T: Real> Name<T>`");
        return None;
    };
    let (scalar, sizes) = block::generics(&declaration.stripped.generics, &name, "learner", diag);
    if header.misspelt {
        return None;
    }
    names_are_unique(declaration, diag);
    let (inputs, observations) = (columns(&header.inputs, "input", diag), columns(&header.observations, "observation", diag));
    for action in &header.actions {
        block::recorded_type(&action.ty, "action", &["bool"], diag);
        if action.ty.to_token_stream().to_string() == "f64" {
            diag.at(
                &action.ty,
                "an action is one of the values of a domain, or `bool`: a number that is recorded is a response of its own",
            );
        }
    }
    let named = |role: fn(&Role) -> bool| declaration.methods.iter().filter(move |m| role(&m.role)).map(|m| &m.signature.ident);
    let of = |idents: Vec<&Ident>| idents.iter().map(ToString::to_string).collect::<Vec<_>>();
    let states = of(named(|r| matches!(r, Role::State { .. })).collect());
    let quantities = of(named(|r| matches!(r, Role::Quantity)).collect());
    let responses = of(named(|r| matches!(r, Role::Response)).collect());
    if responses.is_empty() {
        diag.at(
            &name,
            "a learner has at least one response: mark a method `#[response]` that gives the distribution of what is recorded",
        );
    }
    let mut scope = Scope { names: Vec::new(), numbers: Vec::new(), scalar: scalar.clone() };
    let mut add = |name: String, source, number| {
        scope.names.push((name, source));
        scope.numbers.push(number);
    };
    states.iter().enumerate().for_each(|(i, name)| add(name.clone(), Source::State(i), false));
    quantities.iter().enumerate().for_each(|(i, name)| add(name.clone(), Source::Quantity(i), false));
    for action in &header.actions {
        match responses.iter().position(|r| action.name == r) {
            Some(response) => add(action.name.to_string(), Source::Action(response), false),
            None => diag.at(
                &action.name,
                format!("nothing says how `{0}` comes about: a response of the same name gives its distribution\nhelp: `#[response] fn {0}(&self, ..) -> Dist<{1}, T>`; what is set from outside is an input", action.name, action.ty.to_token_stream()),
            ),
        }
    }
    observations.iter().enumerate().for_each(|(i, c)| add(c.name.to_string(), Source::Observation(i), c.number));
    inputs.iter().enumerate().for_each(|(i, c)| add(c.name.to_string(), Source::Input(i), c.number));

    let mut learner = Learner {
        name,
        self_ty: self_ty.clone(),
        scalar: scalar.unwrap_or_else(crate::names::scalar),
        sizes,
        vis: header.vis.clone().unwrap_or_else(|| Visibility::Public(Default::default())),
        inputs,
        observations,
        states: Vec::new(),
        quantities: Vec::new(),
        responses: Vec::new(),
        actions: Vec::new(),
        events: Vec::new(),
        world: header.world.clone(),
    };
    for method in &declaration.methods {
        let (signature, noun) = (&method.signature, method.role.noun());
        plain(signature, noun, "is a plain function of its arguments", diag);
        let arguments = arguments(signature, noun, &scope, diag);
        let ident = &signature.ident;
        let returns = match &signature.output {
            ReturnType::Type(_, returns) => (**returns).clone(),
            ReturnType::Default => {
                let what = match noun {
                    "state" => "its next value, a number or an array of numbers",
                    "quantity" => "a number or an array of numbers",
                    _ => "the distribution of what is recorded, `Dist<D, T>`, `Normal<T>`, `Wiener<D, T>` and the like",
                };
                diag.at(ident, format!("the {noun} `{ident}` returns nothing: it returns {what}"));
                Type::Verbatim(Default::default())
            }
        };
        let own = Method { name: ident.clone(), docs: method.docs.clone(), returns, arguments };
        match &method.role {
            Role::State { initial: Some(initial) } => learner.states.push(State { next: own, initial: (**initial).clone() }),
            Role::State { initial: None } => diag.at(
                ident,
                format!("the state `{ident}` needs a value before the first trial: `#[state(initial = ..)]`\nhelp: a number, an array of numbers, or an expression of parameters, `self.start`"),
            ),
            Role::Quantity => learner.quantities.push(own),
            Role::Response => {
                learner.actions.push(header.actions.iter().find(|a| a.name == *ident).map(|a| a.ty.clone()));
                learner.responses.push(own);
            }
        }
    }
    if !diag.is_empty() {
        return None;
    }
    all_is_used(&learner, diag);
    in_order(learner, diag)
}

fn columns(named: &[Named], what: &str, diag: &mut Diagnostics) -> Vec<Column> {
    let column = |named: &Named| {
        block::recorded_type(&named.ty, what, &["bool", "f64"], diag);
        let number = named.ty.to_token_stream().to_string() == "f64";
        Column { name: named.name.clone(), ty: named.ty.clone(), number }
    };
    named.iter().map(column).collect()
}

/// Rule: states, quantities, responses, inputs and observations share one space of names; an action has the name of its response.
fn names_are_unique(declaration: &Declaration, diag: &mut Diagnostics) {
    let header = &declaration.header;
    let methods = declaration.methods.iter().map(|m| (&m.signature.ident, m.role.noun()));
    let inputs = header.inputs.iter().map(|i| (&i.name, "input"));
    let observations = header.observations.iter().map(|o| (&o.name, "observation"));
    block::names_are_unique(inputs.chain(observations).chain(methods), &RESERVED, diag);
    block::names_are_unique(header.actions.iter().map(|a| (&a.name, "action")), &[], diag);
    for action in &header.actions {
        let other =
            header.inputs.iter().map(|i| (&i.name, "input")).chain(header.observations.iter().map(|o| (&o.name, "observation")));
        let methods =
            declaration.methods.iter().filter(|m| !matches!(m.role, Role::Response)).map(|m| (&m.signature.ident, m.role.noun()));
        if let Some((_, what)) = other.chain(methods).find(|(name, _)| **name == action.name) {
            diag.at(
                &action.name,
                format!("two of one name: `{}` is the name of an action and of the {what} `{}`", action.name, action.name),
            );
        }
    }
}

/// Rules: every input, observation and state bears on a response, in the end.
fn all_is_used(learner: &Learner, diag: &mut Diagnostics) {
    let next = |s: usize| &learner.states[s].next.arguments;
    let mut reached: Vec<Source> = Vec::new();
    let mut open: Vec<&Argument> = learner.responses.iter().flat_map(|r| &r.arguments).collect();
    while let Some(argument) = open.pop() {
        if reached.contains(&argument.source) {
            continue;
        }
        reached.push(argument.source);
        match argument.source {
            Source::State(s) => open.extend(next(s)),
            Source::Quantity(q) => open.extend(&learner.quantities[q].arguments),
            _ => {}
        }
    }
    for (s, state) in learner.states.iter().enumerate() {
        if !reached.contains(&Source::State(s)) {
            let name = &state.next.name;
            diag.at(name, format!("no response depends on the state `{name}`, itself or through others: nothing that is recorded tells anything about it"));
        }
    }
    // What only such a state would use is not said as well.
    if !diag.is_empty() {
        return;
    }
    let named = |source: Source| {
        reached.contains(&source) || learner.quantities.iter().any(|q| q.arguments.iter().any(|a| a.source == source))
    };
    for (i, input) in learner.inputs.iter().enumerate() {
        if !named(Source::Input(i)) {
            diag.at(
                &input.name,
                format!(
                    "no method depends on the input `{0}`: name it as an argument, `{0}: {1}`, or leave it out",
                    input.name,
                    input.ty.to_token_stream()
                ),
            );
        }
    }
    for (o, observation) in learner.observations.iter().enumerate() {
        if !named(Source::Observation(o)) {
            diag.at(
                &observation.name,
                format!(
                    "no method depends on the observation `{0}`: name it as an argument, `{0}: {1}`, or leave it out",
                    observation.name,
                    observation.ty.to_token_stream()
                ),
            );
        }
    }
}

/// Rules: quantities and responses do not depend on each other in a circle; before the first action nothing is observed. Puts them in order.
fn in_order(mut learner: Learner, diag: &mut Diagnostics) -> Option<Learner> {
    let count = learner.quantities.len();
    let methods = || learner.quantities.iter().chain(&learner.responses);
    let steps: Vec<Step<'_>> = methods().map(|m| Step { name: m.name.to_string(), arguments: &m.arguments }).collect();
    let order = match ordered(&steps, count) {
        Ok(order) => order,
        Err(circle) => {
            let names: Vec<String> = circle.iter().chain(circle.first()).map(|&s| format!("`{}`", steps[s].name)).collect();
            if let Some(first) = circle.first().and_then(|&s| methods().nth(s)) {
                let text = names.join(" depends on ");
                diag.at(&first.name, format!("what is worked out within a trial goes in a circle: {text}\nhelp: states are taken from before the trial, so no circle goes through them"));
            }
            return None;
        }
    };
    // The new places of quantities and of responses.
    let (of_quantities, of_responses): (Vec<usize>, Vec<usize>) = order.iter().partition(|&&s| s < count);
    let place = |list: &[usize], old: usize| list.iter().position(|&s| s == old).unwrap_or(old);
    let mut slots: Vec<Option<Method>> =
        std::mem::take(&mut learner.quantities).into_iter().chain(std::mem::take(&mut learner.responses)).map(Some).collect();
    let actions = std::mem::take(&mut learner.actions);
    learner.quantities = of_quantities.iter().filter_map(|&s| slots[s].take()).collect();
    learner.responses = of_responses.iter().filter_map(|&s| slots[s].take()).collect();
    learner.actions = of_responses.iter().map(|&s| actions[s - count].clone()).collect();
    let states = learner.states.iter_mut().map(|s| &mut s.next);
    for argument in states.chain(&mut learner.quantities).chain(&mut learner.responses).flat_map(|m| &mut m.arguments) {
        match &mut argument.source {
            Source::Quantity(q) => *q = place(&of_quantities, *q),
            Source::Action(r) => *r = place(&of_responses, *r + count),
            _ => {}
        }
    }
    events(&mut learner, diag);
    Some(learner)
}

/// What happens in a trial: a response after what it depends on, observations as late as can be.
fn events(learner: &mut Learner, diag: &mut Diagnostics) {
    let mut seen: Vec<usize> = Vec::new();
    for (r, response) in learner.responses.iter().enumerate() {
        let quantities = learner.quantities_of(std::iter::once(response));
        let own = response.arguments.iter().chain(quantities.iter().flat_map(|&q| &learner.quantities[q].arguments));
        for argument in own {
            let Source::Observation(o) = argument.source else { continue };
            let name = &learner.observations[o].name;
            if r == 0 {
                let (response, through) = (
                    &response.name,
                    if response.arguments.iter().any(|a| a.source == argument.source) { "" } else { ", through a quantity" },
                );
                diag.at(
                    &argument.ident,
                    format!("the response `{response}` depends on `{name}`{through}, which is observed after it\nhelp: what is known before the first response is an input; of the trial before, a state can keep it"),
                );
            } else if !seen.contains(&o) {
                seen.push(o);
                learner.events.push(Event::Observe(o));
            }
        }
        learner.events.push(Event::Respond(r));
    }
    learner.events.extend((0..learner.observations.len()).filter(|o| !seen.contains(o)).map(Event::Observe));
    if learner.responses.is_empty() {
        diag.at(
            &learner.name,
            format!(
                "a learner has a response: the states are {}",
                list(&learner.states.iter().map(|s| s.next.name.to_string()).collect::<Vec<_>>())
            ),
        );
    }
}
