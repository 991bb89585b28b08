//! Fitting a group by one of three methods, in pieces that can be stored: of a flat population one for each subject, else one for all.

mod above;
mod approximate;
mod chains;
mod checkpoints;
mod climbed;
mod draws;
mod error;
mod evidence;
mod filed;
mod fittable;
mod integrated;
mod judged;
mod method;
mod piece;
mod plan;
mod pointwise;
mod predict;
mod run;
mod scored;
mod shard;
mod sound;

pub use crate::record::Regressors;
pub use checkpoints::{Checkpoints, NoCheckpoints};
pub use draws::Draws;
pub use error::FitError;
pub use fittable::{Fittable, TabledGroup};
pub use method::Method;
pub use piece::{Bound, Evidence, Judged, PartialFit, PredictedResponse, PredictiveCheck, Quadrature, Scored, SubjectEvidence};
pub use plan::{Plan, PredictiveOptions};
pub use run::fit_pieces;
pub use scored::{outside, score, weigh};

pub(crate) use checkpoints::{decode, encode_to};
pub(crate) use plan::FILED_FROM;
pub(crate) use sound::check_pieces;
