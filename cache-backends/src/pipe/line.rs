//! [`Line`]: what those who ask and the task that holds a connection have in common.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use cache_core::error::Error;
use tokio::sync::Notify;

use super::questions::{Answers, Heard, Questions, Unasked};

/// A connection as those see it who ask through it. It begins before the connection does, and ends with it.
pub(super) struct Line<A> {
    state: Mutex<State<A>>,
    /// Is told when somebody asks whom nobody looks after, and at the end.
    pub unwatched: Notify,
}

struct State<A> {
    questions: Questions<A>,
    /// What was asked and not yet taken to be sent.
    out: Vec<u8>,
    /// How many bytes were taken and not yet sent.
    unsent: usize,
    /// How many questions were taken to be sent.
    taken: u64,
    taken_before: u64,
    holder: Option<Waker>,
    /// How often the holder had its turn.
    turns: u64,
    /// Whether there is a connection, so that its holder looks after the time of each question.
    is_open: bool,
    /// What the last connection has failed of, as long as this one has not shown that it is better.
    trial: Option<Error>,
    /// Whether somebody looks after the holder, in case that nobody lets it have its turn.
    watched: bool,
    phase: Phase,
}

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    Open,
    /// Nobody may ask any more; who has asked hears the answer.
    Closing,
    Ended,
}

/// Why a question was not asked.
pub(super) enum Unheard<F> {
    /// This line takes none any more: another one is to be taken.
    Ended(F),
    /// The last connection has failed, and somebody finds out whether this one is better.
    OnTrial(Error),
    /// Too much waits to be sent.
    Full,
}

/// What the holder finds when it has its turn.
pub(super) struct Turn {
    /// How many questions there ever were.
    pub asked: u64,
    pub answered: u64,
    /// Whether something waits to be taken.
    pub has_more: bool,
    pub is_over: bool,
}

/// The waiting for what a question hears. Dropped, the answer is thrown away when it comes.
pub(super) struct Waiting<'a, A> {
    line: &'a Line<A>,
    /// `None` when it was heard.
    slot: Option<usize>,
    is_fresh: bool,
    /// Whether it was asked before there was a connection: its time then runs while one is opened.
    pub is_early: bool,
}

impl<A> Line<A> {
    pub(super) fn new(trial: Option<Error>) -> Self {
        let state = State {
            questions: Questions::default(),
            out: Vec::new(),
            unsent: 0,
            taken: 0,
            taken_before: 0,
            holder: None,
            turns: 0,
            is_open: false,
            trial,
            watched: true,
            phase: Phase::Open,
        };
        Self { state: Mutex::new(state), unwatched: Notify::new() }
    }

