//! Minds for the Bevy engine: agents of declared active-inference models as components.
//!
//! A model is declared with the library `aif`; [`MindsPlugin`] lends one agent of it to any number of minds. Each frame every mind perceives
//! what its [`Senses`] say, and those whose plans are oldest plan anew, as many as the frame's [`Budget`] lasts for; the others carry on. What is
//! done then stands in [`Chosen`], and messages say what happened. [`Tuned`] holds what can be tuned while the game runs, from a file, too, and
//! [`OverlayPlugin`] draws what minds believe, consider and why.
//!
//! ```
//! use aif::prelude::*;
//! use aif_bevy::{Budget, Chosen, Minds, MindSystems, MindsPlugin, Senses, Tuning};
//! use bevy_app::{App, Startup, Update};
//! use bevy_ecs::prelude::*;
//!
//! #[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
//! pub enum Go { Stay, Left, Right }
//!
//! fn moved(place: Index<9>, go: Go) -> Index<9> {
//!     let to = match go {
//!         Go::Stay => place.get(),
//!         Go::Left => place.get().saturating_sub(1),
//!         Go::Right => place.get() + 1,
//!     };
//!     Index::new(to).unwrap_or(place)
//! }
//!
//! /// A moth in a corridor, with a lamp at its end.
//! #[derive(Clone, Copy, Debug)]
//! pub struct Moth;
//!
//! #[generative_model(horizon = 2, actions(go: Go))]
//! impl Moth {
//!     #[factor(initial = uniform())]
//!     fn place(&self, place: Index<9>, go: Go) -> Index<9> { moved(place, go) }
//!     #[modality(preference = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0])]
//!     fn light(&self, place: Index<9>) -> Index<9> { place }
//! }
//!
//! #[derive(Component)]
//! struct Body(Index<9>);
//!
//! fn hatch(mut minds: ResMut<Minds<Moth>>, mut commands: Commands) {
//!     for place in [0, 3, 8] {
//!         commands.spawn((minds.newborn(), Body(Index::new(place).expect("it is in the corridor"))));
//!     }
//! }
//!
//! fn look(mut moths: Query<(&Body, &mut Senses<Moth>)>) {
//!     for (body, mut senses) in &mut moths {
//!         senses.see(MothObservation { light: body.0 });
//!     }
//! }
//!
//! fn fly(mut moths: Query<(&mut Body, &Chosen<Moth>)>) {
//!     for (mut body, chosen) in &mut moths {
//!         if let Some(action) = chosen.action {
//!             body.0 = moved(body.0, action.go);
//!         }
//!     }
//! }
//!
//! let options = AgentOptions { selection: Selection::Deterministic, ..AgentOptions::default() };
//! let tuning = Tuning { budget: Budget::Minds(2), ..Tuning::default() };
//! let mut app = App::new();
//! app.add_plugins(MindsPlugin::<Moth>::new(Moth, options)?.tuned(tuning).seeded(7))
//!     .add_systems(Startup, hatch)
//!     .add_systems(Update, (look.in_set(MindSystems::Sense), fly.in_set(MindSystems::Act)));
//! for _ in 0..20 {
//!     app.update();
//! }
//! let mut bodies = app.world_mut().query::<&Body>();
//! assert!(bodies.iter(app.world()).all(|body| body.0.get() == 8));
//! # Ok::<(), ModelError>(())
//! ```
#![warn(missing_docs)]

mod lend;
mod messages;
mod minds;
pub mod overlay;
mod plugin;
mod queue;
mod reload;
mod shared;
mod think;
mod tuning;

pub use messages::{Acted, Failed, Late, Refused, Retuned, Surprised};
pub use minds::{Chosen, Mind, Open, Reasons, Senses, Temper, Turn};
pub use overlay::{Mark, Overlay, OverlayPlugin, Shown, Sketch};
pub use plugin::{MindSystems, MindsPlugin};
pub use reload::TuningFile;
pub use shared::{Minds, Spent, Tuned};
pub use tuning::{Budget, OverlayTuning, PrecisionTuning, TermTuning, Tuning, TuningError};
