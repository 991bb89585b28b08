//! Programs of a page: each is compiled with the documentation's tests, or says that it is not.

use crate::Problem;

/// A page says so where its programs are not to be compiled, and why.
const NOT_COMPILED: &str = "<!--not compiled: ";

/// Programs that nothing compiles: those of a page that no file of `src/` includes, and those that are ignored without being an excerpt.
pub fn problems(page: &str, text: &str, included: bool) -> Vec<Problem> {
    if text.contains(NOT_COMPILED) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let (mut within, mut before) = (None, "");
    for (k, line) in text.lines().map(str::trim).enumerate() {
        let fence = line.bytes().take_while(|&b| b == b'`').count();
        match within {
            Some(length) if fence >= length && line.len() == fence => within = None,
            None if fence >= 3 => {
                within = Some(fence);
                let mut words = line[fence..].split(',');
                let rust = words.next() == Some("rust");
                let ignored = words.any(|word| word == "ignore");
                let what = match (rust, ignored, included) {
                    (true, true, _) if !before.starts_with("<!-- from ") => {
                        "a program is ignored that is no excerpt: `<!-- from FILE -->`"
                    }
                    (true, false, false) => "nothing compiles this program: include the page in src/book.rs",
                    _ => continue,
                };
                found.push(Problem { page: page.into(), line: k + 1, what: what.into() });
            }
            _ => {}
        }
        if !line.is_empty() {
            before = line;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::problems;

    fn lines(text: &str, included: bool) -> Vec<usize> {
        problems("p.md", text, included).iter().map(|problem| problem.line).collect()
    }

    #[test]
    fn programs_are_compiled_or_excerpts() {
        assert_eq!(lines("```rust\nfn a() {}\n```\n", true), []);
        assert_eq!(lines("```rust\nfn a() {}\n```\n```text\nx\n```\n", false), [1]);
        assert_eq!(lines("x\n```rust,ignore\nfn a() {}\n```\n", true), [2]);
        assert_eq!(lines("<!-- from a.rs -->\n```rust,ignore\nfn a() {}\n```\n", false), []);
        assert_eq!(lines("<!--not compiled: mistakes-->\n```rust,ignore\n```\n", false), []);
        // A fence within a longer one is no program.
        assert_eq!(lines("````text\n```rust\n```\n````\n", false), []);
    }
}
