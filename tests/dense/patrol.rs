//! Goals that change while an agent lives, over nine rooms of 10 x 10 cells: what leads to them, who shares it, and what a patrol makes of it.

use super::counting::allocations;
use super::places::{Go, moved};
use aif::games::Agents;
use aif::prelude::*;
use aif::saves::{from_bytes, to_bytes};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::sync::Arc;

type Place = Cell<30, 30>;

/// Nine rooms, with a door in the middle of each wall between two.
#[derive(Clone, Copy, Debug)]
struct Rooms;

fn walked(place: Place, go: Go) -> Place {
    let to = moved(place, go);
    let (through, beside) = ((place.x() / 10, place.y() / 10), (to.x() / 10, to.y() / 10));
    let door = if place.x() == to.x() { to.x() % 10 == 5 } else { to.y() % 10 == 5 };
    if through == beside || door { to } else { place }
}

#[generative_model(horizon = 3, actions(go: Go))]
impl Rooms {
    #[factor(initial = uniform())]
    fn place(&self, place: Place, go: Go) -> Place {
        walked(place, go)
    }
    #[modality]
    fn seen(&self, place: Place) -> Place {
        place
    }
}

/// Who cannot stay where it is: what leads to a goal in just so many steps comes and goes.
#[derive(Clone, Copy, Debug)]
struct Restless;

#[generative_model(horizon = 1, actions(on: bool))]
impl Restless {
    #[factor(initial = uniform(), goal = Index::<10>::new(3).unwrap())]
    fn place(&self, place: Index<10>, on: bool) -> Dist<Index<10>> {
        let to = (place.get() + if on { 1 } else { 9 }) % 10;
        Dist::from_fn(|next: Index<10>| if next.get() == to { 0.9 } else { 0.1 / 9.0 })
    }
    #[factor(initial = uniform())]
    fn weather(&self, place: Index<10>) -> Dist<bool> {
        Dist::from_fn(|fine: bool| if fine == (place.get() > 4) { 0.8 } else { 0.2 })
    }
    #[modality]
    fn seen(&self, place: Index<10>, weather: bool) -> Dist<bool> {
        Dist::from_fn(|o: bool| if o == (weather && place.get() > 2) { 0.9 } else { 0.1 })
    }
}

fn at(x: usize, y: usize) -> Place {
    Place::new(x, y).unwrap()
}

fn wanting(places: &[Place]) -> RoomsBelief {
    RoomsBelief { place: Dist::from_fn(|place| if places.contains(&place) { 1.0 / places.len() as f64 } else { 0.0 }) }
}

fn seen(seen: Place) -> RoomsObservation {
    RoomsObservation { seen }
}

/// In how many steps each cell leads to a goal, by breadth-first search.
fn distances(goal: Place) -> Vec<usize> {
    let mut steps = vec![usize::MAX; 900];
    steps[goal.index()] = 0;
    for round in 0..900 {
        for place in Place::all() {
            let next = Go::all().map(|go| steps[walked(place, go).index()]).min().unwrap();
            if next == round && steps[place.index()] == usize::MAX {
                steps[place.index()] = round + 1;
            }
        }
    }
    steps
}

/// The definition: from which states some action leads into those of the row before.
fn rows(leads: impl Fn(usize, usize) -> bool, goal: &[bool], depth: usize) -> Vec<Vec<bool>> {
    let mut rows = vec![goal.to_vec()];
    for k in 1..depth {
        rows.push((0..goal.len()).map(|s| (0..goal.len()).any(|next| rows[k - 1][next] && leads(s, next))).collect());
    }
    rows
}

#[test]
fn what_leads_to_goals_is_the_definition_however_it_is_worked_out() {
    let options = |depth| InductionOptions { depth, ..InductionOptions::default() };
    let same = |induction: &Induction, factor: usize, wanted: &[Vec<bool>]| {
        for (k, row) in wanted.iter().enumerate() {
            assert_eq!(&induction.reaches(factor, k).unwrap().collect::<Vec<_>>(), row, "row {k}");
        }
        assert!(induction.reaches(factor, wanted.len()).is_none());
        for state in 0..wanted[0].len() {
            assert_eq!(induction.steps_from(factor, state), wanted.iter().position(|row| row[state]));
        }
    };
    let tables = Tables::<Rooms>::new(&Rooms, (), 3).unwrap();
    let goals = [at(3, 3), at(26, 14)];
    let leads = |s: usize, next: usize| Go::all().any(|go| walked(Place::from_index(s).unwrap(), go).index() == next);
    let wanted = rows(leads, &Place::all().map(|place| goals.contains(&place)).collect::<Vec<_>>(), 60);
    let mut induction = Induction::to_goals::<Rooms, f64>(&tables, &wanting(&goals), &options(60)).unwrap();
    same(&induction, 0, &wanted);
    let mut grown = Induction::to_goals::<Rooms, f64>(&tables, &wanting(&goals[..1]), &options(7))
        .unwrap()
        .toward::<Rooms, f64>(&wanting(&goals))
        .unwrap();
    same(&grown, 0, &wanted[..7]);
    grown.deepen(31).unwrap();
    grown.deepen(60).unwrap();
    grown.deepen(5).unwrap();
    assert_eq!(grown, induction);
    assert!(induction.deepen(5000).is_err());
    // Rows that come round again, a factor that moves by another alone.
    let tables = Tables::<Restless>::new(&Restless, (), 1).unwrap();
    let declared = Induction::new(&tables, &options(40));
    let ring = |s: usize, next: usize| next == (s + 1) % 10 || next == (s + 9) % 10;
    let three: Vec<bool> = (0..10).map(|s| s == 3).collect();
    same(&declared, 0, &rows(ring, &three, 40));
    assert!(declared.reaches(1, 0).is_none());
    let fine = RestlessBelief { place: Dist::from_fn(|_| 0.0), weather: Dist::certain(true) };
    let given = declared.toward::<Restless, f64>(&fine).unwrap();
    same(&given, 1, &rows(|_, _| true, &[false, true], 40));
    assert!(given.reaches(0, 0).is_none());
    let nothing = RestlessBelief { weather: Dist::from_fn(|_| 0.0), ..fine };
    assert!(declared.toward::<Restless, f64>(&nothing).unwrap_err().to_string().starts_with("Restless has no goal"));
    let error = declared.toward::<Rooms, f64>(&wanting(&goals)).unwrap_err().to_string();
    assert_eq!(error, "what leads to these goals was worked out for a model of other factors than Rooms");
}

