//! What a hit costs: interleaved rounds, medians, and ratios to a plain map within each round.
//!
//! To add a candidate: write a file in `rivals/` with a function that returns its [`Candidate`]s for any [`Cell`], and name
//! it in `rivals/mod.rs`.

pub mod larder;
mod maps;
mod reader;
#[cfg_attr(not(feature = "rivals"), path = "nobody.rs")]
mod rivals;
mod rounds;
mod tables;

pub use reader::{Candidate, Reader, is_ours};
pub use rounds::{Load, Picks};
pub use tables::print;

use crate::entries::Cell;

/// A cell for which every candidate has what it takes: attributes stand on functions of fixed types.
pub trait Full: Cell + maps::PerThread + larder::Sites + rivals::Sites {}

impl<C: Cell + maps::PerThread + larder::Sites + rivals::Sites> Full for C {}

/// Everybody who takes part; the first one is what the others are compared with.
#[must_use]
pub fn candidates<C: Full>() -> Vec<Candidate> {
    let mut all = maps::candidates::<C>();
    all.extend(larder::candidates::<C>());
    all.extend(rivals::candidates::<C>());
    all
}
