//! What is left to chance: by how much a value ends early, so that not all end at once, and how long before its end it is
//! loaded anew.

use std::sync::Arc;
use std::time::Duration;

use ahash::RandomState;

use super::home::Home;
use super::parcel::Found;
use crate::clock::Clock;
use crate::key::Name;
use crate::policy::{self, Options};
use crate::record::{Erased, Times};

/// Returns a number from 0 to 1 by chance, where the options leave something to it.
pub(super) fn draw(options: &Options) -> f32 {
    if options.jitter <= 0.0 {
        return 0.0;
    }
    part_of_one(RandomState::new().hash_one(()))
}

/// Returns the same from bits that are mixed well.
#[expect(clippy::cast_precision_loss, reason = "24 bits fit an `f32` exactly")]
pub(super) fn part_of_one(bits: u64) -> f32 {
    (bits >> 40) as f32 / (1_u32 << 24) as f32
}

/// What one process draws for the values of one store: the same each time that it meets the same value, so that whoever looks
/// twice for one call finds the same, and something else than other processes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(clock: &Clock) -> Self {
        Self(clock.seed())
    }

    /// Draws for the value that was kept under this name at this time.
    fn draw(self, name: &[u8], created: u64) -> f32 {
        let begin = mixed(mixed(self.0) ^ created);
        let words = name.chunks(8).map(|chunk| chunk.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)));
        part_of_one(words.fold(begin, |bits, word| mixed(bits ^ word)))
    }
}

/// Mixes the bits of a number, so that two that are near each other are so no more: the last steps of `SplitMix64`.
pub(super) fn mixed(bits: u64) -> u64 {
    let bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}

impl Home {
    /// Returns how long before its end this process loads a value anew that was just made.
    pub(super) fn lead_of_new(&self, name: &Name, times: Times, options: &Options, cost: Duration) -> Duration {
        if options.early.is_none() {
            return Duration::ZERO;
        }
        let draw = self.chance.draw(name.as_bytes(), times.created.as_nanos());
        policy::lead(options, cost, times.fresh_until.since(times.created), draw)
    }

    /// Returns the same of what was found in a store outside, which remembers what it cost.
    pub(super) fn lead_of_found(&self, name: &Name, found: &Found<'_>, options: &Options) -> Duration {
        let (Some(times), Some((created, cost))) = (options.early.and_then(|_| found.times(&self.clock)), found.made())
        else {
            return Duration::ZERO;
        };
        let draw = self.chance.draw(name.as_bytes(), created);
        policy::lead(options, cost, times.fresh_until.since(times.created), draw)
    }
}

/// Gives a new record the lead that was drawn for it.
pub(super) fn led(mut record: Erased, lead: Duration) -> Erased {
    if !lead.is_zero() {
        Arc::get_mut(&mut record).expect("nobody else has it yet").set_lead(lead);
    }
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_draws_the_same_for_a_value_each_time_and_something_else_for_others() {
        let clock = Clock::manual();
        let [one, other] = [Chance::new(&clock), Chance::new(&clock)];
        let drawn = one.draw(b"name", 7).to_bits();
        assert_eq!(drawn, one.draw(b"name", 7).to_bits());
        for another in
            [other.draw(b"name", 7), one.draw(b"name", 8), one.draw(b"game", 7), one.draw(b"longer names", 7)]
        {
            assert_ne!(drawn, another.to_bits());
        }
    }

    #[test]
    fn what_many_processes_draw_is_spread_evenly() {
        let clock = Clock::manual();
        let mut tenths = [0_u32; 10];
        for _ in 0..10_000 {
            let draw = Chance::new(&clock).draw(b"default:1:name", 1_700_000_000_000);
            assert!((0.0..1.0).contains(&draw));
            tenths[usize::from((draw * 10.0).to_string().as_bytes()[0] - b'0')] += 1;
        }
        assert!(tenths.iter().all(|tenth| (850..1150).contains(tenth)), "{tenths:?}");
    }
}
