//! The task that holds a connection: it sends what is asked, and hands out what is answered.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cache_core::error::Error;
use tokio::task::yield_now;
use tokio::time::Instant;

use super::calls::Shared;
use super::fault::Fault;
use super::line::Line;
use super::pace::Pace;
use super::patience::Patience;
use super::talk::Talk;
use super::{Garbled, Language, Message};

/// A buffer that has grown beyond this is not kept.
const LARGE: usize = 1 << 20;
/// After so long a time in which nobody asked, it is looked first whether the connection is still there.
pub(super) const IDLE: Duration = Duration::from_millis(10);
/// How often one turn takes in what has come. Who says something without a pause is not listened to for ever: others have their
/// turn, and the time of the oldest question is looked at.
const MOST_RECEIVED: usize = 16;

/// Who holds the connection of a line. Dropped, by a runtime that ends, it tells all who wait.
pub(super) struct Holder<L: Language> {
    pub shared: Arc<Shared<L>>,
    pub line: Arc<Line<L::Answer>>,
    /// Whether it may have its turn before those who are to ask.
    pub runs_first: bool,
}

impl<L: Language> Drop for Holder<L> {
    fn drop(&mut self) {
        if !self.line.has_ended() {
            self.line.end(&Fault::Ended.of(&self.shared.server));
        }
        self.shared.forget(&self.line);
    }
}

/// How it goes on.
enum Step {
    /// Others have their turn first, and the sockets are looked at.
    Pause,
    /// All was answered that was asked, and nobody asks any more.
    Over,
    /// The connection has ended, or broken.
    Lost(Fault),
    /// The connection is of no use.
    GiveUp(Fault),
}

impl<L: Language> Holder<L> {
    /// Holds connections, one after the other, as long as there is a question for the next one.
    pub(super) async fn hold(self) {
        let Shared { server, language, limits, .. } = &*self.shared;
        // It is seen that the runtime lets it have its turn.
        poll_fn(|context| Poll::Ready(self.line.turn(context))).await;
        let (mut may_go_on, mut since) = (true, None);
        loop {
            let greeted = match Talk::<L>::open(server, language, *limits).await {
                Ok(greeted) => greeted,
                Err(error) => return self.fail(&error),
            };
            self.shared.count_connection();
            self.line.opened();
            let mut serving = Serving::new(&self, greeted.talk, since.unwrap_or_else(Instant::now));
            if greeted.has_answered {
                serving.prove();
                self.line.prove();
            }
            match serving.serve().await {
                // Those whose questions were not sent yet are heard through the next one; but not through one after the other
                // that ends before it was of any use.
                Fault::Lost(error) if serving.is_proven && (serving.has_answered || may_go_on) => {
                    (may_go_on, since) = (serving.has_answered, Some(Instant::now()));
                    if !self.line.fail_sent(&Fault::Lost(error).of(server)) {
                        return self.leave();
                    }
                }
                Fault::Ended => return,
                fault => return self.fail(&fault.of(server)),
            }
        }
    }

    fn fail(&self, error: &Error) {
        self.shared.failed(error);
        self.line.end(error);
        self.leave();
    }

    fn leave(&self) {
        if self.shared.language.has_more_to_say() {
            self.shared.come_back();
        }
    }
}

/// The serving through one connection.
struct Serving<'a, L: Language> {
    holder: &'a Holder<L>,
    talk: Talk<L>,
    /// What is sent, and how much of it was, until all was.
    out: Vec<u8>,
    sent: Option<usize>,
    answered: u64,
    patience: Patience,
    pace: Pace,
    /// Kept between turns for their room.
    answers: Vec<L::Answer>,
    woken: Vec<Waker>,
    /// How many answers came together last.
    crowd: usize,
    has_paused: bool,
    is_proven: bool,
    has_answered: bool,
}

impl<'a, L: Language> Serving<'a, L> {
    /// Begins, where those who wait do so since then.
    fn new(holder: &'a Holder<L>, talk: Talk<L>, since: Instant) -> Self {
        Self {
            holder,
            talk,
            out: Vec::new(),
            sent: None,
            answered: holder.line.progress().2,
            pace: Pace::new(holder.line.progress().2),
            patience: Patience::new(holder.shared.limits.timeout, holder.line.progress(), since),
            answers: Vec::new(),
            woken: Vec::new(),
            crowd: 0,
            has_paused: false,
            is_proven: false,
            has_answered: false,
        }
    }

