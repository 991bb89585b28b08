//! A society with a seat left open: a game, as whoever comes to it meets it.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;

use rand::Rng;

use super::error::SocietyError;
use super::player::Player;
use super::world::{Seated, Society, labels};
use crate::model::{ActionVariable, Assignment, GenerativeModel, Meta};

/// A game, as one of its players meets it: what that sees, modality by modality, and what it does, by indices.
pub trait Game {
    /// Begins a block: what is seen first.
    ///
    /// # Errors
    /// When there is no seat, or another player cannot begin.
    fn begin(&mut self, rng: &mut dyn Rng) -> Result<Vec<usize>, SocietyError>;

    /// It acts (nothing where it is not its turn), and all others do: what is seen then.
    ///
    /// # Errors
    /// When there is no such action, or another player cannot go on.
    fn step(&mut self, action: Option<usize>, rng: &mut dyn Rng) -> Result<Vec<usize>, SocietyError>;
}

/// A society whose open seat somebody comes to.
struct Joined<W: GenerativeModel>(Society<W>);

/// A seat where nobody sits.
struct Nobody<M, F> {
    view: F,
    model: core::marker::PhantomData<fn() -> M>,
}

impl<W: GenerativeModel + 'static> Society<W> {
    /// Leaves the next seat open, for a player of the model `M` that comes to the game from outside; `view` says what that sees of all that
    /// the world shows.
    ///
    /// # Errors
    /// As [`Society::seat_any`], and when a seat is open already.
    pub fn leave_open<M: GenerativeModel + 'static>(
        mut self,
        name: &str,
        view: impl Fn(&W::Observation) -> M::Observation + Clone + 'static,
    ) -> Result<Self, SocietyError> {
        if let Some((seat, _)) = self.open {
            return Err(SocietyError::Open { name: self.seats[seat].0.clone() });
        }
        let (seat, own) = (self.seats.len(), view.clone());
        let nobody = Nobody::<M, _> { view, model: core::marker::PhantomData };
        self = self.seat_any(name, Box::new(nobody))?;
        let shows = move |seen: &W::Observation| {
            let seen = own(seen);
            (0..M::META.modalities.len()).map(|m| seen.get(m)).collect()
        };
        self.open = Some((seat, Box::new(shows)));
        Ok(self)
    }

    /// The game as whoever comes to the open seat meets it.
    ///
    /// # Errors
    /// When no seat is open, or another one is empty.
    pub fn into_game(self) -> Result<Box<dyn Game>, SocietyError> {
        if self.open.is_none() {
            return Err(SocietyError::Full { world: W::META.name });
        }
        let (seat, actions) = (self.seats.len(), W::META.actions.len());
        if seat != actions {
            return Err(SocietyError::Seats { world: W::META.name, seat, actions });
        }
        Ok(Box::new(Joined(self)))
    }
}

impl<W: GenerativeModel> Joined<W> {
    fn shown(&self) -> Result<Vec<usize>, SocietyError> {
        let (Some((_, shows)), Some(seen)) = (&self.0.open, &self.0.seen) else {
            return Err(SocietyError::NotBegun { world: W::META.name });
        };
        Ok(shows(seen))
    }
}

impl<W: GenerativeModel> Game for Joined<W> {
    fn begin(&mut self, mut rng: &mut dyn Rng) -> Result<Vec<usize>, SocietyError> {
        self.0.begin_all(&mut rng)?;
        self.shown()
    }

    fn step(&mut self, action: Option<usize>, mut rng: &mut dyn Rng) -> Result<Vec<usize>, SocietyError> {
        let guest = self.0.open.as_ref().map(|(seat, _)| (*seat, action));
        self.0.step_all(guest, &mut Vec::new(), &mut rng)?;
        self.shown()
    }
}

impl<M: GenerativeModel, O, F: Fn(&O) -> M::Observation> Seated<O> for Nobody<M, F> {
    fn begin(&mut self) {}

    fn step(&mut self, _: &O, _: &mut dyn Rng) -> Result<Option<usize>, SocietyError> {
        Err(SocietyError::Full { world: M::META.name })
    }

    fn look(&mut self, _: &O) -> Result<(), SocietyError> {
        Ok(())
    }

    fn action(&self) -> &'static ActionVariable {
        Player::<M>::action()
    }

    fn meta(&self) -> &'static Meta {
        &M::META
    }

    fn labels(&self, seen: &O) -> Vec<Cow<'static, str>> {
        labels::<M>(&(self.view)(seen))
    }
}
