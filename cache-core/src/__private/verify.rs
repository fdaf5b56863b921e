//! A hit on which the body runs too: what it returns is held against what is kept, and the caller has the hit.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::call::{Call, Miss, Step, end, start};
use super::outcome::Outcome;
use super::spawn::Detached;
use crate::cache::{First, Running, Verification, once_only, race};
use crate::executor::{Task, block_on};
use crate::flight::{Inside, Link, Scoped};
use crate::key::Key;
use crate::trace::Span;
use crate::value::Keep;

/// A value that can be held against another one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be compared, and `verify` compares what is kept with what the body returns",
    label = "this value has no `==`",
    note = "derive it: `#[derive(PartialEq)]`, or leave `verify` out"
)]
pub trait Comparable {
    fn is_same(&self, other: &Self) -> bool;
}

#[diagnostic::do_not_recommend]
impl<V: PartialEq> Comparable for V {
    fn is_same(&self, other: &Self) -> bool {
        self == other
    }
}

/// How two values are compared.
#[must_use]
pub fn is_same<V: Comparable>(one: &V, other: &V) -> bool {
    one.is_same(other)
}

/// Checks a part of all hits.
///
/// # Panics
///
/// At what is no part.
#[must_use]
#[track_caller]
pub const fn part(part: f32) -> f32 {
    assert!(part >= 0.0 && part <= 1.0, "larder: `verify` is a part of all hits from 0 to 1, such as 0.001");
    part
}

/// What is known of a hit that is verified.
struct Check<R: Outcome<KIND>, const KIND: u8> {
    verification: Verification,
    keep: Keep<R::Kept>,
    is_same: fn(&R::Kept, &R::Kept) -> bool,
    limit: Option<Task>,
}

impl<R: Outcome<KIND>, const KIND: u8> Call<R, KIND> {
    /// Returns whether to verify this call, if it is a hit.
    #[must_use]
    pub fn is_verified(&self, part: f32) -> bool {
        self.asker().is_some_and(|asker| asker.is_drawn(part))
    }

    /// Looks whether there is something to hold against this hit; of an error that is kept nothing can be said.
    fn check(
        self,
        hit: &R,
        key: Key,
        is_same: fn(&R::Kept, &R::Kept) -> bool,
    ) -> impl Future<Output = Option<Check<R, KIND>>> {
        let is_value = hit.kept().is_some();
        async move { if is_value { self.check_value(key, is_same).await } else { None } }
    }

    async fn check_value(self, key: Key, is_same: fn(&R::Kept, &R::Kept) -> bool) -> Option<Check<R, KIND>> {
        let (asker, keep) = (self.asker()?, self.keep());
        let limit = self.site().options.hard_timeout.and_then(|limit| asker.home().executor.sleep(limit));
        let verification = Verification::begin(asker, key, keep).await?;
        Some(Check { verification, keep, is_same, limit })
    }

    /// Does what is to be done with what was found; on a hit it runs the body, waits for it, and returns the hit. For
    /// whoever is handed what another caller loads, or is served while that is done, a body has just run, or runs.
    pub async fn verify<Fut: Future<Output = R>>(
        self,
        found: Result<R, Miss<R, KIND>>,
        key: Key,
        is_same: fn(&R::Kept, &R::Kept) -> bool,
        body: impl FnOnce() -> Fut,
    ) -> R {
        let hit = match found {
            Ok(hit) => hit,
            Err(miss) => match miss.begin().await {
                Step::Found(hit) => hit,
                Step::Done(outcome) => return outcome,
                Step::Run(run, old) => {
                    let (run, outcome) = Running::new(run, Box::pin(body())).await;
                    return end(run, outcome, old).await;
                }
            },
        };
        if let Some(check) = self.check(&hit, key, is_same).await {
            check.run(body).await;
        }
        hit
    }

