//! What the macros say of mistakes, held against what is pinned in `tests/compile_fail`: each case is expanded here, in one process, and its
//! errors are written as the compiler writes them. Mistakes that the compiler finds in what is expanded, by types and constants, and those few whose
//! place or layout only it knows, are in `tests/compile_fail/by_rustc`.
//!
//! `SAID=overwrite cargo test -p aif-macros said` writes the pinned words anew.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, LineColumn, TokenStream, TokenTree};

use crate::depth::shallow;

/// Where the cases are, and what the compiler calls the place.
const CASES: &str = "tests/compile_fail";

/// An error of a macro: its words, and where it points.
struct Said {
    words: String,
    from: LineColumn,
    to: LineColumn,
}

#[test]
fn mistakes_are_said_in_the_words_that_are_pinned() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(CASES);
    let mut cases: Vec<PathBuf> =
        fs::read_dir(&folder).expect("the cases are there").map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.extension().is_some_and(|e| e == "rs"));
    cases.sort();
    let mut wrong = vec![];
    for case in &cases {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let said = words_of(&name, &fs::read_to_string(case).unwrap());
        let pinned = case.with_extension("stderr");
        if std::env::var("SAID").is_ok_and(|value| value == "overwrite") {
            fs::write(&pinned, said.join("\n")).unwrap();
        }
        let expected = fs::read_to_string(&pinned).unwrap_or_default();
        let sorted = |mut blocks: Vec<String>| {
            blocks.sort();
            blocks.join("\n")
        };
        let (said, expected) = (sorted(said), sorted(blocks(&expected)));
        if said.is_empty() {
            wrong.push(format!("{name}: no macro says anything; what the compiler finds belongs into {CASES}/by_rustc"));
        } else if said != expected {
            wrong.push(format!("{name} is pinned as\n{expected}\nand now says\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
    assert!(cases.len() > 100, "{} cases", cases.len());
}

/// The errors of a file, each as the compiler writes it.
fn words_of(name: &str, source: &str) -> Vec<String> {
    let tokens: TokenStream = source.parse().expect("a case is made of tokens");
    let mut all = vec![];
    expand(tokens, &mut all);
    let lines: Vec<&str> = source.lines().collect();
    all.iter().map(|said| said.written(name, &lines)).collect()
}

/// The errors of a text as they are pinned.
fn blocks(text: &str) -> Vec<String> {
    let mut all: Vec<String> = vec![];
    for line in text.lines() {
        if line.starts_with("error") || all.is_empty() {
            all.push(String::new());
        }
        let last = all.last_mut().expect("a block was begun");
        *last += line;
        last.push('\n');
    }
    all.iter().map(|block| format!("{}\n", block.trim_end())).collect()
}

/// Expands every macro of the library in these tokens, and what is in them.
fn expand(tokens: TokenStream, all: &mut Vec<Said>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match (token, tokens.get(at + 1), tokens.get(at + 2)) {
            (TokenTree::Punct(hash), Some(TokenTree::Group(attribute)), _) if hash.as_char() == '#' => {
                let (name, options) = attribute_of(attribute.stream());
                let item = || item_after(&tokens[at + 2..]);
                let said = match name.as_str() {
                    "generative_model" => shallow(&[&options, &item()], || crate::generative::expand(options.clone(), item())),
                    "hgf" => shallow(&[&options, &item()], || crate::filter::expand(options.clone(), item())),
                    "learner" => shallow(&[&options, &item()], || crate::learner::expand(options.clone(), item())),
                    "derive" if options.to_string().contains("Domain") => crate::domain::derive(item()),
                    _ => TokenStream::new(),
                };
                errors(said, all);
                at += 2;
                continue;
            }
            (TokenTree::Ident(name), Some(TokenTree::Punct(bang)), Some(TokenTree::Group(group))) if bang.as_char() == '!' => {
                let input = group.stream();
                let said = match name.to_string().as_str() {
                    "model" => shallow(&[&input], || crate::population::expand(input.clone())),
                    "dist" => shallow(&[&input], || crate::dist::expand(input.clone())),
                    "c_abi" => shallow(&[&input], || crate::c_abi::expand(input.clone())),
                    "python" => shallow(&[&input], || crate::python::expand(input.clone())),
                    _ => TokenStream::new(),
                };
                errors(said, all);
            }
            (TokenTree::Group(group), ..) => expand(group.stream(), all),
            _ => {}
        }
        at += 1;
    }
}

/// The last word of an attribute's path, and its options.
fn attribute_of(tokens: TokenStream) -> (String, TokenStream) {
    let mut name = String::new();
    for token in tokens {
        match token {
            TokenTree::Ident(word) => name = word.to_string(),
            TokenTree::Group(options) => return (name, options.stream()),
            _ => {}
        }
    }
    (name, TokenStream::new())
}

/// An item: what stands before its braces or its semicolon, and these.
fn item_after(tokens: &[TokenTree]) -> TokenStream {
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(mark) => mark.as_char() == ';',
        _ => false,
    };
    let end = tokens.iter().position(ends).map_or(tokens.len(), |at| at + 1);
    tokens[..end].iter().cloned().collect()
}

/// The `compile_error!` in what was expanded.
fn errors(expanded: TokenStream, all: &mut Vec<Said>) {
    let tokens: Vec<TokenTree> = expanded.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        match (token, tokens.get(at + 2)) {
            (TokenTree::Ident(name), Some(TokenTree::Group(group))) if name == "compile_error" => {
                let words: syn::LitStr = syn::parse2(group.stream()).expect("an error has words");
                // `::core::compile_error! { .. }` begins where the mistake does, and ends where it ends.
                let from = tokens[at.saturating_sub(5)].span().start();
                all.push(Said { words: words.value(), from, to: group.span().end() });
            }
            (TokenTree::Group(group), _) => errors(group.stream(), all),
            _ => {}
        }
    }
}

impl Said {
    fn written(&self, name: &str, lines: &[&str]) -> String {
        let (from, to) = (self.from, self.to);
        let width = to.line.to_string().len();
        let mut text = format!("error: {}\n", self.words.trim_end().replace('\n', "\n       "));
        text += &format!("{:width$}--> {CASES}/{name}:{}:{}\n{:width$} |\n", "", from.line, from.column + 1, "");
        if from.line == to.line {
            let marks = "^".repeat((to.column - from.column).max(1));
            let (line, before) = (lines[from.line - 1], " ".repeat(from.column));
            return text + &format!("{} | {line}\n{:width$} | {before}{marks}\n", from.line, "");
        }
        for line in from.line..=to.line {
            let mark = if line == from.line { '/' } else { '|' };
            text += &format!("{line:width$} | {mark} {}\n", lines[line - 1]);
        }
        text + &format!("{:width$} | |{}^\n", "", "_".repeat(to.column))
    }
}
