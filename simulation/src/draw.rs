//! Chance that comes out the same for a seed: what the schedule draws, and what the engine does.

use std::cell::Cell;
use std::sync::Once;

use ahash::random_state::{RandomSource, set_random_source};

/// Numbers drawn from a seed, each from the one before: `SplitMix64`.
#[derive(Clone, Debug)]
pub struct Draws(u64);

impl Draws {
    /// Begins with a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut draws = Self(seed ^ 0x5EED_0F1A_4DE4_0000);
        draws.next();
        draws
    }

    /// Draws a number.
    #[expect(clippy::should_implement_trait, reason = "it never ends")]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let bits = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ bits >> 31
    }

    /// Draws a number below `end`, which is not 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Draws a number from the one up to the other.
    pub fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.below(to - from + 1)
    }

    /// Draws whether something happens that does in so many of a hundred cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Draws one of these.
    ///
    /// # Panics
    ///
    /// Where there is none.
    pub fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.below(of.len() as u64)).expect("it is the place of one of them")]
    }

    /// Draws a place among so many.
    pub fn place(&mut self, among: usize) -> usize {
        usize::try_from(self.below(among as u64)).expect("it is less than a `usize`")
    }
}

thread_local! {
    /// What the engine draws on this thread.
    static HASHERS: Cell<u64> = const { Cell::new(0) };
}

struct Seeded;

impl RandomSource for Seeded {
    fn gen_hasher_seed(&self) -> usize {
        let drawn = HASHERS.get();
        HASHERS.set(drawn.wrapping_add(1));
        usize::try_from(Draws::new(drawn).next() >> 1).expect("there are 64 bits to a number here")
    }
}

/// Makes what the engine draws on this thread from now on come from a seed.
///
/// # Panics
///
/// Where somebody else has said before where chance comes from.
pub fn seed_engine(seed: u64) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        set_random_source(Seeded).expect("nobody else says where chance comes from");
    });
    HASHERS.set(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
}