/// A guard that walks its rounds: each room by the shortest way, 20 and more steps beyond a horizon of three, without an allocation.
#[test]
fn a_patrol_reaches_rooms_beyond_its_horizon() {
    let options = AgentOptions { selection: Selection::Deterministic, ..AgentOptions::default() };
    let deep = InductionOptions { depth: 80, ..InductionOptions::default() };
    let mut agent = Agent::with_options(Rooms, (), options).unwrap();
    let rounds = [at(5, 5), at(25, 4), at(24, 26), at(3, 27), at(14, 15)];
    let first = Induction::to_goals::<Rooms, f64>(agent.tables(), &wanting(&rounds[..1]), &deep).unwrap();
    let routes: Vec<_> = rounds.iter().map(|&room| Arc::new(first.toward::<Rooms, f64>(&wanting(&[room])).unwrap())).collect();
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut place = at(29, 0);
    for (route, &room) in routes.iter().zip(&rounds).cycle().take(7) {
        let away = distances(room)[place.index()];
        assert_eq!(route.steps_from(0, place.index()), Some(away));
        assert!(away > 10, "far beyond the horizon");
        let before = allocations();
        agent.set_induction(route.clone()).unwrap();
        for _ in 0..away {
            place = walked(place, agent.step(seen(place), &mut rng).go);
        }
        assert_eq!((place, allocations() - before), (room, 0));
    }
    // The same by words: one goal after the other, in the depth of the first.
    for room in [at(2, 2), at(27, 2)] {
        agent.set_goals(&wanting(&[room])).unwrap();
        assert_eq!(agent.induction().unwrap().options().depth, 80);
        for _ in 0..distances(room)[place.index()] {
            place = walked(place, agent.step(seen(place), &mut rng).go);
        }
        assert_eq!(place, room);
    }
    // Its goal is saved with it.
    let saved = to_bytes::<Rooms>(&agent.state()).unwrap();
    let mut resumed = Agent::resume(Rooms, (), from_bytes::<Rooms, _>(&saved).unwrap()).unwrap();
    assert_eq!(resumed.induction(), agent.induction());
    assert_eq!(resumed.step(seen(place), &mut rng.clone()), agent.step(seen(place), &mut rng));
    let mut wrong = agent.state();
    wrong.goals.as_mut().unwrap().1[0].push(900);
    assert!(Agent::resume(Rooms, (), wrong).unwrap_err().to_string().contains("no states of the factors of Rooms"));
    agent.clear_goals();
    assert!(agent.induction().is_none());
    // What leads where outlives its goals: they are worked back from anew, and nothing else is.
    let set = |agent: &mut Agent<Rooms>| {
        let before = allocations();
        agent.set_goals(&wanting(&[at(2, 2)])).unwrap();
        let known = agent.induction().unwrap().clone();
        (allocations() - before, known)
    };
    let (first, known) = set(&mut agent);
    agent.clear_goals();
    let (second, again) = set(&mut agent);
    assert_eq!(known, again);
    assert!(second < first, "{second} allocations, {first} the first time");
}

/// Minds with goals of their own share the agent, and what leads to each goal.
#[test]
fn members_of_a_flock_go_where_each_is_sent() {
    let options = AgentOptions { selection: Selection::Deterministic, ..AgentOptions::default() };
    let agent = Agent::with_options(Rooms, (), options).unwrap();
    let deep = InductionOptions { depth: 80, ..InductionOptions::default() };
    let first = Induction::to_goals::<Rooms, f64>(agent.tables(), &wanting(&[at(5, 5)]), &deep).unwrap();
    let rooms: Vec<Place> = (0..9).map(|room| at(room % 3 * 10 + 4, room / 3 * 10 + 5)).collect();
    let routes: Vec<_> = rooms.iter().map(|&room| Arc::new(first.toward::<Rooms, f64>(&wanting(&[room])).unwrap())).collect();
    let mut flock = Agents::new(agent, 18, 3).unwrap();
    let mut places: Vec<Place> = (0..18).map(|i| Place::from_index(i * 49).unwrap()).collect();
    let mut went = [RoomsAction { go: Go::Stay }; 18];
    for _ in 0..60 {
        let with: Vec<(usize, Place)> = places.iter().copied().enumerate().collect();
        flock.each(&with, &mut went, |agent, &(i, place), rng| {
            agent.set_induction(routes[i % 9].clone()).unwrap();
            agent.step(seen(place), rng)
        });
        places.iter_mut().zip(&went).for_each(|(place, went)| *place = walked(*place, went.go));
    }
    assert!(places.iter().enumerate().all(|(i, &place)| place == rooms[i % 9]));
    let times = *flock.times();
    assert!(times.frames == 60 && times.first <= times.worst && times.mean() <= times.worst && times.worst <= times.total);
    flock.forget_times();
    assert_eq!(flock.times().frames, 0);
}
