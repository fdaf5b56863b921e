//! Many loads of one caller, for which one body runs.
//!
//! Whoever waits leads nothing: first what nobody else loads is led, its body runs, and what comes of it is handed out; only
//! then is waited for what others load. So those whose keys cross never wait for each other in a circle. What is left of
//! that, since somebody else has gone or failed, is led in another round.

mod fetch;
mod round;
mod send;

pub(crate) use round::{Round, RunningRound};

use super::load::{Load, Waited};
use super::run::Role;
use super::tell::Bare;
use crate::explain::{Alone, Done, WhyStale};
use crate::flight::{Leader, Token, Turn, Waiter};
use crate::stats::Event;
use crate::trace::Span;

/// What one caller asks for that was not simply there.
pub(crate) struct Batch<V, E> {
    open: Vec<Open<V, E>>,
    waiting: Vec<Waiting<V, E>>,
    found: Vec<(usize, V)>,
}

/// What somebody else is loading.
type Waiting<V, E> = (usize, Box<Load<V, E>>, Waiter);

/// What nobody has turned to yet, or has to be turned to again.
struct Open<V, E> {
    /// The place among all that its caller asks for.
    place: usize,
    /// Missing where there is no cache to ask.
    load: Option<Box<Load<V, E>>>,
    /// Where what others load cannot be shared.
    alone: Option<Token>,
}

/// A part of a round.
pub(super) enum Part<V, E> {
    /// Nothing is around the body, and what it returns is not kept.
    Bare(Bare),
    Loading(Box<Load<V, E>>, Role),
}

/// How one of many stands.
enum Stand<V, E> {
    Answered(Result<V, E>),
    /// Nothing is to be kept of what its body returns, and what to count for that.
    Bare(Option<Event>),
    Wait(Waiter),
    Lead(Leader),
    Alone(Token),
}

impl<V, E> Batch<V, E> {
    pub(crate) fn new() -> Self {
        Self { open: Vec::new(), waiting: Vec::new(), found: Vec::new() }
    }

    /// Adds what was not found; without a load, there is no cache to ask.
    pub(crate) fn add(&mut self, place: usize, load: Option<Box<Load<V, E>>>) {
        self.open.push(Open { place, load, alone: None });
    }

    /// Hands out what was found without a body of its own.
    pub(crate) fn take_found(&mut self) -> Vec<(usize, V)> {
        std::mem::take(&mut self.found)
    }

    /// Finds out what its caller is to run its body for; for nothing more, where everything is there.
    ///
    /// # Errors
    ///
    /// One that somebody else's load has failed with, or that its site wants to have of the store.
    pub(crate) async fn next(&mut self) -> Result<Option<Round<V, E>>, E> {
        loop {
            let parts = self.lead_what_is_free().await?;
            if !parts.is_empty() {
                let mut round = Round::begin(parts);
                if !round.gives_up_for_want_of_a_timer() {
                    return Ok(Some(round));
                }
                let answers = round.end(None).await?;
                self.found.extend(answers);
            }
            self.wait_for_others().await?;
            if self.open.is_empty() {
                return Ok(None);
            }
        }
    }

    async fn lead_what_is_free(&mut self) -> Result<Vec<(usize, Part<V, E>)>, E> {
        let (mut parts, mut led, mut alone) = (Vec::new(), Vec::new(), Vec::new());
        let (mut bare, mut counted) = (Vec::new(), Vec::new());
        for Open { place, load, alone: token } in std::mem::take(&mut self.open) {
            let Some(mut load) = load else {
                parts.push((place, Part::Bare(Bare::UNTOLD)));
                continue;
            };
            match token.map_or_else(|| stand(&mut load), Stand::Alone) {
                Stand::Answered(outcome) => self.found.push((place, outcome?)),
                Stand::Bare(why) => {
                    // One body runs for all of them.
                    if let Some(event) = why.filter(|event| !counted.contains(event)) {
                        load.asker.count(event);
                        counted.push(event);
                    }
                    bare.push((place, load));
                }
                Stand::Wait(waiter) => self.waiting.push((place, load, waiter)),
                Stand::Lead(leader) => led.push((place, load, leader)),
                Stand::Alone(token) => alone.push((place, load, Role::Alone(token))),
            }
        }
        let loading = self.fetch(led, alone).await?;
        // One body has one span: that of the first that is loaded, or where none is, of the first of these.
        let mut has_span = !loading.is_empty();
        parts.extend(bare.into_iter().map(|(place, load)| {
            let span = if std::mem::replace(&mut has_span, true) { Span::NONE } else { load.begin_span() };
            (place, Part::Bare(load.bare_end(span)))
        }));
        parts.extend(loading.into_iter().map(|(place, load, role)| (place, Part::Loading(load, role))));
        parts.sort_by_key(|(place, _)| *place);
        Ok(parts)
    }

    async fn wait_for_others(&mut self) -> Result<(), E> {
        for (place, mut load, waiter) in std::mem::take(&mut self.waiting) {
            match load.wait(waiter).await {
                Waited::Done(outcome) => self.found.push((place, outcome?)),
                again @ (Waited::Again | Waited::Older) => {
                    load.failed = None;
                    load.tell(if matches!(again, Waited::Older) { Done::LookedAgain } else { Done::TookOver });
                    self.open.push(Open { place, load: Some(load), alone: None });
                }
                Waited::Alone(why) => {
                    load.tell(Done::Alone(why));
                    let alone = Some(load.asker.home().flights.token(load.name.as_bytes()));
                    self.open.push(Open { place, load: Some(load), alone });
                }
            }
        }
        Ok(())
    }
}

/// Takes a place for one of many, and waits for nobody.
fn stand<V, E>(load: &mut Load<V, E>) -> Stand<V, E> {
    if load.is_off {
        return Stand::Bare(None);
    }
    if load.asker.cache.is_changed_here(&load.name) {
        load.tell(Done::Alone(Alone::Changed));
        return Stand::Bare(Some(Event::Bypassed));
    }
    loop {
        match load.turn() {
            Turn::Found(record) => {
                if let Some(outcome) = load.read(&record) {
                    load.asker.count(Event::Shared);
                    load.tell(Done::Shared);
                    return Stand::Answered(outcome);
                }
            }
            Turn::Wait(waiter) => {
                let served = load.serve_while_others_load(WhyStale::Refreshing);
                return served.map_or(Stand::Wait(waiter), Stand::Answered);
            }
            Turn::Lead(leader) => return Stand::Lead(leader),
            Turn::Alone(token) => {
                load.tell(Done::Alone(Alone::OtherLoad));
                return Stand::Alone(token);
            }
            Turn::Circle => {
                load.tell(Done::Alone(Alone::Circle));
                return Stand::Bare(Some(Event::Circle));
            }
        }
    }
}