    /// Asks a question with so many answers. The waker is that of the turn in which the waiting is polled first.
    pub(super) fn ask<F: FnOnce(&mut Vec<u8>)>(
        &self,
        count: usize,
        request: F,
        most: usize,
        waker: Waker,
    ) -> Result<Waiting<'_, A>, Unheard<F>> {
        let mut state = self.lock();
        if state.phase != Phase::Open {
            return Err(Unheard::Ended(request));
        }
        if let Some(error) = state.trial.as_ref().filter(|_| state.questions.asked() > 0) {
            return Err(Unheard::OnTrial(error.clone()));
        }
        if state.out.len() + state.unsent >= most {
            return Err(Unheard::Full);
        }
        request(&mut state.out);
        let slot = state.questions.ask(count, waker);
        let is_unwatched = !mem::replace(&mut state.watched, true);
        let (holder, is_early) = (state.holder.take(), !state.is_open);
        drop(state);
        holder.into_iter().for_each(Waker::wake);
        if is_unwatched {
            self.unwatched.notify_one();
        }
        Ok(Waiting { line: self, slot: Some(slot), is_fresh: true, is_early })
    }

    /// Takes note that there is a connection.
    pub(super) fn opened(&self) {
        self.lock().is_open = true;
    }

    /// Returns whether there is a connection, on which the greeting was answered.
    pub(super) fn is_open(&self) -> bool {
        self.lock().is_open
    }

    /// Begins a turn of the holder, who is woken by the next question after it.
    pub(super) fn turn(&self, context: &Context<'_>) -> Turn {
        let mut state = self.lock();
        state.turns = state.turns.wrapping_add(1);
        match &mut state.holder {
            Some(holder) => holder.clone_from(context.waker()),
            None => state.holder = Some(context.waker().clone()),
        }
        Turn {
            asked: state.questions.asked(),
            answered: state.questions.answered(),
            has_more: !state.out.is_empty(),
            is_over: state.phase == Phase::Ended || state.phase == Phase::Closing && state.questions.open() == 0,
        }
    }

    /// Exchanges what waits to be sent for what was sent, and returns how many questions were taken in all.
    pub(super) fn take(&self, sent: &mut Vec<u8>) -> u64 {
        let mut state = self.lock();
        mem::swap(&mut state.out, sent);
        state.unsent = sent.len();
        (state.taken_before, state.taken) = (state.taken, state.questions.asked());
        state.taken
    }

    /// Puts back what was taken last, as nothing of it could be sent.
    pub(super) fn put_back(&self, mut unsent: Vec<u8>) {
        let mut state = self.lock();
        unsent.append(&mut state.out);
        state.out = unsent;
        state.taken = state.taken_before;
    }

    /// Takes note that so many bytes are still to be sent.
    pub(super) fn unsent(&self, unsent: usize) {
        self.lock().unsent = unsent;
    }

    /// Hands out answers in their order, and returns how many questions were answered in all. Only what was taken to be sent can
    /// be answered.
    pub(super) fn answer(&self, answers: &mut Vec<A>, woken: &mut Vec<Waker>) -> Result<u64, Unasked> {
        let mut state = self.lock();
        state.trial = None;
        let taken = state.taken;
        let heard = answers.drain(..).try_for_each(|answer| {
            if state.questions.answered() == taken {
                return Err(Unasked);
            }
            state.questions.answer(answer, woken)
        });
        let answered = state.questions.answered();
        drop(state);
        woken.drain(..).for_each(Waker::wake);
        heard.map(|()| answered)
    }

    /// Takes note that the connection is better than the last one.
    pub(super) fn prove(&self) {
        self.lock().trial = None;
    }

    /// Fails all whose questions were sent, and returns whether others are left, who can be heard through another connection.
    /// Where none is, the line ends.
    pub(super) fn fail_sent(&self, error: &Error) -> bool {
        let mut woken = Vec::new();
        let mut state = self.lock();
        let sent = state.taken.saturating_sub(state.questions.answered());
        state.questions.fail(usize::try_from(sent).unwrap_or(usize::MAX), error, &mut woken);
        (state.unsent, state.is_open) = (0, false);
        let goes_on = state.phase != Phase::Ended && state.questions.open() > 0;
        if !goes_on {
            state.phase = Phase::Ended;
        }
        drop(state);
        woken.into_iter().for_each(Waker::wake);
        goes_on
    }

    /// Ends the line: all who wait hear this.
    pub(super) fn end(&self, error: &Error) {
        let mut woken = Vec::new();
        let mut state = self.lock();
        state.phase = Phase::Ended;
        (state.out, state.unsent) = (Vec::new(), 0);
        let open = state.questions.open();
        state.questions.fail(open, error, &mut woken);
        woken.extend(state.holder.take());
        drop(state);
        woken.into_iter().for_each(Waker::wake);
        self.unwatched.notify_one();
    }

    /// Takes no more questions, and ends when those are answered that were asked.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        if state.phase == Phase::Open {
            state.phase = Phase::Closing;
        }
        let holder = state.holder.take();
        drop(state);
        holder.into_iter().for_each(Waker::wake);
    }

    pub(super) fn has_ended(&self) -> bool {
        self.lock().phase == Phase::Ended
    }

    /// Returns how many turns the holder had, how many questions there were, and how many of them were answered.
    pub(super) fn progress(&self) -> (u64, u64, u64) {
        let state = self.lock();
        (state.turns, state.questions.asked(), state.questions.answered())
    }

    /// Takes note that nobody looks after it until somebody asks again. Where somebody waits, it is looked after.
    pub(super) fn unwatch(&self) -> bool {
        let mut state = self.lock();
        state.watched = state.questions.open() > 0;
        !state.watched
    }

    fn lock(&self) -> MutexGuard<'_, State<A>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<A> Future for Waiting<'_, A> {
    type Output = Heard<A>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Heard<A>> {
        if mem::take(&mut self.is_fresh) {
            return Poll::Pending;
        }
        let slot = self.slot.expect("a future that is ready is not polled again");
        let heard = self.line.lock().questions.poll(slot, context.waker());
        if heard.is_ready() {
            self.slot = None;
        }
        heard
    }
}

impl<A> Drop for Waiting<'_, A> {
    fn drop(&mut self) {
        if let Some(slot) = self.slot {
            self.line.lock().questions.leave(slot);
        }
    }
}

impl<A> Answers<A> {
    pub(super) fn one(self) -> Option<A> {
        match self {
            Self::One(answer) => Some(answer),
            Self::Many(mut answers) => answers.pop(),
        }
    }

    pub(super) fn many(self) -> Vec<A> {
        match self {
            Self::One(answer) => vec![answer],
            Self::Many(answers) => answers,
        }
    }
}
