//! What becomes of the outcome of a body: kept or not, for how long, and what those who wait are handed.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::draw::{draw, led};
use super::home::{Backing, Outside};
use super::load::Load;
use super::parcel::{Label, Parcel};
use crate::clock::Tick;
use crate::codec::wire::TagVersion;
use crate::error::{Error, Kind};
use crate::explain::{Done, NotKept, WhyStale};
use crate::flight::{Landing, Token, Wishes, current};
use crate::heat;
use crate::policy;
use crate::record::{Erased, Times};
use crate::stats::Event;
use crate::tags::{Bonds, Moment, Seen};

/// Why a body is not waited for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reason {
    /// Its time limit is over.
    TimedOut,
    /// A time limit was asked for, and there is no timer.
    NoTimer,
}

/// What a caller is answered, and what becomes of it.
pub(crate) type Answer<V, E> = (Result<V, E>, Judged);

/// What there is to answer with where a body is given up.
pub(super) enum Instead<V, E> {
    /// An old value.
    Spare(Erased, Result<V, E>),
    /// The trouble, as an error of the function.
    Trouble(fn(Error) -> E),
}

/// When a body began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Began {
    at: Tick,
    /// Among the invalidations of tags.
    pub(super) moment: Moment,
}

/// What is to be kept of an outcome and what those who wait are handed. It knows nothing of the types any more.
#[derive(Debug)]
pub(crate) struct Judged {
    keep: Option<Keepsake>,
    pub(crate) landing: Landing,
}

/// A record on its way into the store.
#[derive(Debug)]
struct Keepsake {
    record: Erased,
    bytes: u64,
    /// What to send, where the store takes bytes. An error that a function returned stays in its process.
    parcel: Option<Result<Parcel, Error>>,
    /// The fingerprints of the tags that are still to be put into that.
    tags: Vec<u64>,
    since: Moment,
    /// What versions these had where the body has read something that has them.
    seen: Vec<Seen>,
}

impl<V, E> Load<V, E> {
    /// Notes that its body begins.
    pub(crate) fn began(&self) -> Began {
        let home = self.asker.home();
        Began { at: home.clock.precise(), moment: home.tags.now() }
    }

    /// Returns what binds the outcome to its tags: those that were known before, and those that its body has told.
    fn bonds(&self, wishes: &Wishes, began: Began) -> Option<Bonds> {
        self.bonds_with(wishes, began.moment, &[])
    }

    /// Does the same for a body that began at this moment, where these versions were found.
    pub(super) fn bonds_with(&self, wishes: &Wishes, since: Moment, found: &[TagVersion]) -> Option<Bonds> {
        let tags = &self.asker.home().tags;
        let told = wishes.tags.iter().map(|name| tags.tag(name.as_str()));
        let known = self.tags.iter().cloned().chain(told);
        let bonds = if wishes.too_many_tags { Bonds::of_too_many(since, known) } else { Bonds::new(since, known)? };
        Some(bonds.with_seen(self.seen(wishes, found)))
    }

    /// Decides what becomes of an outcome: for the caller, for the store, and for those who wait.
    pub(crate) fn judge(&self, wishes: &Wishes, began: Began, token: &Token, outcome: Result<V, E>) -> Answer<V, E> {
        let took = self.count_run(began, outcome.is_err());
        self.tell_ran(took, outcome.is_err());
        match outcome {
            Ok(value) => self.judge_value(wishes, began, value, took),
            Err(error) => {
                self.fall_back(token, WhyStale::Failed).unwrap_or_else(|| self.judge_error(wishes, began, error))
            }
        }
    }

    /// Counts that its body ran, also for the warm-up that it may be part of, and returns for how long.
    pub(super) fn count_run(&self, began: Began, has_failed: bool) -> Duration {
        let took = self.asker.home().clock.precise().since(began.at);
        self.asker.count_load(took);
        if has_failed {
            self.asker.count(Event::Failed);
        }
        if current().is_none() {
            heat::note(has_failed);
        }
        took
    }

