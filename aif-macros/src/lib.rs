//! The declaration language of the aif library: `#[derive(Domain)]`, `#[generative_model]`, `model!` and `dist!`.
//!
//! Each surface goes one way: what was written (`ast`), what it means (`check`, which collects every mistake and lowers to a checked
//! intermediate form, `ir`), what is emitted (`expand`). The crate is used through the facade `aif`, which documents the language.
#![warn(missing_docs)]

mod block;
mod c_abi;
mod c_headers;
mod clauses;
mod depth;
mod diag;
mod dist;
mod domain;
mod facade;
mod filter;
mod generative;
#[cfg(feature = "import")]
mod import;
mod learner;
mod literals;
mod marks;
mod mentions;
mod names;
mod population;
mod python;
#[cfg(test)]
mod said;
mod storage;

use proc_macro::TokenStream;

use depth::shallow;

/// Makes a field-less enum a domain: a finite type whose values are states, outcomes or actions.
///
/// Implements `Domain` and, unless `#[domain(no_serde)]` says otherwise, serde by label. The labels are the variants' names.
#[proc_macro_derive(Domain, attributes(domain))]
pub fn derive_domain(input: TokenStream) -> TokenStream {
    domain::derive(input.into()).into()
}

/// Declares a generative model: an impl block whose methods are the model's conditional distributions.
///
/// `#[generative_model(horizon = 2, actions(go: Place), inputs(offer: f64), policy_precision = .., action_precision = .., habit = ..,
/// vis = pub(crate))]` on `impl<T: Real> TMaze<T>`; inside, `#[factor(initial = ..)]` marks a hidden-state factor and
/// `#[modality(preference = ..)]` an observation modality, `#[response]` what is recorded beside an action, and
/// `#[level(model = .., from = .., steps = .., begins = ..)]` a model that lives one run for each step of this one. A method's arguments are its dependencies, by name; its return type says what
/// kind of distribution it is: `O`, `Dist<O>`, `Dist<O, T>` or `Dirichlet<O, T>`.
#[proc_macro_attribute]
pub fn generative_model(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let (attribute, item) = (attribute.into(), item.into());
    shallow(&[&attribute, &item], || generative::expand(attribute.clone(), item.clone())).into()
}

/// Declares a population: the priors of a group and of each subject, and the model that each subject acts under.
#[proc_macro]
pub fn model(input: TokenStream) -> TokenStream {
    let input = input.into();
    shallow(&[&input], || population::expand(input.clone())).into()
}

/// A categorical distribution from its probabilities, in the order of the domain: `dist![0.2, 0.8]`.
///
/// Probabilities that are all literals have to sum to one, or the program does not compile.
#[proc_macro]
pub fn dist(input: TokenStream) -> TokenStream {
    let input = input.into();
    shallow(&[&input], || dist::expand(input.clone())).into()
}

/// Declares a hierarchical Gaussian filter: an impl block with the equations of its nodes, and methods that say how responses depend on
/// beliefs.
///
/// `#[hgf(inputs(outcome: bool))]` on `impl<T: Real> Learner<T>`; inside, `nodes! { .. }` with one equation for each node,
/// `outcome ~ Bernoulli(logistic(chance));`, `chance ~ Gaussian(chance, exp(self.tonic_volatility));`, and `#[response]` on methods whose
/// arguments are beliefs about nodes, by name.
#[proc_macro_attribute]
pub fn hgf(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let (attribute, item) = (attribute.into(), item.into());
    shallow(&[&attribute, &item], || filter::expand(attribute.clone(), item.clone())).into()
}

/// Declares a learner: an impl block whose methods give the next values of states and the distributions of responses.
///
/// `#[learner(inputs(magnitude: f64), observations(reward: f64), actions(choose: Arm), world = .., vis = pub(crate))]` on
/// `impl<T: Real> QLearner<T>`; inside, `#[state(initial = ..)]` marks a state, whose method gives its next value, `#[quantity]` what is worked
/// out on the way, `#[response]` the distribution of what is recorded. A method's arguments are its dependencies, by name: states are taken
/// from before the trial.
#[proc_macro_attribute]
pub fn learner(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let (attribute, item) = (attribute.into(), item.into());
    shallow(&[&attribute, &item], || learner::expand(attribute.clone(), item.clone())).into()
}

/// Declares the model of a file: `import!("tiger.pomdp" as Tiger, temperature = 10.0, horizon = 3);`.
///
/// The file is Cassandra's `.pomdp`, GNN Markdown (`.md`, `.gnn`), pymdp's arrays (`.json`, `.npz`) or one of SPM's structures (`.mat`, `.json`), beside the
/// source that names it or in the package's folder. What is emitted is a module with the domains and the `#[generative_model]` that one would
/// have written, and its type; `cargo run -p aif-import -- FILE --rust` prints it. When the file changes, the crate is compiled anew.
#[cfg(feature = "import")]
#[proc_macro]
pub fn import(input: TokenStream) -> TokenStream {
    let input = input.into();
    shallow(&[&input], || import::expand(input.clone())).into()
}

/// A C interface for one declared model: `c_abi!(tmaze = TMaze<f64>, parameters(reward_probability));`.
///
/// Emits the functions `tmaze_create`, `tmaze_reset`, `tmaze_step`, `tmaze_save`, `tmaze_load` and `tmaze_free` (and four that say how many
/// modalities, outcomes, actions and values there are), and their C header as the constant `TMAZE_HEADER`. The model has to have a default;
/// the fields named in `parameters(..)` are set from numbers when an agent is created. Put it into a crate of the type `cdylib` or
/// `staticlib`.
#[proc_macro]
pub fn c_abi(input: TokenStream) -> TokenStream {
    let input = input.into();
    shallow(&[&input], || c_abi::expand(input.clone())).into()
}

/// A Python module for declared models: `python!(tmaze = TMaze, fit = RewardBelief);`.
///
/// Emits the module that Python imports from a crate of the type `cdylib`: enums, `Agent`, `World`, their batches `Agents` and `Worlds`, an
/// environment for Gymnasium, and, of a population, `loglik`, `scorer`, `simulate` and `fit`. The arguments of Python's `Agent` and `World`
/// are the fields that the population declares, or those of `parameters(reward_probability = 0.8, preference, ..TMaze::default())`: each with
/// its default, if it has one. `observers, fit = Observers` has a population alone; several modules stand in one as
/// `minds { tmaze = TMaze; bandit = Bandit }`. Behind the feature `python`.
#[proc_macro]
pub fn python(input: TokenStream) -> TokenStream {
    let input = input.into();
    shallow(&[&input], || python::expand(input.clone())).into()
}
