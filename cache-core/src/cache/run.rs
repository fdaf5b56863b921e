//! A body that runs: as part of its load, within its time limit, and with what comes after it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::judge::{Answer, Began, Reason};
use super::load::{Load, Next};
use super::tell::Bare;
use crate::clock::Tick;
use crate::executor::Task;
use crate::explain::{Done, Entered, Note};
use crate::flight::{Inside, Leader, Link, Token};
use crate::policy::Freshness;
use crate::record::Erased;
use crate::stats::Event;
use crate::trace::{self, Span};

/// What there is around a body, which itself is unknown here.
pub(crate) enum Run<V, E> {
    /// Nothing: what it returns is not kept.
    Bare(Bare),
    /// The load that it is part of.
    Loading(Box<Loading<V, E>>),
}

/// The load that a body is part of.
pub(crate) struct Loading<V, E> {
    link: Arc<Link>,
    began: Began,
    limit: Option<Task>,
    quiet: QuietAfter,
    role: Role,
    load: Box<Load<V, E>>,
    /// What the body was given up for.
    instead: Option<Answer<V, E>>,
}

/// What a thread stands in while it runs a body.
pub(crate) struct Within {
    _told: Option<Entered>,
    _span: Option<trace::Entered>,
    _inside: Option<Inside>,
}

impl Within {
    pub(super) const NOTHING: Self = Self { _told: None, _span: None, _inside: None };

    pub(super) fn bare(bare: &Bare) -> Self {
        let told = bare.note().map(|note| note.inside().enter());
        Self { _told: told, _span: Some(bare.span().enter()), _inside: None }
    }

    pub(super) fn load(link: Arc<Link>) -> Self {
        Self { _told: None, _span: None, _inside: Some(Inside::enter(link)) }
    }
}

/// For whom a body runs.
pub(super) enum Role {
    /// For all who ask meanwhile.
    Leader(Leader),
    /// For nobody else.
    Alone(Token),
}

impl Role {
    pub(super) fn token(&self) -> &Token {
        match self {
            Self::Leader(leader) => leader.token(),
            Self::Alone(token) => token,
        }
    }

    fn link(&self, note: Option<&Note>, span: Span) -> Arc<Link> {
        let flight = match self {
            Self::Leader(leader) => leader.id(),
            Self::Alone(_) => 0,
        };
        Link::told(flight, note.map(Note::inside), span)
    }
}

/// Asks for quiet when it is dropped by a panic.
pub(super) struct QuietAfter(Option<(Erased, Tick)>);

impl QuietAfter {
    /// Begins, where there is a value to leave alone.
    pub(super) fn begin<V, E>(load: &Load<V, E>) -> Self {
        Self(load.found.as_ref().map(|found| (Arc::clone(found), load.quiet_until())))
    }

    /// Ends well.
    pub(super) fn end(&mut self) {
        self.0 = None;
    }
}

impl Drop for QuietAfter {
    fn drop(&mut self) {
        if let Some((found, until)) = &self.0
            && std::thread::panicking()
        {
            found.hush(*until);
        }
    }
}

impl<V, E> Run<V, E> {
    /// Begins, unless there is a time limit and no timer.
    pub(super) async fn begin(mut load: Box<Load<V, E>>, role: Role) -> Next<V, E> {
        if load.freshness_of_found() != Some(Freshness::Ahead) {
            load.asker.count(Event::Miss);
        }
        // Until it has ended well: a body that panics is not asked again by everybody while there is a value.
        let quiet = QuietAfter::begin(&load);
        // A body is given up where there is something else to answer with.
        let hard_timeout = load.rules.options.hard_timeout.filter(|_| load.can_do_without());
        let limit = hard_timeout.and_then(|limit| load.asker.home().executor.sleep(limit));
        let has_no_timer = hard_timeout.is_some() && limit.is_none();
        load.span = load.begin_span();
        let (link, began, instead) = (role.link(load.note.as_ref(), load.span.clone()), load.began(), None);
        load.tell(Done::Began);
        let mut loading = Box::new(Loading { link, began, limit, quiet, role, load, instead });
        if has_no_timer && loading.give_up(Reason::NoTimer) {
            return Next::Done(loading.end(None).await);
        }
        Next::Run(Self::Loading(loading))
    }

