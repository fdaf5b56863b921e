//! Early expiry by chance: of many processes that share a store few load a value anew, and none has to wait for it.
//!
//! What processes draw on a clock that is moved by hand is the same in each run.

use std::future::{poll_fn, ready};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use larder::backend::Memory;
use larder::clock::Clock;
use larder::explain::{Done, Found, Level};
use larder::testing::{self, Isolated};
use larder::{Cache, Options, Settings, cached};

use crate::Runs;

const SECOND: Duration = Duration::from_secs(1);
const STEP: Duration = Duration::from_millis(100);

/// So many processes share a store.
const PROCESSES: usize = 40;
/// So many values are watched, one after the other, so that the figures are those of more than one draw.
const VALUES: usize = 20;

/// Processes that share a store and a clock.
struct Fleet {
    clock: Clock,
    processes: Vec<Isolated>,
}

/// What a fleet did about the values that it had, from shortly after they were made until they were over.
#[derive(Debug, PartialEq, Eq)]
struct Did {
    /// How often one was loaded anew.
    loads: usize,
    /// The most that were so at a time.
    at_once: usize,
    /// How many of those began in the first half of its time.
    sooner: usize,
    /// How often each process has loaded it anew.
    each: Vec<usize>,
}

impl Fleet {
    fn new(near: Option<u64>) -> Self {
        let clock = Clock::manual();
        let store = Arc::new(Memory::new(clock.clone()));
        let process = |_| {
            let settings = Settings::backend(Arc::clone(&store));
            let settings = near.map_or(settings.clone(), |time| settings.near(time));
            testing::isolated_at(clock.clone(), [("default", settings)]).unwrap()
        };
        let processes = (0..PROCESSES).map(process).collect();
        Self { clock, processes }
    }

    fn caches(&self) -> Vec<Cache> {
        self.processes.iter().map(|process| process.cache("default")).collect()
    }

    /// Has each process ask for a value at each step until it is over, which takes `cost` to load, and which one had loaded.
    fn watch(&self, key: &str, options: Options, cost: Duration, time: Duration) -> Did {
        let (clock, caches, context) = (&self.clock, self.caches(), &mut Context::from_waker(Waker::noop()));
        let (runs, mut did) = (Runs::default(), Did { loads: 0, at_once: 0, sooner: 0, each: Vec::new() });
        let each: Vec<_> = caches.iter().map(|_| Runs::default()).collect();
        let load = async |process: usize| {
            let body = async || {
                each[process].next();
                let (run, until) = (runs.next(), clock.now().after(cost));
                poll_fn(|_| if clock.now() < until { Poll::Pending } else { Poll::Ready(()) }).await;
                run as u64
            };
            caches[process].get_or_load(key, options, body).await
        };
        let mut first = pin!(load(0));
        assert!(first.as_mut().poll(context).is_pending());
        clock.advance(cost);
        assert!(first.as_mut().poll(context).is_ready());
        let half = clock.now().after(time / 2);
        let mut under_way: Vec<Option<_>> = caches.iter().map(|_| None).collect();
        let until = clock.now().after(time + STEP);
        while clock.now() < until || under_way.iter().any(Option::is_some) {
            for (process, under_way) in under_way.iter_mut().enumerate() {
                let mut call = under_way.take().unwrap_or_else(|| Box::pin(load(process)));
                if call.as_mut().poll(context).is_pending() {
                    *under_way = Some(call);
                }
            }
            did.at_once = did.at_once.max(under_way.iter().flatten().count());
            if clock.now() < half {
                did.sooner = runs.count() - 1;
            }
            // Not much happens until then.
            clock.advance(if clock.now() < half { STEP * 10 } else { STEP });
        }
        did.loads = runs.count() - 1;
        did.each = each.iter().map(Runs::count).collect();
        did.each[0] -= 1;
        did
    }

    /// Watches many values, and returns how many loads there were for each, in hundredths, and the most at once of all.
    fn watch_many(&self, options: Options, cost: Duration, time: Duration) -> (usize, usize) {
        let did: Vec<_> = (0..VALUES).map(|number| self.watch(&format!("key:{number}"), options, cost, time)).collect();
        let loads: usize = did.iter().map(|did| did.loads).sum();
        (loads * 100 / VALUES, did.iter().map(|did| did.at_once).max().unwrap_or(0))
    }
}

