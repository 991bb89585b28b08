//! Hierarchical Gaussian filters: what their equations promise, how they fail, and how they are scored and fitted.

use aif::hgf::{
    Belief, CategoricalFilter, Filter, FilterCompat, FilterError, FilterOptions, FilterWorld, GaussianFilter, Shape,
    ThreeLevelBinary, ThreeLevelContinuous, TimedBinary, TwoLevelBinary, TwoLevelContinuous, Update,
};
use aif::infer::score::{
    Assigned, Behaviour, RecordedBlock, RecordedRow, ScoreError, Trials, filter_log_likelihood, filter_log_likelihoods,
    filter_pointwise,
};
use aif::prelude::*;
use aif::runtime::Dual;
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

const UPDATES: [Update; 4] = [Update::Standard, Update::Enhanced, Update::Guarded, Update::Unbounded];

fn options(update: Update) -> FilterOptions {
    FilterOptions { update, ..FilterOptions::default() }
}

fn three(tonic_volatility: f64, volatility_coupling: f64, meta_volatility: f64) -> ThreeLevelBinary<f64> {
    ThreeLevelBinary { tonic_volatility, volatility_coupling, meta_volatility, inverse_temperature: 1.0 }
}

/// What is believed of each line after each trial.
fn run<M: GaussianFilter<f64>>(model: M, options: FilterOptions, trials: &[(Option<f64>, f64)]) -> Vec<Vec<Belief<f64>>> {
    let mut filter = Filter::<M>::new(model, options).unwrap();
    let step = |&(input, time): &(Option<f64>, f64)| {
        filter.take(&[input], time).unwrap();
        M::Shape::places(&filter.beliefs()).to_vec()
    };
    trials.iter().map(step).collect()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * (1.0 + b.abs())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_missing_trial_only_widens(
        bits in prop::collection::vec(any::<bool>(), 1..40),
        omega in -6.0..-2.0f64,
        theta in -7.0..-3.0f64,
        kappa in 0.2..1.2f64,
        time in 0.2..3.0f64,
        which in 0usize..4,
    ) {
        let seen: Vec<(Option<f64>, f64)> = bits.iter().map(|&b| (Some(f64::from(u8::from(b))), 1.0)).collect();
        let with_gap: Vec<_> = seen.iter().copied().chain([(None, time)]).collect();
        let beliefs = run(three(omega, kappa, theta), options(UPDATES[which]), &with_gap);
        let (before, after) = (&beliefs[beliefs.len() - 2], &beliefs[beliefs.len() - 1]);
        // Line 0 is the input.
        for node in 1..3 {
            prop_assert!(after[node].precision < before[node].precision);
            prop_assert!(close(after[node].mean, after[node].expected_mean));
            prop_assert!(close(after[node].precision, after[node].expected_precision));
        }
        prop_assert_eq!(after[0].mean, after[0].expected_mean);
    }

    #[test]
    fn two_half_steps_without_input_are_one(
        inputs in prop::collection::vec(-1.0..1.0f64, 1..20),
        omega in -5.0..-2.0f64,
        time in 0.2..4.0f64,
        which in 0usize..4,
    ) {
        let model = TwoLevelContinuous { tonic_volatility: omega, volatility_coupling: 0.7, meta_volatility: -4.0, input_precision: 50.0 };
        let seen: Vec<_> = inputs.iter().map(|&u| (Some(u), 1.0)).collect();
        let halves: Vec<_> = seen.iter().copied().chain([(None, time / 2.0), (Some(0.3), time / 2.0)]).collect();
        let whole: Vec<_> = seen.iter().copied().chain([(Some(0.3), time)]).collect();
        let (halves, whole) = (run(model, options(UPDATES[which]), &halves), run(model, options(UPDATES[which]), &whole));
        let (a, b) = (halves.last().unwrap(), whole.last().unwrap());
        // The standard update may come to a precision below zero; a filter that has failed predicts nothing.
        prop_assume!(b.iter().all(|node| node.expected_precision.is_finite() && node.expected_precision > 0.0));
        // What the parent predicts is the same; of the volatility, only the precision before the last half differs in kind.
        prop_assert!(close(a[1].expected_mean, b[1].expected_mean), "{} {}", a[1].expected_mean, b[1].expected_mean);
        prop_assert!(close(a[1].expected_precision, b[1].expected_precision));
        prop_assert!(close(a[2].expected_precision, b[2].expected_precision));
        prop_assert!(close(a[1].mean, b[1].mean) && close(a[1].precision, b[1].precision));
    }

    #[test]
    fn side_by_side_is_one_by_one_in_any_order(seed in any::<u64>(), count in 3usize..20, which in 0usize..4) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut number = || aif::runtime::random::unit(&mut rng);
        let mut filters = Vec::new();
        let mut records = Vec::new();
        for _ in 0..count {
            let model = ThreeLevelBinary {
                tonic_volatility: Dual::<4>::variable(-6.0 + 4.0 * number(), 0),
                volatility_coupling: Dual::variable(number(), 1),
                meta_volatility: Dual::variable(-6.0 + 2.0 * number(), 2),
                inverse_temperature: Dual::variable(0.2 + 3.0 * number(), 3),
            };
            filters.push((model, Assigned::default()));
            let blocks = 1 + (number() * 3.0) as usize;
            let block = |trials: usize, number: &mut dyn FnMut() -> f64| {
                let trial = |number: &mut dyn FnMut() -> f64| RecordedRow {
                    inputs: vec![(number() < 0.9).then(|| f64::from(u8::from(number() < 0.6)))],
                    time_step: 0.5 + number(),
                    responses: vec![(number() < 0.9).then(|| f64::from(u8::from(number() < 0.6)))],
                    scored: number() < 0.9,
                    ..RecordedRow::default()
                };
                RecordedBlock { rows: (0..trials).map(|_| trial(number)).collect(), ..RecordedBlock::default() }
            };
            let blocks = (0..blocks).map(|_| block(1 + (number() * 50.0) as usize, &mut number)).collect();
            records.push(Trials::new(&ThreeLevelBinary::<f64>::META, blocks).unwrap());
        }
        let options = options(UPDATES[which]);
        let scored = |order: &[usize]| {
            let filters: Vec<_> = order.iter().map(|&i| (Hgf(filters[i].0), filters[i].1)).collect();
            let records: Vec<_> = order.iter().map(|&i| &records[i]).collect();
            let mut sums = Vec::new();
            filter_log_likelihoods(&filters, &records, &options, &mut sums);
            sums
        };
        let forwards: Vec<usize> = (0..count).collect();
        let backwards: Vec<usize> = (0..count).rev().collect();
        let (a, b) = (scored(&forwards), scored(&backwards));
        for i in 0..count {
            let alone = filter_log_likelihood(&filters[i].0, &records[i], &options);
            match (&alone, &a[i], &b[count - 1 - i]) {
                (Ok(alone), Ok(a), Ok(b)) => {
                    for other in [a, b] {
                        prop_assert!((alone.value - other.value).abs() < 1e-11 * (1.0 + alone.value.abs()));
                        for (x, y) in alone.gradient.iter().zip(&other.gradient) {
                            prop_assert!((x - y).abs() < 1e-8 * (1.0 + x.abs()), "{x} {y}");
                        }
                    }
                }
                (alone, a, b) => prop_assert!(alone.is_err() && a.is_err() && b.is_err()),
            }
        }
    }
}

