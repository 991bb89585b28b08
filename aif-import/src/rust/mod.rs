//! The declaration that one would have written: domains, the model's struct, and its methods, with tables as constants where they are large.

mod tables;
mod text;

use crate::model::{Factor, Modality, Model, Values};
use crate::names;
use crate::numbers::literal;
use tables::Conditional;
use text::{listed, wrapped};

/// What the declaration calls things.
#[derive(Clone, Copy, Debug)]
pub struct Naming<'a> {
    /// The model's type.
    pub model: &'a str,
    /// The library, as the crate that declares calls it.
    pub library: &'a str,
    /// The file, for the documentation.
    pub file: &'a str,
}

/// The most values that a list in an attribute has; more are a constant.
const LISTED: usize = 64;

/// The declaration, in a module that is named as the model.
pub fn declaration(model: &Model, naming: &Naming<'_>) -> String {
    let names = Names::of(model, naming.model);
    let module = names::snake(naming.model);
    let mut body = format!("    use {}::prelude::*;\n", naming.library);
    domains(model, &names, &mut body);
    let (mut constants, mut methods) = (String::new(), String::new());
    for (i, factor) in model.factors.iter().enumerate() {
        method(&names, of_factor(model, &names, i, factor, &mut constants), &mut constants, &mut methods);
    }
    for (i, modality) in model.modalities.iter().enumerate() {
        method(&names, of_modality(&names, i, modality, &mut constants), &mut constants, &mut methods);
    }
    let name = naming.model;
    body.push_str(&constants);
    body.push_str(&format!(
        "\n    /// The model of `{}`.\n    #[derive(Clone, Copy, Debug, Default)]\n    pub struct {name};\n",
        naming.file
    ));
    if let Some(discount) = model.discount {
        let doc = "How much a step counts beside the one before it: `Assigned { discount: Some(..), .. }`.";
        let discount = literal(discount);
        body.push_str(&format!(
            "\n    impl {name} {{\n        /// {doc}\n        pub const DISCOUNT: f64 = {discount};\n    }}\n"
        ));
    }
    body.push_str(&format!("\n    #[generative_model({})]\n    impl {name} {{\n{methods}    }}\n", header(model, &names, name)));
    let called =
        |(at, _): (usize, &str)| !body[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') && !body[..at].ends_with("fn ");
    if ["value(", "value::<"].iter().any(|call| body.match_indices(call).any(called)) {
        body.push_str("\n    /// The value at a place of a table.\n");
        body.push_str("    fn value<D: Domain>(place: u16) -> D {\n        D::from_index(place.into()).expect(\"tables name values that there are\")\n    }\n");
    }
    let mut doc = format!("/// What `{}` says.\n", naming.file);
    for note in &model.notes {
        doc.push_str(&format!("///\n/// Note: {note}.\n"));
    }
    format!("{doc}pub mod {module} {{\n{body}}}\npub use {module}::{name};\n")
}

/// The identifiers of everything that has a name.
struct Names {
    factors: Vec<String>,
    modalities: Vec<String>,
    actions: Vec<String>,
    factor_types: Vec<Domain>,
    modality_types: Vec<Domain>,
    action_types: Vec<Domain>,
}

/// A type of values, and those of an enum.
struct Domain {
    ty: String,
    variants: Option<Vec<String>>,
}

impl Names {
    fn of(model: &Model, own: &str) -> Names {
        let domain = |name: &str, values: &Values| match values {
            Values::Named(labels) => {
                Domain { ty: names::type_of(name, own), variants: Some(labels.iter().map(|label| names::camel(label)).collect()) }
            }
            Values::Count(count) => Domain { ty: format!("Index<{count}>"), variants: None },
        };
        Names {
            factors: model.factors.iter().map(|f| names::snake(&f.name)).collect(),
            modalities: model.modalities.iter().map(|m| names::snake(&m.name)).collect(),
            actions: model.actions.iter().map(|a| names::snake(&a.name)).collect(),
            factor_types: model.factors.iter().map(|f| domain(&f.name, &f.states)).collect(),
            modality_types: model.modalities.iter().map(|m| domain(&m.name, &m.outcomes)).collect(),
            action_types: model.actions.iter().map(|a| domain(&a.name, &a.values)).collect(),
        }
    }
}

impl Domain {
    /// A value, as an expression.
    fn value(&self, i: usize) -> String {
        match &self.variants {
            Some(variants) => format!("{}::{}", self.ty, variants[i]),
            None => format!("value::<{}>({i})", self.ty),
        }
    }
}

fn domains(model: &Model, names: &Names, to: &mut String) {
    let factors = model.factors.iter().zip(&names.factor_types).map(|(f, ty)| (&f.name, &f.states, ty));
    let modalities = model.modalities.iter().zip(&names.modality_types).map(|(m, ty)| (&m.name, &m.outcomes, ty));
    let actions = model.actions.iter().zip(&names.action_types).map(|(a, ty)| (&a.name, &a.values, ty));
    for (name, values, domain) in factors.chain(modalities).chain(actions) {
        let (Some(labels), Some(variants)) = (values.names(), &domain.variants) else { continue };
        to.push_str(&format!(
            "\n    /// The values of `{name}`.\n    #[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]\n    pub enum {} {{\n",
            domain.ty
        ));
        for (label, variant) in labels.iter().zip(variants) {
            let label: String = label.chars().filter(|c| !c.is_control()).collect();
            to.push_str(&format!("        /// `{label}`\n        {variant},\n"));
        }
        to.push_str("    }\n");
    }
}

/// The options of `#[generative_model(..)]`.
fn header(model: &Model, names: &Names, name: &str) -> String {
    let mut options = vec![format!("horizon = {}", model.horizon.unwrap_or(1))];
    if !model.actions.is_empty() {
        let actions = names.actions.iter().zip(&names.action_types).map(|(name, domain)| format!("{name}: {}", domain.ty));
        options.push(format!("actions({})", actions.collect::<Vec<_>>().join(", ")));
    }
    for (option, value) in [("policy_precision", model.policy_precision), ("action_precision", model.action_precision)] {
        options.extend(value.map(|value| format!("{option} = {}", literal(value))));
    }
    let habit = model.habit.as_ref().map(|habit| {
        let logs = habit.iter().map(|&w| if w == 0.0 { "f64::NEG_INFINITY".into() } else { literal(w.ln()) });
        format!("[{}]", logs.collect::<Vec<_>>().join(", "))
    });
    if let Some(policies) = &model.policies {
        let action = |values: &Vec<usize>| {
            let fields =
                values.iter().enumerate().map(|(a, &v)| format!("{}: {}", names.actions[a], names.action_types[a].value(v)));
            format!("{name}Action {{ {} }}", fields.collect::<Vec<_>>().join(", "))
        };
        let policy = |steps: &Vec<Vec<usize>>| format!("[{}]", steps.iter().map(action).collect::<Vec<_>>().join(", "));
        let list =
            format!("[\n            {}\n        ]", policies.iter().map(policy).collect::<Vec<_>>().join(",\n            "));
        options.push(match habit {
            Some(habit) => format!("policies = Policies::new(&{list}).and_then(|policies| policies.with_habit(&{habit}))"),
            None => format!("policies = {list}"),
        });
    } else {
        options.extend(habit.map(|habit| format!("habit = {habit}")));
    }
    wrapped(&options, 4)
}

/// One method: its mark, its name, what it depends on, and what it returns.
struct Method<'a> {
    mark: String,
    name: &'a str,
    table: &'a crate::model::Table,
    counts: Option<&'a crate::model::Table>,
    returned: &'a Domain,
    /// Actions first, then factors, as the columns go.
    arguments: Vec<(&'a str, &'a Domain, usize)>,
    /// How many of them are actions.
    actions: usize,
}

