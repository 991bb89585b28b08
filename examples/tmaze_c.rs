//! A T-maze agent for programs that are not in Rust: a C library of one declared model.
//!
//! `cargo build --release --example tmaze_c` makes `target/release/examples/libtmaze_c.so`; `tests/c` has its header and a program in C that
//! plays with it.

aif::c_abi!(tmaze = aif::worlds::TMaze<f64>, parameters(reward_probability, cue_validity, preference));
