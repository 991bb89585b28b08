//! A listener: four sounds of each tone, tones of a melody that rises or falls, and a guess after each tone.

use aif::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Melody {
    Rising,
    Falling,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    Up,
    Down,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sound {
    High,
    Low,
}

/// What was guessed last.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Guessed {
    Nothing,
    Rising,
    Falling,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Told {
    Nothing,
    Right,
    Wrong,
}

/// Hears sounds of one tone.
#[derive(Clone, Copy, Debug)]
pub struct Ear<T> {
    pub sharpness: T,
}

#[generative_model(horizon = 1)]
impl<T: Real> Ear<T> {
    #[factor(initial = uniform())]
    fn tone(&self, tone: Tone) -> Tone {
        tone
    }

    #[modality]
    fn sound(&self, tone: Tone) -> Dist<Sound, T> {
        match tone {
            Tone::Up => Dist::bernoulli(Sound::High, self.sharpness, Sound::Low),
            Tone::Down => Dist::bernoulli(Sound::Low, self.sharpness, Sound::High),
        }
    }
}

/// Hears tones of a melody, and guesses which it is.
#[derive(Clone, Copy, Debug)]
pub struct Listener<T> {
    /// P(the sound that belongs to the tone), in [0.5, 1].
    pub sharpness: T,
    /// P(the tone that belongs to the melody), in [0.5, 1].
    pub fit: T,
}

#[generative_model(horizon = 1, actions(guess: Melody))]
impl<T: Real> Listener<T> {
    #[factor(initial = uniform())]
    fn melody(&self, melody: Melody) -> Melody {
        melody
    }

    #[factor(initial = Guessed::Nothing)]
    fn guessed(&self, guess: Melody) -> Guessed {
        match guess {
            Melody::Rising => Guessed::Rising,
            Melody::Falling => Guessed::Falling,
        }
    }

    #[level(model = Ear<T>, from = Ear { sharpness: self.sharpness }, steps = 4, begins = tone)]
    fn ear(&self, melody: Melody) -> Dist<Tone, T> {
        match melody {
            Melody::Rising => Dist::bernoulli(Tone::Up, self.fit, Tone::Down),
            Melody::Falling => Dist::bernoulli(Tone::Down, self.fit, Tone::Up),
        }
    }

    #[modality(preference = [0.0, 2.0, -2.0])]
    fn told(&self, melody: Melody, guessed: Guessed) -> Told {
        match (melody, guessed) {
            (_, Guessed::Nothing) => Told::Nothing,
            (Melody::Rising, Guessed::Rising) | (Melody::Falling, Guessed::Falling) => Told::Right,
            _ => Told::Wrong,
        }
    }
}
