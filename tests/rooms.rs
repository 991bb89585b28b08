//! No circle of imports stands between the modules of a crate, nor between those of any folder inside it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::Path;

/// The names that lead to a module from the crate's root: `fit`, `plan` for `fit/plan.rs`, `fit` for `fit/mod.rs`, none for `lib.rs`.
type Place = Vec<String>;

/// What the check knows of one source file.
struct Module {
    file: String,
    /// Every import as it is written, and where it leads.
    imports: Vec<(String, Place)>,
    /// What the `use`s bring into the module: through a facade, `super::Name` is an import of the sibling that defines it.
    names: BTreeMap<String, Place>,
}

type Modules = BTreeMap<Place, Module>;

/// The imports between two files, as they are written.
type Imports = BTreeMap<(String, String), BTreeSet<String>>;

/// What holds one module of a room to another. A room is a folder behind its facade `mod.rs`; the outermost is the crate behind `lib.rs`.
type Ties = BTreeMap<(String, String), Imports>;

/// Modules of one room, each of which imports every other, at first or second hand.
struct Circle {
    room: String,
    modules: BTreeSet<String>,
    imports: Imports,
}

impl fmt::Display for Circle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let modules: Vec<&str> = self.modules.iter().map(String::as_str).collect();
        writeln!(f, "in {}: {}", self.room, modules.join(", "))?;
        for ((from, to), written) in &self.imports {
            let written: Vec<&str> = written.iter().map(String::as_str).collect();
            writeln!(f, "    {from} -> {to}: {}", written.join(", "))?;
        }
        Ok(())
    }
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// The length of what lies between two quotes, with the quotes.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = true;
    let end = rest.char_indices().find(|&(_, c)| {
        let ends = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    end.map_or(rest.len(), |(at, _)| at + quote.len_utf8())
}

/// The length of the string or character at the start, if there is one; a lifetime is neither.
fn literal(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r')).unwrap_or("");
    let inside = after.trim_start_matches('#');
    if inside.starts_with('"') {
        let close = format!("\"{}", &after[..after.len() - inside.len()]);
        let end = inside[1..].find(&close).map_or(inside.len(), |at| 1 + at + close.len());
        return Some(rest.len() - inside.len() + end);
    }
    let mut chars = rest.chars();
    match (chars.next(), chars.next(), chars.next()) {
        (Some('"'), ..) => Some(quoted(rest, '"')),
        (Some('\''), Some('\\'), _) | (Some('\''), _, Some('\'')) => Some(quoted(rest, '\'')),
        _ => None,
    }
}

/// The length of the comment at the start, if there is one; a comment between marks may hold others.
fn comment(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    let mut depth = usize::from(rest.starts_with("/*"));
    let mut at = 2 * depth;
    while depth > 0 && at < rest.len() {
        let pair = rest.as_bytes().get(at..at + 2);
        depth = if pair == Some(b"/*") { depth + 1 } else { depth - usize::from(pair == Some(b"*/")) };
        at += if pair == Some(b"/*") || pair == Some(b"*/") { 2 } else { 1 };
    }
    (at > 0).then_some(at)
}

/// Words, `::` and single marks; comments and literals are left out, since what they name is not imported.
fn tokens(text: &str) -> Vec<&str> {
    let (mut tokens, mut rest) = (Vec::new(), text);
    while let Some(first) = rest.chars().next() {
        let left_out = comment(rest).or_else(|| literal(rest));
        let len = left_out.unwrap_or_else(|| match first {
            ':' if rest.starts_with("::") => 2,
            c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        });
        if left_out.is_none() && !first.is_whitespace() {
            tokens.push(&rest[..len]);
        }
        rest = &rest[len..];
    }
    tokens
}

/// Takes out the modules of tests: what only they import ties nothing.
fn without_tests(mut tokens: Vec<&str>) -> Vec<&str> {
    const MARKED: [&str; 8] = ["#", "[", "cfg", "(", "test", ")", "]", "mod"];
    while let Some(start) = tokens.windows(MARKED.len()).position(|found| found == MARKED) {
        let mut depth = 0;
        let end = tokens[start..].iter().skip(MARKED.len()).position(|token| {
            depth += i32::from(*token == "{") - i32::from(*token == "}");
            depth == 0 && matches!(*token, "}" | ";")
        });
        tokens.drain(start..end.map_or(tokens.len(), |end| start + MARKED.len() + end + 1));
    }
    tokens
}

/// One path of a `use`, or one in the midst of code, which gives the module no name.
struct Import<'a> {
    path: Vec<&'a str>,
    name: Option<&'a str>,
}

/// Adds the paths of a tree that starts at a token, and gives the token after them.
fn read_tree<'a>(tokens: &[&'a str], mut at: usize, mut path: Vec<&'a str>, into: &mut Vec<Import<'a>>) -> usize {
    let token = |at: usize| tokens.get(at).copied().unwrap_or("");
    loop {
        match token(at) {
            "{" => {
                at += 1;
                while !matches!(token(at), "}" | "") {
                    at = read_tree(tokens, at, path.clone(), into);
                    at += usize::from(token(at) != "}");
                }
                return at + 1;
            }
            word if word == "*" || word.starts_with(is_word) => path.push(word),
            _ => break,
        }
        at += 1;
        if token(at) != "::" {
            break;
        }
        at += 1;
    }
    let renamed = token(at) == "as";
    let name = if renamed { Some(token(at + 1)) } else { path.iter().rev().find(|word| **word != "self").copied() };
    into.push(Import { path, name });
    at + 2 * usize::from(renamed)
}

