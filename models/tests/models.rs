//! What must hold in whatever order threads come to their locks.

mod orders;

use std::any::TypeId;
use std::sync::Arc;
use std::time::Duration;

use cache_core::clock::Clock;
use cache_core::flight::{Change, Flights, Landing, Leader, News, Turn};
use cache_core::key::{Name, Scope};
use cache_core::record::{Erased, Record, Times};
use cache_core::store::{Limits, Store};
use cache_core::tags::{Bonds, Tags};
use orders::in_many_orders;
use shuttle::sync::atomic::{AtomicU64, Ordering};
use shuttle::{future, thread};

const MARK: u64 = 7;

fn name(text: &str) -> Name {
    Scope::new("", "1", None).unwrap().name(&text.into())
}

/// A store with what a cache has beside it, and a source that a write changes before it invalidates.
struct Home {
    flights: Arc<Flights>,
    store: Store,
    clock: Clock,
    source: AtomicU64,
    loads: AtomicU64,
}

/// When the caller goes away who has led.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leaves {
    Never,
    InItsLoad,
    BeforeItLands,
}

impl Home {
    fn new() -> Arc<Self> {
        let clock = Clock::manual();
        let store = Store::new(Limits { max_entries: 100, max_bytes: None }, clock.clone());
        let (source, loads) = (AtomicU64::new(1), AtomicU64::new(0));
        Arc::new(Self { flights: Arc::default(), store, clock, source, loads })
    }

    fn record(&self, value: u64) -> Erased {
        let created = self.clock.now();
        let end = created.after(Duration::from_secs(60));
        Arc::new(Record::new(MARK, Times { created, fresh_until: end, kept_until: end }, value))
    }

    fn kept(&self) -> Option<u64> {
        Some(value(&self.store.peek(&name("name"))?))
    }

    fn turn(&self) -> Turn<Erased> {
        self.flights.join(name("name").as_bytes(), MARK, TypeId::of::<u64>(), || self.store.peek(&name("name")))
    }

    /// Does what a cached call does on a miss; `leaves` is a caller who goes away in the middle of its load.
    fn call(&self, leaves: bool) -> Option<u64> {
        self.join(|leader| {
            let record = self.load(&leader, leaves)?;
            leader.land(Landing::Value(Arc::clone(&record)));
            Some(value(&record))
        })
    }

    /// Does it as who keeps what it has loaded for itself where nobody waits for that.
    fn call_for_itself(&self, leaves: Leaves) -> Option<u64> {
        self.join(|leader| {
            let record = self.load(&leader, leaves == Leaves::InItsLoad)?;
            let crowd = leader.end();
            if leaves == Leaves::BeforeItLands {
                return None;
            }
            if let Some(crowd) = crowd {
                crowd.land(Landing::Value(Arc::clone(&record)));
            }
            Some(value(&record))
        })
    }

    fn join(&self, lead: impl Fn(Leader) -> Option<u64>) -> Option<u64> {
        loop {
            match self.turn() {
                Turn::Found(record) => return Some(value(&record)),
                Turn::Lead(leader) => return lead(leader),
                Turn::Wait(waiter) => match future::block_on(waiter) {
                    News::Landed(Landing::Value(record)) => return Some(value(&record)),
                    News::Landed(Landing::Abandoned) => {}
                    news => panic!("nobody lands with {news:?}"),
                },
                Turn::Alone(_) | Turn::Circle => panic!("there is one pattern, and nobody stands in a body"),
            }
        }
    }

    fn load(&self, leader: &Leader, leaves: bool) -> Option<Erased> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        let read = self.source.load(Ordering::SeqCst);
        if leaves {
            return None;
        }
        let record = self.record(read);
        leader.token().redeem(|| drop(self.store.insert(&name("name"), Arc::clone(&record), 1)));
        Some(record)
    }

    fn invalidate(&self) {
        drop(self.flights.change(name("name").as_bytes(), || (self.store.remove(&name("name")), Change::New)));
    }
}

fn value(record: &Erased) -> u64 {
    *record.value.downcast_ref().expect("a number")
}

#[test]
fn what_was_read_before_an_invalidation_is_found_by_nobody_after_it() {
    in_many_orders(|| {
        let home = Home::new();
        let callers: Vec<_> = (0..2)
            .map(|_| {
                let home = Arc::clone(&home);
                thread::spawn(move || home.call(false))
            })
            .collect();
        home.source.store(2, Ordering::SeqCst);
        home.invalidate();
        assert_eq!(home.call(false), Some(2), "who asks after the write gets what was written");
        for caller in callers {
            assert!(matches!(caller.join().unwrap(), Some(1 | 2)));
        }
        assert_eq!(home.kept(), Some(2));
    });
}

#[test]
fn one_load_serves_all_and_is_handed_over_by_who_leaves() {
    in_many_orders(|| {
        let home = Home::new();
        let callers: Vec<_> = [false, true, false]
            .into_iter()
            .map(|leaves| {
                let home = Arc::clone(&home);
                thread::spawn(move || (leaves, home.call(leaves)))
            })
            .collect();
        for caller in callers {
            let (leaves, got) = caller.join().unwrap();
            assert!(leaves || got == Some(1), "nobody hangs, and nobody goes without");
        }
        let loads = home.loads.load(Ordering::SeqCst);
        assert!((1..=2).contains(&loads), "one, and one more if somebody left: {loads}");
    });
}

