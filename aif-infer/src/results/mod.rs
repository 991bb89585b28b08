//! Fits and what comes out of them: draws, summaries, diagnostics, files.

mod files;
mod fit;
mod group;
mod summary;

pub use files::{diagnostics_json, draws_csv, files, population_csv, subjects_csv};
pub use fit::{Fit, FitError, Quantity, fit_nuts};
pub use group::{Fittable, Group};
pub use summary::{Summary, summary};
