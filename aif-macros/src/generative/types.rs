//! What can be told from a type as it is written.

use syn::{GenericArgument, Ident, PathArguments, Type};

/// Whether a type is this plain name.
pub(super) fn is_ident(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(path) if path.qself.is_none() && path.path.is_ident(name))
}

/// Whether a type mentions the scalar.
pub(super) fn mentions(ty: &Type, scalar: &Ident) -> bool {
    over(ty, &|ty| is_ident(ty, &scalar.to_string()))
}

/// Whether a type has, somewhere among its generic arguments, one that `what` holds of.
fn over(ty: &Type, what: &dyn Fn(&Type) -> bool) -> bool {
    match ty {
        Type::Paren(inner) => over(&inner.elem, what),
        Type::Group(inner) => over(&inner.elem, what),
        Type::Tuple(all) => all.elems.iter().any(|ty| over(ty, what)),
        Type::Array(list) => over(&list.elem, what),
        Type::Path(path) if path.qself.is_none() => {
            let arguments = path.path.segments.last().map(|last| &last.arguments);
            let Some(PathArguments::AngleBracketed(arguments)) = arguments else { return false };
            arguments.args.iter().any(|a| matches!(a, GenericArgument::Type(ty) if what(ty) || over(ty, what)))
        }
        _ => false,
    }
}

/// Whether a type is that of a distribution of numbers: a type over numbers, `Normal<T>`, that is no container of them.
pub(super) fn is_distribution(ty: &Type, scalar: Option<&Ident>) -> bool {
    const OTHERS: [&str; 7] = ["Option", "Result", "Vec", "Box", "Dist", "Dirichlet", "Values"];
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    let number = |ty: &Type| is_ident(ty, "f64") || scalar.is_some_and(|scalar| is_ident(ty, &scalar.to_string()));
    !OTHERS.iter().any(|other| last.ident == other) && over(ty, &number)
}
