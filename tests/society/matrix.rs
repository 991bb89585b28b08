//! Games of one move: levels are logit responses, and mutual prediction is the quantal response equilibrium.

use aif::runtime::society::{Payoffs, Play, Player, SocietyError, mutual_prediction, weighed};
use aif::runtime::{Dual, GenerativeModel, Real};
use aif::society::{MatrixGame, MatrixGameObservation, mirrored};

fn softmax(weights: Vec<f64>) -> Vec<f64> {
    let total: f64 = weights.iter().map(|w| w.exp()).sum();
    weights.into_iter().map(|w| w.exp() / total).collect()
}

/// The logit response to what the other does.
fn response<const A: usize, const B: usize>(payoffs: [[f64; B]; A], precision: f64, other: &[f64]) -> Vec<f64> {
    softmax(payoffs.iter().map(|row| precision * row.iter().zip(other).map(|(u, q)| u * q).sum::<f64>()).collect())
}

/// A player of a depth, who plays against a player of a game.
fn player<const A: usize, const B: usize, T: Real>(
    own: MatrixGame<A, B, T>,
    other: MatrixGame<B, A, T>,
    depth: usize,
) -> Player<MatrixGame<A, B, T>, T> {
    if depth == 0 {
        return Player::by_habit(own).unwrap();
    }
    // The other is one level less deep, and so on down to a habit.
    Player::new(own).unwrap().minding(&player(other, own, depth - 1), mirrored).unwrap()
}

fn levels<const A: usize, const B: usize>(
    (first, second): ([[f64; B]; A], [[f64; A]; B]),
    precisions: [f64; 2],
    (habit, other): ([f64; A], [f64; B]),
) {
    let own = MatrixGame { habit, ..MatrixGame::new(first, precisions[0]) };
    let its = MatrixGame { habit: other, ..MatrixGame::new(second, precisions[1]) };
    let scaled = |weights: &[f64]| weights.iter().map(|w| w / weights.iter().sum::<f64>()).collect::<Vec<_>>();
    // A habit counts beside payoffs.
    let beside = |response: Vec<f64>, habit: &[f64]| scaled(&response.iter().zip(habit).map(|(r, h)| r * h).collect::<Vec<_>>());
    let mut expected = (scaled(&habit), scaled(&other));
    for depth in 0..=4 {
        let found: Vec<f64> = player(own, its, depth).choice().unwrap().iter().map(|p| p.exp()).collect();
        for (p, e) in found.iter().zip(&expected.0) {
            assert!((p - e).abs() < 1e-10, "depth {depth}: {found:?} instead of {:?}", expected.0);
        }
        expected = (
            beside(response(first, precisions[0], &expected.1), &habit),
            beside(response(second, precisions[1], &expected.0), &other),
        );
    }
}

