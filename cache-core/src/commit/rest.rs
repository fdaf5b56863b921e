//! What is left to be done when some work has ended, whoever still waits for it.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::block::{Block, End};
use crate::executor::{Executor, Task, block_on, caught};

/// One thing to be done when the work has ended, and where that can be done beside a caller who leaves.
pub(crate) struct Again {
    pub(crate) executor: Arc<dyn Executor>,
    pub(crate) task: Task,
}

/// What is left to be invalidated, and to be told, in that order.
pub(super) struct Rest {
    block: Option<Arc<Block>>,
    left: VecDeque<Again>,
}

impl Rest {
    pub(super) fn of(block: &Arc<Block>) -> Self {
        Self { block: Some(Arc::clone(block)), left: VecDeque::new() }
    }

    /// Notes that the work has ended.
    pub(super) fn end(&mut self, is_committed: bool) {
        self.end_as(if is_committed { End::Committed } else { End::RolledBack });
    }

    fn end_as(&mut self, end: End) {
        if let Some(block) = self.block.take() {
            let (again, events) = block.end(end);
            self.left = again.into_values().chain(events).collect();
        }
    }

    /// Does what is left, in the order in which things were invalidated and changed. Listeners are told when all else is
    /// done.
    ///
    /// A caller who leaves in between leaves the rest of it to the executor; and what panics takes nothing else along.
    pub(super) async fn now(mut self) {
        if let Some(all) = self.all() {
            Handed::new(all).await;
        }
    }

    /// Takes all that is left, as one thing: it keeps its order, whoever does it.
    fn all(&mut self) -> Option<Again> {
        let left = std::mem::take(&mut self.left);
        let executor = Arc::clone(&left.front()?.executor);
        let task = Box::pin(async move {
            for again in left {
                // A store, and the end of a value, are code of somebody else's.
                if let Err(why) = caught(again.task).await {
                    log::error!(target: "larder", "what was left to be done after a commit has panicked: {why}");
                }
            }
        });
        Some(Again { executor, task })
    }
}

/// What was not begun is done beside the caller who leaves, or by them.
impl Drop for Rest {
    fn drop(&mut self) {
        self.end_as(End::Left);
        if let Some(Again { executor, task }) = self.all() {
            run_beside(&*executor, task);
        }
    }
}

/// A task that is polled by its caller, and handed on where that one leaves.
pub(crate) struct Handed {
    executor: Arc<dyn Executor>,
    task: Option<Task>,
    or_nobody: bool,
}

impl Handed {
    pub(crate) fn new(Again { executor, task }: Again) -> Self {
        Self { executor, task: Some(task), or_nobody: false }
    }

    /// Makes one that is left alone where there is nowhere to run it: it waits for what only a runtime can bring.
    pub(super) fn or_nobody(Again { executor, task }: Again) -> Self {
        Self { executor, task: Some(task), or_nobody: true }
    }
}

impl Future for Handed {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Some(task) = &mut self.task else { return Poll::Ready(()) };
        let polled = task.as_mut().poll(context);
        if polled.is_ready() {
            self.task = None;
        }
        polled
    }
}

impl Drop for Handed {
    fn drop(&mut self) {
        match self.task.take() {
            Some(task) if self.or_nobody => drop(self.executor.spawn(task)),
            Some(task) => run_beside(&*self.executor, task),
            None => {}
        }
    }
}

fn run_beside(executor: &dyn Executor, task: Task) {
    if let Err(task) = executor.spawn(task) {
        block_on(task);
    }
}
