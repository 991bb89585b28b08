//! Checks the pages of the book, and makes the site of them: `docs/build` calls it.
//!
//! ```text
//! aif-site check                  dead links, pages that are not in the summary, excerpts that are not what they are of
//! aif-site stage FOLDER           the same, then lays the pages out for mdBook
//! aif-site reference SITE         links of the reference to pages lead to the pages of the site
//! aif-site finished SITE          links of the finished site
//! ```

mod book;
mod excerpts;
mod finished;
mod links;
mod programs;
mod stage;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use book::Book;

/// What is wrong with a page, and where.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// The page, from the repository's root.
    pub page: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.page, self.line, self.what)
    }
}

const HELP: &str = "usage: aif-site check | stage FOLDER | reference SITE | finished SITE";

fn run(arguments: &[String]) -> io::Result<Vec<Problem>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["check"] => Ok(Book::open(&root)?.problems()),
        ["stage", folder] => {
            let book = Book::open(&root)?;
            let problems = book.problems();
            if problems.is_empty() {
                stage::stage(&book, &PathBuf::from(folder))?;
            }
            Ok(problems)
        }
        ["reference", site] => finished::lead_to_pages(Path::new(site)).map(|()| Vec::new()),
        ["finished", site] => finished::problems(Path::new(site)),
        _ => Err(io::Error::other(HELP)),
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(problems) if problems.is_empty() => ExitCode::SUCCESS,
        Ok(problems) => {
            problems.iter().for_each(|problem| eprintln!("{problem}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
