//! Lays the pages out for mdBook: the repository's own tree, with links to what they become in the site.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::Path;

use crate::book::{Book, Target};
use crate::links::{links, outside};

/// The page of the site beside which the sources stand.
const PROGRAMS: &str = "examples/README.md";

const REFERENCE: &str = "\
# Reference

Every public name, with shapes, units, errors and sources:

- [`aif`](api/aif/index.html), the library as its users see it
- [`aif_runtime`](api/aif_runtime/index.html): scalars, domains, distributions, models, perception, planning, learning, action
- [`aif_infer`](api/aif_infer/index.html): priors, populations, records, scoring, gradients, fits, diagnostics, the study program
- [`aif_import`](api/aif_import/index.html): files of other tools
- [`aif_macros`](api/aif_macros/index.html): the attributes and macros
";

/// What a path from the root is called in the site.
fn in_site(target: &Target) -> String {
    match target {
        Target::Page(path, anchor) => {
            let page = match path.strip_suffix("README.md") {
                Some(folder) => format!("{folder}index.html"),
                None => format!("{}.html", path.trim_end_matches(".md")),
            };
            anchor.as_ref().map_or(page.clone(), |anchor| format!("{page}#{anchor}"))
        }
        Target::Source(path) => format!("{path}.html"),
        Target::File(path) => path.clone(),
    }
}

/// The way from a page to a path of the site.
fn way(page: &str, to: &str) -> String {
    "../".repeat(page.matches('/').count()) + to
}

fn put(folder: &Path, path: &str, bytes: &[u8]) -> io::Result<()> {
    let file = folder.join(path);
    fs::create_dir_all(file.parent().unwrap_or(folder))?;
    fs::write(file, bytes)
}

/// Writes `book.toml`, `site.css` and `src/` into a folder, which is emptied before.
pub fn stage(book: &Book, folder: &Path) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let pages = folder.join("src");
    let (mut sources, mut files) = (BTreeSet::new(), BTreeSet::new());
    for page in &book.pages {
        let mut text = page.text.clone();
        for link in links(&page.text).iter().rev().filter(|link| !outside(&link.target)) {
            let target = book.target(&page.path, &link.target).map_err(io::Error::other)?;
            text.replace_range(link.at.clone(), &way(&page.path, &in_site(&target)));
            match target {
                Target::Source(path) => drop(sources.insert(path)),
                Target::File(path) => drop(files.insert(path)),
                Target::Page(..) => {}
            }
        }
        put(&pages, &page.path, text.as_bytes())?;
    }
    for file in &files {
        put(&pages, file, &fs::read(book.root.join(file))?)?;
    }
    for source in &sources {
        let text = fs::read_to_string(book.root.join(source))?;
        put(&pages, &format!("{source}.md"), format!("# {source}\n\n`````rust,ignore\n{text}`````\n").as_bytes())?;
    }
    put(&pages, "reference.md", REFERENCE.as_bytes())?;
    put(&pages, "SUMMARY.md", summary(book, &sources).as_bytes())?;
    let mut settings = fs::read_to_string(book.root.join("docs/book.toml"))?;
    for source in &sources {
        let _ = write!(settings, "\n[output.html.search.chapter.\"{source}.md\"]\nenable = false\n");
    }
    put(folder, "site.css", &fs::read(book.root.join("docs/site/site.css"))?)?;
    put(folder, "book.toml", settings.as_bytes())
}

/// The summary from the root, with the sources beneath the page of programs, and the reference.
fn summary(book: &Book, sources: &BTreeSet<String>) -> String {
    let mut text = String::new();
    for line in book.summary.split_inclusive('\n') {
        let mut written = line.to_string();
        for link in links(line).iter().rev() {
            let Some((path, _)) = crate::links::resolve("docs/SUMMARY.md", &link.target) else { continue };
            written.replace_range(link.at.clone(), &path);
            if path == PROGRAMS {
                let indent = line.len() - line.trim_start().len() + 2;
                for source in sources {
                    let _ = writeln!(written, "{:indent$}- [{source}]({source}.md)", "");
                }
            }
        }
        text.push_str(&written);
    }
    text + "\n---\n\n[Reference](reference.md)\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_linked_has_a_place_in_the_site() {
        let page = |path: &str, anchor: Option<&str>| in_site(&Target::Page(path.into(), anchor.map(str::to_string)));
        assert_eq!(page("docs/acting.md", Some("planning")), "docs/acting.html#planning");
        assert_eq!(page("README.md", None), "index.html");
        assert_eq!(in_site(&Target::Source("examples/a.rs".into())), "examples/a.rs.html");
        assert_eq!(way("docs/algorithms/exact.md", "index.html"), "../../index.html");
    }
}
