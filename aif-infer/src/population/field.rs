//! Fields of a model that may be set by name.

/// A field of a model that `--world name=value` may set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldError {
    /// The model has no such field, or the declaration does not name it.
    Unknown,
    /// The field is not a number.
    NotANumber,
}

/// Lets generated code ask whether a field is a number: the inherent-like impl for `f64` is found first, the one for anything else after.
pub struct Field<'a, F>(pub &'a mut F);

/// A field that is a number.
pub trait SetNumber {
    /// Sets it.
    fn set_number(self, value: f64) -> Result<(), FieldError>;
}

impl SetNumber for Field<'_, f64> {
    fn set_number(self, value: f64) -> Result<(), FieldError> {
        *self.0 = value;
        Ok(())
    }
}

/// A field that is something else.
pub trait SetOther {
    /// Refuses.
    fn set_number(self, value: f64) -> Result<(), FieldError>;
}

impl<F> SetOther for &Field<'_, F> {
    fn set_number(self, _: f64) -> Result<(), FieldError> {
        Err(FieldError::NotANumber)
    }
}
