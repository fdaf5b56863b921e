//! The test that a thread is in, for those who have no handle of it.

use std::any::Any;
use std::sync::Arc;

use super::{Inner, Larder};
use crate::registry::{Isolation, isolated};

/// Returns the caches that this thread, or the task that runs on it, sees of its test: a handle to take to other threads.
///
/// Those see the caches of the program, until they [enter](Larder::enter) those of the test:
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Options, cache, testing};
///
/// # mod tokio { pub mod task { pub fn spawn_blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) ->
/// #     impl Future<Output = std::thread::Result<T>> { async { std::thread::spawn(work).join() } } } }
/// # testing::block_on(async {
/// let larder = testing::isolated();
/// larder.cache("default").set("key", 1_u8, Options::forever()).await?;
/// let here = testing::current();
/// let work = tokio::task::spawn_blocking(move || {
///     let _entered = here.enter();
///     cache("default")?.blocking().get::<u8>("key")
/// });
/// assert_eq!(work.await.expect("it does not panic")?, Some(1));
/// # Ok::<(), larder::Error>(())
/// # })?;
/// # Ok::<(), larder::Error>(())
/// ```
///
/// # Panics
///
/// Where this thread is in no test with caches of its own. What may be in none, as a program, asks [`try_current`].
#[must_use]
#[track_caller]
pub fn current() -> Larder {
    try_current().expect(
        "this thread sees the caches of no test: call `testing::isolated()` before this, or, where a program may stand in \
         no test, `testing::try_current()`",
    )
}

/// Does the same as [`current`], and returns `None` where this thread is in no test: for the one function by which a
/// program hands work to other threads, so that tests of that program need not know of them.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::testing::{self, Larder};
///
/// # mod tokio { pub mod task { pub fn spawn_blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) ->
/// #     impl Future<Output = std::thread::Result<T>> { async { std::thread::spawn(work).join() } } } }
/// async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
///     let test = testing::try_current(); // none, but in a test
///     let work = move || {
///         let _entered = test.as_ref().map(Larder::enter);
///         work()
///     };
///     tokio::task::spawn_blocking(work).await.expect("it does not panic")
/// }
///
/// # testing::block_on(async {
/// assert!(beside(|| testing::try_current().is_none()).await);
/// let _larder = testing::isolated();
/// assert!(beside(|| testing::try_current().is_some()).await);
/// # });
/// ```
///
/// While no test runs with caches of its own, which is always so in a program, this costs next to nothing.
#[must_use]
pub fn try_current() -> Option<Larder> {
    let registry = isolated()?;
    let executor: Arc<dyn Any + Send + Sync> = registry.executor();
    // Whatever a thread can enter was made here, with tasks of this kind.
    let tasks = executor.downcast().ok()?;
    Some(Larder { inner: Arc::new(Inner { registry, tasks, _isolation: Isolation::begin() }) })
}
