//! A load whose entry lives outside: looked for once for all who wait, and sent once it is there.

use std::sync::Arc;
use std::time::Duration;

use super::Load;
use super::draw::led;
use super::home::Outside;
use super::judge::bonded;
use super::load::Next;
use super::look::fresh;
use super::marker::{Sought, Versions};
use super::near::Asking;
use super::outside::Settling;
use super::parcel::{Found as Bytes, Parcel, stays_here};
use super::tell::{away, unreadable};
use crate::codec::wire::TagVersion;
use crate::error::{Error, Kind};
use crate::explain::{Done, Found, Miss, NotKept};
use crate::flight::{Landing, Leader, Token};
use crate::record::{Erased, Times};
use crate::stats::Event;
use crate::tags::{self, Moment, versions_in};

/// What a look into a store outside came to.
pub(super) enum Looked<V, E> {
    /// There was something; those who wait have it.
    Done(Result<V, E>),
    /// There was nothing, or nothing fresh.
    Nothing(Leader),
    /// It cannot be told. The store is not asked for more.
    Away(Leader),
}

/// What was found in a store outside, and read.
pub(super) enum Opened<V> {
    /// A fresh value without tags, which is kept nowhere in this process.
    Value(Times, V),
    /// What is kept near, has tags, or is past its time.
    Record(Erased),
}

/// What a look into a store outside came to, before anybody is told: nothing may be worth a count.
pub(super) type Seen<V> = Result<Opened<V>, Option<Event>>;

/// How things stood when the store was asked.
#[derive(Clone, Copy)]
pub(super) struct Since {
    moment: Moment,
    near: Option<Asking>,
    /// How many entries the layers had not opened by then, where nobody else's are among those.
    unopened: Option<u64>,
}

/// What became of a value on its way into a store outside.
pub(super) enum Sent {
    There,
    /// Its entry was invalidated since its body began.
    Superseded,
    /// It did not begin its way: the store could not be asked before its body ran.
    Unsent,
}

impl<V, E> Load<V, E> {
    pub(super) fn backend(&self) -> Option<Outside> {
        self.asker.home().outside().cloned()
    }

    /// Looks into the store for all who wait, and hands the leader back where it holds nothing fresh.
    pub(super) async fn fetch(&mut self, leader: Leader) -> Result<Next<V, E>, Leader> {
        if self.asker.home().outside().is_none() {
            return Err(leader);
        }
        let looked = match self.look_outside().await {
            // A hit, as a rule, which is not to carry along what it takes to go on.
            Ok(Ok(Opened::Value(times, value))) => return Ok(Next::Found(Ok(self.hand_out(times, value, leader)))),
            Ok(seen) => self.settle_look(seen, leader),
            Err(error) => self.without_store(error, leader),
        };
        Box::pin(self.go_on(looked)).await
    }

    /// Takes its turn among processes where that is asked for, and prepares for the body.
    async fn go_on(&mut self, looked: Looked<V, E>) -> Result<Next<V, E>, Leader> {
        let lock = self.backend().and_then(|backend| Some((self.lock_time(&backend)?, backend)));
        let looked = match (looked, lock) {
            (Looked::Done(outcome), _) => return Ok(Next::Found(outcome)),
            (Looked::Nothing(leader), Some((time, backend))) => self.look_in_turn(&backend, leader, time).await,
            (looked, _) => looked,
        };
        match looked {
            Looked::Done(outcome) => Ok(Next::Done(outcome)),
            Looked::Nothing(leader) if self.is_outrun(&leader) => Err(leader),
            Looked::Nothing(leader) => {
                self.prepare().await;
                Err(leader)
            }
            Looked::Away(leader) => Err(leader),
        }
    }

    /// Hands out what a look came to, or the leader back.
    pub(super) fn settle_look(&mut self, seen: Seen<V>, leader: Leader) -> Looked<V, E> {
        match seen {
            Ok(opened) => self.show(opened, leader),
            Err(why) => {
                if let Some(event) = why {
                    self.asker.count(event);
                }
                Looked::Nothing(leader)
            }
        }
    }