#[test]
fn without_it_a_whole_fleet_loads_what_has_ended_and_with_it_few_do_before_that() {
    let watched = |options| Fleet::new(None).watch_many(options, SECOND, 30 * SECOND);
    assert_eq!(watched(Options::ttl(30)), (100 * PROCESSES, PROCESSES));
    // On average e of them, since others begin while the first one loads, and e^(1/4) where they are four times as far apart.
    let (loads, _) = watched(Options::ttl(30).early(1.0));
    assert!((200..350).contains(&loads), "{loads} hundredths");
    let (loads, at_once) = watched(Options::ttl(30).early(4.0));
    assert!((100..175).contains(&loads) && at_once <= 4, "{loads} hundredths, {at_once} at once");
    assert_eq!(watched(Options::ttl(30).early(1.0).lock(10)), (100, 1));
}

#[test]
fn what_a_process_keeps_near_is_loaded_anew_as_early() {
    let near = Fleet::new(Some(60)).watch_many(Options::ttl(30).early(4.0), SECOND, 30 * SECOND);
    assert_eq!(near, Fleet::new(None).watch_many(Options::ttl(30).early(4.0), SECOND, 30 * SECOND));
}

#[test]
fn a_value_that_takes_as_long_as_it_is_good_for_is_loaded_by_no_process_twice_and_in_its_first_half_by_none() {
    for cost in [2, 20] {
        let fleet = Fleet::new(None);
        let did = fleet.watch("key", Options::ttl(2).early(1.0), cost * SECOND, 2 * SECOND);
        assert!(did.each.iter().all(|loads| *loads <= 1) && did.loads > 0, "{did:?}");
        assert_eq!(did.sooner, 0);
    }
}

#[test]
fn what_took_no_time_is_not_loaded_before_its_end() {
    let larder = testing::isolated();
    let (cache, runs) = (larder.cache("default"), Runs::default());
    for _ in 0..100 {
        cache.blocking().get_or_load("key", Options::ttl(10).early(100.0), || runs.next() as u64);
        larder.advance(STEP);
    }
    assert_eq!(runs.count(), 1);
}

/// As all records were before, and as those of sites are that do without it.
#[test]
fn what_was_kept_without_it_is_good_until_its_end() {
    let fleet = Fleet::new(None);
    let (caches, runs) = (fleet.caches(), Runs::default());
    let load = |cache: &Cache, options: Options| {
        cache.blocking().get_or_load("key", options, || {
            fleet.clock.advance(20 * SECOND);
            runs.next() as u64
        })
    };
    load(&caches[0], Options::ttl(30));
    for _ in 0..29 {
        fleet.clock.advance(SECOND);
        assert!(caches.iter().all(|cache| load(cache, Options::ttl(30).early(1.0)) == 1));
    }
    fleet.clock.advance(SECOND);
    assert_eq!(load(&caches[1], Options::ttl(30).early(1.0)), 2);
}

#[cached(key = "early:beside:<id>", ttl = 30, early = 2)]
async fn beside(id: usize) -> usize {
    let larder = testing::current();
    larder.advance(10 * SECOND);
    ready(id + RUNS.next()).await
}

static RUNS: Runs = Runs::new();

#[tokio::test]
async fn who_is_drawn_is_served_while_a_task_loads_and_both_are_told() {
    let larder = testing::isolated();
    let first = beside(100).await;
    for _ in 0..30 {
        larder.advance(SECOND);
        let (value, story) = larder::explain(beside(100)).await;
        assert_eq!(value, first, "nobody has waited");
        let Found::Early { level: Level::Memory, .. } = story.asked[0].found else { continue };
        assert!(story.asked[0].is_hit());
        assert_eq!(story.asked[0].done[..1], [Done::Beside]);
        assert!(story.to_string().contains("to be loaded anew before it ends, by chance"), "{story}");
        assert_eq!(larder.run_tasks(), 1);
        assert_eq!(beside(100).await, first + 1);
        return;
    }
    panic!("it was not drawn");
}
