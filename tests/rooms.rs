//! No circle of imports stands between the modules of a crate, nor between those of any folder inside it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The names that lead from the crate's root to a module: `fit`, `plan` for `fit/plan.rs`, `fit` for `fit/mod.rs`, none for `lib.rs`.
type Place = Vec<String>;

/// What the check knows of one source file.
struct Module {
    file: String,
    /// Every import as it is written, and where it leads.
    imports: Vec<(String, Place)>,
    /// What its `use`s name: `super::Name` may be a sibling's, which the facade passes on.
    names: BTreeMap<String, Place>,
}

type Modules = BTreeMap<Place, Module>;

/// The imports that tie one module of a room to another. A room is a folder behind its facade `mod.rs`; the outermost is the crate
/// behind `lib.rs`.
type Ties = BTreeMap<(String, String), BTreeSet<String>>;

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// How long the text is that two marks enclose, with the marks.
fn enclosed(text: &str, open: usize, close: &str) -> usize {
    text[open..].find(close).map_or(text.len(), |at| open + at + close.len())
}

/// The length of the comment, string or character that the text begins with: what it names is not imported. A lifetime is none of them.
fn left_out(text: &str) -> Option<usize> {
    let raw = text.strip_prefix("br").or_else(|| text.strip_prefix('r')).unwrap_or("");
    let hashes = raw.len() - raw.trim_start_matches('#').len();
    let mut chars = text.chars();
    let quote = match (chars.next()?, chars.next(), chars.next()) {
        ('/', Some('/'), _) => return Some(enclosed(text, 2, "\n")),
        ('/', Some('*'), _) => return Some(enclosed(text, 2, "*/")),
        _ if raw[hashes..].starts_with('"') => {
            let open = text.len() - raw.len() + hashes + 1;
            return Some(enclosed(text, open, &format!("\"{}", &raw[..hashes])));
        }
        ('"', ..) => '"',
        ('\'', Some('\\'), _) | ('\'', _, Some('\'')) => '\'',
        _ => return None,
    };
    let mut escaped = true; // as the opening quote is
    let mut ends = |c: char| {
        let ends = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    };
    Some(text.find(&mut ends).map_or(text.len(), |at| at + 1))
}

/// The words, `::`s and single marks of a source.
fn tokens(mut text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    while let Some(first) = text.chars().next() {
        let skipped = left_out(text);
        let len = skipped.unwrap_or_else(|| match first {
            ':' if text.starts_with("::") => 2,
            c if is_word(c) => text.find(|c| !is_word(c)).unwrap_or(text.len()),
            c => c.len_utf8(),
        });
        if skipped.is_none() && !first.is_whitespace() {
            tokens.push(&text[..len]);
        }
        text = &text[len..];
    }
    tokens
}

/// Takes out the modules of tests: what only they import ties nothing.
fn without_tests(mut tokens: Vec<&str>) -> Vec<&str> {
    const MARK: [&str; 8] = ["#", "[", "cfg", "(", "test", ")", "]", "mod"];
    while let Some(start) = tokens.windows(MARK.len()).position(|found| found == MARK) {
        let mut depth = 0;
        let ends = |token: &&str| {
            depth += i32::from(*token == "{") - i32::from(*token == "}");
            depth == 0 && matches!(*token, "}" | ";")
        };
        let body = start + MARK.len();
        let end = tokens[body..].iter().position(ends).map_or(tokens.len(), |at| body + at + 1);
        tokens.drain(start..end);
    }
    tokens
}

/// A path that a source names, and, if a `use` names it, the name that it has from there on.
type Named<'a> = (Vec<&'a str>, Option<&'a str>);

/// Adds the paths of the tree that begins at a token, and gives the place of the token after it.
fn read_tree<'a>(tokens: &[&'a str], mut at: usize, mut path: Vec<&'a str>, into: &mut Vec<Named<'a>>) -> usize {
    let token = |at: usize| tokens.get(at).copied().unwrap_or("");
    while token(at) == "*" || token(at).starts_with(is_word) {
        path.push(token(at));
        at += 1;
        if token(at) != "::" {
            let name = if token(at) == "as" { Some(token(at + 1)) } else { path.iter().rfind(|name| **name != "self").copied() };
            into.push((path, name));
            return if token(at) == "as" { at + 2 } else { at };
        }
        at += 1;
    }
    if token(at) == "{" {
        at += 1;
        while !matches!(token(at), "}" | "") {
            at = read_tree(tokens, at, path.clone(), into);
            at += usize::from(token(at) != "}"); // the comma
        }
        return at + 1;
    }
    into.push((path, None)); // a path that goes on as something else, as in `crate::x::f::<T>`
    at
}

/// Every path that a source names in a `use`, or from `crate` or `super` in the midst of its code.
fn read_paths(text: &str) -> Vec<Named<'_>> {
    let tokens = without_tests(tokens(text));
    let (mut found, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        let before = found.len();
        if tokens[at] == "use" {
            at = read_tree(&tokens, at + 1, Vec::new(), &mut found);
            continue;
        }
        if matches!(tokens[at], "crate" | "super") && tokens.get(at + 1) == Some(&"::") && (at == 0 || tokens[at - 1] != "::") {
            read_tree(&tokens, at, Vec::new(), &mut found);
            found[before..].iter_mut().for_each(|(_, name)| *name = None);
        }
        at += 1;
    }
    found
}

