//! A signalling game (Lewis 1969): one sees a thing and sends a signal, the other sees the signal and acts, and both learn by what follows
//! which code the other uses.

use super::{Player, PlayerOptions, SocietyError};
use crate::prelude::*;

/// One of three things, of three signals, or of three acts; an act is right for the thing of its number.
pub type Sign = Index<3>;

/// Which signal goes with which thing: one of the six codes.
pub type Code = Index<6>;

/// Where a round is.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// There is a thing: the sender's turn.
    Thing,
    /// There is a signal: the receiver's turn.
    Signal,
    /// Something was done, and both see whether it was right.
    Told,
}

impl Stage {
    fn next(self) -> Stage {
        match self {
            Stage::Thing => Stage::Signal,
            Stage::Signal => Stage::Told,
            Stage::Told => Stage::Thing,
        }
    }
}

/// Whether an act was right.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// There is nothing to judge.
    Nothing,
    /// It was.
    Right,
    /// It was not.
    Wrong,
}

fn verdict(stage: Stage, thing: Sign, act: Sign) -> Verdict {
    match (stage, thing == act) {
        (Stage::Told, true) => Verdict::Right,
        (Stage::Told, false) => Verdict::Wrong,
        _ => Verdict::Nothing,
    }
}

/// The signal of each thing in each code.
const CODES: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

/// What follows a code with this reliability, and anything else alike.
fn mostly<T: Real>(meant: usize, reliability: T) -> Dist<Sign, T> {
    Dist::from_fn(|sign: Sign| if sign.get() == meant { reliability } else { (T::one() - reliability) * 0.5 })
}

/// The signal of a thing.
fn encoded<T: Real>(code: Code, thing: Sign, reliability: T) -> Dist<Sign, T> {
    mostly(CODES[code.get()][thing.get()], reliability)
}

/// The thing of a signal.
fn decoded<T: Real>(code: Code, signal: Sign, reliability: T) -> Dist<Sign, T> {
    let thing = CODES[code.get()].iter().position(|&s| s == signal.get());
    mostly(thing.unwrap_or(0), reliability)
}

/// The world: a new thing in each round.
#[derive(Clone, Copy, Debug, Default)]
pub struct Signalling;

#[generative_model(horizon = 1, actions(send: Sign, act: Sign))]
impl Signalling {
    #[factor(initial = Stage::Thing)]
    fn stage(&self, stage: Stage) -> Stage {
        stage.next()
    }

    #[factor(initial = uniform())]
    fn thing(&self, stage: Stage, thing: Sign) -> Dist<Sign> {
        if stage == Stage::Told { Dist::uniform() } else { thing.into() }
    }

    #[factor(initial = uniform())]
    fn signal(&self, stage: Stage, signal: Sign, send: Sign) -> Sign {
        if stage == Stage::Thing { send } else { signal }
    }

    #[factor(initial = uniform())]
    fn done(&self, stage: Stage, done: Sign, act: Sign) -> Sign {
        if stage == Stage::Signal { act } else { done }
    }

    #[modality]
    fn at(&self, stage: Stage) -> Stage {
        stage
    }

    #[modality]
    fn shown(&self, thing: Sign) -> Sign {
        thing
    }

    #[modality]
    fn sent(&self, signal: Sign) -> Sign {
        signal
    }

    #[modality]
    fn acted(&self, done: Sign) -> Sign {
        done
    }
}

/// The sender, who learns by which code signals are understood.
#[derive(Clone, Copy, Debug)]
pub struct Sender<T = f64> {
    /// What a right act is worth, in nats; a wrong one costs as much.
    pub worth: T,
    /// How reliably it expects the other to keep to a code.
    pub reliability: T,
}

/// The receiver, who learns by which code signals are sent.
#[derive(Clone, Copy, Debug)]
pub struct Receiver<T = f64> {
    /// What a right act is worth, in nats; a wrong one costs as much.
    pub worth: T,
    /// How reliably it expects the other to keep to a code.
    pub reliability: T,
}

#[generative_model(horizon = 2, actions(send: Sign))]
impl<T: Real> Sender<T> {
    #[factor(initial = Stage::Thing)]
    fn stage(&self, stage: Stage) -> Stage {
        stage.next()
    }

