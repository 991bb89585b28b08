// A formula with more terms than anybody can want.


use aif::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Light {
    Red,
    Green,
}

#[derive(Clone, Copy, Debug)]
pub struct Lamp<T> {
    pub p: T,
    pub taste: T,
}

#[generative_model(horizon = 1, actions(press: bool), inputs(dark: bool, level: f64))]
impl<T: Real> Lamp<T> {
    #[factor(initial = [1.0, 0.0])]
    fn pressed(&self, press: bool) -> bool {
        press
    }
    #[modality(preference = [0.0, self.taste])]
    fn light(&self, pressed: bool) -> Dist<Light, T> {
        if pressed { Dist::bernoulli(Light::Green, self.p, Light::Red) } else { Light::Red.into() }
    }
}

model! {
    pub Mistaken for Lamp<T> {
        covariates(a0: f64, a1: f64, a2: f64, a3: f64, a4: f64, a5: f64, a6: f64, a7: f64, a8: f64, a9: f64, a10: f64, a11: f64, a12: f64, a13: f64);
        subject {
            z ~ formula(a0 * a1 * a2 * a3 * a4 * a5 * a6 * a7 * a8 * a9 * a10 * a11 * a12 * a13);
            y ~ formula((a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11 + a12 + a13)^9);
            Lamp { p: logistic(z), taste: 1.0 }
        }
    }
}

fn main() {}
