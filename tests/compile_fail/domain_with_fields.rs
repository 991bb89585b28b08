use aif::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place { Here, There(u8), Elsewhere { x: u8 } }

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nothing {}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Room(u8);

fn main() {}