/// Ones and zeros with a reversal.
fn reversal(trials: usize) -> Vec<(Option<f64>, f64)> {
    (0..trials).map(|k| (Some(f64::from(u8::from((k % 5 != 0) == (k < trials / 2)))), 1.0)).collect()
}

fn record(meta: &aif::hgf::FilterMeta, inputs: &[(Option<f64>, f64)], responses: &[Vec<Option<f64>>]) -> Trials {
    let trial = |((input, time), responses): (&(Option<f64>, f64), &Vec<Option<f64>>)| RecordedRow {
        inputs: vec![*input],
        time_step: *time,
        responses: responses.clone(),
        scored: true,
        ..RecordedRow::default()
    };
    let trials = inputs.iter().zip(responses).map(trial).collect();
    Trials::new(meta, vec![RecordedBlock { name: "training".into(), first_step: 1, rows: trials, ..RecordedBlock::default() }])
        .unwrap()
}

#[test]
fn a_failing_update_is_an_event_with_trial_and_node() {
    let model = three(2.0, 1.6, 2.0);
    let mut filter = Filter::<_>::new(model, options(Update::Standard)).unwrap();
    let mut failure = None;
    for (k, (u, time)) in reversal(60).into_iter().enumerate() {
        let input = aif::hgf::ThreeLevelBinaryInput { input: u.map(|u| u == 1.0) };
        match filter.step(&input, time) {
            Ok(beliefs) => {
                assert!(failure.is_none());
                assert!(beliefs.volatility.precision > 0.0);
            }
            Err(error) => {
                failure.get_or_insert((k, error));
            }
        }
    }
    let (k, error) = failure.expect("the standard update fails here");
    let FilterError::Invalid(words) = &error else { panic!("{error}") };
    assert!(words.starts_with(&format!("trial {k}: the posterior precision of `volatility` is")), "{words}");

    // Scored, the place is that of the table, and the point is rejected.
    let inputs = reversal(60);
    let record = record(&ThreeLevelBinary::<f64>::META, &inputs, &vec![vec![Some(1.0)]; 60]);
    let scored = filter_log_likelihood(&model, &record, &options(Update::Standard)).unwrap_err();
    assert!(
        matches!(&scored, ScoreError::Filter { place, what } if *place == format!("block training, trial {}", k + 1) && what.contains("`volatility`")),
        "{scored}"
    );
    assert!(filter_pointwise(&model, &record, &options(Update::Standard)).is_err());
    // The others go on, where they may jump as far as they like.
    for update in [Update::Guarded, Update::Unbounded] {
        let options = FilterOptions { jump_limit: 1e6, ..options(update) };
        assert!(filter_log_likelihood(&model, &record, &options).unwrap().is_finite(), "{update:?}");
    }
}