    /// Looks there again after a while. What was there before may have gone, and its tags may have been invalidated.
    pub(super) async fn look_again(&mut self, leader: Leader) -> Looked<V, E> {
        self.versions = Versions::default();
        match self.look_outside().await {
            Ok(Ok(opened)) => self.show(opened, leader),
            Ok(Err(_)) => {
                self.found = None;
                Looked::Nothing(leader)
            }
            Err(error) => self.without_store(error, leader),
        }
    }

    /// Looks there for this caller and nobody else, and returns what is there, where it is fresh.
    pub(super) async fn find_alone(&mut self) -> Option<Result<V, E>> {
        self.versions = Versions::default();
        let record = match self.look_outside().await {
            Ok(Ok(Opened::Value(_, value))) => {
                self.asker.count(Event::Hit);
                return Some(Ok(value));
            }
            Ok(Ok(Opened::Record(record))) => record,
            Ok(Err(_)) => {
                self.found = None;
                return None;
            }
            Err(error) => {
                self.asker.trouble(&error);
                return self.answer_with_trouble(&error).map(Err);
            }
        };
        match fresh(&self.asker.cache, self.asker.site, record, &self.rules, self.note.as_ref()) {
            Ok(outcome) => Some(outcome),
            Err(found) => {
                self.found = found;
                None
            }
        }
    }

    /// Hands out what is there, where it is fresh.
    fn show(&mut self, opened: Opened<V>, leader: Leader) -> Looked<V, E> {
        let record = match opened {
            Opened::Value(times, value) => return Looked::Done(Ok(self.hand_out(times, value, leader))),
            Opened::Record(record) => record,
        };
        match fresh(&self.asker.cache, self.asker.site, Arc::clone(&record), &self.rules, self.note.as_ref()) {
            Ok(outcome) => {
                leader.land(Landing::Value(record));
                Looked::Done(outcome)
            }
            Err(found) => {
                self.found = found;
                if let Some(found) = &self.found {
                    leader.offer(Arc::clone(found));
                }
                Looked::Nothing(leader)
            }
        }
    }

    /// Hands a value to its caller, and a copy to each who waits. Where nobody does, which is most of the time, nobody makes a
    /// copy either.
    fn hand_out(&self, times: Times, value: V, leader: Leader) -> V {
        self.asker.count(Event::Hit);
        let Some(crowd) = leader.end() else { return value };
        let record = self.rules.keep.record(self.name.mark(), times, value);
        let value = (self.rules.keep.read)(&record).expect("a record holds what was just put into it");
        crowd.land(Landing::Value(record));
        value
    }

    /// Looks into the store, where there may be nothing, or something that is worth no more than a count.
    async fn look_outside(&mut self) -> Result<Seen<V>, Error> {
        if let Some(seen) = self.look_without_asking() {
            return seen;
        }
        // Not a copy of it: all threads would count in one place who holds it.
        let home = self.asker.home();
        let Some(backend) = home.outside() else { return Ok(Err(None)) };
        let since = Since { unopened: self.note.as_ref().map(|_| backend.unopened()), ..self.before_asking() };
        let sought = home.seek(backend, &self.name, &self.fingerprints, &mut self.versions).await?;
        Ok(self.open(backend, &sought, since))
    }

    /// Returns what is known without another question.
    pub(super) fn look_without_asking(&mut self) -> Option<Result<Seen<V>, Error>> {
        if self.rules.keep.coder.is_none() {
            return Some(Err(stays_here::<V>(&self.name)));
        }
        if let Some(error) = self.failed.take() {
            return Some(Err(error));
        }
        // Asked just now, and nobody of this process has put anything there since: what others did is as if this came sooner.
        let events = self.nothing_as_of.take()?;
        if events != self.asker.home().flights.events(self.name.as_bytes()) {
            return None;
        }
        self.tell_found(|| Found::Miss(Miss::Absent));
        Some(Ok(Err(None)))
    }

