//! The words of a `.POMDP` file, with their lines.

use crate::mistakes::{Mistake, mistake, quoted};
use crate::numbers;

/// The words that begin a statement when a colon follows.
const STATEMENTS: [&str; 9] = ["discount", "values", "states", "actions", "observations", "start", "T", "O", "R"];

/// A word, or a colon.
#[derive(Clone, Copy, Debug)]
pub struct Token<'a> {
    pub text: &'a str,
    pub line: usize,
}

/// The words of a text; `#` and what follows it on a line is a comment.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut all = Vec::new();
    for (i, line) in text.lines().enumerate() {
        let code = line.split('#').next().unwrap_or("");
        for word in code.split_whitespace() {
            let mut rest = word;
            while !rest.is_empty() {
                let end = if rest.starts_with(':') { 1 } else { rest.find(':').unwrap_or(rest.len()) };
                all.push(Token { text: &rest[..end], line: i + 1 });
                rest = &rest[end..];
            }
        }
    }
    all
}

/// Goes through the words.
pub struct Cursor<'a> {
    all: Vec<Token<'a>>,
    at: usize,
    /// The last line of the file.
    pub last: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(text: &'a str) -> Self {
        Cursor { all: tokens(text), at: 0, last: text.lines().count().max(1) }
    }

    pub fn peek(&self) -> Option<Token<'a>> {
        self.all.get(self.at).copied()
    }

    pub fn next(&mut self) -> Option<Token<'a>> {
        let token = self.peek();
        self.at += usize::from(token.is_some());
        token
    }

    /// Goes back by a word.
    pub fn back(&mut self, really: bool) {
        self.at -= usize::from(really);
    }

    /// The line of the next word, or the last one.
    pub fn line(&self) -> usize {
        self.peek().map_or(self.last, |token| token.line)
    }

    /// Whether a statement begins here, or the file ends.
    pub fn ends(&self) -> bool {
        let Some(token) = self.peek() else { return true };
        let follows = self.all.get(self.at + 1).map_or("", |next| next.text);
        STATEMENTS.contains(&token.text) && follows == ":" || token.text == "start" && matches!(follows, "include" | "exclude")
    }

    /// Goes to the next statement.
    pub fn skip(&mut self) {
        while !self.ends() {
            self.at += 1;
        }
    }

    /// Takes a colon, if one is next.
    pub fn colon(&mut self) -> bool {
        let is = self.peek().is_some_and(|token| token.text == ":");
        self.at += usize::from(is);
        is
    }

    /// Takes this word, if it is next.
    pub fn word(&mut self, word: &str) -> bool {
        let is = self.peek().is_some_and(|token| token.text == word);
        self.at += usize::from(is);
        is
    }

    /// What is next, in words.
    pub fn found(&self) -> String {
        self.peek().map_or_else(|| "the end of the file".into(), |token| quoted(token.text))
    }

    /// A number.
    pub fn number(&mut self, what: &str) -> Result<f64, Mistake> {
        let (line, found) = (self.line(), self.found());
        match self.peek().filter(|_| !self.ends()).and_then(|token| numbers::parse(token.text)) {
            Some(number) => {
                self.at += 1;
                Ok(number)
            }
            None => mistake(line, format!("{found} where {what} is expected, a number")),
        }
    }

    /// As many numbers.
    pub fn numbers(&mut self, count: usize, what: &str) -> Result<Vec<f64>, Mistake> {
        (0..count).map(|i| self.number(&format!("{what} {} of {count}", i + 1))).collect()
    }

    /// What stands between here and the next statement is nothing.
    pub fn end(&self, what: &str) -> Result<(), Mistake> {
        if self.ends() {
            Ok(())
        } else {
            mistake(self.line(), format!("{} after {what}: expected a new statement", self.found()))
        }
    }
}
