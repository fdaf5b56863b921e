//! A runtime for tests: tasks run when they are told to, and timers end when the clock is moved.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use crate::clock::{Clock, Tick};
use crate::executor::{Executor, Task};
use crate::lock::atomic::{AtomicBool, AtomicUsize, Ordering};
use crate::lock::{Mutex, lock};

/// A runtime that does nothing by itself.
pub(super) struct Tasks {
    clock: Clock,
    waiting: Mutex<Vec<Waiting>>,
    /// How many are being polled, by this thread or others.
    running: AtomicUsize,
    drivers: Arc<Drivers>,
    sleepers: Arc<Mutex<Vec<(Tick, Waker)>>>,
}

/// A task, and whether it can go on.
type Waiting = (Task, Arc<Flag>);

/// Those who wait for tasks and run them meanwhile; told whenever one can go on.
type Drivers = Mutex<Vec<Waker>>;

impl Tasks {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            waiting: Mutex::default(),
            running: AtomicUsize::new(0),
            drivers: Arc::default(),
            sleepers: Arc::default(),
        }
    }

    /// Polls all tasks that can go on until none can, and says how many ended.
    pub(super) fn run(&self) -> usize {
        let mut ended = 0;
        // One at a time: a task that panics, or runs others while it waits for them, leaves those where they are.
        while let Some((running, (mut task, flag))) = self.next_ready() {
            let waker = Waker::from(Arc::clone(&flag));
            match task.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(()) => ended += 1,
                Poll::Pending => {
                    lock(&self.waiting).push((task, flag));
                    running.goes_on();
                }
            }
        }
        ended
    }

    /// Returns whether there is no task left.
    pub(super) fn are_done(&self) -> bool {
        // Under one lock: a task is taken out and put back under it, and counts as running in between.
        let waiting = lock(&self.waiting);
        waiting.is_empty() && self.running.load(Ordering::Acquire) == 0
    }

    fn next_ready(&self) -> Option<(Running<'_>, Waiting)> {
        let mut waiting = lock(&self.waiting);
        let index = waiting.iter().position(|(_, flag)| flag.take())?;
        Some((Running::one_of(self), waiting.remove(index)))
    }

    /// Wakes whoever slept until now.
    pub(super) fn wake_sleepers(&self) {
        let due: Vec<_> = {
            let mut sleepers = lock(&self.sleepers);
            let now = self.clock.now();
            sleepers.extract_if(.., |(until, _)| *until <= now).collect()
        };
        // Outside the lock: a waker is code of the runtime.
        for (_, waker) in due {
            waker.wake();
        }
    }
}

/// A task that is being polled. Whoever waits for all of them is told when it has ended, also when it panics.
struct Running<'a> {
    tasks: &'a Tasks,
    has_ended: bool,
}

impl<'a> Running<'a> {
    fn one_of(tasks: &'a Tasks) -> Self {
        tasks.running.fetch_add(1, Ordering::AcqRel);
        Self { tasks, has_ended: true }
    }

    /// Tells nobody: a task that drives others while it waits for them would be told of itself, and polled for ever.
    fn goes_on(mut self) {
        self.has_ended = false;
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.tasks.running.fetch_sub(1, Ordering::AcqRel);
        if self.has_ended {
            wake_all(&self.tasks.drivers);
        }
    }
}

fn wake_all(drivers: &Drivers) {
    let drivers = std::mem::take(&mut *lock(drivers));
    drivers.into_iter().for_each(Waker::wake);
}

impl Executor for Tasks {
    fn spawn(&self, task: Task) -> Result<(), Task> {
        let flag = Flag { raised: AtomicBool::new(true), drivers: Arc::clone(&self.drivers) };
        lock(&self.waiting).push((task, Arc::new(flag)));
        Ok(())
    }

    fn drive(&self, waiting: &Waker) {
        let mut drivers = lock(&self.drivers);
        if !drivers.iter().any(|driver| driver.will_wake(waiting)) {
            drivers.push(waiting.clone());
        }
        drop(drivers);
        self.run();
    }

    fn sleep(&self, time: Duration) -> Option<Task> {
        let (clock, sleepers) = (self.clock.clone(), Arc::clone(&self.sleepers));
        let until = clock.now().after(time);
        Some(Box::pin(poll_fn(move |context| {
            // Looked at under the lock: whoever moves the clock looks for sleepers after that.
            let mut sleepers = lock(&sleepers);
            if clock.now() >= until {
                return Poll::Ready(());
            }
            sleepers.push((until, context.waker().clone()));
            Poll::Pending
        })))
    }
}

/// Whether a task can go on, and who is to be told.
struct Flag {
    raised: AtomicBool,
    drivers: Arc<Drivers>,
}

impl Flag {
    fn take(&self) -> bool {
        self.raised.swap(false, Ordering::AcqRel)
    }
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.raised.store(true, Ordering::Release);
        wake_all(&self.drivers);
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tasks")
    }
}
