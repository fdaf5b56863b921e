//! What the engine borrows from the program's runtime, where there is one: a place to run a task, and a timer.

mod block_on;
mod caught;
#[cfg(feature = "tokio")]
mod tokio;

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

#[doc(hidden)]
pub use block_on::{block_on, is_blocking};
pub(crate) use caught::{caught, sentence};

/// A future that can be handed to a runtime.
pub type Task = Pin<Box<dyn Future<Output = ()> + Send + 'static>>;

/// A runtime as the engine sees it.
///
/// The engine needs none. Where one is installed, refreshes run beside their callers and time limits can be kept.
///
/// ```
/// # use cache_core::__private::larder;
/// use std::time::Duration;
/// use larder::executor::{Executor, Task};
///
/// struct Threads;
///
/// impl Executor for Threads {
///     fn spawn(&self, task: Task) -> Result<(), Task> {
///         std::thread::spawn(|| larder::testing::block_on(task));
///         Ok(())
///     }
///
///     fn sleep(&self, _: Duration) -> Option<Task> {
///         None // no timer: time limits are not kept
///     }
/// }
///
/// let (done, answer) = std::sync::mpsc::channel();
/// assert!(Threads.spawn(Box::pin(async move { done.send(42).unwrap() })).is_ok());
/// assert_eq!(answer.recv(), Ok(42));
/// ```
pub trait Executor: Any + Send + Sync {
    /// Runs the task beside the caller; hands it back when there is nowhere to run it now.
    ///
    /// # Errors
    ///
    /// The task itself, untouched, when the caller stands outside the runtime.
    fn spawn(&self, task: Task) -> Result<(), Task>;

    /// Returns a future that ends after `time`, or `None` when there is no timer here.
    fn sleep(&self, time: Duration) -> Option<Task>;

    /// Is called by whoever waits for a task, before the wait and at each wake-up.
    ///
    /// A runtime that runs nothing by itself runs here what can go on, and wakes `waiting` when more can.
    fn drive(&self, waiting: &Waker) {
        let _ = waiting;
    }
}

/// The absence of a runtime.
///
/// ```
/// # use cache_core::__private::larder;
/// use std::time::Duration;
/// use larder::executor::{Executor, NoExecutor};
///
/// let task = NoExecutor.spawn(Box::pin(async {}));
/// assert!(task.is_err(), "it is handed back, for the caller to run");
/// assert!(NoExecutor.sleep(Duration::from_secs(1)).is_none());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct NoExecutor;

impl Executor for NoExecutor {
    fn spawn(&self, task: Task) -> Result<(), Task> {
        Err(task)
    }

    fn sleep(&self, _: Duration) -> Option<Task> {
        None
    }
}

#[cfg(feature = "tokio")]
pub use tokio::Tokio;

/// Returns the runtime that is used where nobody installs one: with the feature `tokio` the caller's, else none.
///
/// ```
/// # use cache_core::__private::larder;
/// // Outside of every runtime there is nowhere to run a task.
/// assert!(larder::executor::usual().spawn(Box::pin(async {})).is_err());
/// ```
#[must_use]
pub fn usual() -> Arc<dyn Executor> {
    #[cfg(feature = "tokio")]
    return Arc::new(Tokio);
    #[cfg(not(feature = "tokio"))]
    return Arc::new(NoExecutor);
}

impl fmt::Debug for dyn Executor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Executor")
    }
}
