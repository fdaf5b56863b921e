//! Caches of its own for each test, and a clock that is moved by hand.
//!
//! ```
//! # use cache_core::__private::larder;
//! use std::time::Duration;
//! use larder::{Options, testing};
//!
//! let larder = testing::isolated();
//! let cache = larder.cache("default");
//! cache.blocking().set("greeting", "hello".to_owned(), Options::ttl(60))?;
//! larder.advance(Duration::from_secs(60));
//! assert_eq!(cache.blocking().get::<String>("greeting")?, None);
//! # Ok::<(), larder::Error>(())
//! ```

pub mod conformance;

mod current;
mod tasks;

use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

pub use current::{current, try_current};
use tasks::Tasks;

use crate::cache::Cache;
use crate::clock::Clock;
use crate::error::Error;
use crate::executor::{self, Executor};
use crate::registry::{Isolation, Plan, Registry, Settings, enter_own, leave_own};

/// Gives this thread caches of its own, and a clock that stands still, until the result is dropped.
///
/// Every cached function that runs on this thread sees them, also inside a runtime of one thread such as that of
/// `#[tokio::test]`. Other threads see those of the program, also those of `std::thread::spawn` and `spawn_blocking`: work
/// there is handed what [`current`] returns, and [enters](Larder::enter) it; for a task that runs on them there is
/// [`Larder::scope`]. Tests that run beside each other do not see each other's caches.
///
/// A cache of any name can be asked for: it is made in memory. To test with a configuration, see [`isolated_with`].
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Options, cache, testing};
///
/// let first = testing::isolated();
/// cache("default")?.blocking().set("key", 1_u8, Options::forever())?;
/// assert!(cache("any name")?.name() == "any name");
/// drop(first);
/// let _second = testing::isolated();
/// assert!(!cache("default")?.blocking().has("key")?);
/// # Ok::<(), larder::Error>(())
/// ```
///
/// # Panics
///
/// Never, in practice: caches in memory can always be made.
#[must_use]
pub fn isolated() -> Isolated {
    isolated_with([]).expect("caches in memory can always be made")
}

/// Gives this thread caches of its own with these settings, and a clock that stands still.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Settings, testing};
///
/// let larder = testing::isolated_with([("small", Settings::memory().max_entries(2))])?;
/// assert_eq!(larder.cache("small").stats().entries, 0);
/// # Ok::<(), larder::Error>(())
/// ```
///
/// # Errors
///
/// When a setting cannot work.
pub fn isolated_with<'a>(caches: impl IntoIterator<Item = (&'a str, Settings)>) -> Result<Isolated, Error> {
    isolated_at(Clock::manual(), caches)
}

/// Gives this thread caches of its own with these settings and this clock, for a store that is to share it.
///
/// ```
/// # use cache_core::__private::larder;
/// use std::time::Duration;
/// use larder::{Options, Settings, backend::Memory, clock::Clock, testing};
///
/// let clock = Clock::manual();
/// let store = Settings::backend(Memory::new(clock.clone()));
/// let larder = testing::isolated_at(clock, [("default", store)])?;
/// larder.cache("default").blocking().set("key", 1_u8, Options::ttl(60))?;
/// larder.advance(Duration::from_secs(60));
/// assert!(!larder.cache("default").blocking().has("key")?, "its time is over for the store too");
/// # Ok::<(), larder::Error>(())
/// ```
///
/// # Errors
///
/// When a setting cannot work.
pub fn isolated_at<'a>(clock: Clock, caches: impl IntoIterator<Item = (&'a str, Settings)>) -> Result<Isolated, Error> {
    let tasks = Arc::new(Tasks::new(clock.clone()));
    let caches = caches.into_iter().map(|(name, settings)| (name.to_owned(), settings)).collect();
    let executor: Arc<dyn Executor> = Arc::clone(&tasks) as _;
    let registry = Arc::new(Registry::new(Plan { caches, clock, executor, open: true, ..Plan::default() })?);
    let larder = Larder { inner: Arc::new(Inner { registry, tasks, _isolation: Isolation::begin() }) };
    Ok(Isolated { _entered: larder.enter(), larder })
}

/// Runs a future to its end on this thread, which parks while there is nothing to do.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Options, testing};
///
/// let larder = testing::isolated();
/// let cache = larder.cache("default");
/// assert_eq!(testing::block_on(cache.get_or_load("key", Options::ttl(60), async || 42_u8)), 42);
/// ```
pub fn block_on<F: Future>(future: F) -> F::Output {
    executor::block_on(future)
}

/// The caches of a test, and its clock. It can be cloned and sent to other threads.
///
/// ```
/// # use cache_core::__private::larder;
/// use std::time::Duration;
/// use larder::{Options, testing};
///
/// let larder = testing::isolated();
/// let (copy, before) = (larder.handle(), larder.clock().now());
/// copy.cache("default").blocking().set("key", 1_u8, Options::ttl(60))?;
/// copy.advance(Duration::from_secs(60));
/// assert!(!larder.cache("default").blocking().has("key")?);
/// assert_eq!(larder.clock().now().since(before), Duration::from_secs(60));
/// assert_eq!(larder.run_tasks(), 0, "nothing was started beside its caller");
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone)]
pub struct Larder {
    inner: Arc<Inner>,
}

