//! The finished site: links of its HTML, and those of the reference that mean pages.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::Problem;
use crate::links::{outside, resolve};

/// Where the reference stands in the site.
const REFERENCE: &str = "api";

/// All pages of HTML under a folder, in order.
fn pages(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    entries.sort();
    let mut found = Vec::new();
    for path in entries {
        if path.is_dir() {
            found.extend(pages(&path)?);
        } else if path.extension().is_some_and(|kind| kind == "html") {
            found.push(path);
        }
    }
    Ok(found)
}

/// The places of all links and pictures of a page that mean files of the site; scripts find their own.
fn targets(html: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    for attribute in ["href=\"", "src=\""] {
        let mut from = 0;
        while let Some(place) = html[from..].find(attribute) {
            let start = from + place + attribute.len();
            let Some(length) = html[start..].find('"') else { break };
            let target = &html[start..start + length];
            let tag = html[..start].rfind('<').map_or("", |at| &html[at..start]);
            let own = !target.is_empty() && !outside(target) && !target.starts_with(['#', '/']) && !target.contains("${");
            if own && !tag.starts_with("<script") {
                found.push(start..start + length);
            }
            from = start + length;
        }
    }
    found.sort_by_key(|range| range.start);
    found
}

fn within(site: &Path, page: &Path) -> String {
    page.strip_prefix(site).unwrap_or(page).to_string_lossy().replace('\\', "/")
}

fn there(site: &Path, page: &str, target: &str) -> bool {
    let path = target.split(['?', '#']).next().unwrap_or("");
    resolve(page, path).is_some_and(|(path, _)| site.join(path).exists())
}

/// Pages of the book are part of the documentation of modules, and their links mean files of the repository: they are led to the pages of
/// the site.
pub fn lead_to_pages(site: &Path) -> io::Result<()> {
    for file in pages(&site.join(REFERENCE))? {
        let html = fs::read_to_string(&file)?;
        let page = within(site, &file);
        let mut led = html.clone();
        for range in targets(&html).into_iter().rev() {
            let target = &html[range.clone()];
            if there(site, &page, target) {
                continue;
            }
            let (path, anchor) =
                target.split_once('#').map_or((target, String::new()), |(path, anchor)| (path, format!("#{anchor}")));
            // A page of docs/, or the README; the list of all pages stands beside each, so that it is the first of them.
            let path = if path.ends_with("SUMMARY.md") { "docs/README.md" } else { path };
            let candidates =
                ["docs/README.md", "README.md"].into_iter().filter_map(|of| resolve(of, path)).flat_map(|(path, _)| {
                    let page = path.strip_suffix(".md").map(|stem| match stem.strip_suffix("README") {
                        Some(folder) => format!("{folder}index.html"),
                        None => format!("{stem}.html"),
                    });
                    [page, Some(format!("{path}.html")), Some(format!("{path}/index.html")), Some(path)].into_iter().flatten()
                });
            if let Some(found) = candidates.into_iter().find(|path| site.join(path).is_file()) {
                led.replace_range(range, &("../".repeat(page.matches('/').count()) + &found + &anchor));
            }
        }
        if led != html {
            fs::write(&file, led)?;
        }
    }
    Ok(())
}

/// Links of the finished site that lead to no file.
pub fn problems(site: &Path) -> io::Result<Vec<Problem>> {
    let mut found = Vec::new();
    for file in pages(site)? {
        let html = fs::read_to_string(&file)?;
        let page = within(site, &file);
        for range in targets(&html).into_iter().filter(|range| !there(site, &page, &html[range.clone()])) {
            let line = html[..range.start].matches('\n').count() + 1;
            found.push(Problem { page: page.clone(), line, what: format!("`{}` leads nowhere", &html[range]) });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_leads_to_pages_of_the_site() {
        let site = std::env::temp_dir().join(format!("aif-site-{}", std::process::id()));
        let put = |path: &str, text: &str| {
            let file = site.join(path);
            fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            fs::write(file, text).expect("a file");
        };
        put("docs/acting.html", "");
        put("examples/a.rs.html", "");
        put(
            "api/aif/hgf/index.html",
            "<a href=\"acting.md#planning\"> <a href=\"../examples/a.rs\"> <a href=\"gone.md\"> <a href=\"https://x\">",
        );
        lead_to_pages(&site).expect("files");
        let led = fs::read_to_string(site.join("api/aif/hgf/index.html")).expect("a file");
        let dead = problems(&site).expect("files");
        fs::remove_dir_all(&site).expect("a folder");
        assert!(
            led.contains("\"../../../docs/acting.html#planning\"") && led.contains("\"../../../examples/a.rs.html\""),
            "{led}"
        );
        assert_eq!(dead.len(), 1);
        assert_eq!(dead[0].what, "`gone.md` leads nowhere");
    }
}
