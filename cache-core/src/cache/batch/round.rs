//! One run of a body for many: what is around it, its time limit, and what becomes of what it returns.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::Part;
use super::send::conclude;
use crate::cache::judge::{Answer, Began, Judged, Reason};
use crate::cache::load::Load;
use crate::cache::run::{QuietAfter, Role, Within};
use crate::executor::Task;
use crate::explain::{Done, Note};
use crate::flight::{Link, Wishes};
use crate::policy::Freshness;
use crate::stats::Event;
use crate::trace::Span;

/// What one run of a body is for.
pub(crate) struct Round<V, E> {
    parts: Vec<(usize, Part<V, E>)>,
    quiet: Vec<QuietAfter>,
    /// Missing where nothing is kept of what it returns.
    around: Option<(Arc<Link>, Began)>,
    limit: Option<Task>,
    has_no_timer: bool,
    /// What the body was given up for, of each part.
    instead: Option<Vec<Answer<V, E>>>,
}

/// What a body has said of what it has returned, and when it had begun.
type Ended = (Wishes, Began);

/// What its caller is answered, by place.
type Answers<V, E> = Result<Vec<(usize, V)>, E>;

/// What a body has come to for one load.
pub(super) type Outcome<V, E> = (Box<Load<V, E>>, Role, Judged);

impl<V, E> Round<V, E> {
    pub(super) fn begin(mut parts: Vec<(usize, Part<V, E>)>) -> Self {
        // One body has one span, which says what came of the first that it is for.
        let first = parts.iter_mut().find_map(|(_, part)| part.load_mut());
        let span = first.map_or(Span::NONE, |load| {
            load.span = load.begin_span();
            load.span.clone()
        });
        let loads = || parts.iter().filter_map(|(_, part)| part.load());
        let mut quiet = Vec::new();
        for load in loads() {
            if load.freshness_of_found() != Some(Freshness::Ahead) {
                load.asker.count(Event::Miss);
            }
            quiet.push(QuietAfter::begin(load));
            load.tell(Done::Began);
        }
        let flights = parts.iter().filter_map(|(_, part)| part.flight()).collect();
        let around = loads().next().map(|first| {
            let told = first.note.as_ref().map(Note::inside);
            (Link::of_many(flights, told, span), first.began())
        });
        // A body is given up where there is something else to answer with, for all that it was to load.
        let is_limited = parts.iter().all(|(_, part)| part.load().is_some_and(Load::can_do_without));
        let first = loads().next().filter(|_| is_limited);
        let hard_timeout = first.and_then(|load| Some((load, load.rules.options.hard_timeout?)));
        let limit = hard_timeout.and_then(|(load, limit)| load.asker.home().executor.sleep(limit));
        let has_no_timer = hard_timeout.is_some() && limit.is_none();
        Self { quiet, around, limit, has_no_timer, instead: None, parts }
    }

    /// Returns the places of what the body is to load.
    pub(crate) fn places(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().map(|(place, _)| *place)
    }

    /// Makes it what the code of this thread is part of, until what this returns is dropped.
    pub(crate) fn enter(&self) -> Within {
        match (&self.around, self.parts.first()) {
            (Some((link, _)), _) => Within::load(Arc::clone(link)),
            (None, Some((_, Part::Bare(bare)))) => Within::bare(bare),
            (None, _) => Within::NOTHING,
        }
    }

    pub(super) fn gives_up_for_want_of_a_timer(&mut self) -> bool {
        self.has_no_timer && self.give_up(Reason::NoTimer)
    }

    /// Gives the body up, if there is something else to answer with for all that it was to load.
    fn give_up(&mut self, reason: Reason) -> bool {
        let Some((link, began)) = &self.around else { return false };
        let without = |(_, part): &(usize, Part<V, E>)| match part {
            Part::Bare(_) => None,
            Part::Loading(load, role) => load.without(role.token()),
        };
        // All are asked before any is told: what there is nothing else for, the body goes on for, and for the others with it.
        let Some(instead) = self.parts.iter().map(without).collect::<Option<Vec<_>>>() else { return false };
        let wishes = link.wishes();
        let loads = || self.parts.iter().filter_map(|(_, part)| part.load());
        let judge = |(load, instead): (&Load<V, E>, _)| load.judge_without(instead, reason, &wishes, *began);
        self.instead = Some(loads().zip(instead).map(judge).collect());
        if let (Some(load), Reason::TimedOut) = (loads().next(), reason) {
            load.asker.count(Event::TimedOut);
        }
        true
    }

    /// Decides what becomes of what the body returned, a value for each place, and keeps it.
    ///
    /// # Errors
    ///
    /// That of the body, where there is something that it leaves without an answer.
    pub(crate) async fn end(mut self, outcome: Option<Result<Vec<V>, E>>) -> Answers<V, E> {
        self.quiet.iter_mut().for_each(QuietAfter::end);
        let has_ended = outcome.is_some();
        let said = self.around.as_ref().map(|(link, began)| (link.wishes(), *began));
        let (answers, outcomes) = match outcome {
            None => self.end_without(),
            Some(Ok(values)) => self.end_with(said.as_ref(), values),
            Some(Err(error)) => self.end_failed(said.as_ref(), error),
        };
        let found = conclude(&outcomes).await;
        for ((load, role, judged), found) in outcomes.into_iter().zip(found) {
            if let Some((wishes, began)) = said.as_ref().filter(|_| has_ended) {
                load.hand_on_made(wishes, began.moment, &found);
            }
            if let Role::Leader(leader) = role {
                leader.land(judged.landing);
            }
        }
        answers
    }