    /// Decides what becomes of a failure that several loads have in common: where there is nothing to fall back on, those who
    /// wait have a copy of it, and its caller has it already.
    pub(super) fn judge_shared_failure(
        &self,
        token: &Token,
        error: &E,
        (wishes, began, took): (&Wishes, Began, Duration),
    ) -> (Option<Result<V, E>>, Judged) {
        self.tell_ran(took, true);
        if let Some((outcome, judged)) = self.fall_back(token, WhyStale::Failed) {
            return (Some(outcome), judged);
        }
        self.tell_not_kept(|| NotKept::Failed);
        let landing = self.landing_of(error, self.bonds(wishes, began));
        (None, Judged { keep: None, landing })
    }

    /// Returns how a load ends that has failed, for those who wait.
    fn landing_of(&self, error: &E, bonds: Option<Bonds>) -> Landing {
        let error = self.rules.share.map(|share| (share.wrap)(error));
        error.map_or(Landing::Released, |error| Landing::Error(error, bonds.map(Arc::new)))
    }

    /// Returns what to answer without waiting for the body, if there is anything.
    pub(super) fn without(&self, token: &Token) -> Option<Instead<V, E>> {
        match self.spare_read(token) {
            Some((spare, outcome)) => Some(Instead::Spare(Arc::clone(spare), outcome)),
            None => self.rules.trouble.map(Instead::Trouble),
        }
    }

    /// Decides what becomes of that.
    pub(super) fn judge_without(
        &self,
        instead: Instead<V, E>,
        reason: Reason,
        wishes: &Wishes,
        began: Began,
    ) -> Answer<V, E> {
        let done = match reason {
            Reason::TimedOut => Done::TimedOut,
            Reason::NoTimer => Done::NoTimer,
        };
        let answer = match instead {
            Instead::Spare(spare, outcome) => self.answer_with(&spare, outcome, WhyStale::TimedOut),
            Instead::Trouble(convert) => {
                // As those who wait are handed them.
                self.hand_on_made(wishes, began.moment, &[]);
                self.judge_error(wishes, began, convert(self.trouble(reason)))
            }
        };
        self.tell_given_up(done);
        answer
    }

    fn trouble(&self, reason: Reason) -> Error {
        let what = self.asker.what();
        match reason {
            Reason::TimedOut => Error::new(Kind::Timeout, format!("`{what}` took longer than its time limit")),
            Reason::NoTimer => Error::configuration(format!(
                "`{what}` has a time limit, and there is no timer here: enable the feature `tokio` and call it inside \
                     the runtime, or install an executor"
            )),
        }
    }

    pub(super) fn judge_value(&self, wishes: &Wishes, began: Began, value: V, cost: Duration) -> Answer<V, E> {
        let bonds = self.bonds(wishes, began);
        let now = self.asker.home().clock.now();
        let wanted = !wishes.discard && !wishes.too_many_tags && self.rules.wants(&value);
        let times = if wanted { self.times_for(&value, wishes, now) } else { None };
        if times.is_none() {
            if !self.rules.is_absent(&value) {
                self.asker.count(Event::Refused);
            }
            self.tell_not_kept(|| self.why_refused(&value, wishes));
            if wishes.too_many_tags {
                self.asker.cache.tell_too_many_tags(self.asker.what());
            }
            // What is there goes on being served, and is not to be asked for anew by everybody.
            if let Some(spare) = self.spare() {
                spare.hush(self.quiet_until());
            }
        }
        let bytes = self.asker.home().weigh(|| (self.rules.keep.bytes)(&value));
        let tags = self.fingerprints_with(wishes);
        let parcel = times.and_then(|times| self.parcel_of(&value, times, cost, !tags.is_empty()));
        let unkept = Times { created: now, fresh_until: now, kept_until: now };
        let lasting = times.unwrap_or(unkept);
        let lead = self.asker.home().lead_of_new(&self.name, lasting, &self.rules.options, cost);
        let record = led(bonded(self.rules.keep.record(self.name.mark(), lasting, value), bonds), lead);
        let value = (self.rules.keep.read)(&record).expect("a record holds what was just put into it");
        let since = began.moment;
        let seen = wishes.seen.clone();
        let keep = times.map(|_| Keepsake { record: Arc::clone(&record), bytes, parcel, tags, since, seen });
        (Ok(value), Judged { keep, landing: Landing::Value(record) })
    }