    #[factor(initial = uniform())]
    fn thing(&self, stage: Stage, thing: Sign) -> Dist<Sign, T> {
        if stage == Stage::Told { Dist::uniform() } else { thing.into() }
    }

    #[factor(initial = uniform())]
    fn signal(&self, stage: Stage, signal: Sign, send: Sign) -> Sign {
        if stage == Stage::Thing { send } else { signal }
    }

    #[factor(initial = uniform())]
    fn done(&self, stage: Stage, done: Sign, signal: Sign, code: Code) -> Dist<Sign, T> {
        if stage == Stage::Signal { decoded(code, signal, self.reliability) } else { done.into() }
    }

    #[factor(initial = uniform())]
    fn code(&self, code: Code) -> Code {
        code
    }

    #[modality]
    fn at(&self, stage: Stage) -> Stage {
        stage
    }

    #[modality]
    fn shown(&self, thing: Sign) -> Sign {
        thing
    }

    #[modality]
    fn acted(&self, done: Sign) -> Sign {
        done
    }

    #[modality(preference = [T::zero(), self.worth, -self.worth])]
    fn right(&self, stage: Stage, thing: Sign, done: Sign) -> Verdict {
        verdict(stage, thing, done)
    }
}

#[generative_model(horizon = 1, actions(act: Sign))]
impl<T: Real> Receiver<T> {
    #[factor(initial = Stage::Thing)]
    fn stage(&self, stage: Stage) -> Stage {
        stage.next()
    }

    #[factor(initial = uniform())]
    fn thing(&self, stage: Stage, thing: Sign) -> Dist<Sign, T> {
        if stage == Stage::Told { Dist::uniform() } else { thing.into() }
    }

    #[factor(initial = uniform())]
    fn signal(&self, stage: Stage, signal: Sign, thing: Sign, code: Code) -> Dist<Sign, T> {
        if stage == Stage::Thing { encoded(code, thing, self.reliability) } else { signal.into() }
    }

    #[factor(initial = uniform())]
    fn done(&self, stage: Stage, done: Sign, act: Sign) -> Sign {
        if stage == Stage::Signal { act } else { done }
    }

    #[factor(initial = uniform())]
    fn code(&self, code: Code) -> Code {
        code
    }

    #[modality]
    fn at(&self, stage: Stage) -> Stage {
        stage
    }

    #[modality]
    fn sent(&self, signal: Sign) -> Sign {
        signal
    }

    /// The thing, once it is told.
    #[modality]
    fn told(&self, stage: Stage, thing: Sign) -> (bool, Sign) {
        if stage == Stage::Told { (true, thing) } else { (false, Index::new(0).unwrap_or(thing)) }
    }

    #[modality(preference = [T::zero(), self.worth, -self.worth])]
    fn right(&self, stage: Stage, thing: Sign, done: Sign) -> Verdict {
        verdict(stage, thing, done)
    }
}

impl<T: Real> Sender<T> {
    /// A sender that chooses at its turn.
    ///
    /// # Errors
    /// As [`Player::with_options`].
    pub fn player(self, options: PlayerOptions) -> Result<Player<Self, T>, SocietyError> {
        Ok(Player::with_options(self, (), options)?.taking_turns(|state: SenderState| state.stage == Stage::Thing))
    }
}

impl<T: Real> Receiver<T> {
    /// A receiver that chooses at its turn.
    ///
    /// # Errors
    /// As [`Player::with_options`].
    pub fn player(self, options: PlayerOptions) -> Result<Player<Self, T>, SocietyError> {
        Ok(Player::with_options(self, (), options)?.taking_turns(|state: ReceiverState| state.stage == Stage::Signal))
    }
}

/// What the sender sees: all but the signal, which it knows.
pub fn seen_by_sender(seen: &SignallingObservation) -> SenderObservation {
    SenderObservation { at: seen.at, shown: seen.shown, acted: seen.acted, right: verdict(seen.at, seen.shown, seen.acted) }
}

/// What the receiver sees: the thing only when it is told.
pub fn seen_by_receiver(seen: &SignallingObservation) -> ReceiverObservation {
    let told = if seen.at == Stage::Told { (true, seen.shown) } else { (false, Index::new(0).unwrap_or(seen.shown)) };
    ReceiverObservation { at: seen.at, sent: seen.sent, told, right: verdict(seen.at, seen.shown, seen.acted) }
}
