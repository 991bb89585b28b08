//! Excerpts: a block after `<!-- from FILE -->` is what stands in that file, which is compiled elsewhere.

use crate::Problem;

/// What is left out: a line of its own.
fn left_out(line: &str) -> bool {
    matches!(line, ".." | "// .." | "# ..")
}

/// What of the excerpts of a page does not stand in the files that they are of. Blank lines and indentation do not count.
pub fn problems(page: &str, text: &str, read: impl Fn(&str) -> Option<String>) -> Vec<Problem> {
    let mut found = Vec::new();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    for (k, line) in lines.iter().enumerate() {
        let Some(file) = line.strip_prefix("<!-- from ").and_then(|rest| rest.strip_suffix(" -->")) else { continue };
        let problem = |line: usize, what: String| Problem { page: page.into(), line: line + 1, what };
        let Some(source) = read(file) else {
            found.push(problem(k, format!("there is no file `{file}`")));
            continue;
        };
        let Some(start) = (k + 1..lines.len()).find(|&l| !lines[l].is_empty()).filter(|&l| lines[l].starts_with("```")) else {
            found.push(problem(k, "an excerpt is a fenced block".into()));
            continue;
        };
        let end = (start + 1..lines.len()).find(|&l| lines[l] == "```").unwrap_or(lines.len());
        let source: Vec<&str> = source.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let mut from = 0;
        let excerpt: Vec<(usize, &str)> = (start + 1..end).map(|l| (l, lines[l])).filter(|(_, line)| !line.is_empty()).collect();
        for run in excerpt.split(|(_, line)| left_out(line)).filter(|run| !run.is_empty()) {
            let fits = |at: usize| run.iter().zip(&source[at..]).take_while(|((_, line), other)| line == *other).count();
            let best = (from..source.len()).max_by_key(|&at| (fits(at), std::cmp::Reverse(at)));
            let reached = best.map_or(0, fits);
            if reached < run.len() {
                let (line, what) = run[reached];
                found.push(problem(line, format!("`{what}` does not stand there in `{file}`")));
                break;
            }
            from = best.map_or(from, |at| at + run.len());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::problems;

    const FILE: &str = "fn one() {\n    1\n}\n\nfn two() {\n    2\n}\n";

    fn of(block: &str) -> Vec<String> {
        let page = format!("Text.\n\n<!-- from f.rs -->\n```rust,ignore\n{block}\n```\n");
        let read = |file: &str| (file == "f.rs").then(|| FILE.to_string());
        problems("p.md", &page, read).into_iter().map(|problem| problem.to_string()).collect()
    }

    #[test]
    fn what_stands_there_is_an_excerpt() {
        assert!(of("fn one() {\n1\n}").is_empty());
        assert!(of("fn one() {\n..\nfn two() {\n    2\n}").is_empty());
    }

    #[test]
    fn what_does_not_is_named_with_its_line() {
        assert_eq!(of("fn one() {\n3\n}"), ["p.md:6: `3` does not stand there in `f.rs`"]);
        // In another order it does not either.
        assert_eq!(of("fn two() {\n..\nfn one() {"), ["p.md:7: `fn one() {` does not stand there in `f.rs`"]);
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let found = problems("p.md", "<!-- from g.rs -->\n```\nx\n```\n", |_| None);
        assert_eq!(found[0].what, "there is no file `g.rs`");
    }
}
