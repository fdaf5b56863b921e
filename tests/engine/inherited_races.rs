//! Races of invalidations with what is made of values that are made of values, each in memory or in a store that two
//! processes share: what one process has invalidated it is not served again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use larder::backend::Capabilities;
use larder::clock::Clock;
use larder::testing::{self, Isolated};
use larder::{Cache, Key, Options, Settings, entry, invalidate_tag};

use crate::chance::{Chance, Task, interleave, stop};
use crate::shared_store::Shared;

const OPTIONS: Options = Options::forever();
const ALL: Capabilities = Capabilities::ALL;
const NO_TICKETS: Capabilities = Capabilities { conditional_fill: false, ..ALL };
const IN_PLACE: Capabilities = Capabilities { in_place: true, ..ALL };
const NEAR: Capabilities = Capabilities { tells: true, ..ALL };

/// How the innermost value gets its tag.
#[derive(Clone, Copy, PartialEq)]
enum Ties {
    Known,
    Told,
    Part,
}

/// One process, and where it keeps the whole, what is in between, and the part.
struct Process {
    larder: Isolated,
    levels: [Cache; 3],
}

impl Process {
    fn new(clock: &Clock, store: &Arc<Shared>, outside: [bool; 3]) -> Self {
        let settings = Settings::backend(Arc::clone(store));
        let settings = if store.can.tells { settings.near(60) } else { settings };
        let larder = testing::isolated_at(clock.clone(), [("there", settings), ("here", Settings::memory())]).unwrap();
        let levels = outside.map(|outside| larder.cache(if outside { "there" } else { "here" }));
        Self { larder, levels }
    }

    async fn part(&self, source: &AtomicU64, ties: Ties) -> u64 {
        let body = async || {
            stop().await;
            let read = source.load(Ordering::SeqCst);
            stop().await;
            if ties == Ties::Told {
                entry::tag("tag");
            }
            stop().await;
            read
        };
        let cache = &self.levels[2];
        match ties {
            Ties::Known => cache.get_or_load(Key::from("part").tagged(["tag"]), OPTIONS, body).await,
            Ties::Told => cache.get_or_load("part", OPTIONS, body).await,
            Ties::Part => cache.namespace("tag").get_or_load("part", OPTIONS, body).await,
        }
    }

    async fn whole(&self, source: &AtomicU64, ties: Ties) -> u64 {
        let middle = async || {
            stop().await;
            let part = self.part(source, ties).await;
            stop().await;
            part
        };
        let whole = async || {
            stop().await;
            let middle = self.levels[1].get_or_load("middle", OPTIONS, middle).await;
            stop().await;
            middle
        };
        self.levels[0].get_or_load("whole", OPTIONS, whole).await
    }

    /// Writes the source, and then invalidates.
    async fn change(&self, source: &AtomicU64, ties: Ties, value: u64) -> u64 {
        stop().await;
        source.fetch_max(value, Ordering::SeqCst);
        stop().await;
        match ties {
            Ties::Part => self.levels[2].namespace("tag").invalidate().await.unwrap(),
            _ => self.larder.handle().scope(invalidate_tag("tag")).await.unwrap(),
        }
        value
    }
}

#[test]
fn in_ten_thousand_races_nothing_old_is_made_of_what_was_invalidated() {
    let rounds: u64 = if cfg!(debug_assertions) { 10_000 } else { 100_000 };
    let mut kept = [0; 8];
    for round in 1..=rounds {
        let mut chance = Chance(round.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let can = [ALL, NO_TICKETS, IN_PLACE, NEAR][chance.below(4)];
        let outside = [chance.below(2), chance.below(2), chance.below(2)].map(|outside| outside == 1);
        let ties = match chance.below(3) {
            // What is in memory, in a part of its own, is known by that to its process alone.
            0 if outside[2] => Ties::Part,
            1 => Ties::Told,
            _ => Ties::Known,
        };
        let clock = Clock::manual();
        let store = Shared::new(&clock, can, true);
        let [one, two] = [(); 2].map(|()| Process::new(&clock, &store, outside));
        // What another process has in memory is as old as that may be.
        let all = if outside[2] { vec![&one, &two] } else { vec![&one] };
        let source = AtomicU64::new(1);
        for _ in 0..chance.below(3) {
            let process = all[chance.below(all.len())];
            interleave(&mut chance, vec![Box::pin(process.whole(&source, ties))]);
        }
        let mut tasks: Vec<Task<'_>> = Vec::new();
        for process in &all {
            for _ in 0..=chance.below(2) {
                tasks.push(match chance.below(4) {
                    0 => Box::pin(process.part(&source, ties)),
                    _ => Box::pin(process.whole(&source, ties)),
                });
            }
        }
        for value in 2..2 + chance.below(3) as u64 {
            tasks.push(Box::pin(one.change(&source, ties, value)));
        }
        interleave(&mut chance, tasks);
        let now = source.load(Ordering::SeqCst);
        for _ in 0..2 {
            let served = async {
                let served = one.whole(&source, ties).await;
                assert_eq!(served, now, "round {round}, {outside:?}");
                served
            };
            interleave(&mut chance, vec![Box::pin(served)]);
        }
        let place = outside.iter().fold(0, |place, outside| 2 * place + usize::from(*outside));
        kept[place] += usize::from(testing::block_on(one.levels[0].has("whole")).unwrap());
    }
    assert!(kept.iter().all(|kept| *kept > 300), "and something is kept at all: {kept:?}");
}
