//! The program `larder`: what a person does to caches from a terminal.

fn main() {}