#[test]
fn a_large_error_keeps_the_unbounded_gradient() {
    let one = |x: f64, n: usize| Dual::<3>::variable(x, n);
    let model = TwoLevelContinuous {
        tonic_volatility: one(-4.0, 0),
        volatility_coupling: one(1.0, 1),
        meta_volatility: one(-4.0, 2),
        input_precision: Dual { value: 1e4, gradient: [0.0; 3] },
    };
    let mut filter = Filter::<_, Dual<3>>::new(model, options(Update::Unbounded)).unwrap();
    for u in [0.0, 0.1, 0.0, 10.0, 500.0, 500.1] {
        filter.take(&[Some(u)], 1.0).unwrap();
    }
    let beliefs = TwoLevelContinuous::<Dual<3>>::named(&filter.beliefs());
    for x in [beliefs.volatility.mean, beliefs.volatility.precision, beliefs.value.mean] {
        assert!(x.value.is_finite() && x.gradient.iter().all(|g| g.is_finite()), "{x:?}");
    }
    // A prediction that is certain is held to what a response can be.
    let sure = aif::hgf::Bernoulli::with_probability(1.0);
    let parts = aif::measure::Distribution::<f64>::parts(&sure, [1.0, f64::NAN]);
    let held = <aif::hgf::Bernoulli<f64> as aif::measure::Distribution<f64>>::ln_of_parts(parts);
    assert!((held - (1.0f64 - 1e-6).ln()).abs() < 1e-15);
}

