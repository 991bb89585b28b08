//! What the crate that is being compiled calls the facade: `aif`, unless its manifest renames it.

use std::cell::RefCell;
use std::path::Path;

use proc_macro2::{Ident, Span};

/// The name of the package.
const PACKAGE: &str = "aif";

thread_local! {
    /// The last manifest that was read, and the name in it.
    static KNOWN: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
}

/// The facade's name in the crate that is being compiled.
pub fn name() -> Ident {
    let folder = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let known = KNOWN.with_borrow(|known| known.as_ref().filter(|k| k.0 == folder).map(|k| k.1.clone()));
    let name = known.unwrap_or_else(|| {
        let name = named_in(Path::new(&folder)).unwrap_or_else(|| PACKAGE.into());
        KNOWN.with_borrow_mut(|known| *known = Some((folder, name.clone())));
        name
    });
    Ident::new(&name, Span::call_site())
}

/// The name under which a manifest, or the workspace above it, has the package.
fn named_in(folder: &Path) -> Option<String> {
    let own = std::fs::read_to_string(folder.join("Cargo.toml")).ok()?;
    let all = dependencies(&own, "dependencies");
    if let Some(found) = all.iter().find(|d| d.package == PACKAGE) {
        return Some(found.name.replace('-', "_"));
    }
    // A workspace may have renamed it.
    let above = folder.ancestors().filter_map(|above| std::fs::read_to_string(above.join("Cargo.toml")).ok());
    let shared: Vec<Dependency> = above.flat_map(|text| dependencies(&text, "workspace.dependencies")).collect();
    let renamed = |d: &&Dependency| d.inherited && shared.iter().any(|s| s.name == d.name && s.package == PACKAGE);
    all.iter().find(renamed).map(|d| d.name.replace('-', "_"))
}

/// A dependency of a manifest.
struct Dependency {
    /// What the crate calls it.
    name: String,
    /// The package that it is.
    package: String,
    /// Whether the workspace says what it is.
    inherited: bool,
}

/// The dependencies in the sections of a manifest whose names end so. Reads what manifests are written like, no more: a key with a table
/// on a line of its own or on several, or a section for each dependency.
fn dependencies(text: &str, section: &str) -> Vec<Dependency> {
    let mut all: Vec<Dependency> = Vec::new();
    // Whether lines list dependencies; whether they describe the last one.
    let (mut lists, mut describes) = (false, false);
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or(line).trim();
        if let Some(header) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')).filter(|_| line.starts_with('[')) {
            let is_of = |name: &str| name == section || (section == "dependencies" && is_dependencies(name));
            lists = is_of(header);
            let one = header.rsplit_once('.').filter(|(before, _)| is_of(before));
            describes = one.is_some() && !lists;
            if let Some((_, name)) = one.filter(|_| describes) {
                all.push(Dependency::new(name));
            }
            continue;
        }
        let Some((key, value)) = line.split_once('=') else { continue };
        let (key, value) = (key.trim().trim_matches('"'), value.trim());
        if lists
            && !key.is_empty()
            && !key.starts_with([']', '}', '{'])
            && key.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c))
        {
            // `name.workspace = true` describes `name`.
            let (name, property) = key.split_once('.').map_or((key, ""), |(name, property)| (name, property));
            all.push(Dependency::new(name));
            if let Some(last) = all.last_mut() {
                last.inherited |= property == "workspace" && value == "true";
            }
        }
        if let Some(last) = all.last_mut().filter(|_| lists || describes) {
            last.describe(line);
        }
    }
    all
}

fn is_dependencies(section: &str) -> bool {
    let last = section.rsplit_once('.').map_or(section, |(before, last)| if before.starts_with("target") { last } else { "" });
    ["dependencies", "dev-dependencies", "build-dependencies"].contains(&last)
}

impl Dependency {
    fn new(name: &str) -> Self {
        let name = name.trim().trim_matches('"');
        Dependency { name: name.into(), package: name.into(), inherited: false }
    }

    /// Takes in what a line says of it.
    fn describe(&mut self, line: &str) {
        let squeezed: String = line.chars().filter(|c| !c.is_whitespace()).collect();
        if let Some((_, after)) = squeezed.split_once("package=\"")
            && let Some((package, _)) = after.split_once('"')
        {
            self.package = package.into();
        }
        self.inherited |= squeezed.contains("workspace=true");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_in(text: &str) -> Option<String> {
        dependencies(text, "dependencies").into_iter().find(|d| d.package == PACKAGE).map(|d| d.name)
    }

    #[test]
    fn a_renamed_package_is_found_however_it_is_written() {
        for (text, name) in [
            ("[dependencies]\naif = \"0.1\"", "aif"),
            ("[package]\nname = \"aif\"\n[dev-dependencies]\nminds = { path = \"..\", package = \"aif\" } # so", "minds"),
            ("[dependencies]\nserde = \"1\"\nminds = { features = [\n  \"std\",\n], package = \"aif\" }\n", "minds"),
            ("[dependencies.my-minds]\nversion = \"0.1\"\npackage = \"aif\"\n[features]\nx = []", "my-minds"),
            ("[target.'cfg(unix)'.dependencies]\nminds = { package=\"aif\" }", "minds"),
        ] {
            assert_eq!(name_in(text).as_deref(), Some(name), "{text}");
        }
        assert_eq!(name_in("[dependencies]\nserde = \"1\"\n[package.metadata]\naif = \"x\""), None);
        let inherited = dependencies("[dependencies]\nminds.workspace = true\nother = { workspace = true }", "dependencies");
        assert!(inherited.iter().all(|d| d.inherited));
        let shared =
            dependencies("[workspace.dependencies]\nminds = { package = \"aif\", path = \"x\" }", "workspace.dependencies");
        assert_eq!((shared[0].name.as_str(), shared[0].package.as_str()), ("minds", PACKAGE));
    }
}
