//! Ten thousand outages, drawn at random: callers who read, change and leave, and a store that comes and goes meanwhile.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cache_core::backend::Capabilities;
use cache_core::backend::layer::Breaker;
#[cfg(feature = "encryption")]
use cache_core::backend::layer::Secret;
use cache_core::cache::Cache;
use cache_core::policy::Ttl;
use cache_core::registry::Settings;
use cache_core::testing::block_on;

use crate::store::{Mood, lying, next, scripted};

const MINUTE: Ttl = Ttl::For(Duration::from_secs(60));
const MOODS: [Mood; 4] = [Mood::Up, Mood::Down, Mood::Mute, Mood::Hangs];
const KEYS: [&str; 3] = ["a", "b", "c"];

/// What the cache is a cache of: a number for each key, that only grows.
#[derive(Default)]
struct Source {
    numbers: RefCell<HashMap<&'static str, i64>>,
    /// What nobody may be served less than: the number at the last change that has ended, well or not.
    floors: RefCell<HashMap<&'static str, i64>>,
    changing: RefCell<HashMap<&'static str, usize>>,
}

impl Source {
    fn number(&self, key: &str) -> i64 {
        self.numbers.borrow().get(key).copied().unwrap_or(0)
    }

    fn floor(&self, key: &str) -> i64 {
        self.floors.borrow().get(key).copied().unwrap_or(0)
    }

    fn is_changing(&self, key: &str) -> bool {
        self.changing.borrow().get(key).is_some_and(|count| *count > 0)
    }
}

/// A change of these keys at the source, and in the cache until this is dropped: however that comes.
struct Change {
    source: Rc<Source>,
    keys: Vec<&'static str>,
}

impl Change {
    /// Begins one, where nobody else is at these keys.
    fn begin(source: &Rc<Source>, keys: &[&'static str]) -> Option<Self> {
        if keys.iter().any(|key| source.is_changing(key)) {
            return None;
        }
        for key in keys {
            *source.numbers.borrow_mut().entry(key).or_default() += 1;
            *source.changing.borrow_mut().entry(key).or_default() += 1;
        }
        Some(Self { source: Rc::clone(source), keys: keys.to_vec() })
    }
}

impl Drop for Change {
    fn drop(&mut self) {
        for key in &self.keys {
            let number = self.source.number(key);
            self.source.floors.borrow_mut().insert(key, number);
            *self.source.changing.borrow_mut().entry(key).or_default() -= 1;
        }
    }
}

struct Dice(Cell<u64>);

impl Dice {
    fn draw(&self, below: u64) -> u64 {
        self.0.set(next(self.0.get()));
        (self.0.get() >> 20) % below
    }

    fn key(&self) -> &'static str {
        KEYS[usize::try_from(self.draw(KEYS.len() as u64)).expect("a small number")]
    }
}

type Caller = Pin<Box<dyn Future<Output = ()>>>;

async fn reads(cache: Cache, source: Rc<Source>, key: &'static str, loads: bool) {
    let floor = source.floor(key);
    let found = if loads { Some(load(&cache, &source, key).await) } else { cache.get::<i64>(key).await.ok().flatten() };
    assert!(found.is_none_or(|found| found >= floor), "{key}: {found:?} was served, and was changed to {floor} before");
}

async fn reads_many(cache: Cache, source: Rc<Source>) {
    let floors = KEYS.map(|key| source.floor(key));
    let Ok(found) = cache.get_many::<i64>(KEYS).await else { return };
    for (found, floor) in found.into_iter().zip(floors) {
        assert!(found.is_none_or(|found| found >= floor), "{found:?} was served, and was changed to {floor} before");
    }
}

async fn load(cache: &Cache, source: &Rc<Source>, key: &'static str) -> i64 {
    let body = async || {
        let number = source.number(key);
        yields().await;
        number
    };
    cache.get_or_load(key, MINUTE, body).await
}