    fn end_with(self, said: Option<&Ended>, values: Vec<V>) -> (Answers<V, E>, Vec<Outcome<V, E>>) {
        let (mut answers, mut outcomes, mut took) = (Vec::new(), Vec::new(), None);
        for ((place, part), value) in self.parts.into_iter().zip(values) {
            match (part, said) {
                (Part::Loading(load, role), Some((wishes, began))) => {
                    let took = *took.get_or_insert_with(|| load.count_run(*began, false));
                    load.tell_ran(took, false);
                    let (outcome, judged) = load.judge_value(wishes, *began, value, took);
                    answers.push(outcome.map(|value| (place, value)));
                    outcomes.push((load, role, judged));
                }
                (part, _) => {
                    part.end_bare(false);
                    answers.push(Ok((place, value)));
                }
            }
        }
        (answers.into_iter().collect(), outcomes)
    }

    fn end_failed(self, said: Option<&Ended>, error: E) -> (Answers<V, E>, Vec<Outcome<V, E>>) {
        let (mut answers, mut outcomes, mut took) = (Vec::new(), Vec::new(), None);
        for (place, part) in self.parts {
            match (part, said) {
                (Part::Loading(load, role), Some((wishes, began))) => {
                    let took = *took.get_or_insert_with(|| load.count_run(*began, true));
                    let (outcome, judged) = load.judge_shared_failure(role.token(), &error, (wishes, *began, took));
                    answers.push(outcome.map(|outcome| outcome.map(|value| (place, value))));
                    outcomes.push((load, role, judged));
                }
                (part, _) => {
                    part.end_bare(true);
                    answers.push(None);
                }
            }
        }
        let answers: Option<Answers<V, E>> = answers.into_iter().collect();
        (answers.unwrap_or(Err(error)), outcomes)
    }

    fn end_without(self) -> (Answers<V, E>, Vec<Outcome<V, E>>) {
        let (mut answers, mut outcomes) = (Vec::new(), Vec::new());
        let instead = self.instead.expect("a body is given up for answers");
        for ((place, part), (outcome, judged)) in self.parts.into_iter().zip(instead) {
            if let Part::Loading(load, role) = part {
                answers.push(outcome.map(|value| (place, value)));
                outcomes.push((load, role, judged));
            }
        }
        (answers.into_iter().collect(), outcomes)
    }
}

impl<V, E> Part<V, E> {
    fn load(&self) -> Option<&Load<V, E>> {
        match self {
            Self::Bare(_) => None,
            Self::Loading(load, _) => Some(load),
        }
    }

    fn load_mut(&mut self) -> Option<&mut Load<V, E>> {
        match self {
            Self::Bare(_) => None,
            Self::Loading(load, _) => Some(load),
        }
    }

    fn flight(&self) -> Option<u64> {
        match self {
            Self::Loading(_, Role::Leader(leader)) => Some(leader.id()),
            _ => None,
        }
    }

    fn end_bare(self, failed: bool) {
        if let Self::Bare(bare) = self {
            bare.end(failed);
        }
    }
}

/// A body that is awaited for many, with what is around it.
pub(crate) struct RunningRound<F, V, E> {
    /// Dropped before what is around it.
    body: Pin<Box<F>>,
    round: Around<V, E>,
}

/// What is around it, until it has ended.
struct Around<V, E>(Option<Box<Round<V, E>>>);

impl<F, V, E> RunningRound<F, V, E> {
    pub(crate) fn new(round: Round<V, E>, body: Pin<Box<F>>) -> Self {
        Self { body, round: Around(Some(Box::new(round))) }
    }
}

impl<F: Future, V, E> Future for RunningRound<F, V, E> {
    /// The round, to be ended, and what the body returned; nothing where it was given up after its time limit.
    type Output = (Round<V, E>, Option<F::Output>);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let inside = self.round.0.as_ref().map(|round| round.enter());
        let outcome = self.body.as_mut().poll(context);
        drop(inside);
        self.round.poll_end(outcome, context)
    }
}

impl<V, E> Around<V, E> {
    /// Says whether the body has ended, or its time is over.
    fn poll_end<R>(&mut self, outcome: Poll<R>, context: &mut Context<'_>) -> Poll<(Round<V, E>, Option<R>)> {
        let outcome = match (outcome, &mut self.0) {
            (Poll::Ready(outcome), _) => Some(outcome),
            (Poll::Pending, Some(round)) => {
                let Some(limit) = &mut round.limit else { return Poll::Pending };
                ready!(limit.as_mut().poll(context));
                round.limit = None;
                if !round.give_up(Reason::TimedOut) {
                    return Poll::Pending;
                }
                None
            }
            (Poll::Pending, None) => return Poll::Pending,
        };
        let round = self.0.take().expect("it is not polled once it has ended");
        Poll::Ready((*round, outcome))
    }
}
