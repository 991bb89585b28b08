//! Who plans when: fairly, within the budget, the same on any number of threads, and as a plain agent does.

mod herd;

use aif::prelude::*;
use aif_bevy::{Acted, Budget, Chosen, Failed, Late, Mind, Minds, MindsPlugin, Open, Surprised, Temper, Tuning, Turn};
use bevy_ecs::prelude::*;
use herd::{Go, Hen, HenObservation, Smell, herd, messages, moved, places, smell};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn plugin(tuning: Tuning) -> MindsPlugin<Hen> {
    MindsPlugin::new(Hen, AgentOptions::default()).expect("hens think").tuned(tuning).seeded(3)
}

fn budget(budget: Budget) -> Tuning {
    Tuning { budget, ..Tuning::default() }
}

#[test]
fn nobody_waits_longer_than_the_others() {
    for (hens, each) in [(100, 7), (10, 10), (10, 3), (5, 8)] {
        let mut app = herd(hens, plugin(budget(Budget::Minds(each))));
        let longest = (hens as u32).div_ceil(each);
        for frame in 1..=60 {
            app.update();
            let spent = *app.world().resource::<Minds<Hen>>().spent();
            assert_eq!(spent.planned, each.min(hens as u32));
            assert!(spent.oldest < longest, "{hens} hens, {each} a frame: {} in frame {frame}", spent.oldest);
        }
    }
}

#[test]
fn nodes_stay_within_the_budget_and_everybody_gets_a_turn() {
    let mut app = herd(40, plugin(budget(Budget::Nodes(300))));
    for frame in 0..80 {
        app.update();
        let spent = *app.world().resource::<Minds<Hen>>().spent();
        assert!(spent.nodes <= 300, "{} in frame {frame}", spent.nodes);
        assert!(spent.planned > 1 || frame == 0);
    }
    let mut all = app.world_mut().query::<&Chosen<Hen>>();
    // Whole plans: none was cut short by what others took.
    let plans: Vec<_> = all.iter(app.world()).map(|chosen| (chosen.depth, chosen.nodes)).collect();
    assert!(plans.iter().all(|(depth, nodes)| *depth == 3 && *nodes > 0), "{plans:?}");
}

#[test]
fn a_plan_has_no_more_nodes_than_it_may() {
    let mut app = herd(12, plugin(Tuning { nodes_each: Some(10), ..budget(Budget::Minds(4)) }));
    for _ in 0..20 {
        app.update();
    }
    let mut all = app.world_mut().query::<&Chosen<Hen>>();
    assert!(all.iter(app.world()).all(|chosen| chosen.nodes <= 10 && (1..3).contains(&chosen.depth)));
}

#[test]
fn by_the_clock_somebody_plans_in_each_frame() {
    let mut app = herd(30, plugin(budget(Budget::Microseconds(1))));
    for _ in 0..40 {
        app.update();
        assert!(app.world().resource::<Minds<Hen>>().spent().planned >= 1);
    }
}

#[test]
fn one_seed_gives_one_herd() {
    let run = || {
        let mut app = herd(50, plugin(budget(Budget::Nodes(500))));
        let mut said = Vec::new();
        for _ in 0..50 {
            app.update();
            said.extend(messages::<Acted<Hen>>(&mut app).into_iter().map(|acted| (acted.mind, acted.action.go, acted.planned)));
        }
        (places(&mut app), said)
    };
    assert_eq!(run(), run());
}

/// The same minds by hand: who plans is known, as everybody does in turn.
#[test]
fn minds_do_what_a_plain_agent_does() {
    let mut app = herd(6, plugin(budget(Budget::Minds(2))));
    let mut agent = Agent::new(Hen).expect("hens think");
    let born = |hen| {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        rng.set_stream(hen as u64);
        rng
    };
    let mut minds: Vec<_> = (0..6).map(|hen| (agent.newborn().expect("a belief"), born(hen))).collect();
    let mut bodies: Vec<herd::Place> = (0..6).map(|hen| Index::new(hen).expect("it is in the yard")).collect();
    let mut going = [None; 6];
    for frame in 0..30 {
        app.update();
        for hen in 0..6 {
            let (mind, rng) = &mut minds[hen];
            let seen = HenObservation { smelt: smell(bodies[hen]) };
            let plans = hen / 2 == frame % 3;
            going[hen] = agent.as_mind(mind, |agent| match going[hen] {
                _ if plans => Some(agent.step(seen, rng)),
                Some(action) => {
                    agent.infer_states(seen);
                    agent.update_empirical_prior(action);
                    Some(action)
                }
                None => None,
            });
            bodies[hen] = going[hen].map_or(bodies[hen], |action| moved(bodies[hen], action.go));
        }
        assert_eq!(places(&mut app), bodies.iter().map(|body| body.get()).collect::<Vec<_>>(), "frame {frame}");
    }
    let mut all = app.world_mut().query::<(Entity, &Mind<Hen>)>();
    let mut all: Vec<_> = all.iter(app.world()).collect();
    all.sort_unstable_by_key(|(hen, _)| hen.index_u32());
    assert!(all.iter().zip(&minds).all(|((_, mind), (own, rng))| mind.mind == *own && mind.rng == *rng));
}

