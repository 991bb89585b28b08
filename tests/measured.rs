//! Modalities that are measured: beliefs, evidence, plans, records and gradients.

#[path = "models/folder.rs"]
#[allow(dead_code)]
mod folder;

#[path = "measured/beliefs.rs"]
mod beliefs;
#[path = "measured/models.rs"]
mod models;
#[path = "measured/peers.rs"]
mod peers;
#[path = "measured/plans.rs"]
mod plans;
#[path = "measured/program.rs"]
mod program;
