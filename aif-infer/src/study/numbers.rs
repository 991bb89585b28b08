//! Inputs that are given on the command line.

use aif_runtime::model::Labels;

use super::error::StudyError;

/// The index or number that an input's text stands for.
fn input_number(name: &str, values: Option<Labels>, text: &str) -> Result<f64, StudyError> {
    let wrong = |expected: String| StudyError::InputValue { name: name.into(), text: text.into(), expected };
    match values {
        None => text.parse().ok().filter(|x: &f64| x.is_finite()).ok_or_else(|| wrong("a number".into())),
        Some(labels) => {
            let all: Vec<String> = labels.all().map(|l| l.into_owned()).collect();
            let found = all
                .iter()
                .position(|l| l.eq_ignore_ascii_case(text))
                .or_else(|| text.parse().ok().filter(|&i: &usize| i < all.len()));
            found.map(|i| i as f64).ok_or_else(|| wrong(format!("one of {}", all.join(", "))))
        }
    }
}

/// The numbers of the inputs of a declaration, from what is given as text; where all are `needed`, one that is not given is refused.
pub(super) fn input_numbers(
    declaration: &'static str,
    columns: &[(&'static str, Option<Labels>)],
    given: &[(String, String)],
    needed: bool,
) -> Result<Vec<Option<f64>>, StudyError> {
    if let Some((name, _)) = given.iter().find(|(name, _)| columns.iter().all(|(own, _)| own != name)) {
        let known = columns.iter().map(|(name, _)| *name).collect();
        return Err(StudyError::InputUnknown { name: name.clone(), model: declaration, known });
    }
    let number = |&(name, values): &(&'static str, Option<Labels>)| {
        let text = given.iter().find(|(own, _)| own == name).map(|(_, text)| text);
        match text {
            Some(text) => input_number(name, values, text).map(Some),
            None if needed => Err(StudyError::InputMissing { name }),
            None => Ok(None),
        }
    };
    columns.iter().map(number).collect()
}