#[test]
fn who_has_ended_its_load_hands_it_to_all_who_wait_by_then_and_to_nobody_after() {
    for leaves in [Leaves::InItsLoad, Leaves::BeforeItLands] {
        in_many_orders(move || {
            let home = Home::new();
            let callers: Vec<_> = [Leaves::Never, leaves, Leaves::Never]
                .into_iter()
                .map(|leaves| {
                    let home = Arc::clone(&home);
                    thread::spawn(move || (leaves, home.call_for_itself(leaves)))
                })
                .collect();
            // One more, who comes and waits for nothing.
            drop(home.turn());
            for caller in callers {
                let (leaves, got) = caller.join().unwrap();
                assert!(leaves != Leaves::Never || got == Some(1), "nobody hangs, and nobody goes without");
            }
            let loads = home.loads.load(Ordering::SeqCst);
            assert!((1..=2).contains(&loads), "one, and one more if somebody left: {loads}");
        });
    }
}

/// A store that is asked before a place is taken, and not under its lock: after that only where something happened since.
#[test]
fn who_looked_before_leading_runs_no_body_that_another_load_has_spared_it() {
    in_many_orders(|| {
        let (flights, loads) = (Arc::<Flights>::default(), Arc::new(AtomicU64::new(0)));
        let store = Arc::new(AtomicU64::new(0));
        let callers: Vec<_> = (0..3)
            .map(|_| {
                let (flights, loads, store) = (Arc::clone(&flights), Arc::clone(&loads), Arc::clone(&store));
                thread::spawn(move || {
                    let events = flights.events(b"name");
                    if store.load(Ordering::SeqCst) != 0 {
                        return;
                    }
                    match flights.join(b"name", MARK, TypeId::of::<u64>(), || None::<()>) {
                        Turn::Lead(leader) => {
                            let is_sure = flights.events(b"name") == events;
                            if is_sure || store.load(Ordering::SeqCst) == 0 {
                                loads.fetch_add(1, Ordering::SeqCst);
                                leader.token().redeem(|| store.store(1, Ordering::SeqCst));
                            }
                            leader.land(Landing::Released);
                        }
                        Turn::Wait(waiter) => drop(future::block_on(waiter)),
                        turn => panic!("there is one pattern, and nobody stands in a body: {turn:?}"),
                    }
                })
            })
            .collect();
        callers.into_iter().for_each(|caller| caller.join().unwrap());
        assert_eq!(loads.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn two_updates_leave_the_later_value_or_none() {
    in_many_orders(|| {
        let home = Home::new();
        let update = |value: u64| {
            let home = Arc::clone(&home);
            thread::spawn(move || {
                let token = home.flights.token(name("name").as_bytes());
                home.source.store(value, Ordering::SeqCst);
                let record = home.record(value);
                if token.change(|| drop(home.store.insert(&name("name"), record, 1))).is_none() {
                    home.invalidate();
                }
            })
        };
        let both = [update(2), update(3)];
        both.into_iter().for_each(|update| update.join().unwrap());
        let written = home.source.load(Ordering::SeqCst);
        assert!(home.kept().is_none_or(|kept| kept == written), "{:?} is kept of {written}", home.kept());
    });
}

#[test]
fn what_was_read_before_its_tag_was_invalidated_is_withdrawn() {
    in_many_orders(|| {
        let (tags, source) = (Arc::new(Tags::default()), Arc::new(AtomicU64::new(1)));
        let load = |late: bool| {
            let (tags, source) = (Arc::clone(&tags), Arc::clone(&source));
            thread::spawn(move || {
                let known = (!late).then(|| tags.tag("tag"));
                let since = tags.now();
                let read = source.load(Ordering::SeqCst);
                let tag = known.unwrap_or_else(|| tags.tag("tag"));
                (read, Bonds::new(since, [tag]).unwrap())
            })
        };
        let loads = [load(false), load(true)];
        source.store(2, Ordering::SeqCst);
        tags.invalidate("tag", None);
        for load in loads {
            let (read, bonds) = load.join().unwrap();
            assert!(read == 2 || bonds.are_cut(), "an old value is served");
        }
    });
}

#[test]
fn the_store_holds_no_more_than_it_may_and_counts_what_it_holds() {
    in_many_orders(|| {
        let clock = Clock::manual();
        let store = Arc::new(Store::new(Limits { max_entries: 2, max_bytes: Some(5) }, clock.clone()));
        let writers: Vec<_> = (0..2_u64)
            .map(|writer| {
                let (store, clock) = (Arc::clone(&store), clock.clone());
                thread::spawn(move || {
                    for step in 0..3_u64 {
                        let (created, end) = (clock.now(), clock.now().after(Duration::from_secs(60)));
                        let record = Record::new(MARK, Times { created, fresh_until: end, kept_until: end }, writer);
                        drop(store.insert(&name(&format!("{writer}{step}")), Arc::new(record), 2));
                        drop(store.get(&name("00")));
                    }
                    drop(store.remove(&name(&format!("{writer}0"))));
                })
            })
            .collect();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        assert!(store.len() <= 2 && store.bytes() <= 5, "{} entries of {} bytes", store.len(), store.bytes());
        assert_eq!(store.bytes(), 2 * store.len());
        drop(store.clear());
        assert_eq!((store.len(), store.bytes()), (0, 0));
    });
}