    /// Notes how things stand before the store is asked.
    pub(super) fn before_asking(&self) -> Since {
        let home = self.asker.home();
        Since { moment: home.tags.now(), near: home.ask_for_near(&self.name), unopened: None }
    }

    /// Reads what the store has answered.
    pub(super) fn open(&self, backend: &Outside, sought: &Sought, since: Since) -> Seen<V> {
        let home = self.asker.home();
        let Since { moment, near, unopened } = since;
        self.tell_found(|| self.asker.cache.sought(backend, sought, unopened));
        let bytes = match sought {
            Sought::There(bytes) => bytes,
            Sought::Nothing | Sought::Doubtful => return Err(None),
            Sought::Foreign(_) => return Err(Some(Event::Foreign)),
            Sought::Withdrawn(_) => return Err(Some(Event::Invalidated)),
        };
        let found = Bytes::new(bytes);
        let Some((times, value)) = found.open(&self.name, self.rules.keep, &home.clock) else {
            self.tell_found(|| unreadable(&found, &self.name));
            return Err(Some(Event::Foreign));
        };
        self.tell_found(|| self.asker.cache.there(&self.name, &found, times, &self.rules.options));
        let lead = home.lead_of_found(&self.name, &found, &self.rules.options);
        if near.is_none() && !found.has_tags() && home.is_fresh(times, lead, &self.rules.options) {
            return Ok(Opened::Value(times, value));
        }
        let mut record = led(self.rules.keep.record(self.name.mark(), times, value), lead);
        if found.has_tags() {
            // It was good when it was looked at. Whoever waits for that may have come later.
            record = bonded(record, home.bonds_of(&found, moment));
        }
        self.asker.cache.keep_near(near, &self.name, &found, &record, self.rules.keep, &self.rules.options);
        if let Some(until) = home.quiet.until(self.name.as_bytes()) {
            record.hush(until);
        }
        Ok(Opened::Record(record))
    }

    /// Goes on without the store: with the error where the site wants it, else with the body.
    fn without_store(&mut self, error: Error, leader: Leader) -> Looked<V, E> {
        self.asker.trouble(&error);
        self.go_without_store(error, leader)
    }

    /// Does the same where that was counted.
    pub(super) fn go_without_store(&mut self, error: Error, leader: Leader) -> Looked<V, E> {
        match self.answer_with_trouble(&error) {
            None => Looked::Away(leader),
            Some(outcome) => {
                leader.land(Landing::Error(Arc::new(error), None));
                Looked::Done(Err(outcome))
            }
        }
    }

    /// Returns the error of a strict site.
    fn answer_with_trouble(&self, error: &Error) -> Option<E> {
        self.tell_found(|| away(error));
        let convert = self.rules.trouble.filter(|_| self.rules.strict)?;
        self.tell(Done::Strict);
        self.hand_on_known();
        Some(convert(error.clone()))
    }

    /// Returns for how long to lock an entry whose body is to run once across processes, where the store can do that.
    fn lock_time(&self, backend: &Outside) -> Option<Duration> {
        self.rules.options.lock.filter(|time| !time.is_zero() && backend.capabilities().atomic_add)
    }

    /// Returns whether something was invalidated while this load waited for another process, so that it leads nobody any more,
    /// and nothing that came of it would be kept.
    pub(super) fn is_outrun(&self, leader: &Leader) -> bool {
        self.rules.options.lock.is_some() && !leader.token().is_good()
    }

    /// Takes the store's ticket and looks at the markers of tags, before the body runs.
    pub(super) async fn prepare(&mut self) {
        let Some(backend) = self.backend() else { return };
        let may_get = backend.markers.expects_more(self.name.mark(), !self.fingerprints.is_empty());
        if may_get || !self.fingerprints.is_empty() {
            let looked = Box::pin(self.look_at_tags(&backend, may_get)).await;
            looked.unwrap_or_else(|error| self.asker.trouble(&error));
        }
        if !backend.capabilities().conditional_fill {
            return;
        }
        self.ticket = match backend.begin_fill(&self.name).await {
            Ok(ticket) => Some(ticket),
            Err(error) => {
                self.asker.trouble(&error);
                None
            }
        };
    }

