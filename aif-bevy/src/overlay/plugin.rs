//! The plugin of the overlay: where states lie, where actions lead, and when it is drawn.

use aif_runtime::{Domain, GenerativeModel, Real};
use bevy_app::{App, Plugin, Update};
use bevy_ecs::intern::Interned;
use bevy_ecs::schedule::{IntoScheduleConfigs, ScheduleLabel};
use bevy_math::{Rect, Vec2};

use super::shown::{Lies, Overlay, sketch};
use super::sketch::Sketch;
use crate::plugin::MindSystems;

/// Draws those minds of a model that are [`Shown`](super::Shown).
///
/// In [`MindSystems::Draw`] their overlay becomes a [`Sketch`]; with the feature `gizmos`, and an app that has Bevy's `GizmoPlugin`, it is drawn with
/// gizmos in the same frame.
pub struct OverlayPlugin<M: GenerativeModel<T>, T: Real = f64> {
    // Plugins are built once, behind a shared reference: what is boxed is taken out of here.
    overlay: std::sync::Mutex<Option<Overlay<M, T>>>,
    schedule: Interned<dyn ScheduleLabel>,
}

/// A factor whose belief cannot be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OverlayError {
    /// The model does not have it.
    #[error("{model} has no factor {name:?}, expected one of {factors:?}")]
    NoFactor {
        /// The model.
        model: &'static str,
        /// What it was called.
        name: String,
        /// What there is.
        factors: Vec<&'static str>,
    },
    /// Its states are others than those whose places are known.
    #[error("factor {name} of {model} has {expected} states, but places were given for {found}")]
    States {
        /// The model.
        model: &'static str,
        /// The factor.
        name: &'static str,
        /// How many states it has.
        expected: usize,
        /// For how many places were given.
        found: usize,
    },
}

impl<M: GenerativeModel<T>, T: Real> Default for OverlayPlugin<M, T> {
    fn default() -> Self {
        let overlay = Overlay { heat: None, leads: None, sketch: Sketch::default() };
        OverlayPlugin { overlay: std::sync::Mutex::new(Some(overlay)), schedule: Update.intern() }
    }
}

impl<M: GenerativeModel<T>, T: Real> OverlayPlugin<M, T> {
    fn with(mut self, change: impl FnOnce(&mut Overlay<M, T>)) -> Self {
        if let Ok(Some(overlay)) = self.overlay.get_mut().map(Option::as_mut) {
            change(overlay);
        }
        self
    }

    /// Draws the belief about a factor as heat: `lies` calls its second argument with each rectangle that a state covers.
    ///
    /// # Errors
    /// When the model has no factor of that name, or it has another number of states.
    pub fn heat<D: Domain>(
        self,
        factor: &str,
        lies: impl Fn(D, &mut dyn FnMut(Rect)) + Send + Sync + 'static,
    ) -> Result<Self, OverlayError> {
        let (model, factors) = (M::META.name, M::META.factors);
        let Some(place) = factors.iter().position(|one| one.name == factor) else {
            let factors = factors.iter().map(|one| one.name).collect();
            return Err(OverlayError::NoFactor { model, name: factor.into(), factors });
        };
        let (name, expected, found) = (factors[place].name, factors[place].states.count, D::COUNT);
        if expected != found {
            return Err(OverlayError::States { model, name, expected, found });
        }
        let lies: Lies = Box::new(move |state, draw| {
            if let Some(state) = D::from_index(state) {
                lies(state, draw);
            }
        });
        Ok(self.with(|overlay| overlay.heat = Some((place, lies))))
    }

    /// Draws the plan as arrows: `leads` says where an action leads, from where the mind is. The more probable, the longer.
    pub fn arrows(self, leads: impl Fn(M::Action) -> Vec2 + Send + Sync + 'static) -> Self {
        self.with(|overlay| overlay.leads = Some(Box::new(leads)))
    }

    /// In another schedule than `Update`: that of [`MindsPlugin`](crate::MindsPlugin).
    pub fn in_schedule(mut self, schedule: impl ScheduleLabel) -> Self {
        self.schedule = schedule.intern();
        self
    }
}

impl<M: GenerativeModel<T>, T: Real> Plugin for OverlayPlugin<M, T> {
    fn build(&self, app: &mut App) {
        let Some(overlay) = self.overlay.lock().ok().and_then(|mut overlay| overlay.take()) else { return };
        app.insert_resource(overlay);
        app.add_systems(self.schedule, sketch::<M, T>.in_set(MindSystems::Draw));
        // What is fixed is sketched at its own pace, and drawn in each frame.
        #[cfg(feature = "gizmos")]
        app.add_systems(bevy_app::PostUpdate, super::gizmos::show::<M, T>);
    }
}
