//! The pages of the book, in the order of its summary.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::links::{anchors, links, outside, resolve};
use crate::{Problem, excerpts, programs};

const SUMMARY: &str = "docs/SUMMARY.md";

/// A page: its path from the repository's root, and what it says.
pub struct Page {
    pub path: String,
    pub text: String,
}

/// The summary and all pages that it names.
pub struct Book {
    pub root: PathBuf,
    pub summary: String,
    pub pages: Vec<Page>,
    /// Targets of the summary that are no pages.
    missing: Vec<Problem>,
}

/// What a target of a page is, from the root.
pub enum Target {
    /// One of the pages, at an anchor.
    Page(String, Option<String>),
    /// A source file, which the site shows as a page.
    Source(String),
    /// Any other file.
    File(String),
}

impl Book {
    /// Reads the book of a repository.
    pub fn open(root: &Path) -> io::Result<Book> {
        let summary = fs::read_to_string(root.join(SUMMARY))?;
        let (mut pages, mut missing) = (Vec::new(), Vec::new());
        for link in links(&summary) {
            let path = resolve(SUMMARY, &link.target).map(|(path, _)| path);
            match path.map(|path| (fs::read_to_string(root.join(&path)), path)) {
                Some((Ok(text), path)) => pages.push(Page { path, text }),
                _ => {
                    missing.push(Problem { page: SUMMARY.into(), line: link.line, what: format!("`{}` is no page", link.target) })
                }
            }
        }
        Ok(Book { root: root.to_path_buf(), summary, pages, missing })
    }

    fn page(&self, path: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.path == path)
    }

    /// What a link means, or why it is dead.
    pub fn target(&self, page: &str, target: &str) -> Result<Target, String> {
        let Some((mut path, anchor)) = resolve(page, target) else {
            return Err(format!("`{target}` leads out of the repository"));
        };
        if self.root.join(&path).is_dir() {
            path = format!("{path}/README.md").trim_start_matches('/').to_string();
        }
        // The summary is the site's menu, and no page of it.
        if path == SUMMARY {
            return Ok(Target::Page("docs/README.md".into(), None));
        }
        if let Some(there) = self.page(&path) {
            return match anchor {
                Some(anchor) if !anchors(&there.text).contains(&anchor) => Err(format!("`{path}` has no heading `#{anchor}`")),
                anchor => Ok(Target::Page(path, anchor)),
            };
        }
        if !self.root.join(&path).is_file() {
            return Err(format!("`{target}` leads nowhere"));
        }
        match path.rsplit_once('.').map(|(_, kind)| kind) {
            Some("md") => Err(format!("`{path}` is not in {SUMMARY}")),
            Some("rs") => Ok(Target::Source(path)),
            _ => Ok(Target::File(path)),
        }
    }

    /// Everything that is wrong with the pages.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found: Vec<Problem> =
            self.missing.iter().map(|m| Problem { page: m.page.clone(), line: m.line, what: m.what.clone() }).collect();
        let sources = texts_under(&self.root.join("src"), "rs");
        for page in &self.pages {
            let included = sources.iter().any(|source| source.contains(&format!("/{}\")", page.path)));
            found.extend(programs::problems(&page.path, &page.text, included));
            for link in links(&page.text).iter().filter(|link| !outside(&link.target)) {
                if let Err(what) = self.target(&page.path, &link.target) {
                    found.push(Problem { page: page.path.clone(), line: link.line, what });
                }
            }
            found.extend(excerpts::problems(&page.path, &page.text, |file| fs::read_to_string(self.root.join(file)).ok()));
        }
        let known: BTreeSet<&str> = self.pages.iter().map(|page| page.path.as_str()).collect();
        for path in pages_under(&self.root, "docs") {
            if path != SUMMARY && !known.contains(path.as_str()) {
                found.push(Problem { page: path, line: 1, what: format!("it is not in {SUMMARY}") });
            }
        }
        found
    }
}

/// What the files of a kind under a folder say.
fn texts_under(folder: &Path, kind: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    let texts = paths.flat_map(|path| match path.is_dir() {
        true => texts_under(&path, kind),
        false if path.extension().is_some_and(|other| other == kind) => fs::read_to_string(&path).into_iter().collect(),
        false => Vec::new(),
    });
    texts.collect()
}

/// All Markdown files under a folder, in order.
fn pages_under(root: &Path, folder: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return Vec::new() };
    let mut names: Vec<String> = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    let paths = names.into_iter().map(|name| format!("{folder}/{name}"));
    paths.flat_map(|path| if path.ends_with(".md") { vec![path] } else { pages_under(root, &path) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_page_has_a_dead_link_or_an_excerpt_of_nothing() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let problems: Vec<String> = Book::open(&root).expect("a summary").problems().iter().map(Problem::to_string).collect();
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }

    #[test]
    fn dead_links_are_named() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut book = Book::open(&root).expect("a summary");
        let text = "[a](nowhere.md)\n[b](declaring.md#not-there)\n[c](../tests/compile_fail/../../aif-runtime/README.md)\n[d](https://elsewhere)\n";
        book.pages = vec![Page { path: "docs/x.md".into(), text: text.into() }, book.pages.swap_remove(1)];
        book.pages[1] = Page { path: "docs/declaring.md".into(), text: "# A\n".into() };
        let at = |line: usize| book.problems().into_iter().find(|p| p.page == "docs/x.md" && p.line == line).map(|p| p.what);
        assert_eq!(at(1).as_deref(), Some("`nowhere.md` leads nowhere"));
        assert_eq!(at(2).as_deref(), Some("`docs/declaring.md` has no heading `#not-there`"));
        assert_eq!(at(3).as_deref(), Some("`aif-runtime/README.md` is not in docs/SUMMARY.md"));
        assert_eq!(at(4), None);
    }
}