fn place(file: &str) -> Place {
    let names = file.trim_end_matches(".rs").split('/').filter(|name| !matches!(*name, "mod" | "lib"));
    names.map(str::to_owned).collect()
}

/// Where a path leads from the crate's root, if it does not lead out of the crate.
fn lead(path: &[&str], from: &Place, places: &BTreeSet<Place>) -> Option<Place> {
    let first = *path.first()?;
    let mut to = if first == "crate" { Place::new() } else { from.clone() };
    for name in path.iter().filter(|name| !matches!(**name, "crate" | "self")) {
        match *name {
            "super" => drop(to.pop()),
            name => to.push(name.to_owned()),
        }
    }
    (matches!(first, "crate" | "super" | "self") || places.contains(&to[..=from.len()])).then_some(to)
}

/// The modules of a crate but those of tests, from the paths beneath `src` and the texts.
fn read_modules(sources: &[(String, String)]) -> Modules {
    let sources: Vec<_> = sources.iter().filter(|(file, _)| file.rsplit('/').next() != Some("tests.rs")).collect();
    let places = sources.iter().map(|(file, _)| place(file)).collect();
    let mut modules = Modules::new();
    for (file, text) in sources {
        let mut module = Module { file: file.clone(), imports: Vec::new(), names: BTreeMap::new() };
        for (path, name) in read_paths(text) {
            if let Some(to) = lead(&path, &place(file), &places) {
                module.imports.push((path.join("::"), to.clone()));
                module.names.extend(name.map(|name| (name.to_owned(), to)));
            }
        }
        modules.insert(place(file), module);
    }
    modules
}

/// Follows an import, through facades that pass it on, to the module that it means; and says how many names lead to where it leaves
/// the importer's own way, since it ties what lies there. What a facade defines itself leaves nobody's way.
fn follow<'a>(modules: &'a Modules, from: &Place, mut to: Place) -> Option<(usize, Place, &'a Module)> {
    let (mut at, mut parted) = (0, None);
    while at < to.len() {
        if modules.contains_key(&to[..=at]) {
            at += 1;
            parted = parted.or((!from.starts_with(&to[..at])).then_some(at));
            continue;
        }
        // What another room has from elsewhere is its own affair: the tie is to that room.
        let passed = modules.get(&to[..at]).and_then(|module| module.names.get(&to[at]));
        let within = |passed: &&Place| parted.map_or(at < from.len(), |parted| passed.starts_with(&to[..parted]));
        let Some(passed) = passed.filter(within) else { break };
        to = [passed.as_slice(), &to[at + 1..]].concat();
        at = parted.unwrap_or(0);
    }
    let target = modules.get(&to[..at])?;
    Some((parted?, to, target))
}

/// What ties the modules of each room; its facade, which brings them together, is none of them.
fn read_ties(modules: &Modules) -> BTreeMap<Place, Ties> {
    let mut rooms: BTreeMap<Place, Ties> = BTreeMap::new();
    for (from, module) in modules {
        for (written, to) in &module.imports {
            if let Some((parted, to, target)) = follow(modules, from, to.clone()).filter(|(parted, ..)| *parted <= from.len()) {
                let ties = rooms.entry(to[..parted - 1].to_vec()).or_default();
                let imports = ties.entry((from[parted - 1].clone(), to[parted - 1].clone())).or_default();
                imports.insert(format!("\n    {} -> {}: {written}", module.file, target.file));
            }
        }
    }
    rooms
}

/// All that a module imports, itself or through others.
fn reached<'a>(ties: &'a Ties, from: &str) -> BTreeSet<&'a str> {
    let (mut reached, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(next) = open.pop() {
        open.extend(ties.keys().filter(|(from, _)| from == next).map(|(_, to)| to.as_str()).filter(|to| reached.insert(*to)));
    }
    reached
}

/// The circles in the sources of one crate, each with the imports that hold it.
fn circles(sources: &[(String, String)]) -> Vec<String> {
    let mut circles = Vec::new();
    for (room, ties) in read_ties(&read_modules(sources)) {
        let mut told = BTreeSet::new();
        for (start, _) in ties.keys() {
            let mut circle = reached(&ties, start);
            circle.retain(|other| reached(&ties, other).contains(start.as_str()));
            if circle.len() < 2 || !told.insert(circle.clone()) {
                continue;
            }
            let holds = |(from, to): &(String, String)| circle.contains(from.as_str()) && circle.contains(to.as_str());
            let imports: String = ties.iter().filter(|(tie, _)| holds(tie)).flat_map(|(_, imports)| imports).cloned().collect();
            let names: Vec<&str> = circle.into_iter().collect();
            circles.push(format!("src/{}: {}{imports}", room.join("/"), names.join(", ")));
        }
    }
    circles
}
