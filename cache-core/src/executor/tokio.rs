//! The tokio runtime that the caller stands in.

use std::time::Duration;

use tokio::runtime::Handle;

use super::{Executor, Task};

/// Runs tasks on the tokio runtime that the caller stands in.
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
