//! [`Patience`]: how long the oldest question has waited.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// How long the oldest question has waited. There is one timer, which is set again only when it has run down.
pub(super) struct Patience {
    limit: Duration,
    /// When the questions up to a number were seen first.
    seen: VecDeque<(u64, Instant)>,
    last: Instant,
    timer: Pin<Box<Sleep>>,
    is_timed: bool,
}

impl Patience {
    /// Begins where some wait already, since then.
    pub(super) fn new(limit: Duration, (_, asked, answered): (u64, u64, u64), since: Instant) -> Self {
        let seen = (asked > answered).then_some((asked, since)).into_iter().collect();
        Self { limit, seen, last: Instant::now(), timer: Box::pin(sleep_until(since)), is_timed: false }
    }

    /// Takes note that so many questions were asked by now, of which so many were answered. Returns how long nobody had asked,
    /// where these are the first that wait.
    pub(super) fn note(&mut self, asked: u64, answered: u64) -> Duration {
        let noted = self.seen.back().map_or(answered, |(upto, _)| *upto);
        if asked <= noted {
            return Duration::ZERO;
        }
        let now = Instant::now();
        let since = if self.seen.is_empty() { now.saturating_duration_since(self.last) } else { Duration::ZERO };
        self.seen.push_back((asked, now));
        self.last = now;
        since
    }

    /// Is ready when the oldest question is too old. That is looked at only when the timer says so: then the sockets were looked
    /// at too, and an answer that has come meanwhile was handed out.
    pub(super) fn poll_end(&mut self, answered: u64, context: &mut Context<'_>) -> Poll<()> {
        while self.seen.pop_front_if(|(upto, _)| *upto <= answered).is_some() {}
        loop {
            if !self.is_timed {
                let Some(end) = self.end() else { return Poll::Pending };
                self.timer.as_mut().reset(end);
                self.is_timed = true;
            }
            if self.timer.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.is_timed = false;
            if self.end().is_some_and(|end| end <= Instant::now()) {
                return Poll::Ready(());
            }
        }
    }

    fn end(&self) -> Option<Instant> {
        self.seen.front().map(|(_, oldest)| *oldest + self.limit)
    }
}
