//! A group of listeners who say which melody they hear, and turn their heads at each sound.

use aif::prelude::*;

use super::listener::{Melody, Sound, Tone};

#[derive(Domain, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    Nothing,
    Rising,
    Falling,
}

#[derive(Domain, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feedback {
    None,
    Right,
    Wrong,
}

/// Where the head is turned: towards what sounds, one hears well.
#[derive(Domain, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    Away,
    Near,
}

#[derive(Domain, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    Easy,
    Hard,
}

#[derive(Clone, Copy, Debug)]
pub struct Hearing<T> {
    /// How much an effort is disliked.
    pub effort: T,
}

#[generative_model(horizon = 1, actions(turn: Turn), vis = pub)]
impl<T: Real> Hearing<T> {
    #[factor(initial = uniform())]
    fn tone(&self, tone: Tone) -> Tone {
        tone
    }
    #[factor(initial = Turn::Away)]
    fn head(&self, turn: Turn) -> Turn {
        turn
    }
    #[modality]
    fn sound(&self, tone: Tone, head: Turn) -> Dist<Sound, T> {
        let right = T::constant(if head == Turn::Near { 0.9 } else { 0.6 });
        let high = if tone == Tone::Up { right } else { T::one() - right };
        Dist::from_fn(|sound| if sound == Sound::High { high } else { T::one() - high })
    }
    #[modality(preference = [T::zero(), -self.effort])]
    fn strain(&self, head: Turn) -> Effort {
        if head == Turn::Near { Effort::Hard } else { Effort::Easy }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Sayer<T> {
    pub hearing: Hearing<T>,
    /// How much a wrong report is disliked.
    pub caution: T,
}

#[generative_model(horizon = 1, actions(say: Report), vis = pub)]
impl<T: Real> Sayer<T> {
    #[factor(initial = uniform())]
    fn melody(&self, melody: Melody) -> Melody {
        melody
    }
    #[factor(initial = Report::Nothing)]
    fn report(&self, say: Report) -> Report {
        say
    }
    #[level(model = Hearing<T>, from = self.hearing, steps = 3, begins = tone)]
    fn hearing(&self, melody: Melody) -> Dist<Tone> {
        if melody == Melody::Rising { dist![0.8, 0.2] } else { dist![0.2, 0.8] }
    }
    #[modality(preference = [T::zero(), T::one(), -self.caution])]
    fn feedback(&self, melody: Melody, report: Report) -> Feedback {
        match (report, melody) {
            (Report::Nothing, _) => Feedback::None,
            (Report::Rising, Melody::Rising) | (Report::Falling, Melody::Falling) => Feedback::Right,
            _ => Feedback::Wrong,
        }
    }
}

model! {
    /// A group: a parameter at each level differs from one to the next.
    pub Sayers for Sayer<T> {
        population {
            mu_effort ~ Normal(0.5, 0.5);
            sigma_effort ~ HalfNormal(0.5);
            mu_caution ~ Normal(1.0, 0.5);
            sigma_caution ~ HalfNormal(0.5);
        }
        subject {
            effort ~ Normal(mu_effort, sigma_effort);
            caution ~ Normal(mu_caution, sigma_caution);
            Sayer { hearing: Hearing { effort }, caution }
        }
    }
}