    /// Does the same, where the body may be able to run as a task of its own.
    pub async fn verify_beside<A, F, Fut, S>(
        self,
        found: Result<R, Miss<R, KIND>>,
        key: Key,
        is_same: fn(&R::Kept, &R::Kept) -> bool,
        (arguments, body, detach): (A, F, S),
    ) -> R
    where
        R: 'static,
        F: FnOnce(A) -> Fut,
        Fut: Future<Output = R>,
        S: Fn(&A) -> Option<Detached<R>>,
    {
        let step = match found {
            Ok(hit) => Step::Found(hit),
            Err(miss) => match miss.begin_beside().await {
                Ok(step) => step,
                Err(beside) => start(beside, detach(&arguments)).await,
            },
        };
        let hit = match step {
            Step::Found(hit) => hit,
            Step::Done(outcome) => return outcome,
            Step::Run(run, old) => {
                let (run, outcome) = Running::new(run, Box::pin(body(arguments))).await;
                return end(run, outcome, old).await;
            }
        };
        if let Some(check) = self.check(&hit, key, is_same).await {
            match detach(&arguments) {
                Some(detached) => check.run_beside(detached).await,
                None => check.run(|| body(arguments)).await,
            }
        }
        hit
    }

    /// Does the same on this thread.
    pub fn verify_blocking(
        self,
        found: Result<R, Miss<R, KIND>>,
        key: Key,
        is_same: fn(&R::Kept, &R::Kept) -> bool,
        body: impl FnOnce() -> R,
    ) -> R {
        let hit = match found {
            Ok(hit) => hit,
            Err(miss) => match block_on(miss.begin()) {
                Step::Found(hit) => hit,
                other => return other.block(&mut once_only(body)),
            },
        };
        if let Some(check) = block_on(self.check(&hit, key, is_same)) {
            let inside = Inside::enter(Link::told(0, None, Span::NONE));
            let result = catch_unwind(AssertUnwindSafe(body));
            drop(inside);
            if let Some(settled) = result.ok().and_then(|result| check.settled(result)) {
                block_on(settled);
            }
        }
        hit
    }
}

impl<R: Outcome<KIND>, const KIND: u8> Check<R, KIND> {
    /// Holds a result against what is kept. A failure says nothing of that.
    fn settled(self, result: R) -> Option<Task> {
        let new = result.split().ok()?;
        let kept = (self.keep.read)(self.verification.record())?;
        let is_same = (self.is_same)(&kept, &new);
        let verification = self.verification;
        Some(Box::pin(verification.settle(is_same)))
    }

    /// Runs the body where its caller stands.
    async fn run<Fut: Future<Output = R>>(mut self, body: impl FnOnce() -> Fut) {
        let limit = self.limit.take();
        let body = unpanicking(Scoped::new(Link::told(0, None, Span::NONE), Box::pin(async move { body().await })));
        let result = match limit {
            None => body.await,
            Some(limit) => match race(body, limit).await {
                First::Left(result) => result,
                First::Right(()) => None,
            },
        };
        if let Some(settled) = result.and_then(|result| self.settled(result)) {
            settled.await;
        }
    }
}

impl<R: Outcome<KIND> + 'static, const KIND: u8> Check<R, KIND> {
    /// Runs the body beside its caller, or where that stands if there is nowhere else.
    async fn run_beside(mut self, detached: Detached<R>) {
        let (limit, executor) = (self.limit.take(), Arc::clone(self.verification.executor()));
        let task = detached(Box::new(move |result: R| match self.settled(result) {
            Some(settled) => settled,
            None => Box::pin(async {}),
        }));
        let task = Scoped::new(Link::detached(0, None, Span::NONE), task);
        let task: Task = Box::pin(async move {
            let body = unpanicking(task);
            match limit {
                None => _ = body.await,
                Some(limit) => _ = race(body, limit).await,
            }
        });
        if let Err(task) = executor.spawn(task) {
            task.await;
        }
    }
}

/// Waits for a future, or until it panics: whoever has a hit is not to pay for that.
async fn unpanicking<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let poll = move |context: &mut Context<'_>| {
        let polled: Result<Poll<F::Output>, Box<dyn Any + Send>> =
            catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        polled.map_or(Poll::Ready(None), |polled| polled.map(Some))
    };
    poll_fn(poll).await
}
