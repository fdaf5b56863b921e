//! A load that runs its body in turn with those of other processes.

use std::time::Duration;

use super::held::Lock;
use crate::cache::fill::Looked;
use crate::cache::home::Outside;
use crate::cache::load::Load;
use crate::clock::Tick;
use crate::explain::{Whom, WhyStale};
use crate::flight::Leader;
use crate::stats::Event;

/// How long to wait for a value before it is looked for again: as long as a short body takes, then longer each time, and
/// never so long that it counts.
const FIRST_REST: Duration = Duration::from_millis(5);
const LONGEST_REST: Duration = Duration::from_millis(200);

/// How long nobody tries to refresh what another process is refreshing.
const QUIET: Duration = Duration::from_secs(1);

/// What became of a caller who waited.
enum Rested {
    /// It is time to look again.
    Again,
    /// There is no timer: it is time to look once more.
    Once,
    /// There is a value for bad times, and the site does not want to wait longer than this for a better one.
    Enough,
    /// The lock would have gone by now.
    Over,
}

/// How a caller waits for a value.
struct Waiting {
    rest: Duration,
    until: Tick,
    /// Until when a site is patient that has something else.
    patient_until: Option<Tick>,
}

impl<V, E> Load<V, E> {
    /// Takes the lock before the body runs; where another process has it, waits for what that one is loading.
    pub(in crate::cache) async fn look_in_turn(
        &mut self,
        outside: &Outside,
        leader: Leader,
        time: Duration,
    ) -> Looked<V, E> {
        let lock = Lock::new(self.asker.home(), outside, &self.name);
        match lock.take(time).await {
            Ok(Some(held)) => {
                self.lock = Some(Box::new(held));
                // Somebody may have had it since this was looked for, and be done.
                self.look_with_lock(leader).await
            }
            Ok(None) => {
                self.asker.count(Event::Locked);
                let waited = self.begin_to_wait();
                let looked = self.wait_for_turn(leader, &lock, time).await;
                waited.end(Whom::Process);
                looked
            }
            Err(error) => {
                self.asker.trouble(&error);
                Looked::Nothing(leader)
            }
        }
    }

    async fn look_with_lock(&mut self, leader: Leader) -> Looked<V, E> {
        let looked = self.look_again(leader).await;
        if let Looked::Done(_) = looked {
            self.let_lock_go().await;
        }
        looked
    }

    /// Lets go of the lock, if it has one.
    pub(in crate::cache) async fn let_lock_go(&mut self) {
        if let Some(held) = self.lock.take()
            && let Err(error) = held.release().await
        {
            self.asker.trouble(&error);
        }
    }

    async fn wait_for_turn(&mut self, mut leader: Leader, lock: &Lock, time: Duration) -> Looked<V, E> {
        if let Some(outcome) = self.serve_while_others_load(WhyStale::Locked) {
            self.hush_for(QUIET.min(time));
            return Looked::Done(outcome);
        }
        let mut waiting = self.waiting(time);
        loop {
            let rested = self.rest(&mut waiting).await;
            match rested {
                Rested::Over => return Looked::Nothing(leader),
                Rested::Enough => {
                    waiting.patient_until = None;
                    if let Some(outcome) = self.serve_spare(WhyStale::Impatient) {
                        return Looked::Done(outcome);
                    }
                    continue;
                }
                Rested::Again | Rested::Once => {}
            }
            leader = match self.look_again(leader).await {
                Looked::Nothing(leader) => leader,
                looked => return looked,
            };
            if let Rested::Once = rested {
                return Looked::Nothing(leader);
            }
            match lock.take_if_free(time).await {
                Ok(Some(held)) => {
                    self.lock = Some(Box::new(held));
                    return self.look_with_lock(leader).await;
                }
                Ok(None) => {}
                Err(error) => {
                    self.asker.trouble(&error);
                    return Looked::Nothing(leader);
                }
            }
        }
    }

    fn waiting(&self, time: Duration) -> Waiting {
        let now = self.asker.home().clock.precise();
        let patient_until = self.rules.options.soft_timeout.map(|limit| now.after(limit));
        Waiting { rest: FIRST_REST, until: now.after(time), patient_until }
    }

    async fn rest(&self, waiting: &mut Waiting) -> Rested {
        let home = self.asker.home();
        let patient_until = waiting.patient_until.filter(|_| self.spare().is_some());
        let (now, until) =
            (home.clock.precise(), patient_until.map_or(waiting.until, |until| until.min(waiting.until)));
        if now >= until {
            return if now >= waiting.until { Rested::Over } else { Rested::Enough };
        }
        let rest = waiting.rest.min(until.since(now));
        waiting.rest = (waiting.rest * 3 / 2).min(LONGEST_REST);
        if home.rest(rest).await { Rested::Again } else { Rested::Once }
    }
}
