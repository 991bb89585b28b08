mod land;
mod species;
use aif::prelude::*;
use land::*;
use rand_core::SeedableRng;
use species::*;
fn main() {
    let tables = std::sync::Arc::new(Tables::<Scout>::new(&Scout, (), 2).unwrap().lift::<Single>());
    let mut agent = Agent::sharing(tables, options()).unwrap();
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
    let start = Place::from_index(70).unwrap();
    let mut mind = agent.newborn().unwrap();
    mind.belief.place = Dist::certain(start);
    let (mut place, mut energy, food) = (start, Energy::Fed, Site::new(4).unwrap());
    let sample = |p: &[f64], rng: &mut rand_chacha::ChaCha8Rng| aif::runtime::random::categorical(p, rng);
    let t = std::time::Instant::now();
    let n = 2000;
    let mut meals = 0;
    for i in 0..n {
        let smelt = Smell::from_index(sample(smell(place, food, 0.7).probabilities(), &mut rng)).unwrap();
        let cue = sign(place, food, 0).mode().unwrap();
        let seen = ScoutObservation { seen: place, smelt, cue, hunger: energy };
        let within = agent.as_mind(&mut mind, |a| a.step_within(40, seen, &mut rng)).unwrap();
        if i < 30 {
            println!(
                "{:?} {:?} {:?} d{} n{} food {:?}",
                coordinates(place),
                energy,
                within.action.go,
                within.depth,
                within.nodes,
                mind.belief.food.mode()
            );
        }
        let e = digest(energy, place, food);
        if place == cell_of(food) && energy != Energy::Full {
            meals += 1;
        }
        let next = walk(place, energy, within.action.go);
        energy = Energy::from_index(sample(e.probabilities(), &mut rng)).unwrap();
        place = next;
    }
    println!("{:?} a step, {meals} meals", t.elapsed() / n);
}
