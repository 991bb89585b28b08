//! The kinds of files, and how one is told from another.

use std::path::Path;

use crate::{json, spm};

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Cassandra's `.POMDP`.
    Pomdp,
    /// GNN Markdown.
    Gnn,
    /// pymdp's arrays as JSON.
    Pymdp,
    /// pymdp's arrays as numpy's `.npz`.
    Npz,
    /// SPM's structures as JSON.
    Spm,
    /// SPM's structures as MATLAB's `.mat`, not compressed.
    Mat,
}

impl Format {
    /// The kind of a file.
    ///
    /// # Errors
    /// What was expected.
    pub fn of(path: &Path, bytes: &[u8]) -> Result<Format, String> {
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        match ending.as_str() {
            "pomdp" => Ok(Format::Pomdp),
            "md" | "gnn" => Ok(Format::Gnn),
            "npz" => Ok(Format::Npz),
            "json" => {
                let root = std::str::from_utf8(bytes).ok().and_then(|text| json::parse(text).ok());
                Ok(if root.is_some_and(|root| spm::is(&root)) { Format::Spm } else { Format::Pymdp })
            }
            "mat" => Ok(Format::Mat),
            other => Err(format!("the ending `{other}` is none that is known: expected .pomdp, .md, .gnn, .json, .npz or .mat")),
        }
    }
}
