//! A study in one file: how well do people believe that they hear?
//!
//! A prize is behind one of two doors. One can listen, which tells the right door more often than not, or open a door.
//!
//! ```text
//! cargo run -- simulate                                       ten people, into data.csv; the truth into data.truth.csv
//! cargo run --release -- fit --data data.csv --out results    what they believe of their ears, for each and for the group
//! cargo run --release -- recover --subjects 20                whether that can be found out at all
//! cargo run -- --help                                         every verb
//! cargo test
//! ```

use std::process::ExitCode;

use aif::prelude::*;

/// Where the prize is.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    Left,
    Right,
}

/// What one does.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Move {
    Listen,
    OpenLeft,
    OpenRight,
}

/// From where something was heard.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Heard {
    Nothing,
    Left,
    Right,
}

/// What was found.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    Nothing,
    Prize,
    Emptiness,
}

/// Two doors, and somebody before them.
#[derive(Clone, Copy, Debug)]
pub struct Doors<T> {
    /// P(what is heard is right), from 0.5 to 1.
    pub clarity: T,
    /// Log-preference for the prize over nothing, and for nothing over an empty room.
    pub eagerness: T,
}

#[generative_model(horizon = 2, actions(go: Move))]
impl<T: Real> Doors<T> {
    /// The prize stays where it is until a block is over.
    #[factor(initial = uniform())]
    fn side(&self, side: Side) -> Side {
        side
    }

    /// What was done last; everybody begins by listening.
    #[factor(initial = Move::Listen)]
    fn done(&self, go: Move) -> Move {
        go
    }

    #[modality]
    fn heard(&self, done: Move, side: Side) -> Dist<Heard, T> {
        match (done, side) {
            (Move::Listen, Side::Left) => Dist::bernoulli(Heard::Left, self.clarity, Heard::Right),
            (Move::Listen, Side::Right) => Dist::bernoulli(Heard::Right, self.clarity, Heard::Left),
            _ => Heard::Nothing.into(),
        }
    }

    #[modality(preference = [0.0, self.eagerness, -self.eagerness])]
    fn found(&self, done: Move, side: Side) -> Found {
        match (done, side) {
            (Move::Listen, _) => Found::Nothing,
            (Move::OpenLeft, Side::Left) | (Move::OpenRight, Side::Right) => Found::Prize,
            _ => Found::Emptiness,
        }
    }
}

model! {
    /// How right each takes what is heard to be.
    pub Listeners for Doors<T> {
        population {
            mu    ~ Normal(0.0, 1.0);
            sigma ~ HalfNormal(1.0);
        }
        subject {
            z ~ Normal(mu, sigma);
            let clarity = 0.5 + 0.5 * logistic(z);
            Doors { clarity, eagerness: 2.0 }
        }
    }
}

fn main() -> ExitCode {
    aif::study::<Listeners>().main()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn believed(clarity: f64, heard: &[Heard]) -> f64 {
        let mut agent = Agent::new(Doors { clarity, eagerness: 2.0 }).expect("a model");
        for &heard in heard {
            agent.infer_states(DoorsObservation { heard, found: Found::Nothing });
            agent.update_empirical_prior(DoorsAction { go: Move::Listen });
        }
        agent.belief().side[Side::Left]
    }

    #[test]
    fn what_is_heard_is_weighed_by_bayes_rule() {
        let odds: f64 = 0.8 / 0.2;
        assert!((believed(0.8, &[Heard::Left]) - odds / (1.0 + odds)).abs() < 1e-12);
        assert!((believed(0.8, &[Heard::Left, Heard::Left]) - odds * odds / (1.0 + odds * odds)).abs() < 1e-12);
        assert!((believed(0.8, &[Heard::Left, Heard::Right]) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn who_hears_badly_listens_again() {
        let listens = |clarity: f64| {
            let mut agent = Agent::new(Doors { clarity, eagerness: 2.0 }).expect("a model");
            agent.infer_states(DoorsObservation { heard: Heard::Left, found: Found::Nothing });
            agent.infer_policies()[Move::Listen.index()]
        };
        assert!(listens(0.6) > listens(0.9));
    }

    #[test]
    fn the_program_simulates_and_scores() {
        let folder = std::env::temp_dir().join(format!("study-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = |name: &str| folder.join(name).display().to_string();
        let study = aif::study::<Listeners>();
        let simulate = |out: &str| study.run(["study", "simulate", "--subjects", "2", "--blocks", "3", "--out", &file(out)]);
        simulate("one.csv").expect("data");
        simulate("two.csv").expect("data");
        let scored = study.run(["study", "loglik", "--data", &file("one.csv"), "--set", "z=0.3", "--out", &file("ll.json")]);
        let read = |name: &str| std::fs::read(folder.join(name)).expect("a file");
        let (one, two) = (read("one.csv"), read("two.csv"));
        std::fs::remove_dir_all(&folder).expect("a folder");
        scored.expect("a likelihood");
        assert!(one == two, "one seed, one result");
    }
}
