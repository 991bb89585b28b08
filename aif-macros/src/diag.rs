//! Collects mistakes, so that all of them are reported in one build.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::Error;

/// The mistakes found so far.
#[derive(Default)]
pub struct Diagnostics {
    errors: Vec<Error>,
}

impl Diagnostics {
    /// A mistake at these tokens.
    pub fn at(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.errors.push(Error::new_spanned(tokens, message));
    }

    /// A mistake at this place.
    pub fn span(&mut self, span: Span, message: impl std::fmt::Display) {
        self.errors.push(Error::new(span, message));
    }

    /// A mistake that the parser found.
    pub fn push(&mut self, error: Error) {
        self.errors.push(error);
    }

    /// The value, or nothing and the parser's mistake.
    pub fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.push(error);
                None
            }
        }
    }

    /// Whether nothing is wrong so far.
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// How many mistakes there are so far.
    pub fn count(&self) -> usize {
        self.errors.len()
    }

    /// The compile errors, in the order of their discovery; each is said once.
    pub fn into_tokens(self) -> TokenStream {
        let mut said: Vec<String> = Vec::new();
        let mut tokens = TokenStream::new();
        for error in self.errors {
            let key = format!("{:?}{error}", error.span());
            if !said.contains(&key) {
                said.push(key);
                tokens.extend(error.to_compile_error());
            }
        }
        tokens
    }
}

/// "`a`, `b` and `c`", or "none" of nothing.
pub fn list<S: AsRef<str>>(names: &[S]) -> String {
    match names {
        [] => "none".into(),
        [one] => format!("`{}`", one.as_ref()),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(|n| format!("`{}`", n.as_ref())).collect();
            format!("{} and `{}`", first.join(", "), last.as_ref())
        }
    }
}

/// What was written, as a person would space it.
pub fn written(tokens: impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for spaced in [" :: ", " < ", " >", " (", "( ", " )", " ,", " .", ". ", " [", "[ ", " ]", "& ", " ;"] {
        text = text.replace(spaced, spaced.trim());
    }
    text.replace(",[", ", [").replace(",(", ", (").replace(", - ", ", -").replace("[- ", "[-").replace("(- ", "(-")
}

/// "; did you mean `x`?" where one of the names is near, or nothing.
pub fn did_you_mean<S: AsRef<str>>(name: &str, names: &[S]) -> String {
    near(name, names).map_or(String::new(), |n| format!("; did you mean `{n}`?"))
}

/// Which of the names is near.
pub fn near<'a, S: AsRef<str>>(name: &str, names: &'a [S]) -> Option<&'a str> {
    let (name, lower) = (name.to_lowercase(), |n: &'a S| (n.as_ref().to_lowercase(), n.as_ref()));
    let nearest = names.iter().map(lower).map(|(low, n)| (distance(&name, &low), n)).min();
    nearest.filter(|&(d, n)| d <= 1 + n.len().max(name.len()) / 4).map(|(_, n)| n)
}

/// The edit distance between two words.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, &y) in b.iter().enumerate() {
            let replaced = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = replaced.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_offered_and_far_ones_are_not() {
        assert_eq!(did_you_mean("plase", &["place", "side"]), "; did you mean `place`?");
        assert_eq!(did_you_mean("colour", &["place", "side"]), "");
        assert_eq!(list(&["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
