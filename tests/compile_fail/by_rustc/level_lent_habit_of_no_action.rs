use aif::prelude::*;

#[derive(Domain, Clone, Copy, Debug, PartialEq, Eq)]
enum Tone {
    Up,
    Down,
}

#[derive(Domain, Clone, Copy, Debug, PartialEq, Eq)]
enum Melody {
    Rising,
    Falling,
}

#[derive(Clone, Copy, Debug)]
struct Ear<T> {
    sharpness: T,
}

#[generative_model(horizon = 1)]
impl<T: Real> Ear<T> {
    #[factor(initial = uniform())]
    fn tone(&self, tone: Tone) -> Tone {
        tone
    }
    #[modality]
    fn sound(&self, tone: Tone) -> Dist<Tone, T> {
        Dist::from_fn(|sound| if sound == tone { self.sharpness } else { T::one() - self.sharpness })
    }
}

#[derive(Clone, Copy, Debug)]
struct Listener<T> {
    ear: Ear<T>,
    fit: T,
}

#[generative_model(horizon = 1)]
impl<T: Real> Listener<T> {
    #[factor(initial = uniform())]
    fn melody(&self, melody: Melody) -> Melody {
        melody
    }
    #[level(model = Ear<T>, from = self.ear, steps = 4, begins = tone)]
    fn ear(&self, melody: Melody) -> Dist<Tone, T> {
        let _ = melody;
        Dist::from_fn(|_| self.fit)
    }
    #[level(of = ear, habit = turn)]
    fn wants(&self, melody: Melody) -> Dist<Tone, T> {
        let _ = melody;
        Dist::from_fn(|_| self.fit)
    }
}

fn main() {}
