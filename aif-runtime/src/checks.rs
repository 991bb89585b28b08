//! Checks on types and sizes that a declaration asks the compiler for.

use core::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::Domain;
use crate::family::WithInputs;
use crate::measure::Among;
use crate::model::{ConstText, GenerativeModel, Kind, Labels, MAX_ACTIONS, MAX_TABLE, MAX_VALUES, Meta, contexts};
use crate::text::same;

pub use crate::model::check_response;

/// A domain whose values can be stored: what every type of a declaration is asked for, once, so that all else is spared the question.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a domain: `#[derive(Domain)]` is missing",
    label = "states, outcomes and actions are values of finite types",
    note = "domains are field-less enums with `#[derive(Domain)]`, `bool`, `Index<N>`, `Cell<W, H>`, and pairs of domains",
    note = "with `#[domain(no_serde)]`, or where `Domain` is implemented by hand, `Serialize` and `Deserialize` are, too"
)]
pub trait StoredDomain: Domain + Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<D: Domain + Serialize + DeserializeOwned> StoredDomain for D {}

/// Asks the compiler whether `D` is a domain.
pub const fn is_domain<D: StoredDomain>() {}

/// Asks the compiler whether `D` is a distribution of what a modality measures.
pub const fn is_measured<D: crate::measure::Measured<T>, T: crate::Real>() {}

/// The description of a model; of what is none, because a type of it is no domain, there is [`Undescribed`]'s.
pub struct Described<M>(PhantomData<M>);

impl<M: GenerativeModel<f64>> Described<M> {
    /// Names, sizes and dependencies.
    pub const META: Option<&'static Meta> = Some(&M::META);
}

/// What is known of what is no model: nothing, and so nothing is said of its sizes.
pub trait Undescribed {
    /// No description.
    const META: Option<&'static Meta> = None;
}

impl<M> Undescribed for Described<M> {}

/// Two arguments of one name have one domain.
#[diagnostic::on_unimplemented(
    message = "this argument is a `{Self}`, but what it names is a `{Other}`",
    label = "expected `{Other}`, found `{Self}`",
    note = "an argument's name says which factor, action or input it is; its type has to be the one declared there"
)]
pub trait SameDomain<Other> {}
impl<T> SameDomain<T> for T {}

/// Asks the compiler whether `A` is `B`.
pub const fn same_domain<A: SameDomain<B>, B>() {}

/// Asks the compiler whether a distribution is one of choices among the values of `A`.
pub const fn check_among<D: Among<Domain: SameDomain<A>>, A>() {}

/// A list has one entry for each value of its domain.
///
/// # Panics
/// At compile time, with the two lengths.
#[track_caller]
pub const fn check_length(count: usize, length: usize, what: &str) {
    if count != length {
        let text = ConstText::new().text(what).text(" lists ").number(length).text(" numbers, but there are ");
        let text = text.number(count).text(" values to give one each");
        panic!("{}", text.as_str());
    }
}

/// The horizon is at least one step.
///
/// # Panics
/// At compile time, when it is zero.
#[track_caller]
pub const fn check_horizon(horizon: usize) {
    assert!(horizon > 0, "the horizon is at least one step: an agent that plans no step cannot choose an action");
}

/// The joint actions of a model are not too many.
///
/// # Panics
/// At compile time, with the count.
#[track_caller]
pub const fn check_actions(meta: &Meta) {
    let count = meta.joint_actions();
    if count == 0 || count > MAX_ACTIONS {
        let text = ConstText::new().text(meta.name).text(" has ").number(count).text(" joint actions, between 1 and ");
        let text = text.number(MAX_ACTIONS).text(" are possible");
        panic!("{}", text.as_str());
    }
}

#[track_caller]
const fn check_values(what: &str, name: &str, count: usize, noun: &str) {
    if count == 0 || count > MAX_VALUES {
        let text = ConstText::new().text(what).text(" `").text(name).text("` has ").number(count).text(noun);
        let text = text.text(", between 1 and ").number(MAX_VALUES).text(" are possible");
        panic!("{}", text.as_str());
    }
}

#[track_caller]
const fn check_table(name: &str, entries: usize) {
    if entries > MAX_TABLE {
        let text = ConstText::new().text("the table of `").text(name).text("` has ").number(entries);
        let text = text.text(" entries (its values times all combinations of what it depends on), at most ");
        let text = text.number(MAX_TABLE).text(" are possible");
        panic!("{}", text.as_str());
    }
}

/// How many entries one column takes at least: a deterministic one is an index, of a sparse one only where it begins is known here.
const fn column(kind: Kind, values: usize) -> usize {
    if let Kind::Map | Kind::Sparse = kind { 1 } else { values }
}

/// A factor's states, and the entries of its transition, are not too many.
///
/// # Panics
/// At compile time, with the count.
#[track_caller]
pub const fn check_factor(meta: &Meta, index: usize) {
    let factor = &meta.factors[index];
    check_values("the factor", factor.name, factor.states.count, " states");
    let columns = contexts(meta, factor.parents).saturating_mul(product!(factor.actions, |a| meta.actions[*a].values.count));
    check_table(factor.name, columns.saturating_mul(column(factor.kind, factor.states.count)));
}

/// A modality's outcomes, and the entries of its likelihood, are not too many.
///
/// # Panics
/// At compile time, with the count.
#[track_caller]
pub const fn check_modality(meta: &Meta, index: usize) {
    let modality = &meta.modalities[index];
    check_values("the modality", modality.name, modality.outcomes.count, " outcomes");
    let columns = contexts(meta, modality.parents);
    check_table(modality.name, columns.saturating_mul(column(modality.kind, modality.outcomes.count)));
}

/// The values of an input; those of `bool` where it has none, which [`check_input`] complains of.
pub const fn input_labels<F: WithInputs>(name: &str) -> Labels {
    let mut i = 0;
    while i < F::INPUTS.count() {
        let (own, values) = F::INPUTS.get(i);
        if same(own, name)
            && let Some(labels) = values
        {
            return labels;
        }
        i += 1;
    }
    Labels::of::<bool>()
}

/// What is assigned beside a model means something to its family.
///
/// # Panics
/// At compile time, when it does not.
#[track_caller]
pub const fn check_assigned(means_something: bool, name: &str) {
    if !means_something {
        let text = ConstText::new().text("a filter or a learner has no `").text(name);
        panic!(
            "{}",
            text.text("`: what is assigned here would be ignored; a parameter of its responses is a field of its own").as_str()
        );
    }
}

/// A dimension of a parameter that is no number is an input with several values.
///
/// # Panics
/// At compile time, when there is no such input, or it is a number.
#[track_caller]
pub const fn check_input<F: WithInputs>(name: &str) {
    let mut text = ConstText::new().text(F::NAME).text(" has no input `").text(name).text("`; its inputs are");
    let mut i = 0;
    while i < F::INPUTS.count() {
        let (own, values) = F::INPUTS.get(i);
        if same(own, name) {
            if values.is_some() {
                return;
            }
            let text = ConstText::new().text("the input `").text(name).text("` of ").text(F::NAME);
            panic!("{}", text.text(" is a number: a parameter has one value for each of several values").as_str());
        }
        text = text.text(" `").text(own).text("`");
        i += 1;
    }
    if i == 0 {
        text = text.text(" none");
    }
    panic!("{}", text.as_str());
}
