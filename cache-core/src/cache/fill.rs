//! A load whose entry lives outside: looked for once for all who wait, and sent once it is there.

use std::sync::Arc;

use super::Load;
use super::home::Outside;
use super::judge::bonded;
use super::look::fresh;
use super::marker::Sought;
use super::outside::Settling;
use super::parcel::{Found, Parcel, stays_here};
use crate::error::{Error, Kind};
use crate::flight::{Landing, Leader, Token};
use crate::record::Erased;
use crate::stats::Event;
use crate::tags::{Bonds, Moment};

impl<V, E> Load<V, E> {
    fn backend(&self) -> Option<Outside> {
        self.asker.home().outside().cloned()
    }

    /// Looks into the store for all who wait, and hands the leader back where it holds nothing fresh.
    pub(super) async fn fetch(&mut self, leader: Leader) -> Result<Result<V, E>, Leader> {
        let Some(backend) = self.backend() else { return Err(leader) };
        let record = match self.look_outside(&backend).await {
            Ok(Some(record)) => record,
            Ok(None) => return self.begin(leader).await,
            Err(error) => return self.without_store(error, leader),
        };
        match fresh(&self.asker.cache, self.asker.site, Arc::clone(&record), &self.rules) {
            Ok(outcome) => {
                leader.land(Landing::Value(record));
                Ok(outcome)
            }
            Err(found) => {
                self.found = found;
                if let Some(found) = &self.found {
                    leader.offer(Arc::clone(found));
                }
                self.begin(leader).await
            }
        }
    }

    async fn look_outside(&mut self, backend: &Outside) -> Result<Option<Erased>, Error> {
        if self.rules.keep.coder.is_none() {
            return Err(stays_here::<V>(&self.name));
        }
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let home = self.asker.home();
        // Asked just now, and nobody of this process has put anything there since: what others did is as if this came sooner.
        if self.nothing_as_of.take() == Some(home.flights.events(self.name.as_bytes())) {
            return Ok(None);
        }
        let since = home.tags.now();
        let asking = home.ask_for_near(&self.name);
        let bytes = match home.seek(backend, &self.name, &self.fingerprints, &mut self.versions).await? {
            Sought::There(bytes) => bytes,
            Sought::Nothing => return Ok(None),
            Sought::Foreign => {
                self.asker.count(Event::Foreign);
                return Ok(None);
            }
            Sought::Withdrawn => {
                self.asker.count(Event::Invalidated);
                return Ok(None);
            }
        };
        let found = Found::new(&bytes);
        let Some(mut record) = found.unpack(&self.name, self.rules.keep, &home.clock) else {
            self.asker.count(Event::Foreign);
            return Ok(None);
        };
        if found.has_tags() {
            // It was good when it was looked at. Whoever waits for that may have come later.
            let tags = found.tags().map(|seen| home.tags.of_fingerprint(seen.tag));
            record = bonded(record, Bonds::new(since, tags));
        }
        self.asker.cache.keep_near(asking, &self.name, &found, &record, self.rules.keep, &self.rules.options);
        if let Some(until) = home.quiet.until(self.name.as_bytes()) {
            record.hush(until);
        }
        Ok(Some(record))
    }

    /// Goes on without the store: with the error where the site wants it, else with the body.
    fn without_store(&mut self, error: Error, leader: Leader) -> Result<Result<V, E>, Leader> {
        self.asker.trouble(&error);
        match self.rules.trouble.filter(|_| self.rules.strict) {
            None => Err(leader),
            Some(convert) => {
                leader.land(Landing::Error(Arc::new(error.clone())));
                Ok(Err(convert(error)))
            }
        }
    }

    async fn begin(&mut self, leader: Leader) -> Result<Result<V, E>, Leader> {
        self.prepare().await;
        Err(leader)
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

    /// Gives what is to be sent its tags, with the versions that they had when the body began; `None` where that cannot be told.
    pub(super) async fn tagged(
        &self,
        backend: &Outside,
        parcel: &Parcel,
        tags: &[u64],
        since: Moment,
    ) -> Result<Option<Parcel>, Error> {
        let (home, known) = (self.asker.home(), self.versions.known());
        let versions = home.versions_since(backend, self.name.mark(), tags, &known, since).await?;
        versions.map(|versions| parcel.tagged(&self.name, &versions, backend)).transpose()
    }

    /// Sends a value into the store, unless its entry was invalidated since the token was taken.
    pub(super) async fn send(&self, backend: &Outside, token: &Token, parcel: &Result<Parcel, Error>) {
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
        match sent {
            Ok(true) => {}
            Ok(false) => self.asker.count(Event::Superseded),
            Err(error) if error.kind() == Kind::TooLarge => self.asker.count(Event::Refused),
            Err(error) => self.asker.trouble(&error),
        }
    }

    /// Sends where the store itself refuses what was read before a change.
    async fn send_if(&self, backend: &Outside, token: &Token, parcel: &Parcel) -> Result<bool, Error> {
        if token.redeem(|| ()).is_none() {
            return Ok(false);
        }
        // Without a ticket the store could not be asked before the body ran; that was counted then.
        let Some(ticket) = &self.ticket else { return Ok(true) };
        backend.set_if(&self.name, &parcel.bytes, parcel.time, ticket).await
    }

    /// Sends, and takes the value out again where its entry was invalidated on the way.
    async fn send_and_look_back(&self, backend: &Outside, token: &Token, parcel: &Parcel) -> Result<bool, Error> {
        let sending = self.asker.home().sends.begin(self.name.as_bytes());
        if token.redeem(|| ()).is_none() {
            return Ok(false);
        }
        let sent = backend.set(&self.name, &parcel.bytes, parcel.time).await;
        let doubtful = sending.is_doubtful();
        if doubtful {
            backend.delete(&self.name).await?;
        }
        sending.arrive();
        sent.map(|()| !doubtful)
    }
}
