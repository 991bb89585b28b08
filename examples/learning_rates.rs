//! How fast do people learn, and forget? A group that pulls one of two arms, 300 times each: the learning rate, the forgetting, the curiosity and
//! the precision of every person are fitted.
//!
//! ```text
//! cargo run --release --example learning_rates                     a small group is simulated and fitted, into results/learning_rates
//! cargo run --release --example learning_rates -- recover --subjects 40 --blocks 1 --steps 300 --out recovered
//! cargo run --release --example learning_rates -- fit --data data.csv --out results
//! ```

use std::process::ExitCode;

use aif::prelude::*;

/// What is pulled.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arm {
    Left,
    Right,
}

/// What comes of it.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pay {
    Nothing,
    Win,
}

/// Two arms whose pay is learned by counting.
#[derive(Clone, Copy, Debug)]
pub struct Arms<T> {
    /// Log-preference for a win.
    pub worth: T,
}

#[generative_model(horizon = 1, actions(pull: Arm))]
impl<T: Real> Arms<T> {
    #[factor(initial = uniform())]
    fn pulled(&self, pull: Arm) -> Arm {
        pull
    }
    #[modality(preference = [0.0, self.worth])]
    fn pay(&self, _pulled: Arm) -> Dirichlet<Pay, T> {
        Dirichlet::symmetric(1.0)
    }
}

model! {
    /// People who learn, forget and are curious, each as much as they do.
    pub Learners for Arms<T> {
        population {
            speed ~ Normal(-0.5, 0.5);
            fading ~ Normal(-2.0, 0.5);
            keenness ~ Normal(1.0, 0.5);
            interest ~ Normal(0.5, 0.5);
            speed_spread ~ HalfNormal(0.5);
            fading_spread ~ HalfNormal(0.5);
            keenness_spread ~ HalfNormal(0.5);
            interest_spread ~ HalfNormal(0.5);
        }
        subject {
            log_rate ~ Normal(speed, speed_spread);
            fade ~ Normal(fading, fading_spread);
            log_precision ~ Normal(keenness, keenness_spread);
            curiosity ~ Normal(interest, interest_spread);
            learning_rate = exp(log_rate);
            forgetting = logistic(fade);
            policy_precision = exp(log_precision);
            parameter_information_gain = curiosity;
            Arms { worth: 2.0 }
        }
    }
    /// Each person alone.
    pub Alone for Arms<T> {
        subject {
            log_rate ~ Normal(-0.5, 0.7);
            fade ~ Normal(-2.0, 0.7);
            log_precision ~ Normal(1.0, 0.5);
            curiosity ~ Normal(0.5, 0.5);
            learning_rate = exp(log_rate);
            forgetting = logistic(fade);
            policy_precision = exp(log_precision);
            parameter_information_gain = curiosity;
            Arms { worth: 2.0 }
        }
    }
    /// The same people in a world that does not change: three numbers each, and nothing is forgotten.
    pub Steady for Arms<T> {
        population {
            speed ~ Normal(-0.5, 0.5);
            keenness ~ Normal(1.0, 0.5);
            interest ~ Normal(0.5, 0.5);
            speed_spread ~ HalfNormal(0.5);
            keenness_spread ~ HalfNormal(0.5);
            interest_spread ~ HalfNormal(0.5);
        }
        subject {
            log_rate ~ Normal(speed, speed_spread);
            log_precision ~ Normal(keenness, keenness_spread);
            curiosity ~ Normal(interest, interest_spread);
            learning_rate = exp(log_rate);
            policy_precision = exp(log_precision);
            parameter_information_gain = curiosity;
            Arms { worth: 2.0 }
        }
    }
}

fn main() -> ExitCode {
    let given: Vec<String> = std::env::args().skip(1).collect();
    if !given.is_empty() {
        return aif::study::<Learners>().and::<Steady>().and::<Alone>().main();
    }
    let recover = ["learning_rates", "recover", "--subjects", "20", "--blocks", "1", "--steps", "150", "--seed", "1", "--out"];
    let arguments = recover.iter().map(|s| s.to_string()).chain(["results/learning_rates".into()]);
    aif::study::<Learners>().exit(arguments)
}