fn of_factor<'a>(model: &'a Model, names: &'a Names, i: usize, factor: &'a Factor, constants: &mut String) -> Method<'a> {
    let (name, domain) = (&names.factors[i], &names.factor_types[i]);
    let initial = match (&factor.initial_counts, certain(&factor.initial)) {
        (Some(counts), _) => {
            let acting = constant("INITIAL", name, &factor.initial, constants);
            let counts = constant("INITIAL_COUNTS", name, counts, constants);
            format!("Dirichlet::from({counts}).acting_as({acting})")
        }
        (None, Some(state)) => domain.value(state),
        (None, None) if factor.initial.iter().all(|p| *p == 1.0 / factor.initial.len() as f64) => "uniform()".into(),
        (None, None) => constant("INITIAL", name, &factor.initial, constants),
    };
    let actions =
        factor.actions.iter().map(|&a| (names.actions[a].as_str(), &names.action_types[a], model.actions[a].values.count()));
    let parents =
        factor.parents.iter().map(|&f| (names.factors[f].as_str(), &names.factor_types[f], model.factors[f].states.count()));
    Method {
        mark: format!("#[factor(initial = {initial})]"),
        name,
        table: &factor.transition,
        counts: factor.counts.as_ref(),
        returned: domain,
        arguments: actions.chain(parents).collect(),
        actions: factor.actions.len(),
    }
}

