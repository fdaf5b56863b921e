//! A store in memory that claims what a test says.

use std::future::{Future, poll_fn};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::Duration;

use cache_core::backend::{Backend, Capabilities, Memory, Remaining, Ticket};
use cache_core::cache::Cache;
use cache_core::clock::Clock;
use cache_core::error::{Error, Kind};
use cache_core::key::{Key, Name, Scope};
use cache_core::registry::Settings;
use cache_core::testing::{self, Isolated};

/// A store that does what it claims, and answers everything else as one that cannot.
pub struct Claiming {
    pub inner: Memory,
    pub can: Capabilities,
}

impl Claiming {
    fn asked(&self, can: bool) -> Result<&Memory, Error> {
        if can { Ok(&self.inner) } else { Err(Error::new(Kind::Unsupported, "this store cannot do that")) }
    }

    fn fits(&self, value: &[u8]) -> Result<(), Error> {
        if self.can.takes(value.len()) { Ok(()) } else { Err(Error::new(Kind::TooLarge, "this store takes less")) }
    }
}

impl Backend for Claiming {
    fn capabilities(&self) -> Capabilities {
        self.can
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        self.inner.get(name).await
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        if let Err(error) = self.fits(value) {
            return self.inner.delete(name).await.and(Err(error));
        }
        self.inner.set(name, value, time).await
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.fits(value)?;
        if self.can.atomic_add {
            return self.inner.add(name, value, time).await;
        }
        // As a store does that looks first: everybody who asks now finds nothing there.
        let free = self.inner.get(name).await?.is_none();
        std::thread::yield_now();
        if free {
            self.inner.set(name, value, time).await?;
        }
        Ok(free)
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        self.inner.delete(name).await
    }

    async fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
        self.asked(self.can.touch)?.touch(name, time).await
    }

    async fn incr(&self, name: &Name, delta: i64) -> Result<i64, Error> {
        self.asked(self.can.atomic_incr)?.incr(name, delta).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.inner.ttl(name).await
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        self.asked(self.can.clear_scope)?.clear_scope(scope).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.inner.clear_store().await
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        self.asked(self.can.conditional_fill)?.begin_fill(name).await
    }

    async fn set_if(&self, name: &Name, value: &[u8], time: Option<Duration>, ticket: &Ticket) -> Result<bool, Error> {
        self.asked(self.can.conditional_fill)?.set_if(name, value, time, ticket).await
    }
}

/// A cache in a store of these claims, the store, and what moves the time.
pub fn claiming(can: Capabilities) -> (Isolated, Cache, Arc<Claiming>) {
    let clock = Clock::manual();
    let store = Arc::new(Claiming { inner: Memory::new(clock.clone()), can });
    let settings = Settings::backend(Arc::clone(&store));
    let larder = testing::isolated_at(clock, [("default", settings)]).expect("settings that can work");
    let cache = larder.cache("default");
    (larder, cache, store)
}

pub fn name(key: &str) -> Name {
    Scope::new("", "1", None).expect("a short prefix").name(&Key::from(key))
}

/// Returns what lies in a store under this key.
pub fn lying(store: &impl Backend, key: &str) -> Option<Vec<u8>> {
    testing::block_on(store.get(&name(key))).expect("the store is there")
}

/// How a scripted store takes a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mood {
    Up,
    /// It fails, and has not heard a word.
    Down,
    /// It does what it is asked, and the answer is lost.
    Mute,
    /// It says nothing until its mood is another.
    Hangs,
}

/// A store in memory that fails when it is told to.
pub struct Scripted {
    pub inner: Memory,
    can: Capabilities,
    mood: Mutex<(Mood, Vec<Waker>)>,
    /// Calls that got as far as here.
    pub reached: AtomicUsize,
    /// So many calls from now on fail, whatever the mood.
    pub failing: AtomicUsize,
    /// Draws whether a call takes a moment before and after it is done; never where it is 0.
    pub dice: AtomicU64,
}

