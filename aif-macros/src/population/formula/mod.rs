//! Formulas: `z ~ formula(1 + age * patient + (1 | site))` is written out as the draws of slopes, of what units of a level add, and of `z` itself.

mod known;
mod terms;
mod writer;

use super::ast::{Declaration, Section, Statement};
use crate::diag::Diagnostics;
use known::Surroundings;
use writer::write;

/// Lines for sections above, by their names.
type Above = Vec<(String, Statement)>;

/// Writes all formulas of a declaration out.
pub fn write_out(declaration: &mut Declaration, diag: &mut Diagnostics) {
    let mut above = Above::new();
    let names: Vec<(String, bool)> = declaration.sections.iter().map(|s| (s.name.to_string(), s.plate.is_some())).collect();
    let mut standardised = Vec::new();
    for (at, section) in declaration.sections.iter_mut().enumerate() {
        let own = &names[at];
        let statements = std::mem::take(&mut section.statements);
        for statement in statements {
            let Statement::Formula { attributes, name, shape, formula } = statement else {
                section.statements.push(statement);
                continue;
            };
            let before = diag.count();
            if own.0 != "subject" && *own != ("session".into(), true) {
                diag.span(
                    formula.span,
                    format!("a formula says what each subject's `{name}` is drawn from: it stands in `subject`"),
                );
            } else if let Some(shape) = shape.first() {
                diag.at(shape, format!("a formula is of one number: `{name} ~ formula(..)`"));
            }
            let around = Surroundings { covariates: &declaration.covariates, levels: &names, own: &own.0 };
            let written = write(&name, attributes, &formula, &around, diag);
            if diag.count() > before {
                // The lines of a formula with mistakes would have mistakes that are not the user's.
                let distribution = syn::parse_quote!(Normal(0.0, 1.0));
                section.statements.push(Statement::Draw { attributes: Vec::new(), name, shape, distribution, shown: None });
                continue;
            }
            section.statements.push(written.own);
            above.extend(written.above);
            standardised.extend(written.standardised);
        }
    }
    for (section, statement) in above {
        place(&mut declaration.sections, &section, statement);
    }
    declaration.standardised = standardised;
}

/// Puts a line to the end of a section, which is made where there is none: the group's first, a plate's before the subjects'.
fn place(sections: &mut Vec<Section>, name: &str, statement: Statement) {
    let span = statement.name().span();
    let found = sections.iter().position(|s| s.name == name);
    let at = found.unwrap_or_else(|| {
        let ident = |text: &str| syn::Ident::new(text, span);
        let plate = (name != "population").then(|| ident("plate"));
        let at = if plate.is_none() { 0 } else { sections.iter().position(|s| s.name == "subject").unwrap_or(sections.len()) };
        sections.insert(at, Section { plate, name: ident(name), statements: Vec::new(), tail: None, end: span });
        at
    });
    sections[at].statements.push(statement);
}