/// Lets others go on for a moment.
async fn yields() {
    let mut has_waited = false;
    poll_fn(|context| {
        context.waker().wake_by_ref();
        if std::mem::replace(&mut has_waited, true) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Changes the source and then the cache. It begins when it is polled: who leaves before has changed nothing.
async fn changes(cache: Cache, source: Rc<Source>, keys: Vec<&'static str>, how: How) {
    let Some(change) = Change::begin(&source, &keys) else { return };
    let key = keys[0];
    match how {
        How::Remove => drop(cache.delete(key).await),
        How::RemoveMany => drop(cache.delete_many(keys).await),
        How::Write => drop(cache.set(key, source.number(key), MINUTE).await),
        How::Clear => drop(cache.clear().await),
    }
    drop(change);
}

enum How {
    Remove,
    RemoveMany,
    Write,
    Clear,
}

/// Returns the next caller, whom the dice choose.
fn caller(cache: &Cache, source: &Rc<Source>, dice: &Dice) -> Caller {
    let (cache, source, key) = (cache.clone(), Rc::clone(source), dice.key());
    match dice.draw(11) {
        0..=3 => Box::pin(reads(cache, source, key, true)),
        4 => Box::pin(reads(cache, source, key, false)),
        5 | 6 => Box::pin(changes(cache, source, vec![key], How::Remove)),
        7 => Box::pin(changes(cache, source, vec![key], How::Write)),
        8 => Box::pin(reads_many(cache, source)),
        9 => Box::pin(changes(cache, source, vec!["a", "b"], How::RemoveMany)),
        _ => Box::pin(changes(cache, source, KEYS.to_vec(), How::Clear)),
    }
}

/// Puts all layers around a store that comes and goes: several have a way of their own to leave a call half-way.
fn under_all(settings: Settings) -> Settings {
    let settings = settings.time_limit(Duration::from_millis(300)).retry(1);
    let settings = settings.breaker(Breaker::new(2, Duration::from_secs(1)));
    #[cfg(feature = "compression")]
    let settings = settings.compress(0);
    #[cfg(feature = "encryption")]
    let settings = settings.encrypt(Secret::from_bytes(b"0123456789abcdef0123456789abcdef"));
    settings
}

/// Runs one schedule, and returns how many callers there were.
fn run(seed: u64) -> usize {
    let dice = Dice(Cell::new(next(seed * 2 + 1)));
    let fills = dice.draw(2) == 0;
    let can = Capabilities { conditional_fill: fills, atomic_incr: dice.draw(2) == 0, ..Capabilities::ALL };
    let guarded = dice.draw(2) == 0;
    let (larder, cache, store) = scripted(can, |settings| if guarded { under_all(settings) } else { settings });
    store.dice.store(next(seed + 77), Ordering::SeqCst);
    let (source, mut callers, mut count) = (Rc::new(Source::default()), Vec::<Caller>::new(), 0);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..80 {
        match dice.draw(12) {
            0 => store.set_mood(MOODS[usize::try_from(dice.draw(4)).unwrap()]),
            1 => larder.advance(Duration::from_millis(dice.draw(800))),
            2 | 3 if callers.len() < 6 => {
                callers.push(caller(&cache, &source, &dice));
                count += 1;
            }
            4 if !callers.is_empty() && dice.draw(3) == 0 => {
                drop(callers.swap_remove(usize::try_from(dice.draw(callers.len() as u64)).unwrap()));
            }
            _ if !callers.is_empty() => {
                let at = usize::try_from(dice.draw(callers.len() as u64)).unwrap();
                if callers[at].as_mut().poll(&mut context).is_ready() {
                    drop(callers.swap_remove(at));
                }
            }
            _ => {
                callers.push(caller(&cache, &source, &dice));
                count += 1;
            }
        }
    }
    store.set_mood(Mood::Up);
    while let Some(mut caller) = callers.pop() {
        if caller.as_mut().poll(&mut context).is_pending() {
            callers.insert(0, caller);
            larder.advance(Duration::from_millis(1));
        }
    }
    afterwards(&larder, &cache, &source, &store.inner);
    count
}

/// Looks at what is served, and at what is left in the store, when the store is back for good.
fn afterwards(
    larder: &cache_core::testing::Isolated,
    cache: &Cache,
    source: &Rc<Source>,
    store: &impl cache_core::backend::Backend,
) {
    larder.advance(Duration::from_secs(1));
    for key in KEYS {
        block_on(reads(cache.clone(), Rc::clone(source), key, true));
        block_on(reads(cache.clone(), Rc::clone(source), key, false));
        assert!(lying(store, key).is_none() || block_on(cache.get::<i64>(key)).unwrap() >= Some(source.floor(key)));
        assert_eq!(block_on(load(cache, source, key)), source.number(key));
    }
}

#[test]
fn nothing_that_was_changed_during_an_outage_is_served_after_it() {
    let callers: usize = (0..10_000).map(run).sum();
    assert!(callers > 100_000, "there were {callers}");
}