fn of_modality<'a>(names: &'a Names, i: usize, modality: &'a Modality, constants: &mut String) -> Method<'a> {
    let name = &names.modalities[i];
    let preference = if modality.preference.iter().all(|c| *c == 0.0) {
        String::new()
    } else {
        format!("(preference = {})", constant("PREFERENCE", name, &modality.preference, constants))
    };
    let count = |domain: &Domain| domain.variants.as_ref().map(Vec::len);
    let parents = modality.parents.iter().map(|&f| (names.factors[f].as_str(), &names.factor_types[f]));
    let counted = |(name, domain): (&'a str, &'a Domain)| {
        let index = domain.ty.trim_start_matches("Index<").trim_end_matches('>').parse().unwrap_or(1);
        (name, domain, count(domain).unwrap_or(index))
    };
    Method {
        mark: format!("#[modality{preference}]"),
        name,
        table: &modality.likelihood,
        counts: modality.counts.as_ref(),
        returned: &names.modality_types[i],
        arguments: parents.map(counted).collect(),
        actions: 0,
    }
}

/// The only state that is possible.
fn certain(initial: &[f64]) -> Option<usize> {
    let mut some = initial.iter().enumerate().filter(|(_, p)| **p != 0.0);
    match (some.next(), some.next()) {
        (Some((i, 1.0)), None) => Some(i),
        _ => None,
    }
}

/// A list where it stands, or the name of a constant.
fn constant(kind: &str, name: &str, list: &[f64], constants: &mut String) -> String {
    let numbers: Vec<String> = list.iter().map(|x| literal(*x)).collect();
    if list.len() <= LISTED {
        return format!("[{}]", numbers.join(", "));
    }
    let own = format!("{kind}_{}", names::upper(name));
    constants.push_str(&format!("\n    const {own}: [f64; {}] = {};\n", list.len(), listed(&numbers, 4)));
    own
}

fn method(_names: &Names, method: Method<'_>, constants: &mut String, to: &mut String) {
    let conditional = Conditional {
        name: &names::upper(method.name),
        table: method.table,
        counts: method.counts,
        returned: &method.returned.ty,
        factor: method.mark.starts_with("#[factor"),
        variants: method.returned.variants.as_deref(),
        arguments: method
            .arguments
            .iter()
            .map(|(name, domain, count)| tables::Argument {
                name,
                ty: &domain.ty,
                variants: domain.variants.as_deref(),
                count: *count,
            })
            .collect(),
    };
    let (returns, body) = conditional.write(constants);
    // Factors first: a method reads as what becomes of what.
    let (actions, parents) = method.arguments.split_at(method.actions);
    let arguments = parents.iter().chain(actions).map(|(name, domain, _)| format!("{name}: {}", domain.ty));
    let arguments: Vec<String> = std::iter::once("&self".to_owned()).chain(arguments).collect();
    if !to.is_empty() {
        to.push('\n');
    }
    to.push_str(&format!(
        "        {}\n        fn {}({}) -> {returns} {{\n{body}        }}\n",
        method.mark,
        method.name,
        arguments.join(", ")
    ));
}
