//! Modalities that are measured: beliefs, evidence, plans, records and gradients.

#[path = "measured/beliefs.rs"]
mod beliefs;
#[path = "measured/models.rs"]
mod models;
#[path = "measured/plans.rs"]
mod plans;
#[path = "measured/program.rs"]
mod program;
