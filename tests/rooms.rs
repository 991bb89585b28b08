//! No circle of imports stands between the modules of a crate, nor between those of any folder inside it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, io};

/// The names that lead from the crate's root to a module: `fit`, `plan` for `fit/plan.rs`, `fit` for `fit/mod.rs`.
type Place = Vec<String>;

/// An import as it is written, where it leads, and, if a `use` makes it, its name from there on: a facade may pass that name on.
type Import = (String, Place, Option<String>);

/// Each module's file and imports.
type Modules = BTreeMap<Place, (String, Vec<Import>)>;

/// The imports that tie modules of a room, which is a folder with the facade `mod.rs`, or the whole crate with the facade `lib.rs`.
type Ties = BTreeMap<(String, String), BTreeSet<String>>;

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// The length of the comment, string or character that a text begins with: what they name is not imported.
fn left_out(text: &str) -> Option<usize> {
    let raw = text.strip_prefix("br").or_else(|| text.strip_prefix('r')).unwrap_or("");
    let hashes = raw.len() - raw.trim_start_matches('#').len();
    let mut chars = text.chars();
    let (start, end, escapes) = match (chars.next()?, chars.next(), chars.next()) {
        ('/', Some('/'), _) => (2, "\n".to_owned(), false),
        ('/', Some('*'), _) => (2, "*/".to_owned(), false),
        ('"', ..) => (1, "\"".to_owned(), true),
        ('\'', Some('\\'), _) | ('\'', _, Some('\'')) => (1, "'".to_owned(), true),
        _ if raw[hashes..].starts_with('"') => (text.len() - raw.len() + hashes + 1, format!("\"{}", &raw[..hashes]), false),
        _ => return None,
    };
    let (mut at, bytes) = (start, text.as_bytes());
    while at < bytes.len() && !bytes[at..].starts_with(end.as_bytes()) {
        at += if escapes && bytes[at] == b'\\' { 2 } else { 1 };
    }
    Some(bytes.len().min(at + end.len()))
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

/// Every path that a source names in a `use`, or from `crate` or `super` in the midst of code, before its tests, which come last.
fn read_paths(text: &str) -> Vec<Named<'_>> {
    const TESTS: [&str; 10] = ["#", "[", "cfg", "(", "test", ")", "]", "mod", "tests", "{"];
    let mut tokens = tokens(text);
    tokens.truncate(tokens.windows(TESTS.len()).position(|found| found == TESTS).unwrap_or(tokens.len()));
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
    let import = |from: &Place, (path, name): Named<'_>| -> Option<Import> {
        Some((path.join("::"), lead(&path, from, &places)?, name.map(str::to_owned)))
    };
    let module = |(file, text): &(String, String)| {
        let from = place(file);
        let imports = read_paths(text).into_iter().filter_map(|named| import(&from, named)).collect();
        (from, (file.clone(), imports))
    };
    sources.into_iter().map(module).collect()
}

/// Follows an import, through facades that pass it on, to the file that it means; and says how many names lead to where it leaves
/// the importer's own way, since it ties what lies there. What a facade defines leaves nobody's way; its globs are not followed.
fn follow<'a>(modules: &'a Modules, from: &Place, mut to: Place) -> Option<(usize, Place, &'a str)> {
    let (mut at, mut parted) = (0, None);
    while at < to.len() {
        if modules.contains_key(&to[..=at]) {
            at += 1;
            parted = parted.or((!from.starts_with(&to[..at])).then_some(at));
            continue;
        }
        // What another room has from elsewhere is its own affair: the tie is to that room.
        let passes = |(_, passed, name): &&Import| {
            let within = parted.map_or(at < from.len(), |parted| passed.starts_with(&to[..parted]));
            name.as_ref() == Some(&to[at]) && within
        };
        let Some((_, passed, _)) = modules.get(&to[..at]).and_then(|(_, imports)| imports.iter().find(passes)) else { break };
        to = [passed.as_slice(), &to[at + 1..]].concat();
        at = parted.unwrap_or(0);
    }
    let (file, _) = modules.get(&to[..at])?;
    Some((parted?, to, file))
}

