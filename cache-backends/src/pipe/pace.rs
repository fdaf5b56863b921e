//! [`Pace`]: when what was asked is sent.

use std::time::Duration;

use tokio::time::Instant;

/// A server that answers sooner than this is near: then what a write takes counts for more than the way.
const NEAR: Duration = Duration::from_micros(100);

/// When what was asked is sent: at once; but to a server that is near not while more is on its way than would be sent. Its
/// answers are there in a moment, and those who hear them ask too. Where callers are on several threads, each of them would else
/// have a write of its own: 64 callers on two threads take a third more time then.
#[derive(Debug)]
pub(super) struct Pace {
    /// How many questions were sent.
    sent: u64,
    /// The number of a question, and when it was sent.
    probe: Option<(u64, Instant)>,
    /// How soon the server answers when nothing comes in between: the shortest time, which grows slowly with longer ones.
    way: Option<Duration>,
}

impl Pace {
    /// Begins where so many questions were answered before.
    pub(super) fn new(answered: u64) -> Self {
        Self { sent: answered, probe: None, way: None }
    }

    /// Returns whether to wait for answers before more is sent. They wake the one who asks this, or end his connection.
    pub(super) fn waits(&self, asked: u64, answered: u64) -> bool {
        let (on_its_way, unsent) = (self.sent.saturating_sub(answered), asked.saturating_sub(self.sent));
        unsent < on_its_way && self.way.is_some_and(|way| way < NEAR)
    }

    /// Takes note that so many questions in all are sent now.
    pub(super) fn sent(&mut self, sent: u64, now: impl FnOnce() -> Instant) {
        if self.probe.is_none() {
            self.probe = Some((self.sent, now()));
        }
        self.sent = sent;
    }

    /// Takes note that so many questions in all were answered by now.
    pub(super) fn answered(&mut self, answered: u64, now: impl FnOnce() -> Instant) {
        let Some((_, at)) = self.probe.take_if(|(number, _)| *number < answered) else { return };
        let took = now().saturating_duration_since(at);
        self.way = Some(self.way.map_or(took, |way| took.min(way + took.saturating_sub(way) / 64)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends a question and answers it after this time.
    fn round(pace: &mut Pace, number: u64, took: Duration) {
        let now = Instant::now();
        pace.sent(number, || now);
        pace.answered(number, || now + took);
    }

    #[test]
    fn to_a_server_that_is_near_less_than_is_on_its_way_is_not_sent() {
        let mut pace = Pace::new(0);
        round(&mut pace, 1, NEAR / 2);
        pace.sent(9, Instant::now);
        assert!(pace.waits(9 + 7, 1), "eight are on their way");
        assert!(!pace.waits(9 + 8, 1));
        assert!(!pace.waits(9 + 7, 2));
        assert!(!pace.waits(9 + 1, 9), "nothing would wake anybody");
    }

    #[test]
    fn to_a_server_that_is_far_away_or_not_known_everything_is_sent_at_once() {
        let mut pace = Pace::new(5);
        pace.sent(10, Instant::now);
        assert!(!pace.waits(11, 5));
        pace.answered(10, || Instant::now() + NEAR * 2);
        pace.sent(20, Instant::now);
        assert!(!pace.waits(21, 10));
    }

    #[test]
    fn a_moment_of_delay_does_not_make_a_server_far_away_but_many_do() {
        let mut pace = Pace::new(0);
        round(&mut pace, 1, NEAR / 4);
        round(&mut pace, 2, NEAR * 20);
        assert!(pace.way.is_some_and(|way| way < NEAR));
        for number in 3..100 {
            round(&mut pace, number, NEAR * 20);
        }
        assert!(pace.way.is_some_and(|way| way > NEAR));
        round(&mut pace, 100, NEAR / 4);
        assert_eq!(pace.way, Some(NEAR / 4));
    }
}
