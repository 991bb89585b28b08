//! A model as a file of another kind, so that reading it back gives the same tables to the bit.

mod gnn;
mod pomdp;
mod pymdp;

use crate::model::Model;

/// What can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// Cassandra's `.POMDP`: one factor, one modality, one action, each the combinations of all.
    Pomdp,
    /// GNN Markdown.
    Gnn,
    /// pymdp's arrays as JSON.
    Pymdp,
}

impl Form {
    /// By its name.
    ///
    /// # Errors
    /// What was expected.
    pub fn named(name: &str) -> Result<Form, String> {
        match name {
            "pomdp" => Ok(Form::Pomdp),
            "gnn" => Ok(Form::Gnn),
            "pymdp" => Ok(Form::Pymdp),
            other => Err(format!("`{other}` is nothing that can be written: expected pymdp, gnn or pomdp")),
        }
    }
}

/// Writes a model; `name` is what the file calls it.
///
/// # Errors
/// What the other form cannot say.
pub fn export(model: &Model, form: Form, name: &str) -> Result<String, String> {
    match form {
        Form::Pomdp => pomdp::write(model, name),
        Form::Gnn => gnn::write(model, name),
        Form::Pymdp => Ok(pymdp::write(model, name)),
    }
}
