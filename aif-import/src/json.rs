//! JSON with the line of every value: what a mistake in a table is said of.

use crate::mistakes::{Mistake, mistake, quoted};
use crate::numbers;

/// How deep lists may stand in lists.
const DEEPEST: usize = 64;

/// A value with its line.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub line: usize,
    pub value: Json,
}

/// What JSON can say.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Truth(bool),
    Number(f64),
    Text(String),
    List(Vec<Node>),
    Table(Vec<(String, Node)>),
}

impl Node {
    /// Of a file that has no lines.
    pub fn without_line(value: Json) -> Self {
        Node { line: 0, value }
    }

    /// What it is, in words.
    pub fn words(&self) -> String {
        match &self.value {
            Json::Null => "null".into(),
            Json::Truth(is) => is.to_string(),
            Json::Number(x) => numbers::short(*x),
            Json::Text(text) => format!("the text {}", quoted(text)),
            Json::List(list) => format!("a list of {}", list.len()),
            Json::Table(_) => "an object".into(),
        }
    }

    /// The member of an object; null is none.
    pub fn get(&self, key: &str) -> Option<&Node> {
        let Json::Table(members) = &self.value else { return None };
        members.iter().find(|(name, node)| name == key && node.value != Json::Null).map(|(_, node)| node)
    }

    /// A list.
    pub fn list(&self, what: &str) -> Result<&[Node], Mistake> {
        match &self.value {
            Json::List(list) => Ok(list),
            _ => mistake(self.line, format!("{what} is {}, expected a list", self.words())),
        }
    }

    /// A number.
    pub fn number(&self, what: &str) -> Result<f64, Mistake> {
        match &self.value {
            Json::Number(x) => Ok(*x),
            _ => mistake(self.line, format!("{what} is {}, expected a number", self.words())),
        }
    }

    /// A whole number of at least 0.
    pub fn index(&self, what: &str) -> Result<usize, Mistake> {
        match &self.value {
            Json::Number(x) if *x >= 0.0 && x.fract() == 0.0 && *x < 1e9 => Ok(*x as usize),
            _ => mistake(self.line, format!("{what} is {}, expected a whole number of at least 0", self.words())),
        }
    }

    /// A text.
    pub fn text(&self, what: &str) -> Result<&str, Mistake> {
        match &self.value {
            Json::Text(text) => Ok(text),
            _ => mistake(self.line, format!("{what} is {}, expected a text", self.words())),
        }
    }

    /// The members of an object, in the order of the file.
    pub fn members(&self, what: &str) -> Result<&[(String, Node)], Mistake> {
        match &self.value {
            Json::Table(members) => Ok(members),
            _ => mistake(self.line, format!("{what} is {}, expected an object", self.words())),
        }
    }
}

