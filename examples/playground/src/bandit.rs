//! Two machines, one of which pays more often, until they change places; what a visitor chose is fitted on the spot.

use aif::compare::psis;
use aif::infer::laplace::{LaplaceOptions, laplace};