const PENNIES: ([[f64; 2]; 2], [[f64; 2]; 2]) = ([[4.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [1.0, 0.0]]);
const STAG: [[f64; 2]; 2] = [[4.0, 0.0], [3.0, 2.0]];
const ROCK: [[f64; 3]; 3] = [[0.0, -1.0, 2.0], [1.0, 0.0, -1.0], [-1.0, 1.5, 0.0]];

#[test]
fn levels_of_thinking_are_logit_responses() {
    levels(PENNIES, [1.3, 0.7], ([1.0, 1.0], [1.0, 1.0]));
    levels((STAG, STAG), [0.8, 2.0], ([0.9, 0.1], [0.3, 0.7]));
    levels((ROCK, ROCK), [2.0, 1.0], ([0.5, 0.3, 0.2], [0.1, 0.1, 0.8]));
    levels(
        ([[1.0, -2.0, 0.5], [0.0, 1.0, 0.25]], [[0.0, 1.0], [2.0, -1.0], [0.5, 0.5]]),
        [1.5, 0.9],
        ([1.0, 1.0], [2.0, 1.0, 1.0]),
    );
}

/// The root of a function that falls, between 0 and 1.
fn root(f: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if f(middle) > 0.0 { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[test]
fn mutual_prediction_is_the_quantal_response_equilibrium() {
    // Asymmetric matching pennies have one equilibrium at any precision; iterated responses cycle at these.
    for precision in [0.0, 0.5, 3.0, 20.0] {
        let (first, second) = (MatrixGame::new(PENNIES.0, precision), MatrixGame::new(PENNIES.1, precision));
        let found = mutual_prediction(&Player::new(first).unwrap(), &Player::new(second).unwrap()).unwrap();
        let answer = |p: f64| response(PENNIES.1, precision, &[p, 1.0 - p])[0];
        let p = root(|p| response(PENNIES.0, precision, &[answer(p), 1.0 - answer(p)])[0] - p, 0.0, 1.0);
        assert!((found.choices[0][0] - p).abs() < 1e-10, "{precision}: {} instead of {p}", found.choices[0][0]);
        assert!((found.choices[1][0] - answer(p)).abs() < 1e-10 && found.residual < 1e-12);
    }
    // Two pure equilibria: the principal branch leads to the safer one, though both players would do better at the other.
    let precision = 6.0;
    let found = Payoffs::new(STAG, transposed(STAG)).unwrap().quantal_response([precision; 2]).unwrap();
    let p = root(|p| response(STAG, precision, &[p, 1.0 - p])[0] - p, 0.0, 0.5);
    assert!((found.choices[0][0] - p).abs() < 1e-10 && (found.choices[1][0] - p).abs() < 1e-10);
    // Where branches cross, the principal one goes straight on.
    let same = [[1.0, 0.0], [0.0, 1.0]];
    let found = Payoffs::new(same, same).unwrap().quantal_response([5.0; 2]).unwrap();
    assert!(found.choices.iter().flatten().all(|p| (p - 0.5).abs() < 1e-10) && !found.bent);
}

fn transposed(payoffs: [[f64; 2]; 2]) -> [[f64; 2]; 2] {
    [[payoffs[0][0], payoffs[1][0]], [payoffs[0][1], payoffs[1][1]]]
}

#[test]
fn mutual_prediction_of_three_actions_is_a_fixed_point_of_small_steps() {
    let game = MatrixGame::new(ROCK, 2.5);
    let player = Player::new(game).unwrap();
    let found = mutual_prediction(&player, &player).unwrap();
    let mut choices = [vec![1.0 / 3.0; 3], vec![1.0 / 3.0; 3]];
    for _ in 0..20_000 {
        let answers = [response(ROCK, 2.5, &choices[1]), response(ROCK, 2.5, &choices[0])];
        for (p, r) in choices.iter_mut().flatten().zip(answers.iter().flatten()) {
            *p += 0.02 * (r - *p);
        }
    }
    for (found, expected) in found.choices.iter().flatten().zip(choices.iter().flatten()) {
        assert!((found - expected).abs() < 1e-10, "{found} instead of {expected}");
    }
    // It holds itself: who expects it of the other answers by it.
    let expecting = MatrixGame { expected: [found.choices[1][0], found.choices[1][1], found.choices[1][2]], ..game };
    for (log_p, p) in Player::new(expecting).unwrap().choice().unwrap().iter().zip(&found.choices[0]) {
        assert!((log_p.exp() - p).abs() < 1e-10);
    }
}

#[test]
fn derivatives_go_through_levels_and_through_the_fixed_point() {
    fn at<T: Real>(precision: T) -> [T; 3] {
        let lift = |rows: [[f64; 2]; 2]| rows.map(|row| row.map(|x| T::constant(x) * precision));
        let (own, other) = (MatrixGame::new(lift(PENNIES.0), T::one()), MatrixGame::new(lift(PENNIES.1), T::one()));
        let seen = |outcome| <MatrixGame<2, 2, T> as GenerativeModel<T>>::evidence(&[Some(outcome)]);
        let plays = [Play { seen: seen(0), action: Some(1) }, Play { seen: seen(2), action: Some(0) }];
        let likelihood = player(own, other, 2).log_likelihood(&plays).unwrap();
        let fixed = mutual_prediction(&Player::new(own).unwrap(), &Player::new(other).unwrap()).unwrap();
        [likelihood, fixed.choices[0][0], fixed.choices[1][1]]
    }
    let (h, x) = (1e-5, 1.7);
    let exact = at(Dual::<1>::variable(x, 0));
    for ((exact, up), down) in exact.into_iter().zip(at(x + h)).zip(at(x - h)) {
        let difference = (up - down) / (2.0 * h);
        assert!((exact.gradient[0] - difference).abs() < 1e-8, "{exact:?} instead of {difference}");
    }
}

#[test]
fn depth_is_told_from_sixty_choices() {
    use rand::SeedableRng;
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(7);
    let (own, its) = (
        MatrixGame { habit: [0.6, 0.2, 0.2], ..MatrixGame::new(ROCK, 1.5) },
        MatrixGame { habit: [0.2, 0.6, 0.2], ..MatrixGame::new(ROCK, 1.5) },
    );
    let players = [0, 1, 2].map(|depth| player(own, its, depth));
    let mut confusion = [[0; 3]; 3];
    for (depth, truth) in players.iter().enumerate() {
        for _ in 0..30 {
            let mut truth = truth.clone();
            truth.begin();
            let (mut plays, mut seen) = (Vec::new(), [0, 0]);
            for round in 0..60 {
                let shown = MatrixGameObservation {
                    outcome: (aif::prelude::Index::new(seen[0]).unwrap(), aif::prelude::Index::new(seen[1]).unwrap()),
                };
                let action = truth.step(shown, &mut rng).unwrap();
                plays.push(Play { seen: shown.into(), action });
                seen = [action.unwrap(), round % 3];
            }
            let likelihoods = players.each_ref().map(|player| player.log_likelihood(&plays).unwrap());
            let (_, posterior) = weighed(&[1.0 / 3.0; 3], &likelihoods).unwrap();
            assert!((posterior.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            let best = (0..3).max_by(|&a, &b| posterior[a].total_cmp(&posterior[b])).unwrap();
            confusion[depth][best] += 1;
        }
    }
    println!("depths found (columns) of depths simulated (rows), of 30 each: {confusion:?}");
    for (depth, row) in confusion.iter().enumerate() {
        assert!(row[depth] >= 27, "{confusion:?}");
    }
}

#[test]
fn kinds_of_others_are_learned_by_what_they_do() {
    let (own, other) = (MatrixGame::new(STAG, 1.0), MatrixGame::new(STAG, 1.0));
    let bold = Player::by_habit(MatrixGame { habit: [0.9, 0.1], ..other }).unwrap();
    let shy = Player::by_habit(MatrixGame { habit: [0.2, 0.8], ..other }).unwrap();
    let mut player = Player::new(own).unwrap().minding_one_of(&[(0.5, &bold), (0.5, &shy)], mirrored).unwrap();
    let mut odds = 1.0;
    let mut shown = [0, 0];
    for (mine, theirs) in [(0, 0), (1, 0), (0, 1), (0, 0)] {
        player.observe(<MatrixGame<2, 2> as GenerativeModel>::evidence(&[Some(2 * shown[0] + shown[1])])).unwrap();
        let kinds = player.kinds();
        assert!((kinds[0] / kinds[1] - odds).abs() < 1e-12 * odds, "{kinds:?}");
        let expected: f64 = kinds[0] * 0.9 + kinds[1] * 0.2;
        let answer = response(STAG, 1.0, &[expected, 1.0 - expected]);
        assert!((player.choice().unwrap()[0].exp() - answer[0]).abs() < 1e-12);
        player.act(mine).unwrap();
        odds *= [0.9 / 0.2, 0.1 / 0.8][theirs];
        shown = [mine, theirs];
    }
}

#[test]
fn what_does_not_fit_is_refused_in_words() {
    let words = |error: SocietyError| error.to_string();
    let (two, three) = (MatrixGame::new(STAG, 1.0), MatrixGame::new(ROCK, 1.0));
    let (two, three) = (Player::new(two).unwrap(), Player::new(three).unwrap());
    let refused = two.clone().minding(&three, |_| aif::runtime::Assignment::first()).unwrap_err();
    assert_eq!(words(refused), "`other` of MatrixGame has the values 0, 1, but MatrixGame chooses among 0, 1, 2");
    let refused = two.clone().minding_one_of(&[(0.5, &two), (0.2, &two)], mirrored).unwrap_err();
    assert!(words(refused).starts_with("the prior probabilities of the other's kinds sum to 0.7"));
    let refused = two.clone().act(2).unwrap_err();
    assert_eq!(words(refused), "2 is no value of `own` of MatrixGame: it has 2");
    let play = |action| Play { seen: <MatrixGame<2, 2> as GenerativeModel>::evidence(&[Some(0)]), action };
    let refused = two.pointwise(&[play(None), play(None)]).unwrap_err();
    assert_eq!(words(refused), "step 0: it is the player's turn, but a choice is missing");
    let refused =
        two.pointwise(&[play(Some(1)), Play { seen: <MatrixGame<2, 2> as GenerativeModel>::evidence(&[Some(0)]), action: None }]);
    assert_eq!(refused.unwrap_err(), SocietyError::Impossible { model: "MatrixGame" });
    let value = Player::<MatrixGame<2, 2>>::value::<bool>(1);
    assert!(value == Ok(true) && Player::<MatrixGame<2, 2>>::value::<aif::prelude::Index<3>>(1).is_err());
    assert!(weighed(&[0.5, 0.4], &[0.0, 0.0]).is_err() && Payoffs::new([[f64::NAN]], [[0.0]]).is_err());
    assert!(Payoffs::new(STAG, STAG).unwrap().quantal_response([-1.0, 1.0]).is_err());
    let used = Player::new(MatrixGame { habit: [0.8, 0.2], ..MatrixGame::new(STAG, 1.0) }).unwrap();
    let refused = mutual_prediction(&two, &used).unwrap_err();
    assert!(words(refused).starts_with("the second player has a habit: mutual prediction is of payoffs"));
}
