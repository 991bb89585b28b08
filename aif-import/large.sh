#!/usr/bin/env bash
# A flat grid of 2,000 states imported: says how long the crate that names it takes to compile, once the library is there, and how long a step of its agent.
# Its table has to be one without zeros, and its beliefs have to stay distributions; nothing is said of how fast a machine has to be.
#
#   aif-import/large.sh [ROWS COLUMNS]
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
rows=${1:-40} columns=${2:-50}
target=${CARGO_TARGET_DIR:-$here/target}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/src"

# Moves succeed with 0.8, slip to either side with 0.1, and end at walls; what is seen is how many walls are near, rightly with 0.85.
awk -v rows="$rows" -v columns="$columns" '
function clip(x, n) { return x < 0 ? 0 : x >= n ? n - 1 : x }
BEGIN {
    n = rows * columns
    print "discount: 0.95\nvalues: reward\nstates: " n "\nactions: north east south west\nobservations: free wall corner\nstart: uniform"
    split("north east south west", name, " ")
    split("-1 0 1 0", down, " "); split("0 1 0 -1", right, " ")
    for (a = 1; a <= 4; a++) for (s = 0; s < n; s++) {
        r = int(s / columns); c = s % columns
        split("", to)
        for (turn = -1; turn <= 1; turn++) {
            d = (a + turn + 3) % 4 + 1
            q = clip(r + down[d], rows) * columns + clip(c + right[d], columns)
            to[q] += turn == 0 ? 0.8 : 0.1
        }
        for (q in to) print "T: " name[a] " : " s " : " q " " to[q]
    }
    for (s = 0; s < n; s++) {
        r = int(s / columns); c = s % columns
        walls = (r == 0 || r == rows - 1) + (c == 0 || c == columns - 1)
        print "O: * : " s
        print (walls == 0 ? 0.85 : 0.075) " " (walls == 1 ? 0.85 : 0.075) " " (walls == 2 ? 0.85 : 0.075)
    }
    print "R: * : * : " n - 1 " : * 1"
}' > "$work/grid.pomdp"

cat > "$work/Cargo.toml" << END
[package]
name = "large-import"
version = "0.0.0"
edition = "2024"
publish = false

[workspace]

[dependencies]
aif = { path = "$here", default-features = false, features = ["import", "std"] }
rand = { version = "0.10", default-features = false }
rand_chacha = { version = "0.10", default-features = false }
END
cp "$here/Cargo.lock" "$work/"
echo 'fn main() {}' > "$work/src/main.rs"
(cd "$work" && cargo build --quiet --offline --target-dir "$target/large")

cat > "$work/src/main.rs" << 'END'
use aif::prelude::*;
use aif::runtime::model::{Kind, Marginals};
use rand::SeedableRng;

aif::import!("grid.pomdp" as Grid);

fn main() -> Result<(), aif::runtime::ModelError> {
    assert!(matches!(<Grid as GenerativeModel>::META.factors[0].kind, Kind::Sparse), "the table has its zeros");
    let (mut agent, mut world) = (Agent::new(Grid)?, World::new(Grid)?);
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
    let mut seen = world.reset(&mut rng);
    let (begun, steps) = (std::time::Instant::now(), 50);
    for _ in 0..steps {
        let action = agent.step(seen, &mut rng);
        seen = world.step(action, &mut rng);
        let sum: f64 = agent.belief().probabilities(0).iter().sum();
        assert!((sum - 1.0).abs() < 1e-9, "a belief sums to {sum}");
    }
    println!("a step of its agent takes {:.1} ms, in a debug build", begun.elapsed().as_secs_f64() * 1e3 / f64::from(steps));
    Ok(())
}
END
begun=$(date +%s%N)
(cd "$work" && cargo build --quiet --offline --target-dir "$target/large")
ended=$(date +%s%N)
echo "$((rows * columns)) states in $(wc -l < "$work/grid.pomdp") lines: the crate compiles in $(awk -v t=$((ended - begun)) 'BEGIN { printf "%.1f", t / 1e9 }') s"
"$target/large/debug/large-import"