    /// Serves until the connection is of no use any more; `Ended` where nobody needs it.
    async fn serve(&mut self) -> Fault {
        // What has come behind the greeting's answers answers nothing.
        if let Err(Step::Lost(fault) | Step::GiveUp(fault)) = self.read().and_then(|()| self.hand_out()) {
            return fault;
        }
        loop {
            match poll_fn(|context| self.poll(context)).await {
                Step::Pause => yield_now().await,
                Step::Over => return Fault::Ended,
                Step::Lost(fault) | Step::GiveUp(fault) => return fault,
            }
        }
    }

    /// One turn. It reads first: where the connection has ended, nothing is sent into it, and can be sent through the next one.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Step> {
        let turn = self.holder.line.turn(context);
        if turn.is_over {
            return Poll::Ready(Step::Over);
        }
        self.answered = turn.answered;
        let was_idle = self.patience.note(turn.asked, turn.answered) >= IDLE;
        let has_all = match self.receive(context) {
            Ok(has_all) => has_all,
            Err(step) => return Poll::Ready(step),
        };
        if self.sent.is_none() && turn.has_more {
            // Those who were answered together ask together, if they are let; and an end is not seen before it was looked for.
            let pauses = was_idle || self.crowd > 1 && self.holder.runs_first;
            if pauses && !self.has_paused {
                self.has_paused = true;
                return Poll::Ready(Step::Pause);
            }
            if !self.pace.waits(turn.asked, self.answered) {
                self.take();
            }
        }
        if let Err(step) = self.send(context) {
            return Poll::Ready(step);
        }
        match self.patience.poll_end(self.answered, context) {
            Poll::Ready(()) => Poll::Ready(Step::GiveUp(Fault::Late(self.holder.shared.limits.timeout))),
            Poll::Pending if !has_all => Poll::Ready(Step::Pause),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Takes in what has come, and says whether that is all of it.
    fn receive(&mut self, context: &mut Context<'_>) -> Result<bool, Step> {
        for _ in 0..MOST_RECEIVED {
            let Poll::Ready(came) = self.talk.poll_receive(context) else { return Ok(true) };
            came.map_err(Step::Lost)?;
            let fault = self.read();
            self.hand_out()?;
            fault?;
        }
        Ok(false)
    }

    fn read(&mut self) -> Result<(), Step> {
        while let Some(message) = self.talk.read().map_err(Step::GiveUp)? {
            if let Message::Answer(answer) = message {
                self.answers.push(answer);
            }
        }
        Ok(())
    }

    fn hand_out(&mut self) -> Result<(), Step> {
        if self.answers.is_empty() {
            return Ok(());
        }
        self.prove();
        self.has_answered = true;
        self.crowd = self.answers.len();
        let answered = self.holder.line.answer(&mut self.answers, &mut self.woken);
        self.answered =
            answered.map_err(|_| Step::GiveUp(Fault::Garbled(Garbled("it answers what nobody has asked"))))?;
        self.pace.answered(self.answered, Instant::now);
        Ok(())
    }

    /// Takes note that the server answers.
    fn prove(&mut self) {
        if !self.is_proven {
            self.is_proven = true;
            self.holder.shared.succeeded();
        }
    }

    fn take(&mut self) {
        self.has_paused = false;
        self.out.clear();
        if self.out.capacity() > LARGE {
            self.out = Vec::new();
        }
        self.sent = Some(0);
        let asked = self.holder.line.take(&mut self.out);
        self.pace.sent(asked, Instant::now);
    }

    fn send(&mut self, context: &mut Context<'_>) -> Result<(), Step> {
        let Some(sent) = &mut self.sent else { return Ok(()) };
        match self.talk.poll_send(context, &self.out, sent) {
            Poll::Ready(Ok(())) => self.sent = None,
            Poll::Ready(Err(error)) => {
                if *sent == 0 {
                    self.holder.line.put_back(std::mem::take(&mut self.out));
                }
                return Err(Step::Lost(Fault::lost(error)));
            }
            Poll::Pending => {}
        }
        self.holder.line.unsent(self.sent.map_or(0, |sent| self.out.len() - sent));
        Ok(())
    }
}
