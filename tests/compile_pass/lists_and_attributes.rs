// `dist!` takes constants and scalars side by side; Rust's own attributes stand on methods; a domain is what its type says wherever it stands.

use aif::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place { Here, There }

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone { Low, Middle, High }

#[derive(Clone, Copy, Debug)]
pub struct Maze<T> {
    pub p: T,
}

#[generative_model(horizon = 1, actions(go: Place))]
impl<T: Real> Maze<T> {
    #[factor(initial = dist![1, 0])]
    #[inline]
    #[doc = "Where one is."]
    fn place(&self, place: Place, go: Place) -> Place {
        if place == go { place } else { go }
    }

    #[allow(clippy::all)]
    #[must_use]
    #[cfg(not(any()))]
    #[modality(preference = { let lowest = 0.0; [lowest, self.p, self.p] })]
    fn tone(&self, place: Place) -> Dist<Tone, T> {
        let chance = 0.5;
        match place {
            Place::Here => dist![0, self.p, 1.0 - self.p],
            Place::There => dist![chance, 1.0 - chance, 0.0],
        }
    }

    #[modality(preference(step) = [step as f64, 0.0, 0.0])]
    fn again(&self, place: Place) -> Dist<Tone, T> {
        let even = [T::constant(1.0 / 3.0); Tone::COUNT];
        let lowest: [bool; 3] = Tone::collect(|tone| tone == Tone::Low).expect("a tone");
        if lowest[0] && place == Place::Here { even.into() } else { Self::high() }
    }

    #[deprecated]
    #[allow(dead_code)]
    fn low() -> Tone {
        Tone::Low
    }
}

impl<T: Real> Maze<T> {
    fn high() -> Dist<Tone, T> {
        Tone::High.into()
    }
}

fn main() {
    let agent = Agent::new(Maze { p: 0.25 }).expect("a maze");
    assert_eq!(agent.belief().place[Place::Here], 1.0);
}
