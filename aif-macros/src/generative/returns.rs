//! Return types: what kind of distribution a method is, and over which domain.

use syn::{GenericArgument, Ident, PathArguments, ReturnType, Signature, Type};

use super::ir::Kind;
use crate::diag::Diagnostics;

/// Whether a type is this plain name.
pub(super) fn is_ident(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(path) if path.qself.is_none() && path.path.is_ident(name))
}

/// Rule: states, outcomes and actions are values of a domain, not numbers or texts.
pub(super) fn domain_is_no_number(ty: &Type, diag: &mut Diagnostics) -> bool {
    const NUMBERS: [&str; 18] = [
        "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64", "char", "str",
        "String", "Self",
    ];
    let Some(found) = NUMBERS.iter().find(|n| is_ident(ty, n)) else { return true };
    diag.at(
        ty,
        format!("`{found}` is not a domain: states, outcomes and actions are values of finite types\nhelp: domains are field-less enums with `#[derive(Domain)]`, `bool`, `Index<N>`, `Cell<W, H>`, and pairs of domains"),
    );
    false
}

/// What the return type says: the domain, and the kind of distribution.
pub(super) fn returned(
    signature: &Signature,
    scalar: Option<&Ident>,
    what: &str,
    diag: &mut Diagnostics,
) -> Option<(Type, Kind)> {
    let ReturnType::Type(_, ty) = &signature.output else {
        diag.at(
            &signature.ident,
            format!(
                "the {what} `{}` returns nothing: give it a return type, `O`, `Dist<O>`, `Dist<O, T>` or `Dirichlet<O, T>`",
                signature.ident
            ),
        );
        return None;
    };
    let Type::Path(path) = &**ty else { return Some(((**ty).clone(), Kind::Map)) };
    let Some(last) = path.path.segments.last() else { return Some(((**ty).clone(), Kind::Map)) };
    let dirichlet = last.ident == "Dirichlet";
    if !dirichlet && last.ident != "Dist" {
        return domain_is_no_number(ty, diag).then(|| ((**ty).clone(), Kind::Map));
    }
    let mut types = Vec::new();
    if let PathArguments::AngleBracketed(arguments) = &last.arguments {
        for argument in &arguments.args {
            if let GenericArgument::Type(ty) = argument {
                types.push(ty.clone());
            }
        }
    }
    let mut types = types.into_iter();
    let Some(domain) = types.next() else {
        diag.at(ty, format!("`{}` of what? name the domain: `{}<O>`", last.ident, last.ident));
        return None;
    };
    if !domain_is_no_number(&domain, diag) {
        return None;
    }
    let free = match types.next() {
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
        (true, _) => Kind::Dirichlet,
        (false, true) => Kind::Free,
        (false, false) => Kind::Fixed,
    };
    Some((domain, kind))
}
