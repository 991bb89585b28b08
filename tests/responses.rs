//! What is recorded of agents beside their actions: times, ratings, and which and when together.

#[path = "models/folder.rs"]
#[allow(dead_code)]
mod folder;

#[path = "responses/models.rs"]
mod models;
#[path = "responses/program.rs"]
mod program;
#[path = "responses/scores.rs"]
mod scores;