#[test]
fn bad_parameters_and_inputs_are_named() {
    let error = |model| Filter::<_>::new(model, FilterOptions::default()).err().unwrap().to_string();
    assert_eq!(error(three(f64::NAN, 1.0, -4.0)), "the tonic volatility of `chance` is NaN, but has to be a finite number");
    assert_eq!(
        error(three(-4.0, f64::INFINITY, -4.0)),
        "the coupling strength of `chance` is inf, but has to be a finite number"
    );
    let wrong =
        TwoLevelContinuous { tonic_volatility: -4.0, volatility_coupling: 1.0, meta_volatility: -4.0, input_precision: -1.0 };
    let said = Filter::<_>::new(wrong, FilterOptions::default()).err().unwrap().to_string();
    assert_eq!(said, "the precision of `input` is -1, but has to be above 0 and finite");
    let options = FilterOptions { precision_cap: 0.0, ..FilterOptions::default() };
    assert!(Filter::<_>::new(three(-4.0, 1.0, -4.0), options).is_err());
    let mut filter = Filter::<_>::new(three(-4.0, 1.0, -4.0), FilterOptions::default()).unwrap();
    let before = filter.beliefs();
    assert_eq!(
        filter.take(&[Some(0.5)], 1.0).unwrap_err().to_string(),
        "trial 0: the input `input` is 0.5, but has to be a whole number below 2"
    );
    assert!(filter.take(&[Some(1.0)], 0.0).unwrap_err().to_string().contains("time step is 0"));
    assert!(filter.take(&[], 1.0).unwrap_err().to_string().contains("1 input"), "too few inputs");
    assert_eq!(filter.beliefs(), before);
}

#[test]
fn every_compat_differs_from_the_default_where_it_says_so() {
    let pyhgf = |compat| FilterOptions { compat, ..FilterOptions::default() };
    let model =
        TwoLevelContinuous { tonic_volatility: -2.0, volatility_coupling: 1.0, meta_volatility: -3.0, input_precision: 20.0 };
    // Time steps other than one, and an input that is missing.
    let uneven = [(Some(0.5), 1.0), (Some(0.8), 2.5)];
    let (right, as_peer) = (
        run(model, FilterOptions::default(), &uneven),
        run(model, pyhgf(FilterCompat { scaled_observations: true, ..FilterCompat::default() }), &uneven),
    );
    assert!(close(right[1][0].expected_mean, right[1][1].expected_mean));
    assert!(close(as_peer[1][0].expected_mean, 2.5 * right[1][0].expected_mean));
    let gap = [(Some(0.5), 1.0), (None, 1.0)];
    let (right, as_peer) = (
        run(model, FilterOptions::default(), &gap),
        run(model, pyhgf(FilterCompat { missing_inform: true, ..FilterCompat::default() }), &gap),
    );
    assert!(right[1][2].precision < right[0][2].precision);
    assert!(as_peer[1][2].precision > right[1][2].precision);
}

/// Two inputs of equal kind whose volatility is one.
#[derive(Clone, Copy, Debug)]
struct Twins<T> {
    coupling: T,
    strength: T,
}

#[hgf(inputs(left: f64, right: bool))]
impl<T: Real> Twins<T> {
    nodes! {
        left ~ Gaussian(a, 0.1);
        right ~ Bernoulli(logistic(self.strength * b));
        a ~ Gaussian(a, exp(-3.0 + self.coupling * shared));
        b ~ Gaussian(b, exp(self.coupling * shared - 3.0));
        #[initial(mean = 0.5, precision = 2.0)]
        shared ~ Gaussian(0.9 * shared + 0.01, exp(-4.0));
    }
}

