//! Values of the library's own enums by their names on the command line: `block-end` is `BlockEnd`.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// The value that a name stands for.
///
/// # Errors
/// Names all that there are.
pub(super) fn named<V: DeserializeOwned>(text: &str) -> Result<V, String> {
    let camel: String = text
        .split('-')
        .flat_map(|word| {
            let mut letters = word.chars();
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<Vec<char>>()
        })
        .collect();
    serde_json::from_value(Value::String(camel)).map_err(|error| {
        let said = error.to_string();
        let known: Vec<String> = said.split('`').skip(3).step_by(2).map(kebab).collect();
        format!("expected {}", known.join(", "))
    })
}

fn kebab(name: &str) -> String {
    let mut text = String::new();
    for (i, c) in name.chars().enumerate() {
        if c.is_uppercase() && i > 0 {
            text.push('-');
        }
        text.extend(c.to_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::named;
    use aif_runtime::{Beliefs, Selection};

    #[test]
    fn names_are_those_of_the_library() {
        assert_eq!(named::<Beliefs>("pairwise"), Ok(Beliefs::Pairwise));
        assert_eq!(named::<Beliefs>("never").unwrap_err(), "expected filtered, smoothed, pairwise");
        assert_eq!(named::<Selection>("policies").unwrap_err(), "expected stochastic, deterministic");
    }
}
