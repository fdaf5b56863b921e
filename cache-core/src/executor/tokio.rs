//! The tokio runtime that the caller stands in.

use std::time::Duration;

use tokio::runtime::Handle;

use super::{Executor, Task};

/// Runs tasks on the tokio runtime that the caller stands in.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::executor::{Executor, Tokio};
///
/// assert!(Tokio.spawn(Box::pin(async {})).is_err(), "the caller stands outside");
/// let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// runtime.block_on(async {
///     assert!(Tokio.spawn(Box::pin(async {})).is_ok());
/// });
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Tokio;

impl Executor for Tokio {
    fn spawn(&self, task: Task) -> Result<(), Task> {
        match Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(task);
                Ok(())
            }
            Err(_) => Err(task),
        }
    }

    fn sleep(&self, time: Duration) -> Option<Task> {
        Handle::try_current().ok()?;
        Some(Box::pin(tokio::time::sleep(time)))
    }
}
