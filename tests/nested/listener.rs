//! A listener who hears one sound of each tone of a melody.

use aif::prelude::*;

#[derive(Domain, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Melody {
    Rising,
    Falling,
}

#[derive(Domain, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Up,
    Down,
}

#[derive(Domain, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    High,
    Low,
}

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
        let high = if tone == Tone::Up { self.sharpness } else { T::one() - self.sharpness };
        Dist::from_fn(|sound| if sound == Sound::High { high } else { T::one() - high })
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Listener<T = f64> {
    pub ear: Ear<T>,
    pub fit: T,
}

impl Default for Listener {
    fn default() -> Self {
        Listener { ear: Ear { sharpness: 0.7 }, fit: 0.9 }
    }
}

#[generative_model(horizon = 1)]
impl<T: Real> Listener<T> {
    #[factor(initial = uniform())]
    fn melody(&self, melody: Melody) -> Melody {
        melody
    }
    /// One sound of each tone.
    #[level(model = Ear<T>, from = self.ear, steps = 1, begins = tone)]
    fn ear(&self, melody: Melody) -> Dist<Tone, T> {
        let up = if melody == Melody::Rising { self.fit } else { T::one() - self.fit };
        Dist::from_fn(|tone| if tone == Tone::Up { up } else { T::one() - up })
    }
}