impl Scripted {
    pub fn new(clock: &Clock, can: Capabilities) -> Arc<Self> {
        let (inner, mood) = (Memory::new(clock.clone()), Mutex::new((Mood::Up, Vec::new())));
        let [reached, failing] = [0, 0].map(AtomicUsize::new);
        Arc::new(Self { inner, can, mood, reached, failing, dice: AtomicU64::new(0) })
    }

    pub fn set_mood(&self, mood: Mood) {
        let wakers = {
            let mut now = self.mood.lock().expect("nobody panics under it");
            now.0 = mood;
            std::mem::take(&mut now.1)
        };
        wakers.into_iter().for_each(Waker::wake);
    }

    pub fn reached(&self) -> usize {
        self.reached.load(Ordering::SeqCst)
    }

    fn mood(&self) -> Mood {
        self.mood.lock().expect("nobody panics under it").0
    }

    /// Waits for a moment, or not, as the dice fall.
    async fn moment(&self) {
        let draw = |dice: u64| (dice != 0).then(|| next(dice));
        let drawn = self.dice.fetch_update(Ordering::SeqCst, Ordering::SeqCst, draw).unwrap_or(0);
        let mut waits = drawn % 3;
        poll_fn(|context| {
            if waits == 0 {
                return Poll::Ready(());
            }
            waits -= 1;
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    async fn answer<T>(&self, call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        self.reached.fetch_add(1, Ordering::SeqCst);
        self.moment().await;
        poll_fn(|context| {
            let mut mood = self.mood.lock().expect("nobody panics under it");
            if mood.0 != Mood::Hangs {
                return Poll::Ready(());
            }
            mood.1.push(context.waker().clone());
            Poll::Pending
        })
        .await;
        let away = || Err(Error::new(Kind::Store, "the store is away"));
        let fails = self.failing.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        let answer = match self.mood() {
            Mood::Down => return away(),
            _ if fails => return away(),
            Mood::Mute => call.await.and_then(|_| away()),
            Mood::Up | Mood::Hangs => call.await,
        };
        self.moment().await;
        answer
    }
}

/// Returns the next number of a sequence that looks drawn.
pub fn next(mut dice: u64) -> u64 {
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^ (dice << 17)
}

impl Backend for Scripted {
    fn capabilities(&self) -> Capabilities {
        self.can
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        self.answer(self.inner.get(name)).await
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        self.answer(self.inner.set(name, value, time)).await
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.answer(self.inner.add(name, value, time)).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        self.answer(self.inner.delete(name)).await
    }

    async fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
        self.answer(self.inner.touch(name, time)).await
    }

    async fn incr(&self, name: &Name, delta: i64) -> Result<i64, Error> {
        self.answer(self.inner.incr(name, delta)).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.answer(self.inner.ttl(name)).await
    }

    async fn delete_many(&self, names: &[Name]) -> Result<u64, Error> {
        self.answer(self.inner.delete_many(names)).await
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        self.answer(self.inner.clear_scope(scope)).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.answer(self.inner.clear_store()).await
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        self.answer(self.inner.begin_fill(name)).await
    }

    async fn set_if(&self, name: &Name, value: &[u8], time: Option<Duration>, ticket: &Ticket) -> Result<bool, Error> {
        self.answer(self.inner.set_if(name, value, time, ticket)).await
    }
}

/// A cache in a scripted store, with these layers around it.
pub fn scripted(can: Capabilities, layers: impl FnOnce(Settings) -> Settings) -> (Isolated, Cache, Arc<Scripted>) {
    let clock = Clock::manual();
    let store = Scripted::new(&clock, can);
    let settings = layers(Settings::backend(Arc::clone(&store)));
    let larder = testing::isolated_at(clock, [("default", settings)]).expect("settings that can work");
    let cache = larder.cache("default");
    (larder, cache, store)
}
