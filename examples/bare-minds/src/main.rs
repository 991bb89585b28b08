//! Prints the mark of each life, as `run.mjs` does of the module: `cargo run -p bare-minds`.

fn main() {
    for seed in [1, 2, 3] {
        println!("tmaze {seed} {:016x}", bare_minds::tmaze(seed, 500));
        println!("scout {seed} {:016x}", bare_minds::scout(seed, 100));
        println!("watcher {seed} {:016x}", bare_minds::watcher(seed, 100));
    }
}
