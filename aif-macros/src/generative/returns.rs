//! Return types: what kind of distribution a method is, and over which domain.

use syn::{GenericArgument, Ident, PathArguments, PathSegment, ReturnType, Signature, Type};

use super::ir::Kind;
use super::types::{is_distribution, is_ident};
use crate::diag::{Diagnostics, written};

const DOMAINS: &str =
    "domains are field-less enums with `#[derive(Domain)]`, `bool`, `Index<N>`, `Cell<W, H>`, and pairs of domains";

/// What a type certainly is, where that is no domain.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NoDomain {
    Number,
    Other,
}

/// Whether a type is certainly no domain, and which.
fn no_domain(ty: &Type, scalar: Option<&Ident>) -> Option<NoDomain> {
    const NUMBERS: [&str; 14] =
        ["u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64"];
    const OTHERS: [&str; 10] = ["char", "str", "String", "Self", "Option", "Result", "Vec", "Box", "HashMap", "BTreeMap"];
    let any = |types: &mut dyn Iterator<Item = &Type>| {
        types.filter_map(|ty| no_domain(ty, scalar)).max_by_key(|&w| w == NoDomain::Number)
    };
    match ty {
        Type::Paren(inner) => no_domain(&inner.elem, scalar),
        Type::Group(inner) => no_domain(&inner.elem, scalar),
        Type::Tuple(pair) => any(&mut pair.elems.iter()),
        Type::Array(list) => Some(no_domain(&list.elem, scalar).unwrap_or(NoDomain::Other)),
        Type::Slice(list) => Some(no_domain(&list.elem, scalar).unwrap_or(NoDomain::Other)),
        Type::Reference(to) => Some(no_domain(&to.elem, scalar).unwrap_or(NoDomain::Other)),
        Type::Path(path) if path.qself.is_none() => {
            let last = path.path.segments.last()?;
            let plain = path.path.get_ident();
            if NUMBERS.iter().any(|n| last.ident == n) || (plain.is_some() && plain == scalar) {
                return Some(NoDomain::Number);
            }
            let within = match &last.arguments {
                PathArguments::AngleBracketed(arguments) => arguments.args.iter().collect(),
                _ => Vec::new(),
            };
            let mut within = within.into_iter().filter_map(|a| if let GenericArgument::Type(ty) = a { Some(ty) } else { None });
            OTHERS.iter().any(|n| last.ident == n).then(|| any(&mut within).unwrap_or(NoDomain::Other))
        }
        Type::ImplTrait(_) | Type::TraitObject(_) | Type::Ptr(_) | Type::Never(_) => Some(NoDomain::Other),
        _ => None,
    }
}

/// Rule: states, outcomes and actions are values of a domain, not numbers or texts.
pub(super) fn may_be_domain(ty: &Type, scalar: Option<&Ident>, diag: &mut Diagnostics) -> bool {
    let may = no_domain(ty, scalar).is_none();
    if !may {
        let text = "states, outcomes and actions are values of finite types";
        diag.at(ty, format!("`{}` is not a domain: {text}\nhelp: {DOMAINS}", written(ty)));
    }
    may
}

/// Rule: an input is a number, `f64`, or one of a domain's values.
pub(super) fn may_be_input(ty: &Type, scalar: Option<&Ident>, diag: &mut Diagnostics) -> bool {
    let may = is_ident(ty, "f64") || no_domain(ty, scalar).is_none();
    if !may {
        let text = "an input is `f64` (a number), `bool` or a domain (one of several values)";
        diag.at(ty, format!("{text}, not `{}`", written(ty)));
    }
    may
}

/// Rule: a method returns values of a domain; what is measured is returned by its distribution.
fn domain_is_returned(ty: &Type, name: &Ident, scalar: Option<&Ident>, what: &str, diag: &mut Diagnostics) -> bool {
    match (no_domain(ty, scalar), what) {
        (None, _) => true,
        (Some(NoDomain::Number), "level") => {
            let text = "a level, and what is passed down to it, returns a distribution of values of its model: of the states in which its runs begin, say";
            diag.at(ty, format!("{text}, not `{}`", written(ty)));
            false
        }
        (Some(NoDomain::Number), "modality") => {
            let scalar = scalar.map_or("f64".to_string(), ToString::to_string);
            diag.at(
                ty,
                format!(
                    "the modality `{name}` returns a measured quantity, `{}`: return its distribution\nhelp: `Normal<{scalar}>`, `LogNormal<{scalar}>`, `Gamma<{scalar}>`, `Beta<{scalar}>`, `StudentT<{scalar}>`, `VonMises<{scalar}>` (an angle), `Poisson<{scalar}>` (a count), ..; what is known to the agent is an input, `inputs({name}: f64)`",
                    written(ty)
                ),
            );
            false
        }
        _ => may_be_domain(ty, scalar, diag),
    }
}

