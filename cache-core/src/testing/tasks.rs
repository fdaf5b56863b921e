//! A runtime for tests: tasks run when they are told to, and timers end when the clock is moved.

use std::fmt;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use crate::clock::{Clock, Tick};
use crate::executor::{Executor, Task};
use crate::lock::lock;

/// A runtime that does nothing by itself.
pub(super) struct Tasks {
    clock: Clock,
    waiting: Mutex<Vec<(Task, Arc<Flag>)>>,
    sleepers: Arc<Mutex<Vec<(Tick, Waker)>>>,
}

impl Tasks {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, waiting: Mutex::default(), sleepers: Arc::default() }
    }

    /// Polls all tasks that can go on until none can, and says how many ended.
    pub(super) fn run(&self) -> usize {
        let mut ended = 0;
        loop {
            let tasks = std::mem::take(&mut *lock(&self.waiting));
            let before = tasks.len();
            let (ready, asleep): (Vec<_>, Vec<_>) = tasks.into_iter().partition(|(_, flag)| flag.take());
            lock(&self.waiting).extend(asleep);
            if ready.is_empty() {
                return ended;
            }
            let left: Vec<_> = ready.into_iter().filter_map(|(task, flag)| still_pending(task, flag)).collect();
            lock(&self.waiting).extend(left);
            ended += before.saturating_sub(lock(&self.waiting).len());
        }
    }

    /// Wakes whoever slept until now.
    pub(super) fn wake_sleepers(&self) {
        let now = self.clock.now();
        let (due, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut *lock(&self.sleepers)).into_iter().partition(|(until, _)| *until <= now);
        lock(&self.sleepers).extend(later);
        for (_, waker) in due {
            waker.wake();
        }
    }
}

fn still_pending(mut task: Task, flag: Arc<Flag>) -> Option<(Task, Arc<Flag>)> {
    let waker = Waker::from(Arc::clone(&flag));
    let poll = task.as_mut().poll(&mut Context::from_waker(&waker));
    poll.is_pending().then_some((task, flag))
}

impl Executor for Tasks {
    fn spawn(&self, task: Task) -> Result<(), Task> {
        lock(&self.waiting).push((task, Arc::new(Flag(AtomicBool::new(true)))));
        Ok(())
    }

    fn help(&self) {
        self.run();
    }

    fn sleep(&self, time: Duration) -> Option<Task> {
        let (clock, sleepers) = (self.clock.clone(), Arc::clone(&self.sleepers));
        let until = clock.now().after(time);
        Some(Box::pin(poll_fn(move |context| {
            if clock.now() >= until {
                return Poll::Ready(());
            }
            lock(&sleepers).push((until, context.waker().clone()));
            Poll::Pending
        })))
    }
}

/// Whether a task can go on.
struct Flag(AtomicBool);

impl Flag {
    fn take(&self) -> bool {
        self.0.swap(false, Ordering::AcqRel)
    }
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tasks")
    }
}
