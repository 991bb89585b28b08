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
    pub Group for Lamp<T> {
        population {
            omega ~ LkjCholesky(2.0);
            w ~ Dirichlet([1.0, 1.0]);
        }
        subject {
            z ~ Normal(0.0, 1.0);
            cuts ~ Normal(0.0, 1.0).ordered();
            Lamp { p: logistic(z), taste: 1.0 }
        }
    }
}

fn main() {}
