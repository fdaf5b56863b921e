//! A load whose entry lives outside: looked for once for all who wait, and sent once it is there.

use std::sync::Arc;

use super::Load;
use super::home::Backing;
use super::look::fresh;
use super::parcel::{Found, Parcel, stays_here};
use crate::backend::ErasedBackend;
use crate::error::{Error, Kind};
use crate::flight::{Landing, Leader, Token};
use crate::record::Erased;
use crate::stats::Event;

impl<V, E> Load<V, E> {
    fn backend(&self) -> Option<Arc<dyn ErasedBackend>> {
        match &self.asker.home().backing {
            Backing::Outside(backend) => Some(Arc::clone(backend)),
            Backing::Memory(_) | Backing::Null => None,
        }
    }

    /// Looks into the store for all who wait, and hands the leader back where it holds nothing fresh.
    pub(super) async fn fetch(&mut self, leader: Leader) -> Result<Result<V, E>, Leader> {
        let Some(backend) = self.backend() else { return Err(leader) };
        let record = match self.look_outside(&*backend).await {
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

    async fn look_outside(&self, backend: &dyn ErasedBackend) -> Result<Option<Erased>, Error> {
        let (home, name) = (self.asker.home(), self.name.as_bytes());
        if self.rules.keep.coder.is_none() {
            return Err(stays_here::<V>(&self.name));
        }
        if home.sends.doubts(name) {
            return Ok(None);
        }
        let Some(bytes) = backend.get(&self.name).await? else { return Ok(None) };
        let record = Found::new(&bytes).unpack(&self.name, self.rules.keep, &home.clock);
        match (&record, home.quiet.until(name)) {
            (None, _) => self.asker.count(Event::Foreign),
            (Some(record), Some(until)) => record.hush(until),
            (Some(_), None) => {}
        }
        Ok(record)
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
        self.begin_fill().await;
        Err(leader)
    }

    /// Takes the store's ticket, before the body runs.
    pub(super) async fn begin_fill(&mut self) {
        let Some(backend) = self.backend().filter(|backend| backend.capabilities().conditional_fill) else { return };
        self.ticket = match (*backend).begin_fill(&self.name).await {
            Ok(ticket) => Some(ticket),
            Err(error) => {
                self.asker.trouble(&error);
                None
            }
        };
    }

    /// Sends a value into the store, unless its entry was invalidated since the token was taken.
    pub(super) async fn send(&self, backend: &dyn ErasedBackend, token: &Token, parcel: &Result<Parcel, Error>) {
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
    async fn send_if(&self, backend: &dyn ErasedBackend, token: &Token, parcel: &Parcel) -> Result<bool, Error> {
        if token.redeem(|| ()).is_none() {
            return Ok(false);
        }
        // Without a ticket the store could not be asked before the body ran; that was counted then.
        let Some(ticket) = &self.ticket else { return Ok(true) };
        backend.set_if(&self.name, &parcel.bytes, parcel.time, ticket).await
    }

    /// Sends, and takes the value out again where its entry was invalidated on the way.
    async fn send_and_look_back(
        &self,
        backend: &dyn ErasedBackend,
        token: &Token,
        parcel: &Parcel,
    ) -> Result<bool, Error> {
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
