//! Fits and what comes out of them: draws, summaries, diagnostics, files.

mod bridge;
mod densities;
mod dropped;
mod files;
mod fit;
mod header;
mod judgement;
mod recovery;
mod reduction;
mod report;
mod stored;
mod summary;
mod zarr;

pub use crate::fit::{FitError, Fittable};
pub use crate::population::Group;
pub use densities::densities;
pub use dropped::ReductionError;
pub use files::{
    accuracy_csv, bound_csv, diagnostics_json, divergences_csv, draws_csv, evidence_csv, evidence_subjects_csv, files, guide_csv,
    kinds_csv, level_csv, loo_blocks_csv, loo_csv, loo_subjects_csv, loo_total, population_csv, predictive_csv, regressors_tsv,
    subjects_csv,
};
pub use fit::{Fit, Quantity, fit_nuts, fit_with};
pub use header::Header;
pub use recovery::{Panel, correlation, recovery};
pub use reduction::{Reduced, Reduction, reduce, reduce_beside};
pub use report::{Truth, report_html};
pub use stored::{checked, fit_files, read_fit, read_pieces, sealed_part};
pub use summary::{Summary, summary};
pub use zarr::zarr_files;

pub(crate) use dropped::MOST_DROPPED;
pub(crate) use files::{number, tab_line};
pub(crate) use header::HEADER;
pub(crate) use reduction::reductions;
pub(crate) use stored::{REPORT, read_fit_but};
