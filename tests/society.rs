//! Several minds, and minds about minds.

#[path = "models/folder.rs"]
#[allow(dead_code)]
mod folder;

#[path = "society/enumerated.rs"]
mod enumerated;
#[path = "society/fitted.rs"]
mod fitted;
#[path = "society/games.rs"]
mod games;
#[path = "society/matrix.rs"]
mod matrix;
#[path = "society/orchard.rs"]
mod orchard;
#[path = "society/studied.rs"]
mod studied;

use aif::runtime::society::{Player, PlayerOptions, SocietyError};
use enumerated::{Enumeration, Who};
use orchard::*;

const GARDENER: Gardener<f64> = Gardener { eye: 0.9, sweet: 1.2 };
const THIEF: Thief<f64> = Thief { eye: 0.7 };

/// A gardener of depth 2 who does not know whether the thief acts by habit or thinks.
fn gardener(options: PlayerOptions) -> Player<Gardener<f64>> {
    let habitual = Player::by_habit(THIEF).unwrap();
    let thinking = thief();
    let player = Player::with_options(GARDENER, (), options).unwrap();
    player.minding_one_of(&[(0.4, &habitual), (0.6, &thinking)], to_thief).unwrap()
}

/// A thief of depth 1.
fn thief() -> Player<Thief<f64>> {
    Player::new(THIEF).unwrap().minding(&Player::by_habit(GARDENER).unwrap(), to_gardener).unwrap()
}

#[test]
fn players_of_two_models_choose_as_enumeration_over_the_others_histories_does() {
    let mut enumeration = Enumeration::new(GARDENER, THIEF, [0.4, 0.6]);
    // Ripe, nothing, quiet; then unripe, sour, a rustle.
    let histories = [vec![6, 1, 5], vec![0, 0, 6, 0, 7]];
    for history in histories {
        let mut player = gardener(PlayerOptions::default());
        let who = Who { gardener: true, depth: 2 };
        let mut mind = thief();
        let (mut thieves, other) = (vec![], Who { gardener: false, depth: 1 });
        for (i, step) in history.chunks(2).enumerate() {
            let [ripe, tongue, last] = [step[0] / 6, step[0] / 2 % 3, step[0] % 2];
            let known = [Some(ripe), Some(tongue), Some(last)];
            player.observe(<Gardener<f64> as aif::runtime::GenerativeModel>::evidence(&known)).unwrap();
            let choice = player.choice().unwrap();
            let own = player.deliberation();
            assert!(own.merged == 0.0 && player.merged() == 0.0);
            let so_far = &history[..=2 * i];
            let expected = enumeration.choice(who, &so_far.to_vec());
            for (log_p, expected) in choice.iter().zip(&expected) {
                assert!((log_p.exp() - expected).abs() < 1e-12, "{history:?}: {} instead of {expected}", log_p.exp());
            }
            let believed = enumeration.belief(who, so_far);
            for (k, p) in player.kinds().iter().enumerate() {
                let expected: f64 = believed.iter().filter(|case| case.1 == k).map(|case| case.3).sum();
                assert!((p - expected).abs() < 1e-12);
            }
            thieves.push(ripe * 6);
            mind.observe(<Thief<f64> as aif::runtime::GenerativeModel>::evidence(&[Some(ripe), Some(0), Some(0)])).unwrap();
            let expected = enumeration.choice(other, &thieves);
            for (log_p, expected) in mind.choice().unwrap().iter().zip(&expected) {
                assert!((log_p.exp() - expected).abs() < 1e-12);
            }
            if let Some(&action) = step.get(1) {
                player.act(action).unwrap();
                mind.act(0).unwrap();
                thieves.push(0);
            }
        }
    }
}

#[test]
fn beyond_a_limit_beliefs_are_merged_and_that_is_said() {
    let mut exact = gardener(PlayerOptions::default());
    let mut merging = gardener(PlayerOptions { beliefs: 4, ..PlayerOptions::default() });
    for player in [&mut exact, &mut merging] {
        player.observe(GardenerObservation { look: true, tongue: Taste::Nothing, rustle: false }).unwrap();
        player.choice().unwrap();
    }
    assert!(exact.deliberation().merged == 0.0 && exact.deliberation().beliefs > 4);
    assert!(merging.deliberation().merged > 0.0 && merging.deliberation().beliefs <= 4);
    let apart = exact.choice().unwrap()[0].exp() - merging.choice().unwrap()[0].exp();
    assert!(apart.abs() < 0.05, "{apart}");
    // What is merged is not scored.
    let seen = GardenerObservation { look: true, tongue: Taste::Nothing, rustle: false };
    let plays = [aif::society::Play { seen: seen.into(), action: Some(0) }];
    assert!(exact.scores(&plays).is_ok());
    assert_eq!(merging.scores(&plays), Err(SocietyError::Merged { model: "Gardener", step: 0, beliefs: 4 }));
}

#[test]
fn work_beyond_a_limit_is_refused() {
    let mut player = gardener(PlayerOptions { evaluations: 10, ..PlayerOptions::default() });
    let refused = player.choice();
    assert_eq!(refused, Err(SocietyError::Evaluations { model: "Gardener", most: 10 }));
}

#[test]
fn what_is_thought_is_kept_and_put_back() {
    let mut player = gardener(PlayerOptions::default());
    player.observe(GardenerObservation { look: true, tongue: Taste::Nothing, rustle: false }).unwrap();
    player.act(1).unwrap();
    let saved = serde_json::to_string(player.thought()).unwrap();
    let mut other = gardener(PlayerOptions::default());
    other.resume(serde_json::from_str(&saved).unwrap()).unwrap();
    for player in [&mut player, &mut other] {
        player.observe(GardenerObservation { look: false, tongue: Taste::Sweet, rustle: true }).unwrap();
    }
    assert_eq!(player.choice(), other.choice());
    let refused = thief().resume(serde_json::from_str(&saved).unwrap());
    assert_eq!(refused, Err(SocietyError::Thought { model: "Thief", depth: 1 }));
}
