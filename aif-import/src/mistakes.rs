//! What is wrong with a file: each mistake with its line, all of them together.

use std::fmt;

/// The most mistakes that are said of one file.
const MOST: usize = 20;

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The line, from 1; 0 where it is that of no line (a table of a binary file, a file that cannot be read).
    pub line: usize,
    /// What was found, and what was expected.
    pub text: String,
}

/// The mistakes of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes {
    /// The file, as it was named.
    pub file: String,
    /// At least one, by line.
    pub all: Vec<Mistake>,
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, mistake) in self.all.iter().take(MOST).enumerate() {
            let end = if i == 0 { "" } else { "\n" };
            match mistake.line {
                0 => write!(f, "{end}{}: {}", self.file, mistake.text)?,
                line => write!(f, "{end}{}:{line}: {}", self.file, mistake.text)?,
            }
        }
        match self.all.len().saturating_sub(MOST) {
            0 => Ok(()),
            more => write!(f, "\n{}: and {more} mistakes more", self.file),
        }
    }
}

impl std::error::Error for Mistakes {}

/// Collects mistakes while a file is read.
#[derive(Debug, Default)]
pub(crate) struct Complaints {
    all: Vec<Mistake>,
}

impl Complaints {
    /// A mistake at a line; what was said already is not said again.
    pub fn at(&mut self, line: usize, text: impl Into<String>) {
        let mistake = Mistake { line, text: text.into() };
        if !self.all.contains(&mistake) {
            self.all.push(mistake);
        }
    }

    /// Whether nothing is wrong so far.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// How many mistakes there are so far.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// The value, or the mistake.
    pub fn keep<T>(&mut self, result: Result<T, Mistake>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(mistake) => {
                self.at(mistake.line, mistake.text);
                None
            }
        }
    }

    /// The model, unless there are mistakes.
    pub fn or<T>(mut self, file: &str, model: Option<T>) -> Result<T, Mistakes> {
        match model {
            Some(model) if self.all.is_empty() => Ok(model),
            _ => {
                if self.all.is_empty() {
                    self.at(0, "the file holds no model");
                }
                self.all.sort_by_key(|mistake| mistake.line);
                Err(Mistakes { file: file.into(), all: self.all })
            }
        }
    }
}

/// A mistake at a line.
pub(crate) fn mistake<T>(line: usize, text: impl Into<String>) -> Result<T, Mistake> {
    Err(Mistake { line, text: text.into() })
}

/// What was found, in the form in which messages quote it: short, and on one line.
pub(crate) fn quoted(text: &str) -> String {
    let mut short: String = text.chars().take(40).flat_map(char::escape_debug).collect();
    if text.chars().nth(40).is_some() {
        short.push_str("..");
    }
    format!("`{short}`")
}

/// `one`, `one or two`, `one, two or three`; only the first of many.
pub(crate) fn choices<S: AsRef<str>>(names: &[S]) -> String {
    const SHOWN: usize = 8;
    let shown: Vec<&str> = names.iter().take(SHOWN).map(AsRef::as_ref).collect();
    match (shown.as_slice(), names.len() > SHOWN) {
        ([], _) => "nothing".into(),
        ([one], _) => (*one).into(),
        (all, true) => format!("{}, ..", all.join(", ")),
        ([all @ .., last], false) => format!("{} or {last}", all.join(", ")),
    }
}