/// What ties the modules of each room; its facade, which brings them together, is none of them.
fn read_ties(modules: &Modules) -> BTreeMap<Place, Ties> {
    let mut rooms: BTreeMap<Place, Ties> = BTreeMap::new();
    for (from, (file, imports)) in modules {
        for (written, to, _) in imports {
            if let Some((parted, to, target)) = follow(modules, from, to.clone()).filter(|(parted, ..)| *parted <= from.len()) {
                let ties = rooms.entry(to[..parted - 1].to_vec()).or_default();
                let imports = ties.entry((from[parted - 1].clone(), to[parted - 1].clone())).or_default();
                imports.insert(format!("\n    {file} -> {target}: {written}"));
            }
        }
    }
    rooms
}

/// All that a module imports, itself or through others.
fn reached<'a>(ties: &'a Ties, from: &'a str) -> BTreeSet<&'a str> {
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
            circles.push(format!("src/{}: {}{imports}", room.join("/"), Vec::from_iter(circle).join(", ")));
        }
    }
    circles
}

/// The sources beneath a folder, by their path beneath it.
fn read_sources(folder: &Path, beneath: &str, into: &mut Vec<(String, String)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = format!("{beneath}{}", path.file_name().unwrap_or_default().display());
        if path.is_dir() {
            read_sources(&path, &format!("{name}/"), into)?;
        } else if name.ends_with(".rs") {
            into.push((name, fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

#[test]
fn no_circle_stands_in_a_crate() {
    let mut found = Vec::new();
    for name in ["aif-macros", "aif-runtime", "aif-infer", "aif-import", "aif-python", "aif-bevy"] {
        let (folder, mut sources) = (Path::new(env!("CARGO_MANIFEST_DIR")).join(name).join("src"), Vec::new());
        read_sources(&folder, "", &mut sources).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        found.extend(circles(&sources).into_iter().map(|circle| format!("{name}/{circle}")));
    }
    assert!(found.is_empty(), "circles of imports:\n\n{}\n", found.join("\n\n"));
}

#[test]
fn each_kind_of_circle_is_found() {
    let found = |sources: &[(&str, &str)]| {
        circles(&sources.iter().map(|(file, text)| (file.to_string(), text.to_string())).collect::<Vec<_>>())
    };
    let between = found(&[("a.rs", "use crate::{b::c::C, x::X};"), ("b/mod.rs", ""), ("b/c.rs", "fn f() { crate::a::g() }")]);
    assert_eq!(between, ["src/: a, b\n    a.rs -> b/c.rs: crate::b::c::C\n    b/c.rs -> a.rs: crate::a::g"]);
    let facade = ("r/mod.rs", "mod a; mod b; pub(crate) use a::{A, g as h}; struct Own;");
    let passed_on = found(&[facade, ("r/a.rs", "use super::{Own, b::B};"), ("r/b.rs", "use crate::r::{Own, h};")]);
    assert_eq!(passed_on, ["src/r: a, b\n    r/a.rs -> r/b.rs: super::b::B\n    r/b.rs -> r/a.rs: crate::r::h"]);
    let deep = ("r/a/d.rs", "type D = super::super::b::B<u8>;");
    let deeper = found(&[facade, ("r/a/mod.rs", "mod d;"), deep, ("r/b.rs", "use super::A;")]);
    assert_eq!(deeper, ["src/r: a, b\n    r/a/d.rs -> r/b.rs: super::super::b::B\n    r/b.rs -> r/a/mod.rs: super::A"]);
    let text = "// crate::b\n<'a>\"\\\"crate::b\"r#\"\"crate::b\"#'\"'/*crate::b*/#[cfg(test)] mod tests { use crate::b; }";
    assert!(found(&[("a/mod.rs", text), ("a/tests.rs", "use crate::b;"), ("b.rs", "use crate::a::{self, A};")]).is_empty());
    assert!(found(&[facade, ("r/a.rs", "use super::Own;"), ("r/b.rs", "use super::{A, Own};")]).is_empty());
}
