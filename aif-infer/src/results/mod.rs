//! Fits and what comes out of them: draws, summaries, diagnostics, files.

mod files;
mod fit;
mod group;
mod report;
mod stored;
mod summary;
mod zarr;

pub use crate::fit::FitError;
pub use files::{
    accuracy_csv, bound_csv, diagnostics_json, divergences_csv, draws_csv, evidence_csv, files, guide_csv, level_csv,
    loo_blocks_csv, loo_csv, loo_subjects_csv, loo_total, population_csv, predictive_csv, regressors_tsv, subjects_csv,
};
pub use fit::{Fit, Quantity, fit_nuts, fit_with};
pub use group::{Fittable, Group, ResponsePlace};
pub use report::{Truth, report_html};
pub use stored::{Header, fit_files, read_fit};
pub use summary::{Summary, summary};
pub use zarr::zarr_files;