/// Whether this is the last part of a type of distributions over a domain. An enum may be called `Sparse`, too.
fn is_categorical(last: &PathSegment) -> bool {
    last.ident == "Dist" || last.ident == "Dirichlet" || last.ident == "Sparse" && !last.arguments.is_none()
}

/// What the return type says: the domain, and the kind of distribution.
pub(super) fn returned(
    signature: &Signature,
    scalar: Option<&Ident>,
    what: &str,
    diag: &mut Diagnostics,
) -> Option<(Type, Kind)> {
    let name = &signature.ident;
    let mut ty = match &signature.output {
        ReturnType::Type(_, ty) if !matches!(&**ty, Type::Tuple(none) if none.elems.is_empty()) => &**ty,
        _ => {
            let kinds = "`O`, `Dist<O>`, `Dist<O, T>` or `Dirichlet<O, T>`";
            diag.at(name, format!("the {what} `{name}` returns nothing: give it a return type, {kinds}"));
            return None;
        }
    };
    while let Type::Paren(syn::TypeParen { elem, .. }) | Type::Group(syn::TypeGroup { elem, .. }) = ty {
        ty = elem;
    }
    let distribution = match ty {
        Type::Path(path) => path.path.segments.last().filter(|last| is_categorical(last)),
        _ => None,
    };
    let Some(distribution) = distribution else {
        if is_distribution(ty, scalar) {
            if what == "modality" {
                return Some((ty.clone(), Kind::Measured));
            }
            if what == "level" {
                let text = "a level, and what is passed down to it, returns a distribution of values of its model, such as the states in which its runs begin: `Dist<Tone, T>`";
                diag.at(ty, format!("{text}, not `{}`", written(ty)));
                return None;
            }
            let text = "a hidden state is one of finitely many, so a factor returns a domain, or a distribution over one; what is measured is a modality";
            diag.at(ty, format!("the factor `{name}` returns `{}`, the distribution of a number: {text}", written(ty)));
            return None;
        }
        return domain_is_returned(ty, name, scalar, what, diag).then(|| (ty.clone(), Kind::Map));
    };
    let (dirichlet, sparse) = (distribution.ident == "Dirichlet", distribution.ident == "Sparse");
    let mut types = Vec::new();
    if let PathArguments::AngleBracketed(arguments) = &distribution.arguments {
        for argument in &arguments.args {
            if let GenericArgument::Type(ty) = argument {
                types.push(ty.clone());
            }
        }
    }
    let mut types = types.into_iter();
    let Some(domain) = types.next() else {
        diag.at(ty, format!("`{0}` of what? name the domain: `{0}<O>`", distribution.ident));
        return None;
    };
    if !domain_is_returned(&domain, name, scalar, what, diag) {
        return None;
    }
    if sparse && what != "factor" {
        let text = "only a factor is stored without its zeros: what is shown is looked up by its outcome";
        diag.at(ty, format!("the {what} `{name}` returns `{}`: {text}\nhelp: return `Dist<{}>`", written(ty), written(&domain)));
        return None;
    }
    let free = match types.next() {
        Some(ty) if sparse => {
            diag.at(&ty, "what is stored without its zeros is free of parameters: `Sparse<O>`, or `Dist<O, T>`");
            return None;
        }
        None => false,
        Some(ty) if is_ident(&ty, "f64") => false,
        Some(ty) if scalar.is_some_and(|s| is_ident(&ty, &s.to_string())) => true,
        Some(ty) => {
            let wanted = scalar.map_or("`f64`".to_string(), |s| format!("the model's scalar `{s}`, or `f64`"));
            diag.at(&ty, format!("the scalar of a distribution is {wanted}"));
            return None;
        }
    };
    let kind = match (dirichlet, free) {
        (false, false) if sparse => Kind::Sparse,
        (true, _) => Kind::Dirichlet,
        (false, true) => Kind::Free,
        (false, false) => Kind::Fixed,
    };
    Some((domain, kind))
}
