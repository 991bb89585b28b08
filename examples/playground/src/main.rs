//! What the module in a browser has to come to, natively: a mark of 1,000 ticks of 500 foragers, steps of the maze, a fit. `same.mjs` prints the same lines.

use aif::prelude::Domain;
use playground::fitted::fit;
use playground::herd::Herd;
use playground::maze::Maze;
use playground::sampled::sample;
use playground::visitor::{Game, Visitor};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut herd = Herd::new(250, 1)?;
    (0..1000).for_each(|_| herd.tick());
    println!("1000 ticks of 500 foragers: {:016x}", herd.mark());

    let mut maze = Maze::new(1)?;
    let mut unsure = 0.0;
    for _ in 0..200 {
        maze.step();
        unsure += maze.view().uncertainty;
    }
    println!("200 steps in the maze: at {}, {} meals, unsure {:016x}", maze.place.index(), maze.meals, unsure.to_bits());

    let mut game = Game::new(1);
    game.let_play(Visitor { learning_rate: 0.4, precision: 5.0 }, 1)?;
    let fitted = fit(&game)?;
    let [rate, precision] = &fitted.known;
    println!(
        "60 choices: rate {:.9}, precision {:.9}, evidence {:.9}, exactly {:.9}",
        rate.mean, precision.mean, fitted.evidence.0, fitted.evidence.1
    );
    let drawn = sample(&game)?;
    let [rate, precision] = &drawn.told;
    println!(
        "by NUTS: rate {:.9}, precision {:.9}, R-hat {:.9}, {} divergences, {} gradients",
        rate.mean, precision.mean, rate.rhat, drawn.divergences, drawn.gradients
    );
    Ok(())
}
