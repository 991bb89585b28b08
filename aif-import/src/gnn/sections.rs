//! What a GNN file has in its sections: variables with their dimensions, connections, values, and parameters; each with its line.

use crate::json::Node;
use crate::mistakes::{Complaints, quoted};

use super::values::value;

/// A variable: `s_loc[4,1,type=float] # Location: (0:centre, 1:left)`.
#[derive(Debug)]
pub struct Variable {
    pub name: String,
    /// As they are written: numbers, or names of parameters.
    pub dimensions: Vec<String>,
    /// The names that its comment gives to its values.
    pub labels: Option<Vec<String>>,
    pub line: usize,
}

/// A connection: each of some variables with each of others.
#[derive(Debug)]
pub struct Connection {
    pub from: Vec<String>,
    pub to: Vec<String>,
    pub line: usize,
}

/// A file.
#[derive(Debug, Default)]
pub struct Written {
    pub variables: Vec<Variable>,
    pub connections: Vec<Connection>,
    pub values: Vec<(String, Node)>,
    pub parameters: Vec<(String, String, usize)>,
    /// Lines of `Time`.
    pub time: Vec<(usize, String)>,
    pub last: usize,
}

impl Written {
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|v| v.name == name)
    }

    pub fn value(&self, name: &str) -> Option<&Node> {
        self.values.iter().find(|(own, _)| own == name).map(|(_, node)| node)
    }

    pub fn parameter(&self, name: &str) -> Option<(&str, usize)> {
        self.parameters.iter().find(|(own, ..)| own == name).map(|(_, value, line)| (value.as_str(), *line))
    }
}

/// What stands before a comment, and the comment.
fn uncommented(line: &str) -> (&str, &str) {
    let (code, comment) = line.split_once('#').unwrap_or((line, ""));
    (code.trim(), comment)
}

pub fn sections(text: &str, complaints: &mut Complaints) -> Written {
    let mut written = Written { last: text.lines().count().max(1), ..Written::default() };
    let mut section = String::new();
    let mut any = Vec::new();
    let mut assigned: Vec<(String, Vec<(usize, &str)>)> = Vec::new();
    for (i, line) in text.lines().enumerate() {
        let number = i + 1;
        if let Some(name) = line.strip_prefix("## ") {
            section = name.trim().to_owned();
            any.push(section.clone());
            continue;
        }
        let (code, comment) = uncommented(line);
        if code.is_empty() {
            continue;
        }
        match section.as_str() {
            "StateSpaceBlock" => match variable(code, comment, number) {
                Ok(variable) if written.variable(&variable.name).is_some() => {
                    complaints.at(number, format!("the variable {} is declared twice", quoted(&variable.name)));
                }
                Ok(variable) => written.variables.push(variable),
                Err(text) => complaints.at(number, text),
            },
            "Connections" => match connections(code, number) {
                Ok(all) => written.connections.extend(all),
                Err(text) => complaints.at(number, text),
            },
            "InitialParameterization" => assignment(code, number, &mut assigned, complaints),
            "ModelParameters" => match code.split_once(':').or_else(|| code.split_once('=')) {
                Some((key, value)) => written.parameters.push((key.trim().into(), value.trim().into(), number)),
                None => complaints.at(number, format!("{} is no parameter: expected `name: value`", quoted(code))),
            },
            "Time" => written.time.push((number, code.to_owned())),
            _ => {}
        }
    }
    for (needed, what) in [("StateSpaceBlock", "variables"), ("InitialParameterization", "values of A, B and D")] {
        if !any.iter().any(|section| section == needed) {
            complaints.at(written.last, format!("the file has no section `## {needed}`: expected {what}"));
        }
    }
    for (name, lines) in assigned {
        let line = lines[0].0;
        if written.value(&name).is_some() {
            complaints.at(line, format!("{} is given a value twice", quoted(&name)));
        }
        if let Some(node) = complaints.keep(value(&lines, &quoted(&name))) {
            written.values.push((name, node));
        }
    }
    written
}

/// `name = value`, or more lines of the value before.
fn assignment<'a>(code: &'a str, line: usize, to: &mut Vec<(String, Vec<(usize, &'a str)>)>, complaints: &mut Complaints) {
    match code.split_once('=') {
        Some((name, value)) if is_name(name.trim()) => to.push((name.trim().into(), vec![(line, value)])),
        Some((name, _)) => complaints.at(line, format!("{} is no name of a variable", quoted(name.trim()))),
        None => match to.last_mut() {
            Some((_, lines)) => lines.push((line, code)),
            None => complaints.at(line, format!("{} belongs to no variable: expected `name={{..}}`", quoted(code))),
        },
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(|c| c.is_alphanumeric() || "_'^+".contains(c))
        && !name.starts_with(|c: char| c.is_ascii_digit())
}

fn variable(code: &str, comment: &str, line: usize) -> Result<Variable, String> {
    let form = "expected `name[dimension, .., type=..]`";
    let Some((name, rest)) = code.split_once('[') else { return Err(format!("{} is no variable: {form}", quoted(code))) };
    let name = name.trim();
    if !is_name(name) {
        return Err(format!("{} is no name of a variable: {form}", quoted(name)));
    }
    let Some((inside, after)) = rest.rsplit_once(']') else {
        return Err(format!("the dimensions of {} are not closed: {form}", quoted(name)));
    };
    if !after.trim().is_empty() {
        return Err(format!("{} after the variable {}: {form}", quoted(after.trim()), quoted(name)));
    }
    let dimensions: Vec<String> =
        inside.split(',').map(str::trim).filter(|d| !d.contains('=') && !d.is_empty()).map(str::to_owned).collect();
    if dimensions.is_empty() {
        return Err(format!("the variable {} has no dimensions: {form}", quoted(name)));
    }
    Ok(Variable { name: name.into(), dimensions, labels: labels(comment), line })
}

/// `(0:centre, 1:left)` in a comment.
fn labels(comment: &str) -> Option<Vec<String>> {
    let inside = comment
        .split('(')
        .skip(1)
        .map(|part| part.split(')').next().unwrap_or(""))
        .find(|part| part.trim_start().starts_with("0:"))?;
    let mut labels = Vec::new();
    for (i, part) in inside.split(',').enumerate() {
        let (number, label) = part.split_once(':')?;
        if number.trim().parse() != Ok(i) || label.trim().is_empty() {
            return None;
        }
        labels.push(label.trim().to_owned());
    }
    Some(labels)
}

/// `s-A`, `D>s`, `(s, u)>B`, `a>b>c`.
fn connections(code: &str, line: usize) -> Result<Vec<Connection>, String> {
    let form = "expected `a>b`, `a-b` or `(a, b)>c`";
    let mut ends: Vec<Vec<String>> = Vec::new();
    for end in code.replace("->", ">").split(['>', '-']) {
        let end = end.trim();
        let inside = end.strip_prefix('(').and_then(|end| end.strip_suffix(')')).unwrap_or(end);
        let names: Vec<String> = inside.split(',').map(|name| name.trim().to_owned()).collect();
        if let Some(bad) = names.iter().find(|name| !is_name(name)) {
            return Err(format!("{} in a connection is no name of a variable: {form}", quoted(bad)));
        }
        ends.push(names);
    }
    if ends.len() < 2 {
        return Err(format!("{} connects nothing: {form}", quoted(code)));
    }
    Ok(ends.windows(2).map(|pair| Connection { from: pair[0].clone(), to: pair[1].clone(), line }).collect())
}
