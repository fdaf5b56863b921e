//! Waiting for what a task does, on runtimes that run nothing unless somebody waits.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use cache_core::executor::{Executor, Task};
use pin_project_lite::pin_project;

/// Whoever runs a task while somebody waits for what it does.
#[derive(Clone)]
pub(super) struct Driver {
    executor: Arc<dyn Executor>,
}

/// A task that nobody runs but who waits for it.
pub(super) type Own = Option<Task>;

impl Driver {
    pub(super) fn new(executor: &Arc<dyn Executor>) -> Self {
        Self { executor: Arc::clone(executor) }
    }

    /// Runs a task beside the caller; where there is no runtime it is handed back.
    pub(super) fn spawn(&self, task: Task) -> Own {
        self.executor.spawn(task).err()
    }

    /// Lets the task go on, before it is looked at what it has done.
    pub(super) fn drive(&self, own: &mut Own, context: &mut Context<'_>) {
        self.executor.drive(context.waker());
        if own.as_mut().is_some_and(|task| task.as_mut().poll(context).is_ready()) {
            *own = None;
        }
    }
}

pin_project! {
    /// A future whose end comes from a task.
    pub(super) struct Driven<F> {
        driver: Driver,
        own: Own,
        #[pin]
        awaited: F,
    }
}

impl<F> Driven<F> {
    pub(super) fn new(driver: Driver, own: Own, awaited: F) -> Self {
        Self { driver, own, awaited }
    }
}

impl<F: Future> Future for Driven<F> {
    /// With what is left of the task.
    type Output = (F::Output, Own);

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.driver.drive(this.own, context);
        this.awaited.poll(context).map(|output| (output, this.own.take()))
    }
}
