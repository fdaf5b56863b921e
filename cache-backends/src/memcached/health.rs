//! [`Health`]: whether a server is to be asked.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a server is left alone that has failed once.
const FIRST: Duration = Duration::from_millis(100);
/// How long at most.
const LONGEST: Duration = Duration::from_secs(5);

/// Whether a server is to be asked. One that has failed is left alone for a while; then one caller is let through to see
/// whether it is back, and all others still hear at once that it is not.
#[derive(Debug, Default)]
pub(super) struct Health {
    /// It has failed, and has not answered since.
    is_away: AtomicBool,
    absence: Mutex<Absence>,
}

#[derive(Debug, Default)]
struct Absence {
    /// How often it has failed since it answered last.
    failures: u32,
    until: Option<Instant>,
    /// Somebody is asking it just now.
    is_probed: bool,
}

/// Leave to ask a server. Whoever has it says what came of it; dropped, nobody knows.
#[derive(Debug)]
pub(super) struct Leave<'a> {
    health: &'a Health,
    is_probe: bool,
}

impl Health {
    /// Returns leave to ask, where it is to be asked now.
    pub(super) fn leave(&self, now: impl FnOnce() -> Instant) -> Option<Leave<'_>> {
        if !self.is_away.load(Ordering::Acquire) {
            return Some(Leave { health: self, is_probe: false });
        }
        let mut absence = self.absence();
        // It may have come back meanwhile.
        let is_probe = self.is_away.load(Ordering::Acquire);
        if is_probe && (absence.is_probed || absence.until.is_some_and(|until| now() < until)) {
            return None;
        }
        absence.is_probed = is_probe;
        Some(Leave { health: self, is_probe })
    }

    fn absence(&self) -> MutexGuard<'_, Absence> {
        self.absence.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Leave<'_> {
    /// Notes that it has answered.
    pub(super) fn answered(self) {
        if self.is_probe {
            *self.health.absence() = Absence::default();
            self.health.is_away.store(false, Ordering::Release);
        }
    }

    /// Notes that it has not answered. What is drawn, up to 255, lets those come back at different moments who found it away
    /// at the same one.
    pub(super) fn failed(self, now: Instant, drawn: u8) {
        let mut absence = self.health.absence();
        // Of many who were waiting when it went away, the first one counts.
        if self.is_probe || absence.failures == 0 {
            absence.failures = absence.failures.saturating_add(1);
            absence.until = Some(now + wait(absence.failures, drawn));
            self.health.is_away.store(true, Ordering::Release);
        }
    }
}

/// Somebody who leaves in the midst of asking leaves it to the next one.
impl Drop for Leave<'_> {
    fn drop(&mut self) {
        if self.is_probe {
            self.health.absence().is_probed = false;
        }
    }
}

/// Twice as long with each failure, and up to a quarter more.
fn wait(failures: u32, drawn: u8) -> Duration {
    let wait = FIRST.saturating_mul(1 << (failures - 1).min(6)).min(LONGEST);
    wait + wait / 4 * u32::from(drawn) / 255
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leave(health: &Health, now: Instant) -> Option<Leave<'_>> {
        health.leave(|| now)
    }

    #[test]
    fn what_answers_is_asked_by_all_and_no_clock_is_read_for_it() {
        let health = Health::default();
        let all: Vec<_> = (0..9).map(|_| health.leave(|| unreachable!()).expect("it is well")).collect();
        all.into_iter().for_each(Leave::answered);
        assert!(health.leave(|| unreachable!()).is_some());
    }

    #[test]
    fn what_has_failed_is_left_alone_and_then_asked_by_one() {
        let (health, start) = (Health::default(), Instant::now());
        leave(&health, start).unwrap().failed(start, 0);
        assert!(leave(&health, start + FIRST / 2).is_none());
        let probe = leave(&health, start + FIRST).expect("one may look");
        assert!(leave(&health, start + FIRST).is_none(), "and no other");
        probe.answered();
        assert!([(); 3].map(|()| leave(&health, start + FIRST)).iter().all(Option::is_some));
    }

    #[test]
    fn each_failure_makes_the_wait_twice_as_long_up_to_a_bound() {
        let (health, mut now) = (Health::default(), Instant::now());
        leave(&health, now).unwrap().failed(now, 255);
        for failures in 1..20 {
            let wait = wait(failures, 255);
            assert!(leave(&health, now + wait - Duration::from_millis(1)).is_none());
            now += wait;
            leave(&health, now).expect("one may look again").failed(now, 255);
        }
        assert_eq!((wait(1, 0), wait(2, 0), wait(20, 0)), (FIRST, FIRST * 2, LONGEST));
        assert_eq!(wait(99, 255), LONGEST + LONGEST / 4);
    }

    #[test]
    fn of_many_who_wait_when_it_goes_away_one_failure_counts() {
        let (health, now) = (Health::default(), Instant::now());
        let all: Vec<_> = (0..9).map(|_| leave(&health, now).unwrap()).collect();
        all.into_iter().for_each(|leave| leave.failed(now, 0));
        assert!(leave(&health, now + FIRST).is_some());
    }

    #[test]
    fn a_late_answer_from_before_says_nothing_of_now() {
        let (health, now) = (Health::default(), Instant::now());
        let (early, late) = (leave(&health, now).unwrap(), leave(&health, now).unwrap());
        early.failed(now, 0);
        late.answered();
        assert!(leave(&health, now).is_none());
    }

    #[test]
    fn a_prober_who_leaves_half_way_lets_the_next_one_look() {
        let (health, now) = (Health::default(), Instant::now());
        leave(&health, now).unwrap().failed(now, 0);
        drop(leave(&health, now + FIRST).expect("one may look"));
        assert!(leave(&health, now + FIRST).is_some());
    }
}