    async fn look_at_tags(&mut self, backend: &Outside, may_get: bool) -> Result<(), Error> {
        self.asker.home().prepare(backend, &self.fingerprints, may_get, &mut self.versions).await
    }

    /// Gives what is to be sent its tags, with the versions that they had when the body began, and returns these too;
    /// `None` where that cannot be told.
    pub(super) async fn tagged(
        &self,
        backend: &Outside,
        parcel: &Parcel,
        tags: &[u64],
        (since, seen): (Moment, &[tags::Seen]),
    ) -> Result<Option<(Parcel, Vec<TagVersion>)>, Error> {
        let home = self.asker.home();
        let Some(known) = versions_in(backend.id, &self.versions.known(), seen) else { return Ok(None) };
        let versions = home.versions_since(backend, self.name.mark(), tags, &known, since).await?;
        let Some(versions) = versions else { return Ok(None) };
        Ok(Some((parcel.tagged(&self.name, &versions, backend)?, versions)))
    }

    /// Sends a value into the store, unless its entry was invalidated since the token was taken.
    pub(super) async fn send(
        &self,
        backend: &Outside,
        token: &Token,
        (parcel, record): (&Result<Parcel, Error>, &Erased),
    ) {
        let _settling = Settling::begin(self.asker.home(), &self.name);
        let sent = match parcel {
            Ok(parcel) if backend.capabilities().conditional_fill => self.send_if(backend, token, parcel).await,
            Ok(parcel) => self.send_and_look_back(backend, token, parcel).await,
            // What was there before is not what the source says any more.
            Err(error) if error.kind() == Kind::TooLarge => match backend.delete(&self.name).await {
                Ok(_) => Err(error.clone()),
                Err(error) => Err(error),
            },
            Err(error) => Err(error.clone()),
        };
        self.tell_sent(sent, record);
    }

    /// Tells and counts what became of a value that was sent.
    pub(super) fn tell_sent(&self, sent: Result<Sent, Error>, record: &Erased) {
        match sent {
            Ok(Sent::There) => self.tell_kept(record),
            Ok(Sent::Unsent) => self.tell_not_kept(|| NotKept::NoTicket),
            Ok(Sent::Superseded) => {
                self.asker.count(Event::Superseded);
                self.tell_not_kept(|| NotKept::Superseded);
            }
            Err(error) => {
                self.tell_refused(&error);
                match error.kind() {
                    Kind::TooLarge => self.asker.count(Event::Refused),
                    _ => self.asker.trouble(&error),
                }
            }
        }
    }

    /// Sends where the store itself refuses what was read before a change.
    async fn send_if(&self, backend: &Outside, token: &Token, parcel: &Parcel) -> Result<Sent, Error> {
        if token.redeem(|| ()).is_none() {
            return Ok(Sent::Superseded);
        }
        // Without a ticket the store could not be asked before the body ran; that was counted then.
        let Some(ticket) = &self.ticket else { return Ok(Sent::Unsent) };
        let sent = backend.set_if(&self.name, &parcel.bytes, parcel.time, ticket).await?;
        Ok(if sent { Sent::There } else { Sent::Superseded })
    }

    /// Sends, and takes the value out again where its entry was invalidated on the way.
    async fn send_and_look_back(&self, backend: &Outside, token: &Token, parcel: &Parcel) -> Result<Sent, Error> {
        let sending = self.asker.home().sends.begin(self.name.as_bytes());
        if token.redeem(|| ()).is_none() {
            return Ok(Sent::Superseded);
        }
        let sent = backend.set(&self.name, &parcel.bytes, parcel.time).await;
        let doubtful = sending.is_doubtful();
        if doubtful {
            backend.delete(&self.name).await?;
        }
        sending.arrive();
        sent.map(|()| if doubtful { Sent::Superseded } else { Sent::There })
    }
}
