//! What minds believe, consider and why, as a picture: worked out once, drawn with gizmos on a screen, or written as SVG where there is none.

mod draw;
#[cfg(feature = "gizmos")]
mod gizmos;
mod sketch;
mod svg;

use aif_runtime::{Domain, GenerativeModel, Marginals, Real};
use bevy_app::{App, Plugin, Update};
use bevy_color::Srgba;
use bevy_ecs::intern::Interned;
use bevy_ecs::prelude::{Component, Query, Res, ResMut, Resource};
use bevy_ecs::schedule::{IntoScheduleConfigs, ScheduleLabel};
use bevy_math::{Rect, Vec2};

use crate::minds::{Chosen, Reasons};
use crate::plugin::{MindSystems, Minds};

pub use draw::TERM_COLOURS;
#[cfg(feature = "gizmos")]
pub use gizmos::draw_sketch;
pub use sketch::{Mark, Sketch};

/// A mind that the overlay draws; its [`Reasons`] come with it.
#[derive(Component, Clone, Copy, Debug, PartialEq)]
#[require(Reasons<M, T>)]
pub struct Shown<M: GenerativeModel<T>, T: Real = f64> {
    /// Where it is in the world: the game keeps it up to date.
    pub at: Vec2,
    /// Its own colour; else that of [`OverlayTuning`](crate::OverlayTuning).
    pub colour: Option<Srgba>,
    /// Where its terms are drawn as bars, if anywhere.
    pub panel: Option<Rect>,
    model: std::marker::PhantomData<fn() -> (M, T)>,
}

impl<M: GenerativeModel<T>, T: Real> Shown<M, T> {
    /// A mind that is drawn in a colour, without bars.
    pub fn new(at: Vec2, colour: Option<Srgba>) -> Self {
        Shown { at, colour, panel: None, model: std::marker::PhantomData }
    }

    /// The same with bars.
    pub fn with_panel(mut self, panel: Rect) -> Self {
        self.panel = Some(panel);
        self
    }
}

/// Where a state lies in the world: as many rectangles as it covers.
type Lies = Box<dyn Fn(usize, &mut dyn FnMut(Rect)) + Send + Sync>;
/// Where an action leads, in the world's units.
type Leads<A> = Box<dyn Fn(A) -> Vec2 + Send + Sync>;

/// What the overlay of the minds of a model draws.
#[derive(Resource)]
pub struct Overlay<M: GenerativeModel<T>, T: Real = f64> {
    heat: Option<(usize, Lies)>,
    leads: Option<Leads<M::Action>>,
    sketch: Sketch,
}

impl<M: GenerativeModel<T>, T: Real> Overlay<M, T> {
    /// What was drawn in the latest frame.
    pub fn sketch(&self) -> &Sketch {
        &self.sketch
    }
}

/// Draws those minds of a model that are [`Shown`].
///
/// In [`MindSystems::Draw`] their overlay becomes a [`Sketch`]; with the feature `gizmos`, and an app that has Bevy's `GizmoPlugin`, it is drawn with
/// gizmos in the same frame.
pub struct OverlayPlugin<M: GenerativeModel<T>, T: Real = f64> {
    // Plugins are built once, behind a shared reference: what is boxed is taken out of here.
    overlay: std::sync::Mutex<Option<Overlay<M, T>>>,
    schedule: Interned<dyn ScheduleLabel>,
}

/// A factor that a model does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{model} has no factor {name:?}, expected one of {factors:?}")]
pub struct NoFactor {
    /// The model.
    pub model: &'static str,
    /// What it was called.
    pub name: String,
    /// What there is.
    pub factors: Vec<&'static str>,
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
    /// When the model has no factor of that name.
    pub fn heat<D: Domain>(
        self,
        factor: &str,
        lies: impl Fn(D, &mut dyn FnMut(Rect)) + Send + Sync + 'static,
    ) -> Result<Self, NoFactor> {
        let factors = M::META.factors;
        let Some(place) = factors.iter().position(|one| one.name == factor) else {
            let factors = factors.iter().map(|one| one.name).collect();
            return Err(NoFactor { model: M::META.name, name: factor.into(), factors });
        };
        let lies: Lies = Box::new(move |state, draw| {
            if let Some(state) = D::from_index(state) {
                lies(state, draw);
            }
        });
        Ok(self.with(|overlay| overlay.heat = Some((place, lies))))
    }

    /// Draws the plan as arrows: `leads` says where an action leads, from where the mind is. An arrow's cover is the action's probability.
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
        app.add_systems(bevy_app::PostUpdate, gizmos::show::<M, T>);
    }
}

/// Works out what there is to see.
fn sketch<M: GenerativeModel<T>, T: Real>(
    mut overlay: ResMut<Overlay<M, T>>,
    minds: Res<Minds<M, T>>,
    shown: Query<(&Shown<M, T>, &Reasons<M, T>, &Chosen<M, T>)>,
) {
    let Overlay { heat, leads, sketch } = &mut *overlay;
    let tuning = &minds.tuning().overlay;
    let (heat, leads) = (&*heat, &*leads);
    sketch.clear();
    // Heat lies below, whosever it is.
    for (shown, reasons, _) in shown.iter().filter(|(_, reasons, _)| reasons.filled && tuning.heat) {
        if let Some((factor, lies)) = heat {
            let colour = shown.colour.unwrap_or(tuning.colour);
            sketch.heat(reasons.belief.probabilities(*factor), lies, tuning.faintest, colour);
        }
    }
    for (shown, reasons, chosen) in shown.iter().filter(|(_, reasons, _)| reasons.filled) {
        let colour = shown.colour.unwrap_or(tuning.colour);
        let explained = M::Action::entries(&reasons.explained);
        if let (Some(leads), true) = (leads, tuning.arrows) {
            sketch.plan::<M::Action, T>(shown.at, explained, leads, colour);
        }
        if let (Some(panel), true) = (shown.panel, tuning.bars) {
            sketch.bars::<M::Action, T>(panel, explained, chosen.action, colour);
        }
    }
}
