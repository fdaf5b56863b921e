//! What the processes take, from second to second.

use std::time::{Duration, Instant};

use crate::soak::Soak;

/// Notes what is taken until it is over, and how long this thread waited for its turn.
pub fn watch(soak: &Soak) {
    const NAP: Duration = Duration::from_millis(20);
    let mut naps = 0_u32;
    while !soak.is_over() {
        let begun = Instant::now();
        std::thread::sleep(NAP);
        let late = u64::try_from(begun.elapsed().saturating_sub(NAP).as_micros()).unwrap_or(u64::MAX);
        naps += 1;
        soak.tally.stalled(soak.now(), late);
        if naps.is_multiple_of(50) {
            for (number, node) in soak.fleet.nodes.iter().enumerate() {
                let (life, Some(taken)) = (node.life(), node.taken()) else { continue };
                soak.tally.counts().taken.entry(number).or_default().push((life, taken));
            }
            soak.truth.known().forget(soak.now());
        }
    }
}