    fn times_for(&self, value: &V, wishes: &Wishes, now: Tick) -> Option<Times> {
        let options = self.rules.options_for(value, wishes.ttl);
        let usual = self.asker.cache.usual_time();
        let mut options =
            wishes.at_most.map_or(options, |most| options.with_ttl(policy::at_most(options.ttl, usual, most)));
        if options.jitter <= 0.0 {
            options.jitter = heat::jitter();
        }
        policy::times(&options, usual, draw(&options), now)
    }

    fn parcel_of(&self, value: &V, times: Times, cost: Duration, is_tagged: bool) -> Option<Result<Parcel, Error>> {
        let home = self.asker.home();
        let (Backing::Outside(backend), Some(_)) = (&home.backing, self.rules.keep.coder) else { return None };
        let label = Label { name: &self.name, times, options: &self.rules.options, cost, is_tagged };
        Some(Parcel::pack(value, self.rules.keep, label, home, backend))
    }

    /// Returns the fingerprints of all tags, those that the body has told among them, where the store is outside.
    pub(super) fn fingerprints_with(&self, wishes: &Wishes) -> Vec<u64> {
        if self.asker.home().outside().is_none() {
            return Vec::new();
        }
        let told = self.asker.home().fingerprints_there(&wishes.tags, &wishes.seen);
        self.fingerprints.iter().copied().chain(told).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Answers a failure with the value kept for bad times, and asks for quiet so that failures do not hammer.
    fn fall_back(&self, token: &Token, why: WhyStale) -> Option<Answer<V, E>> {
        let (spare, outcome) = self.spare_read(token)?;
        Some(self.answer_with(spare, outcome, why))
    }

    fn spare_read(&self, token: &Token) -> Option<(&Erased, Result<V, E>)> {
        // What was invalidated meanwhile is nothing to fall back on.
        let spare = self.spare().filter(|_| token.is_good())?;
        Some((spare, self.read(spare)?))
    }

    fn answer_with(&self, spare: &Erased, outcome: Result<V, E>, why: WhyStale) -> Answer<V, E> {
        let home = self.asker.home();
        let (now, until) = (home.clock.now(), self.quiet_until());
        spare.hush(until);
        if home.memory().is_none() {
            home.quiet.hush(self.name.as_bytes(), until, now);
        }
        self.asker.count(Event::Stale);
        self.tell_stale(why);
        (outcome, Judged { keep: None, landing: Landing::Spare(Arc::clone(spare)) })
    }

    fn judge_error(&self, wishes: &Wishes, began: Began, error: E) -> Answer<V, E> {
        let bonds = self.bonds(wishes, began);
        let landing = self.landing_of(&error, bonds.clone());
        match self.rules.error_ttl.and_then(|kept| Some((kept, (kept.choose)(&error)?))) {
            Some((kept, time)) if !time.is_zero() && !wishes.too_many_tags => {
                let now = self.asker.home().clock.now();
                let end = now.after(time);
                let times = Times { created: now, fresh_until: end, kept_until: end };
                let mut record = bonded(kept.keep.record(self.name.mark(), times, error), bonds);
                Arc::get_mut(&mut record).expect("nobody else has it yet").set_failure();
                let error = (kept.keep.read)(&record).expect("a record holds what was just put into it");
                let bytes = self.asker.home().weigh(|| size_of::<E>() as u64);
                let (parcel, tags, seen) = (None, Vec::new(), Vec::new());
                let keep = Keepsake { record, bytes, parcel, tags, since: began.moment, seen };
                (Err(error), Judged { keep: Some(keep), landing })
            }
            _ => {
                self.tell_not_kept(|| NotKept::Failed);
                (Err(error), Judged { keep: None, landing })
            }
        }
    }

    /// Keeps what was judged worth it, unless its entry was invalidated since the token was taken. Returns which
    /// versions its tags were found to have had outside.
    pub(crate) async fn conclude(&self, token: &Token, judged: &Judged) -> Vec<TagVersion> {
        let mut found = Vec::new();
        let Some(keepsake) = &judged.keep else { return found };
        if keepsake.record.is_withdrawn() {
            self.tell_cut(&keepsake.record);
            self.asker.count(Event::Superseded);
            return found;
        }
        match &self.asker.home().backing {
            Backing::Null => self.tell_not_kept(|| NotKept::Null),
            Backing::Memory(store) => {
                let kept = token.redeem(|| store.insert(&self.name, Arc::clone(&keepsake.record), keepsake.bytes));
                match kept {
                    None => {
                        self.asker.count(Event::Superseded);
                        self.tell_not_kept(|| NotKept::Superseded);
                    }
                    Some(inserted) if inserted.refused => {
                        self.asker.count(Event::Refused);
                        self.tell_not_kept(|| NotKept::TooLarge { bytes: keepsake.bytes, limit: store.max_bytes() });
                    }
                    Some(_) => self.tell_kept(&keepsake.record),
                }
            }
            Backing::Outside(backend) => self.conclude_outside(backend, token, keepsake, &mut found).await,
        }
        found
    }

    async fn conclude_outside(
        &self,
        backend: &Outside,
        token: &Token,
        keepsake: &Keepsake,
        found: &mut Vec<TagVersion>,
    ) {
        if let Some(parcel) = self.parcel_to_send(backend, keepsake, found).await {
            self.send(backend, token, (&parcel, &keepsake.record)).await;
        }
    }

    /// Returns what to send for a keepsake, with its tags, unless it is not to be kept after all.
    async fn parcel_to_send<'a>(
        &self,
        backend: &Outside,
        keepsake: &'a Keepsake,
        found: &mut Vec<TagVersion>,
    ) -> Option<Cow<'a, Result<Parcel, Error>>> {
        let parcel = match &keepsake.parcel {
            None => {
                self.tell_not_kept(|| NotKept::StaysHere);
                self.asker.count(Event::Refused);
                return None;
            }
            Some(Ok(parcel)) if !keepsake.tags.is_empty() => {
                let tagged = self.tagged(backend, parcel, &keepsake.tags, (keepsake.since, &keepsake.seen));
                Box::pin(tagged).await.transpose().map(|tagged| {
                    let (parcel, versions) = tagged?;
                    *found = versions;
                    Ok(parcel)
                })
            }
            Some(parcel) => return Some(Cow::Borrowed(parcel)),
        };
        match parcel {
            // Asking for its tags took a while.
            Some(_) if keepsake.record.is_withdrawn() => {
                self.asker.count(Event::Superseded);
                self.tell_cut(&keepsake.record);
                None
            }
            Some(parcel) => Some(Cow::Owned(parcel)),
            None => {
                self.asker.count(Event::Superseded);
                self.tell_not_kept(|| NotKept::Unsure);
                None
            }
        }
    }

    /// Does the first part of it for one of many that are sent together.
    pub(super) async fn packed<'a>(
        &self,
        backend: &Outside,
        judged: &'a Judged,
        found: &mut Vec<TagVersion>,
    ) -> Option<(Cow<'a, Result<Parcel, Error>>, &'a Erased)> {
        let keepsake = judged.keep.as_ref()?;
        if keepsake.record.is_withdrawn() {
            self.tell_cut(&keepsake.record);
            self.asker.count(Event::Superseded);
            return None;
        }
        Some((self.parcel_to_send(backend, keepsake, found).await?, &keepsake.record))
    }
}

/// Gives a new record its tags.
pub(super) fn bonded(mut record: Erased, bonds: Option<Bonds>) -> Erased {
    if let Some(bonds) = bonds {
        Arc::get_mut(&mut record).expect("nobody else has it yet").bind(bonds);
    }
    record
}
