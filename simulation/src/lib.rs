//! Several nodes of larder before one remote, in one thread and in no time: see `README.md`.

#[cfg(not(fuzzing))]
compile_error!(
    "what the engine leaves to chance is drawn from a seed by a flag that is said in `simulation/.cargo`: run cargo in that folder"
);

pub mod bus;
pub mod client;
pub mod draw;
pub mod line;
pub mod mutants;
pub mod node;
pub mod plan;
pub mod remote;
pub mod schedule;
pub mod store;
pub mod tally;
pub mod truth;
pub mod world;
