//! A whole society as a plain value: kept, and gone on with as if nothing had been.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::error::SocietyError;
use super::thought::Remembered;
use super::world::Society;
use crate::model::{Assignment, GenerativeModel};

/// A society within a block: the world's state, what it shows, and what each player thinks. With the generator that it draws from, it goes on to
/// the same rounds, bit by bit: `saves::to_json::<World>(&(society.save()?, &rng))`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SocietySave {
    /// The value of each factor of the world.
    state: Vec<usize>,
    /// What it shows: the outcome or the number of each modality; nothing between blocks.
    seen: Option<Vec<f64>>,
    /// Each player, by its name.
    players: Vec<(String, Remembered)>,
}

impl<W: GenerativeModel> Society<W> {
    /// All of it, to be kept.
    ///
    /// # Errors
    /// When somebody is seated whose thoughts cannot be kept with others: an agent (which has saves of its own), or an open seat.
    pub fn save(&self) -> Result<SocietySave, SocietyError> {
        let state = self.world.state();
        let remembered = |(name, seated): &super::world::Named<W::Observation>| {
            let thinks = seated.thinks().ok_or_else(|| SocietyError::Unkept { name: name.clone() })?;
            Ok((name.clone(), thinks))
        };
        Ok(SocietySave {
            state: (0..W::META.factors.len()).map(|f| state.get(f)).collect(),
            seen: self.seen.map(|seen| (0..W::META.modalities.len()).map(|m| seen.number(m)).collect()),
            players: self.seats.iter().map(remembered).collect::<Result<_, SocietyError>>()?,
        })
    }

    /// Goes on from what was kept of a society like this one.
    ///
    /// # Errors
    /// When it is of another one; this one is then as before.
    pub fn resume(&mut self, save: SocietySave) -> Result<(), SocietyError> {
        let other = |what: &'static str| SocietyError::OtherSociety { world: W::META.name, what };
        let within = save.state.iter().zip(W::META.factors).all(|(&at, factor)| at < factor.states.count);
        if save.state.len() != W::META.factors.len() || !within {
            return Err(other("the state of its world"));
        }
        if let Some(seen) = &save.seen {
            let possible = |(&x, modality): (&f64, &crate::model::Modality)| match modality.measured {
                Some(_) => x.is_finite(),
                None => x >= 0.0 && x % 1.0 == 0.0 && x < modality.outcomes.count as f64,
            };
            let all = seen.iter().zip(W::META.modalities).all(possible);
            if seen.len() != W::META.modalities.len() || !all {
                return Err(other("what its world shows"));
            }
        }
        if !self.names().eq(save.players.iter().map(|(name, _)| name.as_str())) {
            return Err(other("the names of its players"));
        }
        let before = self.save()?;
        for (seat, (_, remembered)) in save.players.into_iter().enumerate() {
            if let Err(error) = self.seats[seat].1.think(remembered) {
                // Those before it think again what they did.
                for ((_, seated), (_, own)) in self.seats.iter_mut().zip(before.players).take(seat) {
                    seated.think(own)?;
                }
                return Err(error);
            }
        }
        let mut state = self.world.state();
        save.state.iter().enumerate().for_each(|(f, &at)| state.set(f, at));
        self.world.set_state(state);
        self.seen = save.seen.map(|numbers| {
            let mut seen = W::Observation::first();
            for (m, (x, modality)) in numbers.into_iter().zip(W::META.modalities).enumerate() {
                match modality.measured {
                    Some(_) => seen.set_number(m, x),
                    None => seen.set(m, x as usize),
                }
            }
            seen
        });
        Ok(())
    }
}
