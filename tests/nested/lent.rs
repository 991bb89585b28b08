//! What is preferred, and done by habit, in a run, as the level above says.

use aif::prelude::*;
use aif::runtime::nested::Sights;
use aif::runtime::{Acts, Dual, NestedAgent, NestedOptions, Seen};

type Two = Index<2>;
type Three = Index<3>;

/// A hand that goes where it goes.
#[derive(Clone, Copy, Debug)]
pub struct Hand;

#[generative_model(horizon = 1, actions(go: Three), habit = [0.1, 0.0, -0.2])]
impl Hand {
    #[factor(initial = Three::from_index(0).unwrap())]
    fn place(&self, go: Three) -> Three {
        go
    }
    #[modality]
    fn touch(&self, place: Three) -> Three {
        place
    }
    #[modality(preference = [0.3, 0.0])]
    fn edge(&self, place: Three) -> bool {
        place.index() != 1
    }
}

/// What is aimed at, and in which mood.
#[derive(Clone, Copy, Debug)]
pub struct Aim<T> {
    pub hand: Hand,
    pub ease: T,
}

const WANTS: [[f64; 3]; 2] = [[0.7, 0.2, 0.1], [0.0, 0.4, 0.6]];

#[generative_model(horizon = 1)]
impl<T: Real> Aim<T> {
    #[factor(initial = [0.3, 0.7])]
    fn aim(&self, aim: Two) -> Two {
        aim
    }
    #[factor(initial = [0.4, 0.6])]
    fn mood(&self, mood: Two) -> Two {
        mood
    }
    #[level(model = Hand, from = self.hand, steps = 2, begins = place)]
    fn hand(&self, _aim: Two) -> Three {
        Three::from_index(0).unwrap()
    }
    #[level(of = hand, preference = touch)]
    fn wants(&self, aim: Two) -> Dist<Three> {
        Dist::from_fn(|place: Three| WANTS[aim.index()][place.index()])
    }
    #[level(of = hand, habit = go)]
    fn inclined(&self, aim: Two, mood: Two) -> Dist<Three, T> {
        let likes = (aim.index() + 2 * mood.index()) % 3;
        let other = (T::one() - self.ease) * 0.5;
        Dist::from_fn(|go: Three| if go.index() == likes { self.ease } else { other })
    }
    /// Whether it was said what is aimed at.
    #[modality]
    fn told(&self, aim: Two) -> Two {
        aim
    }
}

fn seen<T: Real>(place: usize, told: Option<usize>) -> Seen<Aim<T>, T> {
    let hand = Seen::new(HandEvidence { touch: Observed::from_index(Some(place)), edge: Observed::Missing });
    let own = AimEvidence { hand: Observed::Missing, told: Observed::from_index(told) };
    Seen { own, below: AimLevels::<Sights, T> { hand: Some(hand) }, last: None }
}

fn go<T: Real>(place: usize) -> Acts<Aim<T>, T> {
    let hand = Acts { own: Some(HandAction { go: Three::from_index(place).unwrap() }), below: () };
    Acts { own: None, below: AimLevels { hand: Some(hand) } }
}

/// How probable each place is to be gone to, by hand.
fn expected(aim: [f64; 2], ease: f64) -> [f64; 3] {
    let weights = [0, 1, 2].map(|place: usize| {
        let wants: f64 = (0..2).map(|a| aim[a] * WANTS[a][place]).sum();
        let inclined: f64 = (0..2)
            .flat_map(|a| (0..2).map(move |m| (a, m)))
            .map(|(a, m)| {
                let likes = (a + 2 * m) % 3 == place;
                aim[a] * [0.4, 0.6][m] * if likes { ease } else { (1.0 - ease) / 2.0 }
            })
            .sum();
        let edge: f64 = if place == 1 { 0.3 } else { 0.0 };
        // What the model declares counts beside: of what is not said above, and its habit.
        wants * inclined * (edge + [0.1, 0.0, -0.2][place]).exp()
    });
    weights.map(|w| w / weights.iter().sum::<f64>())
}

#[test]
fn preferences_and_habits_come_from_above() {
    let model = Aim { hand: Hand, ease: 0.8 };
    let agent = NestedAgent::new(model).unwrap();
    for place in 0..3 {
        let mut agent = agent.clone();
        let log = agent.follow(&seen(0, None), &go(place));
        assert!((log.exp() - expected([0.3, 0.7], 0.8)[place]).abs() < 1e-12, "{place}: {}", log.exp());
        // After the run it is told, and the next run is lived by that.
        agent.follow(&seen(place, Some(1)), &Acts::none());
        let log = agent.follow(&seen(0, None), &go(place));
        assert!((log.exp() - expected([0.0, 1.0], 0.8)[place]).abs() < 1e-12, "{place}: {}", log.exp());
    }
}

#[test]
fn what_comes_from_above_has_derivatives() {
    let score = |ease: f64| NestedAgent::new(Aim { hand: Hand, ease }).unwrap().follow(&seen(0, None), &go(1));
    let at = Aim { hand: Hand, ease: Dual::<1>::variable(0.6, 0) };
    let exact = NestedAgent::with_options(at, &NestedOptions::default()).unwrap().follow(&seen(0, None), &go(1));
    let difference = (score(0.6 + 1e-6) - score(0.6 - 1e-6)) / 2e-6;
    assert!((exact.gradient[0] - difference).abs() < 1e-8, "{} {difference}", exact.gradient[0]);
}

#[test]
fn what_is_passed_down_is_a_distribution() {
    let said = NestedAgent::new(Aim { hand: Hand, ease: 1.5 }).unwrap_err().to_string();
    assert!(said.contains("`inclined` of Aim"), "{said}");
}