    /// Makes its load the current one on this thread until what this returns is dropped, for a body that blocks.
    pub(crate) fn enter(&self) -> Within {
        match self {
            Self::Bare(bare) => Within::bare(bare),
            Self::Loading(loading) => Within::load(Arc::clone(&loading.link)),
        }
    }

    /// Decides what becomes of the outcome of a body, which is missing where that was given up, and keeps it.
    ///
    /// # Panics
    ///
    /// Where a body was given up that nothing is around, and so no limit.
    pub(crate) async fn end(self, outcome: Option<Result<V, E>>) -> Result<V, E> {
        match self {
            Self::Bare(bare) => {
                let outcome = outcome.expect("a body without a limit is not given up");
                bare.end(outcome.is_err());
                outcome
            }
            // A hit by hand is not to carry along what a load takes.
            Self::Loading(loading) => Box::pin(loading.end(outcome)).await,
        }
    }
}

impl<V, E> Loading<V, E> {
    /// Gives the body up, if there is something else to answer with, and returns whether there is.
    fn give_up(&mut self, reason: Reason) -> bool {
        let Some(instead) = self.load.without(self.role.token()) else { return false };
        self.instead = Some(self.load.judge_without(instead, reason, &self.link.wishes(), self.began));
        if matches!(reason, Reason::TimedOut) {
            self.load.asker.count(Event::TimedOut);
        }
        true
    }

    /// Keeps what comes of the body, unless the token has lost its worth.
    async fn end(self, outcome: Option<Result<V, E>>) -> Result<V, E> {
        let Self { link, began, mut quiet, role, mut load, instead, .. } = self;
        quiet.end();
        let (wishes, has_ended) = (link.wishes(), outcome.is_some());
        let (outcome, judged) = match outcome {
            Some(outcome) => load.judge(&wishes, began, role.token(), outcome),
            None => instead.expect("a body is given up for an answer"),
        };
        let found = load.conclude(role.token(), &judged).await;
        if has_ended {
            load.hand_on_made(&wishes, began.moment, &found);
        }
        if let Role::Leader(leader) = role {
            leader.land(judged.landing);
        }
        load.let_lock_go().await;
        outcome
    }
}

/// A body that is awaited, with what is around it.
pub(crate) struct Running<F, V, E> {
    // Boxed, since pinning a field by hand takes unsafe code; a load is not the place to save an allocation. It is dropped
    // before what is around it.
    body: Pin<Box<F>>,
    around: Around<V, E>,
}

/// What is around a body that is awaited, until it has ended.
struct Around<V, E>(Option<Run<V, E>>);

impl<F, V, E> Running<F, V, E> {
    pub(crate) fn new(run: Run<V, E>, body: Pin<Box<F>>) -> Self {
        Self { body, around: Around(Some(run)) }
    }
}

impl<F: Future, V, E> Future for Running<F, V, E> {
    /// What was around it, to be ended, and what it returned; nothing where it was given up after its time limit.
    type Output = (Run<V, E>, Option<F::Output>);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let inside = self.around.enter();
        let outcome = self.body.as_mut().poll(context);
        drop(inside);
        self.around.poll_end(outcome, context)
    }
}

impl<V, E> Around<V, E> {
    fn enter(&self) -> Option<Within> {
        self.0.as_ref().map(Run::enter)
    }

    /// Says whether the body has ended, or its time is over.
    fn poll_end<R>(&mut self, outcome: Poll<R>, context: &mut Context<'_>) -> Poll<(Run<V, E>, Option<R>)> {
        let outcome = match (outcome, &mut self.0) {
            (Poll::Ready(outcome), _) => Some(outcome),
            (Poll::Pending, Some(Run::Loading(loading))) => {
                let Some(limit) = &mut loading.limit else { return Poll::Pending };
                ready!(limit.as_mut().poll(context));
                loading.limit = None;
                // What there was to answer with may have gone since the body began: then it goes on.
                if !loading.give_up(Reason::TimedOut) {
                    return Poll::Pending;
                }
                None
            }
            (Poll::Pending, _) => return Poll::Pending,
        };
        let run = self.0.take().expect("it is not polled once it has ended");
        Poll::Ready((run, outcome))
    }
}

/// Makes a body that runs once one that can be called through a reference, so that whoever does is compiled once.
pub(crate) fn once_only<R>(body: impl FnOnce() -> R) -> impl FnMut() -> R {
    let mut body = Some(body);
    move || body.take().expect("a body runs once")()
}