#[test]
fn who_is_startled_plans_first() {
    let mut app = herd(20, plugin(budget(Budget::Minds(1))));
    for _ in 0..25 {
        app.update();
    }
    let mut turns = app.world_mut().query::<(Entity, &mut Turn)>();
    let (startled, mut turn) = turns.iter_mut(app.world_mut()).min_by_key(|(_, turn)| turn.age).expect("there are hens");
    turn.urgent = true;
    app.update();
    let turn = app.world().get::<Turn>(startled).expect("it has turns");
    assert!(turn.now && !turn.urgent);
}

#[test]
fn tempers_are_of_one_mind_each() {
    let run = |tempered: &[usize]| {
        let mut app = herd(6, plugin(budget(Budget::Minds(6))));
        app.update();
        let mut all = app.world_mut().query_filtered::<Entity, With<Mind<Hen>>>();
        let mut hens: Vec<_> = all.iter(app.world()).collect();
        hens.sort_unstable_by_key(|hen| hen.index_u32());
        for hen in tempered {
            let mut preferences = app.world().resource::<Minds<Hen>>().agent().preferences();
            preferences.smelt = Values::from_fn(|smell: Smell| -(smell.get() as f64));
            app.world_mut().entity_mut(hens[*hen]).insert(Temper::<Hen> { preferences: Some(preferences), ..Temper::default() });
        }
        (0..30).for_each(|_| app.update());
        places(&mut app)
    };
    let (plain, one) = (run(&[]), run(&[2]));
    assert!(plain.iter().all(|place| *place > 20) && one[2] < 10, "{plain:?} {one:?}");
    assert!((0..6).filter(|hen| *hen != 2).all(|hen| plain[hen] == one[hen]), "{plain:?} {one:?}");
}

#[test]
fn only_open_actions_are_taken_and_without_one_that_is_said() {
    let mut app = herd(2, plugin(budget(Budget::Minds(2))));
    app.update();
    let mut all = app.world_mut().query_filtered::<Entity, With<Mind<Hen>>>();
    let hens: Vec<_> = all.iter(app.world()).collect();
    app.world_mut().entity_mut(hens[0]).insert(Open::<Hen>::only(|action| action.go == Go::Left));
    app.world_mut().entity_mut(hens[1]).insert(Open::<Hen>::only(|_| false));
    messages::<Failed>(&mut app);
    app.update();
    assert_eq!(app.world().get::<Chosen<Hen>>(hens[0]).and_then(|chosen| chosen.action).map(|action| action.go), Some(Go::Left));
    let failed = messages::<Failed>(&mut app);
    assert_eq!(failed.iter().map(|failed| failed.mind).collect::<Vec<_>>(), [hens[1]]);
    assert!(failed[0].error.to_string().contains("Hen"), "{}", failed[0].error);
}

#[test]
fn what_is_late_and_what_surprises_is_said() {
    let tuning = Tuning { late: Some(5), surprise: Some(4.0), ..budget(Budget::Minds(1)) };
    let mut app = herd(10, plugin(tuning));
    let (mut late, mut surprised) = (Vec::new(), Vec::new());
    for frame in 0..40 {
        if frame == 30 {
            // Somebody carries them away.
            let mut bodies = app.world_mut().query::<&mut herd::Body>();
            bodies.iter_mut(app.world_mut()).for_each(|mut body| body.0 = Index::new(0).expect("a place"));
            surprised.clear();
        }
        app.update();
        late.extend(messages::<Late>(&mut app));
        surprised.extend(messages::<Surprised>(&mut app));
    }
    assert!(!late.is_empty() && late.iter().all(|late| late.age == 5 && late.model == "Hen"), "{late:?}");
    assert!(!surprised.is_empty() && surprised.iter().all(|surprised| surprised.surprise > 4.0), "{surprised:?}");
}
