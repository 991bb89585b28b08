//! Several minds: players of declared models who think about each other, and the world that they are in.
//!
//! A [`Player`] acts under a declared model with two actions, its own and another's. `flat.rs` writes that model out over its joint
//! states, `thinker.rs` is who a player is and who it holds the other for, `thought.rs` what it believes, the other's belief included;
//! `search.rs` plans, `follower.rs` goes along what was recorded. `quantal.rs` is the fixed point of mutual prediction. A [`Society`] seats players in one world; with a
//! seat left open it is a [`Game`] for whoever comes (`game.rs`), `saved.rs` keeps all of it.

mod error;
mod flat;
mod follower;
mod game;
mod linear;
mod options;
mod player;
mod playing;
mod quantal;
mod saved;
mod search;
mod table;
mod thinker;
mod thought;
mod world;

pub use error::SocietyError;
pub use flat::MAX_NUMBERS;
pub use follower::{Chosen, Follower};
pub use game::Game;
pub use options::PlayerOptions;
pub use player::{Play, Player};
pub use playing::{Candidates, Playing, weighed};
pub use quantal::{Equilibrium, Payoffs, mutual_prediction};
pub use saved::SocietySave;
pub use search::Deliberation;
pub use thought::{Remembered, Thought};
pub use world::{Round, Rounds, Seated, Society, plays};
