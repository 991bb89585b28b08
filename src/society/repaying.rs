//! Trustees as subjects of a study.

use alloc::boxed::Box;

use aif_runtime::Plays;
use aif_runtime::society::Game;

use super::{Candidates, Investor, Player, PlayerOptions, Playing, Society, SocietyError, Trustee, seen_by_trustee};
use crate::prelude::*;

/// One who repays in the trust game, as a subject of `model!`: by guilt, or by habit whatever was sent; which, is not known.
///
/// It looks no further than the round. Where it is simulated, it plays with an [`Investor`] who sends any part as often as another.
#[derive(Clone, Copy, Debug)]
pub struct Repaying<T = f64> {
    /// What each point is less worth that it has more than the investor.
    pub guilt: T,
    /// How strongly points tell actions apart, in nats each.
    pub precision: T,
    /// The prior probability that it is one who returns any part as often as another: of depth 0.
    pub habitual: T,
}

impl<T: Real> Declared<T> for Repaying<T> {
    type Family = Plays<Self>;

    fn family(self) -> Plays<Self> {
        Plays(self)
    }
}

impl<T: Real> Playing<T> for Repaying<T> {
    type Model = Trustee<T>;

    fn players(&self) -> Result<Candidates<Trustee<T>, T>, SocietyError> {
        let model = Trustee { guilt: self.guilt, precision: self.precision, ..Trustee::default() };
        let player = model.player(PlayerOptions { horizon: Some(1), ..PlayerOptions::default() })?;
        Ok([(self.habitual, player.clone().habitual()), (T::one() - self.habitual, player)].into())
    }

    fn game(&self) -> Result<Option<Box<dyn Game>>, SocietyError> {
        let investor: Player<Investor> = Investor::default().player(PlayerOptions::default())?.habitual();
        let society = Society::new(Investor::default())?.seat("investor", investor, |seen| *seen)?;
        Ok(Some(society.leave_open::<Trustee>("trustee", seen_by_trustee)?.into_game()?))
    }
}
