//! Which minds are drawn, and what of them.

use aif_runtime::{Domain, GenerativeModel, Marginals, Real};
use bevy_color::Srgba;
use bevy_ecs::prelude::{Component, Query, Res, ResMut, Resource};
use bevy_math::{Rect, Vec2};

use super::sketch::Sketch;
use crate::minds::{Chosen, Reasons};
use crate::shared::Minds;

/// A mind that the overlay draws; its [`Reasons`] come with it.
#[derive(Component, Clone, Copy, Debug, PartialEq)]
#[require(Reasons<M, T>)]
pub struct Shown<M: GenerativeModel<T>, T: Real = f64> {
    /// Where it is in the world: the game keeps it up to date.
    pub at: Vec2,
    /// Its own colour; else that of [`OverlayTuning`](crate::OverlayTuning).
    pub colour: Option<Srgba>,
    /// Whether its belief is drawn as heat.
    pub heat: bool,
    /// Where its terms are drawn as bars, if anywhere.
    pub panel: Option<Rect>,
    model: std::marker::PhantomData<fn() -> (M, T)>,
}

impl<M: GenerativeModel<T>, T: Real> Shown<M, T> {
    /// A mind that is drawn in a colour, without bars.
    pub fn new(at: Vec2, colour: Option<Srgba>) -> Self {
        Shown { at, colour, heat: true, panel: None, model: std::marker::PhantomData }
    }

    /// The same without heat: that of many is hard to tell apart.
    pub fn without_heat(mut self) -> Self {
        self.heat = false;
        self
    }

    /// The same with bars.
    pub fn with_panel(mut self, panel: Rect) -> Self {
        self.panel = Some(panel);
        self
    }
}

/// Where a state lies in the world: as many rectangles as it covers.
pub(super) type Lies = Box<dyn Fn(usize, &mut dyn FnMut(Rect)) + Send + Sync>;
/// Where an action leads, in the world's units.
pub(super) type Leads<A> = Box<dyn Fn(A) -> Vec2 + Send + Sync>;

/// What the overlay of the minds of a model draws.
#[derive(Resource)]
pub struct Overlay<M: GenerativeModel<T>, T: Real = f64> {
    pub(super) heat: Option<(usize, Lies)>,
    pub(super) leads: Option<Leads<M::Action>>,
    pub(super) sketch: Sketch,
}

impl<M: GenerativeModel<T>, T: Real> Overlay<M, T> {
    /// What was drawn in the latest frame.
    pub fn sketch(&self) -> &Sketch {
        &self.sketch
    }
}

/// What is drawn of a mind.
type Drawn<M, T> = (&'static Shown<M, T>, &'static Reasons<M, T>, &'static Chosen<M, T>);

/// Works out what there is to see.
pub(super) fn sketch<M: GenerativeModel<T>, T: Real>(
    mut overlay: ResMut<Overlay<M, T>>,
    minds: Res<Minds<M, T>>,
    shown: Query<Drawn<M, T>>,
) {
    let Overlay { heat, leads, sketch } = &mut *overlay;
    let tuning = &minds.tuning().overlay;
    let (heat, leads) = (&*heat, &*leads);
    sketch.clear();
    // Heat lies below, whosever it is.
    for (shown, reasons, _) in shown.iter().filter(|(shown, reasons, _)| shown.heat && reasons.filled && tuning.heat) {
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