fn read_imports(text: &str) -> Vec<Import<'_>> {
    let tokens = without_tests(tokens(text));
    let (mut found, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        if tokens[at] == "use" {
            at = read_tree(&tokens, at + 1, Vec::new(), &mut found);
            continue;
        }
        let starts = matches!(tokens[at], "crate" | "super") && (at == 0 || tokens[at - 1] != "::");
        if starts && tokens.get(at + 1) == Some(&"::") {
            let from = found.len();
            read_tree(&tokens, at, Vec::new(), &mut found);
            found[from..].iter_mut().for_each(|import| import.name = None);
        }
        at += 1;
    }
    found
}

fn place(file: &str) -> Place {
    let names = file.trim_end_matches(".rs").split('/').filter(|name| !matches!(*name, "mod" | "lib"));
    names.map(str::to_owned).collect()
}

/// Where a path leads from the crate's root, if it does not lead to another crate.
fn lead(path: &[&str], from: &Place, places: &BTreeSet<Place>) -> Option<Place> {
    let mut to = if path.first() == Some(&"crate") { Place::new() } else { from.clone() };
    for name in path {
        match *name {
            "crate" | "self" => {}
            "super" => drop(to.pop()),
            name => to.push(name.to_owned()),
        }
    }
    let own = matches!(path.first(), Some(&("crate" | "super" | "self")));
    (own || !path.is_empty() && places.contains(&to[..=from.len()])).then_some(to)
}

fn read_modules(sources: &[(String, String)]) -> Modules {
    let sources: Vec<_> = sources.iter().filter(|(file, _)| !format!("/{file}").ends_with("/tests.rs")).collect();
    let places: BTreeSet<Place> = sources.iter().map(|(file, _)| place(file)).collect();
    let module = |(file, text): &(String, String)| {
        let here = place(file);
        let (mut imports, mut names) = (Vec::new(), BTreeMap::new());
        for import in read_imports(text) {
            if let Some(to) = lead(&import.path, &here, &places) {
                imports.push((import.path.join("::"), to.clone()));
                names.extend(import.name.map(|name| (name.to_owned(), to)));
            }
        }
        (here, Module { file: file.clone(), imports, names })
    };
    sources.into_iter().map(module).collect()
}

/// Follows an import to the file that it means. Also given is how many names lead to the first module that the importer is not
/// inside, if there is one: there the two ways part, and there the import is a tie. What a facade defines itself is no such module.
fn follow<'a>(modules: &'a Modules, from: &Place, mut to: Place) -> Option<(usize, Place, &'a Module)> {
    let (mut at, mut parted) = (0, None);
    while at < to.len() {
        if modules.contains_key(&to[..=at]) {
            at += 1;
            parted = parted.or((!from.starts_with(&to[..at])).then_some(at));
            continue;
        }
        // What another room has from elsewhere is its own affair: the import is one of that room.
        let within = &to[..parted.unwrap_or(0)];
        let exported = modules.get(&to[..at]).and_then(|module| module.names.get(&to[at]));
        match exported.filter(|exported| exported.starts_with(within) && (parted.is_some() || at < from.len())) {
            Some(exported) => to = [exported.as_slice(), &to[at + 1..]].concat(),
            None => break,
        }
        at = parted.unwrap_or(0);
    }
    Some((parted?, to.clone(), modules.get(&to[..at])?))
}

/// The ties of each room.
fn read_ties(modules: &Modules) -> BTreeMap<Place, Ties> {
    let mut rooms: BTreeMap<Place, Ties> = BTreeMap::new();
    for (from, module) in modules {
        for (written, to) in &module.imports {
            // The facade of a room, which brings its modules together, is none of them.
            if let Some((parted, to, target)) = follow(modules, from, to.clone()).filter(|(parted, ..)| *parted <= from.len()) {
                let ties = rooms.entry(to[..parted - 1].to_vec()).or_default();
                let tie = ties.entry((from[parted - 1].clone(), to[parted - 1].clone())).or_default();
                tie.entry((module.file.clone(), target.file.clone())).or_default().insert(written.clone());
            }
        }
    }
    rooms
}

/// All that a module imports, at first hand or through others.
fn reached<'a>(ties: &'a Ties, from: &'a str) -> BTreeSet<&'a str> {
    let (mut reached, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(next) = open.pop() {
        open.extend(ties.keys().filter(|(from, _)| from == next).map(|(_, to)| to.as_str()).filter(|to| reached.insert(*to)));
    }
    reached
}

/// The circles in the sources of one crate, each given by its path beneath `src` and its text.
fn circles(sources: &[(String, String)]) -> Vec<Circle> {
    let mut found = Vec::new();
    for (room, ties) in read_ties(&read_modules(sources)) {
        let reached: BTreeMap<&str, _> = ties.keys().map(|(from, _)| (from.as_str(), reached(&ties, from))).collect();
        let meets = |a: &str, b: &str| reached.get(a).is_some_and(|reached| reached.contains(b));
        let circle = |a: &&str| reached.keys().filter(|b| meets(a, b) && meets(b, a)).map(|b| (*b).to_owned()).collect();
        let circles: BTreeSet<BTreeSet<String>> =
            reached.keys().map(circle).filter(|circle: &BTreeSet<_>| circle.len() > 1).collect();
        for modules in circles {
            let mut imports = Imports::new();
            for (_, held) in ties.iter().filter(|((from, to), _)| modules.contains(from) && modules.contains(to)) {
                imports.extend(held.clone());
            }
            found.push(Circle { room: format!("src/{}", room.join("/")), modules, imports });
        }
    }
    found
}
