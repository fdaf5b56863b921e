//! Calls of functions that block.

use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use super::report::{Ended, Telling};
use super::{Nothing, Report, Said, Warming, total};
use crate::executor::sentence;
use crate::heat::Heat;
use crate::lock::{Mutex, lock};
use crate::testing::{Larder, try_current};

impl Warming<Nothing> {
    /// Calls functions that block, each on one of so many threads, and waits for all of them.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::warm::Warming;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// // In a program this is a function with #[cached].
    /// let square = |n: u64| cache.blocking().get_or_load(format!("square:{n}"), Options::ttl(300), || n * n);
    /// let calls = (1..=100).map(|n| move || square(n));
    /// assert_eq!(Warming::at_most(4).run_on_threads(calls).to_string(), "100 loaded");
    /// ```
    pub fn run_on_threads<C, R>(self, calls: C) -> Report
    where
        C: IntoIterator<Item: FnOnce() -> R, IntoIter: Send>,
    {
        self.on_threads(calls.into_iter().map(|call| {
            move || {
                call();
                Ok(())
            }
        }))
    }

    /// Does the same with functions that return a `Result`: an error is a failure of its call.
    pub fn try_run_on_threads<C, T, E>(self, calls: C) -> Report
    where
        C: IntoIterator<Item: FnOnce() -> Result<T, E>, IntoIter: Send>,
        E: Display,
    {
        self.on_threads(calls.into_iter().map(|call| {
            move || match call() {
                Ok(_) => Ok(()),
                Err(error) => Err(error.to_string()),
            }
        }))
    }

    fn on_threads(self, calls: impl Iterator<Item: FnOnce() -> Said> + Send) -> Report {
        let total = total(&calls);
        let (test, telling) = (try_current(), Mutex::new(Telling::new(total, self.is_shown)));
        let calls = Mutex::new(calls.fuse().enumerate());
        thread::scope(|scope| {
            for _ in 0..total.map_or(self.most, |total| self.most.min(total)) {
                scope.spawn(|| {
                    // A test has caches of its own, which are its thread's.
                    let _entered = test.as_ref().map(Larder::enter);
                    loop {
                        let next = lock(&calls).next();
                        let Some((number, call)) = next else { return };
                        let ended = ended(call, self.jitter);
                        lock(&telling).note(number, ended);
                    }
                });
            }
        });
        let telling = telling.into_inner();
        telling.unwrap_or_else(std::sync::PoisonError::into_inner).end()
    }
}

fn ended(call: impl FnOnce() -> Said, jitter: f32) -> Ended {
    let heat = Heat::new(jitter);
    let within = heat.enter();
    let said = catch_unwind(AssertUnwindSafe(call));
    drop(within);
    Ended::of(&heat, said.unwrap_or_else(|payload| Err(format!("it has panicked: {}", sentence(&*payload)))))
}
