//! Everybody else.

mod cached;
mod foyer;
mod hitbox;
mod mini_moka;
mod moka;
mod quick_cache;

use super::reader::Candidate;
use crate::entries::Cell;

/// A cell for which all of them have what they take.
pub trait Sites: Cell + cached::Sites + hitbox::Sites {}

impl<C: Cell + cached::Sites + hitbox::Sites> Sites for C {}

pub fn candidates<C: Sites>() -> Vec<Candidate> {
    let mut all = quick_cache::candidates::<C>();
    all.extend(cached::candidates::<C>());
    all.extend(foyer::candidates::<C>());
    all.extend(moka::candidates::<C>());
    all.extend(mini_moka::candidates::<C>());
    all.extend(hitbox::candidates::<C>());
    all
}
