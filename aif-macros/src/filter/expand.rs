//! From a valid filter to code: types of inputs and beliefs, and the trait implementation.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, GenericParam, Ident};

use super::ir::{Bearing, Filter, Input, InputKind, Kind, Node};
use crate::literals::lift_numbers;
use crate::names::{self, generated};
use crate::storage::Structure;

pub fn expand(filter: &Filter) -> TokenStream {
    let (input, beliefs, implementation, import) = (input(filter), beliefs(filter), implementation(filter), names::import());
    quote!(
        #input
        #beliefs
        const _: () = {
            #import
            #implementation
        };
    )
}

/// The const sizes that the type of the categories mentions.
fn sizes_of_categories(filter: &Filter) -> (Vec<&GenericParam>, Vec<Ident>) {
    let sizes = names::mentioned(&filter.sizes, filter.categories.as_slice());
    let idents = names::arguments(&sizes);
    (sizes, idents)
}

/// The struct of what is put in.
fn input(filter: &Filter) -> TokenStream {
    let idents = filter.inputs.iter().map(|i| &i.name);
    let structure = Structure {
        vis: &filter.vis,
        name: generated(&filter.name, "Input"),
        doc: format!("What is put into [`{}`] at one trial; what is missing is `None`.", filter.name),
        eq: false,
        sizes: sizes_of_categories(filter).0,
        over_scalar: false,
        fields: filter
            .inputs
            .iter()
            .map(|Input { name, ty, .. }| (name, quote!(::core::option::Option<#ty>), format!("The input `{name}`.")))
            .collect(),
        dimensions: Vec::new(),
        clauses: TokenStream::new(),
        blank: quote!(Self { #(#idents: ::core::option::Option::None),* }),
    };
    structure.emit(TokenStream::new())
}

/// The struct of beliefs.
fn beliefs(filter: &Filter) -> TokenStream {
    let (vis, name) = (&filter.vis, generated(&filter.name, "Beliefs"));
    let (sizes, _) = sizes_of_categories(filter);
    let root = names::root();
    let doc = format!("Beliefs about the nodes of [`{}`], or what else there is one of for each node.", filter.name);
    let idents: Vec<&Ident> = filter.nodes.iter().map(|n| &n.name).collect();
    let docs = filter.nodes.iter().map(|n| {
        let docs = &n.docs;
        if docs.is_empty() {
            let doc = format!("The node `{}`.", n.name);
            quote!(#[doc = #doc])
        } else {
            quote!(#(#docs)*)
        }
    });
    let types = filter.nodes.iter().map(|n| match (&n.index, &filter.categories) {
        (Some(_), Some(categories)) => quote!(<#categories as #root::Domain>::Array<V>),
        _ => quote!(V),
    });
    quote!(
        #[doc = #doc]
        #[derive(Clone, Copy, Debug, PartialEq)]
        #vis struct #name<V: #root::Value, #(#sizes),*> {
            #(#docs pub #idents: #types,)*
        }
    )
}

/// An expression in the filter's scalar, or a constant.
fn number(expr: Option<&Expr>, otherwise: f64, scalar: &TokenStream) -> TokenStream {
    match expr {
        Some(expr) => lift_numbers(expr, scalar).to_token_stream(),
        None => quote!(<#scalar as __aif::Real>::constant(#otherwise)),
    }
}

/// The nodes of a place: one, or one for each category.
fn at_node(filter: &Filter, node: usize, span: Span) -> TokenStream {
    match (&filter.nodes[node].index, &filter.categories) {
        (None, Some(categories)) => quote_spanned!(span=> <#categories as __aif::Domain>::entries(&__nodes[#node])[0]),
        _ => quote_spanned!(span=> __nodes[#node]),
    }
}

fn implementation(filter: &Filter) -> TokenStream {
    let Filter { self_ty, scalar, sizes, .. } = filter;
    let scalar_tokens = quote!(#scalar);
    let couplings: Vec<(usize, usize, Bearing)> =
        filter.nodes.iter().enumerate().flat_map(|(n, node)| node.parents.iter().map(move |p| (n, p.node, p.bearing))).collect();
    let (lines, strengths) = (filter.nodes.len(), couplings.len());
    let shape = match &filter.categories {
        Some(categories) => quote!(__aif::hgf::Each<#categories, #lines, #strengths>),
        None => quote!(__aif::hgf::Plain<#lines, #strengths>),
    };
    let meta = meta(filter, &couplings);
    let (input_name, beliefs_name) = (generated(&filter.name, "Input"), generated(&filter.name, "Beliefs"));
    let (_, of_categories) = sizes_of_categories(filter);
    let parameters = parameters(filter, &scalar_tokens);
    let named = filter.nodes.iter().enumerate().map(|(n, node)| {
        let (ident, at) = (&node.name, at_node(filter, n, Span::call_site()));
        quote!(#ident: #at)
    });
    let numbers = filter.inputs.iter().enumerate().map(|(i, input)| {
        let ident = &input.name;
        match input.kind {
            InputKind::Number => quote!(#i => input.#ident),
            _ => quote!(#i => input.#ident.map(|value| __aif::Domain::index(value) as f64)),
        }
    });
    let fields = filter.inputs.iter().enumerate().map(|(i, input)| {
        let ident = &input.name;
        match input.kind {
            InputKind::Number => quote!(#ident: number(#i)),
            _ => quote!(#ident: number(#i).and_then(__aif::index_of_number).and_then(__aif::Domain::from_index)),
        }
    });
    let responses = responses(filter, &scalar_tokens);
    quote!(
        impl<#scalar: __aif::Real, #(#sizes),*> __aif::hgf::GaussianFilter<#scalar> for #self_ty {
            const META: __aif::hgf::FilterMeta = #meta;
            type Shape = #shape;
            type Input = #input_name<#(#of_categories),*>;
            type Beliefs<__V: __aif::Value> = #beliefs_name<__V, #(#of_categories),*>;
            #parameters
            #[inline(always)]
            fn named<__V: __aif::Value>(__nodes: &<Self::Shape as __aif::hgf::Shape>::Nodes<__V>) -> Self::Beliefs<__V> {
                #beliefs_name { #(#named,)* }
            }
            fn number(input: &Self::Input, which: usize) -> ::core::option::Option<f64> {
                match which {
                    #(#numbers,)*
                    _ => ::core::option::Option::None,
                }
            }
            fn input(numbers: &[::core::option::Option<f64>]) -> Self::Input {
                let number = |which: usize| numbers.get(which).copied().flatten();
                #input_name { #(#fields,)* }
            }
            #responses
        }
        impl<#scalar: __aif::Real, #(#sizes),*> __aif::Declared<#scalar> for #self_ty {
            type Family = __aif::Hgf<Self>;
            fn family(self) -> Self::Family { __aif::Hgf(self) }
        }
    )
}

fn meta(filter: &Filter, couplings: &[(usize, usize, Bearing)]) -> TokenStream {
    let scalar = &filter.scalar;
    let bearing = |b: Bearing| match b {
        Bearing::Value => quote!(__aif::hgf::CouplingKind::Value),
        Bearing::Volatility => quote!(__aif::hgf::CouplingKind::Volatility),
    };
    let units: Vec<bool> = filter.nodes.iter().flat_map(|n| n.parents.iter().map(|p| p.strength.is_none())).collect();
    let units = &units;
    let lines = filter.nodes.iter().enumerate().map(|(n, node)| {
        let walks = node.autoconnection.as_ref().and_then(crate::literals::number) == Some(1.0);
        let drifts = node.drift.is_some();
        let name = node.name.to_string();
        let each = node.index.is_some();
        let kind = match node.kind {
            Kind::Binary => quote!(__aif::hgf::NodeKind::Binary),
            Kind::Continuous => quote!(__aif::hgf::NodeKind::Continuous),
            Kind::Observation => quote!(__aif::hgf::NodeKind::Observation),
        };
        let input = names::option(node.input);
        let of = |mine: fn(&(usize, usize, Bearing)) -> usize, other: fn(&(usize, usize, Bearing)) -> usize| {
            let own = couplings.iter().enumerate().filter(move |(_, c)| mine(c) == n);
            own.map(|(at, c)| {
                let (line, kind, unit) = (other(c), bearing(c.2), units[at]);
                quote!(__aif::hgf::Coupling { line: #line, kind: #kind, strength: #at, unit: #unit })
            })
            .collect::<Vec<_>>()
        };
        let (parents, children) = (of(|c| c.0, |c| c.1), of(|c| c.1, |c| c.0));
        quote!(__aif::hgf::Line {
            name: #name, kind: #kind, each: #each, input: #input, walks: #walks, drifts: #drifts, parents: &[#(#parents),*], children: &[#(#children),*],
        })
    });
    let inputs = filter.inputs.iter().map(|input| {
        let (name, ty) = (input.name.to_string(), &input.ty);
        let kind = match input.kind {
            InputKind::Binary => quote!(Binary(__aif::Labels::of::<#ty>())),
            InputKind::Number => quote!(Number),
            InputKind::Category => quote!(Category(__aif::Labels::of::<#ty>())),
        };
        quote!(__aif::hgf::InputColumn { name: #name, kind: __aif::hgf::InputKind::#kind })
    });
    let responses = filter.responses.iter().map(|response| {
        let (name, returns) = (response.name.to_string(), &response.returns);
        let span = returns.span();
        let kind = quote_spanned!(span=> __aif::measure::check_one_column(<#returns as __aif::measure::Distribution<#scalar>>::KIND, #name));
        quote!(__aif::hgf::ResponseColumn { name: #name, kind: #kind })
    });
    let categories = names::option(filter.categories.as_ref().map(|ty| quote!(__aif::Labels::of::<#ty>())));
    let name = filter.name.to_string();
    let starts_at_inputs = filter.starts_at_inputs;
    quote!(__aif::hgf::FilterMeta {
        name: #name,
        lines: &[#(#lines),*],
        categories: #categories,
        inputs: &[#(#inputs),*],
        responses: &[#(#responses),*],
        starts_at_inputs: #starts_at_inputs,
    })
}

/// The parameters of all nodes, and the strengths.
fn parameters(filter: &Filter, scalar: &TokenStream) -> TokenStream {
    let mut strength = 0usize;
    let nodes = filter.nodes.iter().enumerate().map(|(n, node)| {
        let body = node_parameters(node, scalar);
        let each = node.index.as_ref().filter(|_| filter.categories.is_some());
        let mut couplings = TokenStream::new();
        for parent in &node.parents {
            let at = strength;
            strength += 1;
            if let Some(expr) = &parent.strength {
                let value = number(Some(expr), 1.0, scalar);
                let slot = slot(filter, quote!(__strengths[#at]), each);
                couplings.extend(quote!(#slot = #value;));
            }
        }
        let slot = slot(filter, quote!(__nodes[#n]), each);
        let assign = quote!(#slot = #body; #couplings);
        match (each, &filter.categories) {
            (Some(index), Some(categories)) => quote!(for #index in 0..<#categories as __aif::Domain>::COUNT { #assign }),
            _ => assign,
        }
    });
    let nodes: Vec<TokenStream> = nodes.collect();
    quote!(
        #[inline]
        #[allow(unused_variables, clippy::needless_range_loop)]
        fn parameters(&self, __nodes: &mut __aif::hgf::ParametersOf<Self, #scalar>, __strengths: &mut __aif::hgf::StrengthsOf<Self, #scalar>) {
            #(#nodes)*
        }
    )
}

/// A place to be written: that of the line, or of one of its elements.
fn slot(filter: &Filter, place: TokenStream, each: Option<&Ident>) -> TokenStream {
    match (&filter.categories, each) {
        (Some(categories), Some(index)) => quote!(<#categories as __aif::Domain>::entries_mut(&mut #place)[#index]),
        (Some(categories), None) => quote!(<#categories as __aif::Domain>::entries_mut(&mut #place)[0]),
        (None, _) => place,
    }
}

fn node_parameters(node: &Node, scalar: &TokenStream) -> TokenStream {
    if node.kind == Kind::Binary {
        return quote!(__aif::hgf::NodeParameters::<#scalar>::default());
    }
    let of = |expr: &Option<Expr>, otherwise: f64| number(expr.as_ref(), otherwise, scalar);
    let tonic = of(&node.tonic_volatility, 0.0);
    let drift = of(&node.drift, 0.0);
    let autoconnection = of(&node.autoconnection, 0.0);
    let (mean, precision) = (of(&node.mean, 0.0), of(&node.precision, 1.0));
    quote!(__aif::hgf::NodeParameters::<#scalar> {
        tonic_volatility: #tonic, tonic_drift: #drift, autoconnection: #autoconnection, mean: #mean, precision: #precision,
    })
}

fn responses(filter: &Filter, scalar: &TokenStream) -> TokenStream {
    let calls: Vec<TokenStream> = filter
        .responses
        .iter()
        .map(|response| {
            let name = &response.name;
            let arguments = response.arguments.iter().map(|(node, ident)| at_node(filter, *node, ident.span()));
            quote!(self.#name(#(#arguments),*))
        })
        .collect();
    let types: Vec<_> = filter.responses.iter().map(|r| &r.returns).collect();
    let index = 0..filter.responses.len();
    let (second, third, fourth) = (index.clone(), index.clone(), index.clone());
    quote!(
        #[inline]
        fn response_parts(&self, response: usize, __nodes: &__aif::hgf::BeliefsOf<Self, #scalar>, recorded: f64) -> [#scalar; 2] {
            match response {
                #(#index => <#types as __aif::measure::Distribution<#scalar>>::parts(&#calls, [recorded, f64::NAN]),)*
                _ => [<#scalar as __aif::Real>::zero(); 2],
            }
        }
        #[inline(always)]
        fn ln_response<__S: __aif::hgf::Number>(response: usize, parts: [__S; 2]) -> __S {
            match response {
                #(#second => <#types as __aif::measure::Distribution<#scalar>>::ln_of_parts(parts),)*
                _ => parts[0],
            }
        }
        fn sample_response(&self, response: usize, __nodes: &__aif::hgf::BeliefsOf<Self, #scalar>, rng: &mut dyn __aif::Rng) -> f64 {
            match response {
                #(#third => <#types as __aif::measure::Distribution<#scalar>>::draw(&#calls, rng)[0],)*
                _ => f64::NAN,
            }
        }
        fn response_probabilities(&self, response: usize, __nodes: &__aif::hgf::BeliefsOf<Self, #scalar>) -> __aif::Vec<f64> {
            match response {
                #(#fourth => <#types as __aif::measure::Distribution<#scalar>>::probabilities(&#calls),)*
                _ => __aif::Vec::new(),
            }
        }
    )
}
