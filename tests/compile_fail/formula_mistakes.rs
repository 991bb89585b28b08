// What can be wrong with a formula, one line each.

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
        covariates(age: f64, patient: bool, light: Light, lamp: Light, room: Light);
        population {
            a ~ formula(1 + age);
        }
        subject {
            b ~ formula(1 + aeg * patient);
            c ~ formula(1 + age, sl = Normal(0.0, 1.0), sd = HalfNormal(1.0), sd = HalfNormal(2.0));
            d ~ formula(sum(age) + standardise(patient) + light + helmert(light));
            e ~ formula(1 + (1 | site) + (1 | ward));
            f ~ formula(light * lamp * room);
            g ~ formula(0);
            h ~ formula(1 + (light | clinic) + (1 + age | lamp) + (1 | age) + (1 | lihgt));
            i: [2] ~ formula(1 + age);
            j ~ formula(1 + age, age = 0.5, site = 3.0);
            k ~ Normal(0.0, nothing);
            Lamp { p: logistic(b), taste: 1.0 }
        }
    }
}

fn main() {}