#[test]
fn every_child_counts_in_the_unbounded_update() {
    let twins = Twins { coupling: 1.0, strength: 1.0 };
    let unbounded = options(Update::Unbounded);
    let shared = |inputs: [Option<f64>; 2], options| {
        let mut filter = Filter::<_>::new(twins, options).unwrap();
        filter.take(&inputs, 1.0).unwrap();
        filter.take(&inputs, 1.0).unwrap();
        Twins::<f64>::named(&filter.beliefs()).shared
    };
    let both = shared([Some(3.0), Some(1.0)], unbounded);
    let first = shared([Some(3.0), None], unbounded);
    assert!(both.precision > first.precision, "a second child says something more");
    let compat = FilterOptions { compat: FilterCompat { first_child_only: true, ..FilterCompat::default() }, ..unbounded };
    let peer = shared([Some(3.0), Some(1.0)], compat);
    assert!(peer.precision < both.precision);
    // Strengths bear on predictions of binary nodes.
    let stronger = Twins { strength: 2.0, ..twins };
    let predicted = |model, options| {
        let mut filter = Filter::<_>::new(model, options).unwrap();
        for _ in 0..3 {
            filter.take(&[Some(0.0), Some(1.0)], 1.0).unwrap();
        }
        Twins::<f64>::named(&filter.beliefs())
    };
    let (right, unit) = (
        predicted(stronger, FilterOptions::default()),
        predicted(
            stronger,
            FilterOptions {
                compat: FilterCompat { unit_binary_strength: true, ..FilterCompat::default() },
                ..FilterOptions::default()
            },
        ),
    );
    assert!(close(right.right.log_odds, 2.0 * right.b.expected_mean) && close(unit.right.log_odds, unit.b.expected_mean));
}

#[test]
fn choices_and_reaction_times_add_up() {
    let model = TimedBinary { tonic_volatility: -3.0, inverse_temperature: 1.5, pace: -0.5, hesitation: 0.8, noise: 0.3 };
    let inputs = reversal(40);
    let responses: Vec<Vec<Option<f64>>> = (0..40)
        .map(|k| vec![(k % 7 != 0).then(|| f64::from(u8::from(k % 3 != 0))), (k % 5 != 0).then_some(0.4 + 0.01 * k as f64)])
        .collect();
    let record = record(&TimedBinary::<f64>::META, &inputs, &responses);
    let found = filter_pointwise(&model, &record, &FilterOptions::default()).unwrap();
    let mut expected = Vec::new();
    for (beliefs, responses) in run(model, FilterOptions::default(), &inputs).iter().zip(&responses) {
        let p = beliefs[0].expected_mean;
        if let Some(y) = responses[0] {
            let powered = p.powf(1.5) / (p.powf(1.5) + (1.0 - p).powf(1.5));
            expected.push(if y == 1.0 { powered.ln() } else { (1.0 - powered).ln() });
        }
        if let Some(time) = responses[1] {
            let entropy = -p * p.ln() - (1.0 - p) * (1.0 - p).ln();
            let z = (time.ln() - (-0.5 + 0.8 * entropy)) / 0.3;
            expected.push(-0.5 * z * z - (0.3 * time).ln() - 0.5 * (2.0 * std::f64::consts::PI).ln());
        }
    }
    assert_eq!(found.len(), expected.len());
    for (a, b) in found.iter().zip(&expected) {
        assert!((a - b).abs() < 1e-12, "{a} {b}");
    }
    let places = <Hgf<TimedBinary<f64>> as Behaviour<f64>>::places(&record);
    assert_eq!((places.len(), places[0].step, places[0].block.as_str()), (found.len(), 2, "training"));
}

