//! Links and headings of a page, outside of its programs.

use std::ops::Range;

/// A link of a page.
#[derive(Debug, PartialEq, Eq)]
pub struct Link {
    /// The line, counted from 1.
    pub line: usize,
    /// Where in the page its target stands, in bytes.
    pub at: Range<usize>,
    /// The target, as written.
    pub target: String,
}

/// A line of prose: its number from 1, its place in bytes, and what it says.
pub struct Line<'a> {
    pub number: usize,
    pub offset: usize,
    pub text: &'a str,
}

/// How long a run of backticks or tildes begins the line, if it is a fence.
fn fence(line: &str) -> Option<(char, usize)> {
    let line = line.trim_start();
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = line.chars().take_while(|&c| c == mark).count();
    (length >= 3).then_some((mark, length))
}

/// The lines of a page that are outside of fenced blocks.
pub fn prose(text: &str) -> Vec<Line<'_>> {
    let (mut lines, mut offset, mut within) = (Vec::new(), 0, None);
    for (k, line) in text.split_inclusive('\n').enumerate() {
        match (within, fence(line)) {
            (None, Some(opening)) => within = Some(opening),
            (None, None) => lines.push(Line { number: k + 1, offset, text: line.trim_end_matches('\n') }),
            (Some((mark, length)), Some((other, longer))) if mark == other && longer >= length => within = None,
            _ => {}
        }
        offset += line.len();
    }
    lines
}

/// The line with spaces in place of what stands between backticks.
fn without_code(line: &str) -> String {
    let (mut shown, mut rest) = (String::with_capacity(line.len()), line);
    while let Some(start) = rest.find('`') {
        let run = rest[start..].bytes().take_while(|&b| b == b'`').count();
        let body = &rest[start + run..];
        // The next run of the same length closes it; a run of another length is part of the code.
        let mut from = 0;
        let closing = loop {
            let Some(place) = body[from..].find('`') else { break None };
            let length = body[from + place..].bytes().take_while(|&b| b == b'`').count();
            if length == run {
                break Some(from + place);
            }
            from += place + length;
        };
        shown.push_str(&rest[..start]);
        let Some(end) = closing else {
            shown.push_str(&rest[start..start + run]);
            rest = body;
            continue;
        };
        shown.extend(std::iter::repeat_n(' ', run + end + run));
        rest = &body[end + run..];
    }
    shown.push_str(rest);
    shown
}

/// All links and pictures of a page.
pub fn links(text: &str) -> Vec<Link> {
    let mut found = Vec::new();
    for line in prose(text) {
        let shown = without_code(line.text);
        let mut from = 0;
        while let Some(place) = shown[from..].find("](") {
            let start = from + place + 2;
            let Some(length) = shown[start..].find(')') else { break };
            let target = shown[start..start + length].split_whitespace().next().unwrap_or("");
            let at = line.offset + start..line.offset + start + target.len();
            found.push(Link { line: line.number, at, target: target.to_string() });
            from = start + length;
        }
    }
    found
}

/// The anchors of a page's headings, as code hosts and mdBook make them.
pub fn anchors(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in prose(text) {
        let level = line.text.bytes().take_while(|&b| b == b'#').count();
        if !(1..=6).contains(&level) || !line.text[level..].starts_with(' ') {
            continue;
        }
        let slug = slug(line.text[level..].trim());
        let again = found.iter().filter(|&other| *other == slug || other.strip_prefix(&slug).is_some_and(numbered)).count();
        found.push(if again == 0 { slug } else { format!("{slug}-{again}") });
    }
    found
}

fn numbered(rest: &str) -> bool {
    rest.strip_prefix('-').is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// Lower case, blanks to hyphens, no punctuation; of a link only what is shown.
fn slug(heading: &str) -> String {
    let mut shown = String::new();
    let mut rest = heading;
    while let Some(place) = rest.find("](") {
        shown.push_str(&rest[..place]);
        rest = rest[place..].find(')').map_or("", |end| &rest[place + end + 1..]);
    }
    shown.push_str(rest);
    let mut slug = String::new();
    for c in shown.to_lowercase().chars() {
        match c {
            ' ' => slug.push('-'),
            '-' | '_' => slug.push(c),
            c if c.is_alphanumeric() => slug.push(c),
            _ => {}
        }
    }
    slug
}

/// Whether a target leads out of the site.
pub fn outside(target: &str) -> bool {
    ["http://", "https://", "mailto:", "data:", "javascript:"].iter().any(|scheme| target.starts_with(scheme))
}

/// The path from the root that a target of a page means, and the anchor in it. `None` where it leads out of the root.
pub fn resolve(page: &str, target: &str) -> Option<(String, Option<String>)> {
    let (path, anchor) = match target.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor.to_string())),
        None => (target, None),
    };
    if path.is_empty() {
        return Some((page.to_string(), anchor));
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some((parts.join("/"), anchor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_in_prose_and_nowhere_else() {
        let page = "see [a](a.md) and ![b](p/b.svg \"what\")\n```rust\nlet x = [f](0);\n```\n`[no](no.md)` [`code`](c.md#d) ``a ` [n](m)``\n";
        let found = links(page);
        let targets: Vec<&str> = found.iter().map(|link| link.target.as_str()).collect();
        assert_eq!(targets, ["a.md", "p/b.svg", "c.md#d"]);
        assert_eq!(found[2].line, 5);
        for link in &found {
            assert_eq!(&page[link.at.clone()], link.target);
        }
    }

    #[test]
    fn a_longer_fence_holds_shorter_ones() {
        let page = "````text\n```\n[x](x.md)\n```\n````\n[y](y.md)\n";
        assert_eq!(links(page).len(), 1);
    }

    #[test]
    fn headings_have_the_anchors_of_code_hosts() {
        let page = "# `#[generative_model(..)]`\n## What goes down, and what comes up\n## A [link](to.md) more\n## Twice\n## Twice\n```\n# no\n```\n";
        let expected = ["generative_model", "what-goes-down-and-what-comes-up", "a-link-more", "twice", "twice-1"];
        // A bracket of a link is no part of its heading.
        assert_eq!(anchors(page), expected);
    }

    #[test]
    fn targets_are_resolved_from_their_page() {
        let to = |target: &str| resolve("docs/algorithms/README.md", target);
        assert_eq!(to("../acting.md#planning"), Some(("docs/acting.md".into(), Some("planning".into()))));
        assert_eq!(to("#top"), Some(("docs/algorithms/README.md".into(), Some("top".into()))));
        assert_eq!(to("../../README.md"), Some(("README.md".into(), None)));
        assert_eq!(to("../../../elsewhere.md"), None);
        assert_eq!(resolve("README.md", "docs/"), Some(("docs".into(), None)));
    }
}