/// Reads a text.
pub fn parse(text: &str) -> Result<Node, Mistake> {
    let mut reader = Reader { bytes: text.as_bytes(), text, at: 0, line: 1 };
    let node = reader.value(0)?;
    reader.blank();
    if reader.at < reader.bytes.len() {
        mistake(reader.line, format!("{} after the last value: expected the end of the file", reader.found()))
    } else {
        Ok(node)
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
    line: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blank(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.peek() {
            self.line += usize::from(self.bytes[self.at] == b'\n');
            self.at += 1;
        }
    }

    fn found(&self) -> String {
        let rest = self.text.get(self.at..).unwrap_or("");
        let word: String = rest.chars().take_while(|c| c.is_alphanumeric() || "+-._".contains(*c)).take(20).collect();
        match (word.is_empty(), rest.chars().next()) {
            (false, _) => quoted(&word),
            (true, Some(c)) => quoted(&c.to_string()),
            (true, None) => "the end of the file".into(),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, Mistake> {
        self.blank();
        if depth > DEEPEST {
            return mistake(self.line, format!("lists and objects are nested more than {DEEPEST} deep"));
        }
        let line = self.line;
        let value = match self.peek() {
            Some(b'[') => Json::List(self.list(depth)?),
            Some(b'{') => Json::Table(self.table(depth)?),
            Some(b'"') => Json::Text(self.string()?),
            _ => self.word()?,
        };
        Ok(Node { line, value })
    }

    /// Goes over one byte, or says what was expected.
    fn expect(&mut self, byte: u8, expected: &str) -> Result<(), Mistake> {
        self.blank();
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        mistake(self.line, format!("{} where {expected} is expected", self.found()))
    }

    /// Whether a list or an object goes on after a member.
    fn more(&mut self, end: u8, expected: &str) -> Result<bool, Mistake> {
        self.blank();
        if self.peek() == Some(end) {
            self.at += 1;
            return Ok(false);
        }
        self.expect(b',', expected).map(|()| true)
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node>, Mistake> {
        self.at += 1;
        let mut list = Vec::new();
        self.blank();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(list);
        }
        loop {
            list.push(self.value(depth + 1)?);
            if !self.more(b']', "`,` or `]`")? {
                return Ok(list);
            }
        }
    }

    fn table(&mut self, depth: usize) -> Result<Vec<(String, Node)>, Mistake> {
        self.at += 1;
        let mut members: Vec<(String, Node)> = Vec::new();
        self.blank();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(members);
        }
        loop {
            self.blank();
            if self.peek() != Some(b'"') {
                return mistake(self.line, format!("{} where a name in quotes is expected", self.found()));
            }
            let name = self.string()?;
            if members.iter().any(|(other, _)| *other == name) {
                return mistake(self.line, format!("{} is given twice", quoted(&name)));
            }
            self.expect(b':', "`:`")?;
            let value = self.value(depth + 1)?;
            members.push((name, value));
            if !self.more(b'}', "`,` or `}`")? {
                return Ok(members);
            }
        }
    }

    fn string(&mut self) -> Result<String, Mistake> {
        let line = self.line;
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or("");
            let Some(c) = rest.chars().next().filter(|c| *c != '\n') else {
                return mistake(line, "a text has no closing quote");
            };
            self.at += c.len_utf8();
            match c {
                '"' => return Ok(text),
                '\\' => text.push(self.escape()?),
                c => text.push(c),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Mistake> {
        let byte = self.peek();
        self.at += 1;
        Ok(match byte {
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'u') => {
                let digits = self.text.get(self.at..self.at + 4).unwrap_or("");
                let code = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
                let Some(c) = code else { return mistake(self.line, format!("`\\u{digits}` is no character")) };
                self.at += 4;
                c
            }
            _ => return mistake(self.line, "`\\` begins no escape that JSON knows"),
        })
    }

    fn word(&mut self) -> Result<Json, Mistake> {
        let rest = &self.bytes[self.at.min(self.bytes.len())..];
        let length = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b)).count();
        let word = std::str::from_utf8(&rest[..length]).unwrap_or("");
        let value = match word {
            "null" => Json::Null,
            "true" => Json::Truth(true),
            "false" => Json::Truth(false),
            word => match numbers::parse(word) {
                Some(x) => Json::Number(x),
                None => {
                    return mistake(
                        self.line,
                        format!("{} where a value is expected: a finite number, a text, a list or an object", self.found()),
                    );
                }
            },
        };
        self.at += length;
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_lines() {
        let node = parse("{\"A\": [1,\n 2.5e-1],\n\"n\\u0061me\": \"x\\\"\", \"no\": null}").unwrap();
        let list = node.get("A").unwrap().list("A").unwrap();
        assert_eq!((list[0].line, list[1].line, &list[1].value), (1, 2, &Json::Number(0.25)));
        assert_eq!(node.get("name").unwrap().text("name").unwrap(), "x\"");
        assert!(node.get("no").is_none());
    }

    #[test]
    fn mistakes_have_a_line() {
        for (text, line, said) in [
            ("[1,\n2", 2, "`,` or `]`"),
            ("[1,\nNaN]", 2, "`NaN`"),
            ("{\"a\":1,\n\"a\":2}", 2, "twice"),
            ("[1]\n]", 2, "after the last value"),
            ("\"abc", 1, "closing quote"),
            ("", 1, "the end of the file"),
        ] {
            let wrong = parse(text).unwrap_err();
            assert!(wrong.line == line && wrong.text.contains(said), "{text}: {wrong:?}");
        }
        assert!(parse(&"[".repeat(100_000)).unwrap_err().text.contains("deep"));
    }
}