#[test]
fn a_world_makes_what_its_filter_believes() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let model = ThreeLevelContinuous {
        tonic_volatility: -2.0,
        volatility_coupling: 1.0,
        meta_volatility: -4.0,
        meta_coupling: 1.0,
        top_volatility: -5.0,
        input_precision: 25.0,
    };
    // The first input spreads by the uncertainty of the first state, of its step and of the noise.
    let draws: Vec<f64> = (0..20_000)
        .map(|_| {
            FilterWorld::new(&ThreeLevelContinuous { volatility_coupling: 0.0, ..model }, &mut rng).unwrap().step(1.0, &mut rng)
                [0]
            .unwrap()
        })
        .collect();
    let variance = draws.iter().map(|x| x * x).sum::<f64>() / draws.len() as f64;
    assert!((variance / (1.0 + (-2.0f64).exp() + 0.04) - 1.0).abs() < 0.05, "{variance}");

    let coins = CategoricalFilter { tonic_volatility: [-3.0; 3], meta_volatility: -4.0, inverse_temperature: 2.0 };
    let mut world = FilterWorld::new(&coins, &mut rng).unwrap();
    let mut filter = Filter::<_>::new(coins, FilterOptions::default()).unwrap();
    let mut seen = [0; 3];
    for _ in 0..300 {
        let inputs = world.step(1.0, &mut rng);
        seen[inputs[0].unwrap() as usize] += 1;
        filter.take(&inputs, 1.0).unwrap();
        let guess = coins.sample_response(0, &filter.beliefs(), &mut rng);
        assert!((0.0..3.0).contains(&guess));
        let all: f64 = coins.response_probabilities(0, &filter.beliefs()).iter().sum();
        assert!(close(all, 1.0));
    }
    assert_eq!(seen.iter().sum::<i32>(), 300);
}

#[test]
fn gradients_of_every_update_are_those_of_finite_differences() {
    let inputs = reversal(30);
    let responses: Vec<Vec<Option<f64>>> = (0..30).map(|k| vec![Some(f64::from(u8::from(k % 4 != 0)))]).collect();
    let record = record(&ThreeLevelBinary::<f64>::META, &inputs, &responses);
    let at = [-3.0, 0.8, -4.0, 1.4];
    for update in UPDATES {
        let score = |x: [f64; 4]| {
            let [tonic_volatility, volatility_coupling, meta_volatility, inverse_temperature] = x;
            let model = ThreeLevelBinary { tonic_volatility, volatility_coupling, meta_volatility, inverse_temperature };
            filter_log_likelihood(&model, &record, &options(update)).unwrap()
        };
        let dual = ThreeLevelBinary {
            tonic_volatility: Dual::<4>::variable(at[0], 0),
            volatility_coupling: Dual::variable(at[1], 1),
            meta_volatility: Dual::variable(at[2], 2),
            inverse_temperature: Dual::variable(at[3], 3),
        };
        let found = filter_log_likelihood(&dual, &record, &options(update)).unwrap();
        for i in 0..4 {
            let step = |h: f64| {
                let mut x = at;
                x[i] += h;
                score(x)
            };
            let slope = (8.0 * (step(1e-3) - step(-1e-3)) - (step(2e-3) - step(-2e-3))) / 12e-3;
            assert!(
                (found.gradient[i] - slope).abs() < 1e-7 * (1.0 + slope.abs()),
                "{update:?} {i}: {} {slope}",
                found.gradient[i]
            );
        }
    }
}

#[test]
fn the_two_level_filter_is_the_recursion_of_the_paper() {
    // Mathys et al. 2011, eqs 22 to 31, with one value parent.
    let model = TwoLevelBinary { tonic_volatility: -2.5, inverse_temperature: 1.0 };
    let inputs = reversal(50);
    let (mut mean, mut precision) = (0.0f64, 1.0f64);
    for ((u, _), beliefs) in inputs.iter().zip(run(model, FilterOptions::default(), &inputs)) {
        let predicted = 1.0 / (1.0 / precision + (-2.5f64).exp());
        let p = 1.0 / (1.0 + (-mean).exp());
        precision = predicted + p * (1.0 - p);
        mean += (u.unwrap() - p) / precision;
        assert!(close(beliefs[1].mean, mean) && close(beliefs[1].precision, precision) && close(beliefs[0].expected_mean, p));
    }
}
