//! What goes wrong, and when: by the seed.

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::Outcome;
use crate::history::Moment;
use crate::promise::{BACK, Kind, SECOND, TURN, Trouble};
use crate::random::Random;
use crate::soak::Soak;
use crate::stores::{Open, Store};

/// The process that is killed now and then. The others live to the end, so that what they take can be told.
pub const KILLED: usize = 1;

/// When hits have to be there again after the store is.
const HITS: Moment = BACK + 10 * SECOND;

/// Makes trouble until it is over: each kind of this store in turn, in an order that is drawn anew each time.
pub fn make(soak: &Soak, store: Store, open: &Open, pause: Duration, lasts: Duration) -> Outcome<()> {
    let mut random = Random::of(soak.seed, 20);
    let mut coming: Vec<Kind> = Vec::new();
    loop {
        soak.pause(pause.mul_f64(random.factor()));
        if soak.is_over() {
            return Ok(());
        }
        if coming.is_empty() {
            coming.extend(store.kinds());
        }
        let kind = coming.swap_remove(random.below(coming.len()));
        let node = if kind == Kind::Ended { KILLED } else { random.below(soak.fleet.nodes.len()) };
        // A process that is killed while it owes something takes that along, and the docs say so.
        let time = lasts.mul_f64(random.factor());
        let from = soak.now();
        let at = {
            let mut known = soak.truth.known();
            known.troubles.push(Trouble {
                kind,
                node: matches!(kind, Kind::Apart | Kind::Ended).then_some(node),
                from,
                until: None,
            });
            known.troubles.len() - 1
        };
        let address = if kind == Kind::Ended { soak.fleet.nodes[node].kill() } else { None };
        open.trouble(kind, node);
        if !matches!(kind, Kind::Cut | Kind::Ended) {
            soak.pause(time);
        }
        open.mend(kind, node);
        if kind == Kind::Ended {
            soak.fleet.nodes[node].start(address)?;
        }
        soak.truth.known().troubles[at].until = Some(soak.now());
        if kind.is_outage() {
            until_hits_are_back(soak, kind);
            // So that nobody is killed who owes.
            soak.pause(Duration::from_micros(BACK + TURN));
        }
        let mut counts = soak.tally.counts();
        counts.evicted = open.evicted().max(counts.evicted);
    }
}

fn until_hits_are_back(soak: &Soak, kind: Kind) {
    let hits = || soak.fleet.nodes.iter().map(|node| node.hits.load(Ordering::Relaxed)).collect::<Vec<_>>();
    let (before, begun) = (hits(), soak.now());
    while !soak.is_over() {
        let took = soak.now() - begun;
        if hits().iter().zip(&before).all(|(now, before)| now > before) {
            let mut counts = soak.tally.counts();
            counts.back = counts.back.max(took);
            return;
        }
        if took > HITS {
            return soak.wrong(&format!("no hits for {} ms after {}: {before:?}", took / 1000, kind.name()));
        }
        soak.pause(Duration::from_millis(20));
    }
}
