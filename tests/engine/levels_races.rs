//! Races of fills and changes over two levels, in two processes: nothing comes back that was changed.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};

use larder::backend::{Capabilities, Memory};
use larder::clock::Clock;
use larder::{Cache, Error, Options, Settings, testing};

use crate::shared_store::Shared;

const OPTIONS: Options = Options::forever();
const TICKETS: Capabilities = Capabilities { tells: true, ..Capabilities::ALL };
const NO_TICKETS: Capabilities = Capabilities { conditional_fill: false, ..TICKETS };
const IN_PLACE: Capabilities = Capabilities { in_place: true, ..TICKETS };

/// Numbers that look drawn by chance, and are the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).expect("it is below a usize")
    }
}

type Task<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

async fn stop() {
    let mut has_stopped = false;
    poll_fn(|_| if std::mem::replace(&mut has_stopped, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// Polls tasks in any order until all have ended.
fn interleave(chance: &mut Chance, mut tasks: Vec<Task<'_>>) {
    let mut context = Context::from_waker(Waker::noop());
    while !tasks.is_empty() {
        let at = chance.below(tasks.len());
        if tasks[at].as_mut().poll(&mut context).is_ready() {
            drop(tasks.swap_remove(at));
        }
    }
}

/// Reads through both levels.
async fn fills(cache: &Cache, source: &AtomicU64) -> u64 {
    let body = async || {
        let read = source.load(Ordering::SeqCst);
        stop().await;
        read
    };
    cache.get_or_load("key", OPTIONS, body).await
}

async fn changes(cache: &Cache, source: &AtomicU64, way: usize) {
    stop().await;
    let now = source.fetch_add(1, Ordering::SeqCst) + 1;
    stop().await;
    match way {
        0 => drop(cache.delete("key").await.expect("the store is there")),
        1 => cache.set("key", now, OPTIONS).await.expect("the store is there"),
        2 => cache.clear().await.expect("the store is there"),
        _ => drop(cache.delete_many(["key", "other"]).await.expect("the store is there")),
    }
    // Of two who write, the one who wrote what is older may be the later one.
    if way == 1 && source.load(Ordering::SeqCst) != now {
        cache.delete("key").await.expect("the store is there");
    }
}

#[test]
fn in_ten_thousand_races_over_two_levels_nothing_comes_back() {
    let rounds: u64 = if cfg!(debug_assertions) { 10_000 } else { 100_000 };
    let mut near = 0;
    for round in 1..=rounds {
        let mut chance = Chance(round.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let can = [TICKETS, NO_TICKETS, IN_PLACE][chance.below(3)];
        let clock = Clock::manual();
        let store = Shared::new(&clock, can, true);
        let processes = [store.process(&clock), store.process(&clock)];
        let source = AtomicU64::new(1);
        let source = &source;
        // Without tickets a store cannot tell a fill by one process from a change by another: there is but one.
        let processes = &processes[..if can.conditional_fill { 2 } else { 1 }];
        let mut tasks: Vec<Task<'_>> = Vec::new();
        for (_, cache) in processes {
            for _ in 0..=chance.below(3) {
                tasks.push(Box::pin(async move {
                    fills(cache, source).await;
                    fills(cache, source).await;
                }));
            }
        }
        for _ in 0..=chance.below(3) {
            let cache = &processes[chance.below(processes.len())].1;
            let way = chance.below(4);
            tasks.push(Box::pin(changes(cache, source, way)));
        }
        interleave(&mut chance, tasks);
        let now = source.load(Ordering::SeqCst);
        for (number, (_, cache)) in processes.iter().enumerate() {
            for _ in 0..3 {
                let served = async {
                    let served = fills(cache, source).await;
                    assert_eq!(served, now, "round {round}, process {number}, {can:?}");
                };
                interleave(&mut chance, vec![Box::pin(served)]);
            }
            near += cache.stats().near_hits;
        }
    }
    assert!(near > rounds, "and something is kept near at all: {near}");
}

/// Lets the others end, also where this thread fails.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn on_threads_nobody_reads_what_was_changed_before_they_asked() {
    let rounds = if cfg!(debug_assertions) { 3_000 } else { 50_000 };
    let clock = Clock::manual();
    let store = Arc::new(Memory::new(clock.clone()));
    let process = || {
        let settings = Settings::backend(Arc::clone(&store)).near(3600);
        testing::isolated_at(clock.clone(), [("default", settings)]).expect("settings that can work")
    };
    let larders = [process(), process()];
    let caches = larders.each_ref().map(|larder| larder.cache("default"));
    let (source, told, is_over) = (AtomicU64::new(1), AtomicU64::new(0), AtomicBool::new(false));
    let own = [AtomicU64::new(0), AtomicU64::new(0)];
    let read = |process: usize| {
        let (told, own) = (told.load(Ordering::SeqCst), own[process].load(Ordering::SeqCst));
        let cache = caches[process].blocking();
        let kept = cache.get::<u64>("key").expect("the store is there");
        assert!(kept.is_none_or(|kept| kept >= told), "{kept:?} was there, and {told} before that");
        // Who waits for a load that began before another process changed something is handed what that load has read.
        let loaded = cache.get_or_load("key", OPTIONS, || source.load(Ordering::SeqCst));
        assert!(loaded >= own, "{loaded} was read, and {own} was there before that");
    };
    std::thread::scope(|threads| {
        let _over = Over(&is_over);
        for process in [0, 1] {
            let (read, is_over) = (&read, &is_over);
            threads.spawn(move || {
                while !is_over.load(Ordering::SeqCst) {
                    read(process);
                }
            });
        }
        for round in 0..rounds {
            let now = source.fetch_add(1, Ordering::SeqCst) + 1;
            caches[round % 2].blocking().delete("key").expect("the store is there");
            own[round % 2].store(now, Ordering::SeqCst);
            told.store(now, Ordering::SeqCst);
            [0, 1].into_iter().for_each(read);
        }
    });
    assert!(caches.iter().map(|cache| cache.stats().near_hits).sum::<u64>() > 0);
}

#[test]
fn what_was_read_while_a_clear_was_left_is_not_near() {
    type Clear = for<'a> fn(&'a Cache) -> Pin<Box<dyn Future<Output = Result<(), Error>> + 'a>>;
    let clears: [Clear; 2] = [|cache| Box::pin(cache.clear()), |cache| Box::pin(cache.clear_store())];
    for clear in clears {
        let clock = Clock::manual();
        let store = Shared::new(&clock, TICKETS, true);
        let (_larder, cache) = store.process(&clock);
        cache.blocking().set("key", "old".to_owned(), OPTIONS).unwrap();
        let read = || cache.blocking().get::<String>("key").unwrap();
        let mut clearing = clear(&cache);
        assert!(clearing.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!(read().as_deref(), Some("old"), "it is on its way");
        drop(clearing);
        assert_eq!(read(), None);
    }
}
