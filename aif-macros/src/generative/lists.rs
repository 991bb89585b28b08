//! Lists that stand where a distribution is returned: plain Rust makes none of them, so what does is named.

use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprReturn, ImplItemFn, ReturnType, Stmt, Type};

use crate::diag::{Diagnostics, written};
use crate::names::root;

/// Rule: a method that returns a distribution returns no list. What was meant is put in its place, so that it is said once.
pub(super) fn no_list_is_returned(function: &mut ImplItemFn, diag: &mut Diagnostics) {
    let ReturnType::Type(_, ty) = &function.sig.output else { return };
    let Type::Path(path) = &**ty else { return };
    let counts = match path.path.segments.last() {
        Some(last) if last.ident == "Dist" => false,
        Some(last) if last.ident == "Dirichlet" => true,
        _ => return,
    };
    let returned = written(ty);
    let mut lists = Lists { counts, returned, diag };
    lists.visit_block_mut(&mut function.block);
    lists.last(&mut function.block.stmts);
}

struct Lists<'a> {
    counts: bool,
    returned: String,
    diag: &'a mut Diagnostics,
}

impl Lists<'_> {
    /// What a block ends in.
    fn last(&mut self, statements: &mut [Stmt]) {
        match statements.last_mut() {
            Some(Stmt::Expr(expr, None)) => self.value(expr),
            Some(Stmt::Macro(last)) if last.semi_token.is_none() => {
                if let Some(list) = self.of_macro(&last.mac) {
                    let whole = last.mac.to_token_stream();
                    *statements.last_mut().expect("there is a last one") = Stmt::Expr(self.instead(&list, whole), None);
                }
            }
            _ => {}
        }
    }

    /// The entries of `vec![..]`.
    fn of_macro(&self, call: &syn::Macro) -> Option<String> {
        call.path.is_ident("vec").then(|| written(&call.tokens))
    }

    /// What is returned: the expression itself, or those at the ends of its branches.
    fn value(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Paren(inner) => self.value(&mut inner.expr),
            Expr::Group(inner) => self.value(&mut inner.expr),
            Expr::Block(block) => self.last(&mut block.block.stmts),
            Expr::If(branch) => {
                self.last(&mut branch.then_branch.stmts);
                if let Some((_, otherwise)) = &mut branch.else_branch {
                    self.value(otherwise);
                }
            }
            Expr::Match(branches) => branches.arms.iter_mut().for_each(|arm| self.value(&mut arm.body)),
            Expr::Array(list) => {
                let (entries, stand_in) = (list.elems.clone(), self.instead(&written(&list.elems), list.to_token_stream()));
                *expr = syn::parse_quote!({ let _ = (#entries); #stand_in });
            }
            Expr::Repeat(list) => {
                let entries = format!("{}; {}", written(&list.expr), written(&list.len));
                *expr = self.instead(&entries, list.to_token_stream());
            }
            Expr::Macro(call) => {
                if let Some(entries) = self.of_macro(&call.mac) {
                    *expr = self.instead(&entries, call.to_token_stream());
                }
            }
            _ => {}
        }
    }

    /// Says what to write instead of a list, and stands for it.
    fn instead(&mut self, entries: &str, list: proc_macro2::TokenStream) -> Expr {
        let write = match (self.counts, entries.contains(';')) {
            (true, _) => format!("Dirichlet::from([{entries}])"),
            (false, true) => format!("Dist::from([{entries}])"),
            (false, false) => format!("dist![{entries}]"),
        };
        self.diag.at(list, format!("this is a list, and what is returned is a `{}`: write `{write}`", self.returned));
        let root = root();
        let stand_in = if self.counts { quote!(#root::Dirichlet::symmetric(1.0)) } else { quote!(#root::Dist::uniform()) };
        syn::parse_quote!(#stand_in)
    }
}

impl VisitMut for Lists<'_> {
    fn visit_expr_return_mut(&mut self, returned: &mut ExprReturn) {
        if let Some(value) = &mut returned.expr {
            self.value(value);
            visit_mut::visit_expr_mut(self, value);
        }
    }

    /// What closures and items return is their own.
    fn visit_expr_closure_mut(&mut self, _: &mut syn::ExprClosure) {}
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}
