use aif::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    #[domain(label = "here")]
    Here,
    There,
}

fn main() {}
