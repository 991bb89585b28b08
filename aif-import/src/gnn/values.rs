//! Values of GNN's parameterisation: `{(0.9, 0.1), (0.2, 0.8)}`, numbers in braces and parentheses.

use crate::json::{Json, Node};
use crate::mistakes::{Mistake, mistake, quoted};
use crate::numbers;

/// How deep parentheses may stand in parentheses.
const DEEPEST: usize = 32;

/// Reads a value that stands on these lines.
pub fn value(lines: &[(usize, &str)], what: &str) -> Result<Node, Mistake> {
    let mut open: Vec<(char, Node)> = Vec::new();
    let mut whole: Option<Node> = None;
    let first = lines.first().map_or(0, |(line, _)| *line);
    for &(line, text) in lines {
        let mut rest = text.trim_start();
        while let Some(c) = rest.chars().next() {
            if whole.is_some() {
                return mistake(line, format!("{} after the value of {what}: expected nothing more", quoted(rest.trim_end())));
            }
            let done = match c {
                '{' | '(' | '[' => {
                    if open.len() == DEEPEST {
                        return mistake(line, format!("{what} is nested more than {DEEPEST} deep"));
                    }
                    open.push((c, Node { line, value: Json::List(Vec::new()) }));
                    rest = &rest[1..];
                    None
                }
                '}' | ')' | ']' => {
                    rest = &rest[1..];
                    let Some((opened, node)) = open.pop() else {
                        return mistake(line, format!("`{c}` closes nothing in {what}"));
                    };
                    let wanted = match opened {
                        '{' => '}',
                        '(' => ')',
                        _ => ']',
                    };
                    if c != wanted {
                        return mistake(line, format!("`{c}` closes `{opened}` in {what}: expected `{wanted}`"));
                    }
                    Some(node)
                }
                ',' | ';' => {
                    rest = &rest[1..];
                    None
                }
                _ => {
                    let end = rest.find(|c: char| c.is_whitespace() || "(){}[],;".contains(c)).unwrap_or(rest.len());
                    let word = &rest[..end];
                    rest = &rest[end..];
                    let Some(x) = numbers::parse(word) else {
                        return mistake(line, format!("{} in {what}: expected a number", quoted(word)));
                    };
                    Some(Node { line, value: Json::Number(x) })
                }
            };
            if let Some(node) = done {
                match open.last_mut() {
                    Some((_, Node { value: Json::List(list), .. })) => list.push(node),
                    _ => whole = Some(node),
                }
            }
            rest = rest.trim_start();
        }
    }
    match (whole, open.last()) {
        (Some(node), None) => Ok(node),
        (_, Some((opened, node))) => mistake(node.line, format!("`{opened}` of {what} is not closed")),
        _ => mistake(first, format!("{what} has no value: expected numbers in braces")),
    }
}