struct Inner {
    registry: Arc<Registry>,
    tasks: Arc<Tasks>,
    _isolation: Isolation,
}

impl Larder {
    /// Returns the cache of this name; one that nobody configured is made in memory.
    ///
    /// # Panics
    ///
    /// Never, in practice: caches in memory can always be made.
    #[must_use]
    pub fn cache(&self, name: &str) -> Cache {
        self.inner.registry.cache(name).expect("caches in memory can always be made")
    }

    /// Returns the clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        self.inner.registry.clock()
    }

    /// Moves the clock forward, and wakes whoever slept until then.
    pub fn advance(&self, time: Duration) {
        self.clock().advance(time);
        self.inner.tasks.wake_sleepers();
    }

    /// Runs what was started beside its callers, such as refreshes, as far as it goes; says how many tasks ended.
    #[expect(clippy::must_use_candidate, reason = "most tests only want the tasks to run")]
    pub fn run_tasks(&self) -> usize {
        let _entered = self.enter();
        self.inner.tasks.run()
    }

    /// Runs what was started beside its callers to its end, also where it has to wait for other things than the clock,
    /// such as a server.
    ///
    /// What waits for the clock ends when that is moved: move it before, or meanwhile.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::testing;
    ///
    /// let larder = testing::isolated();
    /// testing::block_on(larder.settle());
    /// assert_eq!(larder.run_tasks(), 0, "there is nothing left");
    /// ```
    pub async fn settle(&self) {
        let settled = poll_fn(|context| {
            self.inner.tasks.drive(context.waker());
            if self.inner.tasks.are_done() { Poll::Ready(()) } else { Poll::Pending }
        });
        self.scope(settled).await;
    }

    /// Makes this thread see these caches until the result is dropped.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, cache, testing};
    ///
    /// let larder = testing::isolated();
    /// larder.cache("default").blocking().set("key", 1_u8, Options::forever())?;
    /// let handle = larder.handle();
    /// let thread = std::thread::spawn(move || {
    ///     let _entered = handle.enter();
    ///     cache("default")?.blocking().get::<u8>("key")
    /// });
    /// assert_eq!(thread.join().expect("it does not panic")?, Some(1));
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use = "the thread sees these caches until this is dropped"]
    pub fn enter(&self) -> Entered {
        enter_own(Arc::clone(&self.inner.registry));
        Entered { larder: self.clone(), _this_thread: PhantomData }
    }

    /// Makes a future see these caches on whatever thread it runs.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, cache, testing};
    ///
    /// let larder = testing::isolated();
    /// larder.cache("default").blocking().set("key", 1_u8, Options::forever())?;
    /// let task = larder.scope(async { cache("default")?.get::<u8>("key").await });
    /// let thread = std::thread::spawn(|| testing::block_on(task));
    /// assert_eq!(thread.join().expect("it does not panic")?, Some(1));
    /// # Ok::<(), larder::Error>(())
    /// ```
    pub fn scope<F: Future>(&self, future: F) -> Scope<F> {
        Scope { larder: self.clone(), future: Some(Box::pin(future)) }
    }
}

impl fmt::Debug for Larder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Larder").field("caches", &self.inner.registry).finish_non_exhaustive()
    }
}

/// The caches of a test, on the thread that made them. Everything a [`Larder`] can do.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{cache, testing};
///
/// let larder = testing::isolated();
/// let mine = larder.cache("default");
/// mine.switch_off();
/// assert!(cache("default")?.is_off(), "this thread sees the same cache");
/// drop(larder);
/// assert!(!cache("default")?.is_off(), "and that of the program again");
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Debug)]
pub struct Isolated {
    // Dropped first: the thread must not see caches that are gone.
    _entered: Entered,
    larder: Larder,
}

impl Isolated {
    /// Returns a handle that can be sent to other threads.
    #[must_use]
    pub fn handle(&self) -> Larder {
        self.larder.clone()
    }
}

impl std::ops::Deref for Isolated {
    type Target = Larder;

    fn deref(&self) -> &Larder {
        &self.larder
    }
}

/// Says that this thread sees the caches of a test.
#[derive(Debug)]
pub struct Entered {
    /// While it is held, somebody looks for the caches of tests.
    larder: Larder,
    /// It must be dropped on the thread it was made on.
    _this_thread: PhantomData<*const ()>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        leave_own(&self.larder.inner.registry);
    }
}

/// A future that sees the caches of a test on whatever thread it runs.
#[derive(Debug)]
pub struct Scope<F> {
    larder: Larder,
    /// Taken where it is dropped.
    future: Option<Pin<Box<F>>>,
}

impl<F: Future> Future for Scope<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let _entered = self.larder.enter();
        self.future.as_mut().expect("only dropping takes it").as_mut().poll(context)
    }
}

/// What is left half-way may have something to invalidate, and means the caches that it has seen.
impl<F> Drop for Scope<F> {
    fn drop(&mut self) {
        let _entered = self.larder.enter();
        self.future = None;
    }
}
