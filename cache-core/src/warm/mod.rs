//! Filling caches before anybody asks, such as when a program starts: so many calls at a time, and no more.

mod call;
mod on_threads;
mod report;

use std::fmt::Display;
use std::future::{Future, Ready, poll_fn};
use std::iter::{Empty, empty};
use std::task::{Context, Poll};

use call::{Call, Either};
use report::Telling;
pub use report::{Failure, Report};

use crate::executor::block_on;

/// By which part of its time a value ends earlier where nobody says.
const JITTER: f32 = 0.1;

/// How many calls may end before others on this thread have their turn: many find their value and never wait.
const TURN: usize = 128;

/// What a call says when it ends.
type Said = Result<(), String>;

/// A list of calls, as it begins: with none.
pub type Nothing = Empty<Ready<Result<(), String>>>;

/// A list of calls that fill caches.
#[derive(Clone, Debug)]
#[must_use = "nothing is called before it runs"]
pub struct Warming<I> {
    calls: I,
    most: usize,
    jitter: f32,
    is_shown: bool,
}

impl Warming<Nothing> {
    /// Begins a list of which at most so many calls run at a time.
    ///
    /// # Panics
    ///
    /// At 0.
    #[track_caller]
    pub fn at_most(calls: usize) -> Self {
        assert!(calls > 0, "larder: a warm-up of which no call may run never ends: write 1 or more");
        Self { calls: empty(), most: calls, jitter: JITTER, is_shown: false }
    }
}

impl<I> Warming<I> {
    /// Lets each value end earlier by up to this part of its time, where its site says nothing else: 0.1 is a tenth, and 0 is not at
    /// all.
    ///
    /// # Panics
    ///
    /// At a number that is not from 0 and below 1.
    #[track_caller]
    pub fn jitter(mut self, part: f32) -> Self {
        assert!((0.0..1.0).contains(&part), "larder: `jitter` is a part of the time from 0 and below 1, such as 0.1");
        self.jitter = part;
        self
    }

    /// Draws a bar on standard error, where a terminal reads that; else it says nothing.
    pub fn progress(mut self) -> Self {
        self.is_shown = true;
        self
    }
}

impl<I: Iterator<Item: Future<Output = Said>>> Warming<I> {
    /// Adds calls. Each is made when its turn has come, so that a long list takes no room.
    ///
    /// A body that returns an error counts as failed; what it says is only known by [`try_add`](Self::try_add).
    #[allow(clippy::should_implement_trait, reason = "calls are added to a list")]
    pub fn add<C>(self, calls: C) -> Warming<impl Iterator<Item = impl Future<Output = Said>>>
    where
        C: IntoIterator<Item: Future>,
    {
        self.and(calls.into_iter().map(async |call| {
            call.await;
            Ok(())
        }))
    }

    /// Adds calls that return a `Result`: an error is a failure of its call, and the first of them are in the [`Report`].
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::warm::Warming;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// let price = async |product: u64| {
    ///     let load = async || if product == 3 { Err("no such product") } else { Ok(product * 100) };
    ///     cache.try_get_or_load(format!("price:{product}"), Options::ttl(300), load).await
    /// };
    /// let report = Warming::at_most(2).try_add((1..=3).map(price)).run_blocking();
    /// assert_eq!(report.to_string(), "2 loaded, 1 failed: call 3: no such product"); // calls are numbered from 1
    /// ```
    pub fn try_add<C, T, E>(self, calls: C) -> Warming<impl Iterator<Item = impl Future<Output = Said>>>
    where
        C: IntoIterator<Item: Future<Output = Result<T, E>>>,
        E: Display,
    {
        self.and(calls.into_iter().map(async |call| match call.await {
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        }))
    }

    fn and<C>(self, calls: C) -> Warming<impl Iterator<Item = impl Future<Output = Said>>>
    where
        C: Iterator<Item: Future<Output = Said>>,
    {
        let Self { calls: before, most, jitter, is_shown } = self;
        let calls = before.map(Either::one).chain(calls.map(Either::other));
        Warming { calls, most, jitter, is_shown }
    }

    /// Makes all calls, on the task that waits for it; dropped, it makes no more.
    pub async fn run(self) -> Report {
        let Self { calls, most, jitter, is_shown } = self;
        let telling = Telling::new(total(&calls), is_shown);
        let calls = calls.fuse().enumerate().map(|(number, call)| Call::new(number, call, jitter));
        let mut running = Running { calls, under_way: Vec::new(), most, telling };
        poll_fn(|context| running.poll(context)).await;
        running.telling.end()
    }

    /// Does the same on this thread, which parks while there is nothing to do.
    pub fn run_blocking(self) -> Report {
        block_on(self.run())
    }
}

/// Returns how many there are, where that is known.
fn total(calls: &impl Iterator) -> Option<usize> {
    let (least, most) = calls.size_hint();
    most.filter(|most| *most == least)
}

/// A warm-up under way.
struct Running<I, F> {
    calls: I,
    under_way: Vec<Call<F>>,
    most: usize,
    telling: Telling,
}

impl<I: Iterator<Item = Call<F>>, F: Future<Output = Said>> Running<I, F> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Self { calls, under_way, most, telling } = self;
        let mut go_on = |call: &mut Call<F>| match call.poll(context) {
            Poll::Ready(ended) => {
                telling.note(call.number, ended);
                false
            }
            Poll::Pending => true,
        };
        under_way.retain_mut(&mut go_on);
        for _ in 0..TURN {
            if under_way.len() == *most {
                return Poll::Pending;
            }
            match calls.next() {
                Some(mut call) => under_way.extend(go_on(&mut call).then_some(call)),
                None if under_way.is_empty() => return Poll::Ready(()),
                None => return Poll::Pending,
            }
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
