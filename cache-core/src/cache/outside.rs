//! Entries in a store that takes bytes, by hand: one question to the store where one is enough.

use std::time::Duration;

use super::Cache;
use super::asker::Named;
use super::draw::draw;
use super::home::Home;
use super::parcel::{Found, Label, Parcel, restamped};
use super::read::remaining;
use crate::backend::{ErasedBackend, Remaining};
use crate::error::Error;
use crate::flight::Change;
use crate::key::{Key, Name};
use crate::policy::{self, Options, Ttl};
use crate::record::Times;
use crate::stats::Event;
use crate::value::Keep;

/// A change of one name: what is read at the source before it is over is not kept.
struct Changing<'a> {
    home: &'a Home,
    name: &'a Name,
}

impl<'a> Changing<'a> {
    fn begin(home: &'a Home, name: &'a Name) -> Self {
        home.supersede(name);
        Self { home, name }
    }
}

impl Drop for Changing<'_> {
    /// Once more: whoever looked into the store meanwhile may have found what was there before.
    fn drop(&mut self) {
        self.home.supersede(self.name);
    }
}

impl Home {
    fn supersede(&self, name: &Name) {
        self.flights.change(name.as_bytes(), || ((), Change::New));
        self.sends.doubt(name.as_bytes());
    }

    fn supersede_all(&self, concerns: impl Fn(&[u8]) -> bool) {
        self.flights.remove_all(&concerns, || ());
        self.sends.doubt_all(concerns);
    }

    /// Asks the store, unless what it would say may have been invalidated.
    async fn ask(&self, backend: &dyn ErasedBackend, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        if self.sends.doubts(name.as_bytes()) { Ok(None) } else { backend.get(name).await }
    }

    pub(super) fn is_live(&self, found: &Found<'_>) -> bool {
        found.times(&self.clock).is_none_or(|times| times.fresh_until > self.clock.now())
    }
}

impl Cache {
    pub(super) async fn fetch_value<V>(
        &self,
        backend: &dyn ErasedBackend,
        name: &Name,
        keep: Keep<V>,
        site: Option<Named>,
    ) -> Result<Option<V>, Error> {
        let bytes = self.home().ask(backend, name).await?;
        self.open(name, keep, bytes.as_deref(), site)
    }

    /// Reads what was found under a name.
    fn open<V>(
        &self,
        name: &Name,
        keep: Keep<V>,
        bytes: Option<&[u8]>,
        site: Option<Named>,
    ) -> Result<Option<V>, Error> {
        if keep.coder.is_none() {
            return Err(super::parcel::stays_here::<V>(name));
        }
        let Some(bytes) = bytes else { return Ok(None) };
        let record = Found::new(bytes).unpack(name, keep, &self.home().clock);
        if record.is_none() {
            self.count_for(site, Event::Foreign);
        }
        Ok(self.read_live(record, name, keep, site))
    }

    pub(super) async fn fetch_many<V>(
        &self,
        backend: &dyn ErasedBackend,
        names: &[Name],
        keep: Keep<V>,
    ) -> Result<Vec<Option<V>>, Error> {
        let doubtful: Vec<_> = names.iter().map(|name| self.home().sends.doubts(name.as_bytes())).collect();
        let found = backend.get_many(names).await?;
        let found = found.iter().zip(doubtful).map(|(bytes, doubtful)| bytes.as_deref().filter(|_| !doubtful));
        let values: Result<Vec<_>, _> =
            names.iter().zip(found).map(|(name, bytes)| self.open(name, keep, bytes, None)).collect();
        let count = |value: &Option<V>| self.count(if value.is_some() { Event::Hit } else { Event::Miss });
        values.inspect(|values| values.iter().for_each(count))
    }

    /// Writes a value out; `None` where its time is zero.
    fn pack<V>(
        &self,
        backend: &dyn ErasedBackend,
        name: &Name,
        value: &V,
        keep: Keep<V>,
        options: &Options,
    ) -> Result<Option<Parcel>, Error> {
        let times = policy::times(options, self.usual_time(), draw(options), self.home().clock.now());
        let label = |times| Label { name, times, options, cost: Duration::ZERO };
        times.map(|times| Parcel::pack(value, keep, label(times), self.home(), &backend.capabilities())).transpose()
    }

    pub(super) async fn send_value<V>(
        &self,
        backend: &dyn ErasedBackend,
        name: &Name,
        value: &V,
        keep: Keep<V>,
        options: Options,
    ) -> Result<(), Error> {
        let parcel = self.pack(backend, name, value, keep, &options);
        let _changing = Changing::begin(self.home(), name);
        match parcel {
            Ok(Some(parcel)) => backend.set(name, &parcel.bytes, parcel.time).await,
            Ok(None) => backend.delete(name).await.map(drop),
            // The value from before must not be taken for this one.
            Err(error) => {
                drop(backend.delete(name).await);
                Err(error)
            }
        }
    }

    /// Keeps values in one go, and returns the keys of those that the store did not take.
    pub(super) async fn send_many<V>(
        &self,
        backend: &dyn ErasedBackend,
        values: Vec<(Key, V)>,
        keep: Keep<V>,
        options: &Options,
    ) -> Vec<(Key, Error)> {
        let names: Vec<_> = values.iter().map(|(key, _)| self.name_of(key)).collect();
        for name in &names {
            self.note_change(name);
        }
        let _changing: Vec<_> = names.iter().map(|name| Changing::begin(self.home(), name)).collect();
        let (mut keys, mut entries, mut gone, mut failed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for ((key, value), name) in values.into_iter().zip(&names) {
            match self.pack(backend, name, &value, keep, options) {
                Ok(Some(parcel)) => {
                    entries.push(parcel.entry(name.clone()));
                    keys.push(key);
                }
                Ok(None) => gone.push((key, name.clone())),
                Err(error) => {
                    gone.push((key.clone(), name.clone()));
                    failed.push((key, error));
                }
            }
        }
        let kept = backend.set_many(&entries).await;
        failed.extend(keys.into_iter().zip(kept).filter_map(|(key, kept)| kept.err().map(|error| (key, error))));
        failed.extend(remove_all(backend, gone).await);
        failed
    }

    pub(super) async fn add_value<V>(
        &self,
        backend: &dyn ErasedBackend,
        name: &Name,
        value: &V,
        keep: Keep<V>,
        options: Options,
    ) -> Result<bool, Error> {
        let Some(parcel) = self.pack(backend, name, value, keep, &options)? else {
            return Ok(self.ttl_outside(backend, name).await?.is_none());
        };
        let can = backend.capabilities();
        let added = match () {
            () if can.atomic_add && backend.add(name, &parcel.bytes, parcel.time).await? => true,
            // Who cannot tell whether somebody else was first leaves it alone: better nobody wins than two.
            () if can.atomic_add && !(can.conditional_fill && self.is_dead(backend, name).await?) => false,
            () if can.conditional_fill => self.add_by_fill(backend, name, &parcel).await?,
            () => backend.add(name, &parcel.bytes, parcel.time).await?,
        };
        if added {
            self.home().supersede(name);
        }
        Ok(added)
    }

    /// Returns whether the store holds what is past its time and was kept for worse ones.
    async fn is_dead(&self, backend: &dyn ErasedBackend, name: &Name) -> Result<bool, Error> {
        let there = backend.get(name).await?;
        Ok(there.is_some_and(|bytes| !self.home().is_live(&Found::new(&bytes))))
    }

    pub(super) async fn remove_outside(&self, backend: &dyn ErasedBackend, name: &Name) -> Result<bool, Error> {
        let _changing = Changing::begin(self.home(), name);
        backend.delete(name).await
    }

    pub(super) async fn remove_many(&self, backend: &dyn ErasedBackend, names: &[Name]) -> Result<u64, Error> {
        let _changing: Vec<_> = names.iter().map(|name| Changing::begin(self.home(), name)).collect();
        for name in names {
            self.note_change(name);
            self.counters().count(Event::Invalidated);
        }
        backend.delete_many(names).await
    }

    pub(super) async fn incr_outside(
        &self,
        backend: &dyn ErasedBackend,
        name: &Name,
        delta: i64,
    ) -> Result<i64, Error> {
        let can = backend.capabilities();
        let sum = if can.conditional_fill && !can.atomic_incr {
            self.incr_by_fill(backend, name, delta).await?
        } else {
            backend.incr(name, delta).await?
        };
        self.home().supersede(name);
        Ok(sum)
    }

    pub(super) async fn touch_outside(
        &self,
        backend: &dyn ErasedBackend,
        name: &Name,
        times: Times,
    ) -> Result<bool, Error> {
        let (home, can) = (self.home(), backend.capabilities());
        let Some(bytes) = home.ask(backend, name).await? else { return Ok(false) };
        let found = Found::new(&bytes);
        if !home.is_live(&found) {
            return Ok(false);
        }
        let Some(parcel) = restamped(&found, times, &home.clock) else { return Ok(false) };
        match found {
            _ if can.touch && found.times(&home.clock).is_none() => backend.touch(name, parcel.time).await,
            _ if can.conditional_fill => self.touch_by_fill(backend, name, times).await,
            // It says that it cannot: to read a number and write it again would lose counts.
            Found::Number(_) => backend.touch(name, parcel.time).await,
            // Read and written again, as its store has no other way. Another process that writes in between is overwritten.
            Found::Record(_) | Found::Foreign => backend.set(name, &parcel.bytes, parcel.time).await.map(|()| true),
        }
    }

    pub(super) async fn ttl_outside(&self, backend: &dyn ErasedBackend, name: &Name) -> Result<Option<Ttl>, Error> {
        let home = self.home();
        let Some(bytes) = home.ask(backend, name).await? else { return Ok(None) };
        let found = Found::new(&bytes);
        if matches!(found, Found::Foreign) || !home.is_live(&found) {
            return Ok(None);
        }
        if let Some(times) = found.times(&home.clock) {
            return Ok(Some(remaining(times, home.clock.now())));
        }
        let left = backend.ttl(name).await?;
        Ok(left.map(|left| match left {
            Remaining::Forever => Ttl::Forever,
            Remaining::For(time) => Ttl::For(time),
        }))
    }

    pub(super) async fn clear_outside(&self, backend: &dyn ErasedBackend, scope: &str) -> Result<(), Error> {
        let concerns = |name: &[u8]| name.starts_with(scope.as_bytes());
        self.home().supersede_all(concerns);
        let cleared = backend.clear_scope(scope).await;
        self.home().supersede_all(concerns);
        cleared
    }

    pub(super) async fn clear_store_outside(&self, backend: &dyn ErasedBackend) -> Result<(), Error> {
        self.home().supersede_all(|_| true);
        let cleared = backend.clear_store().await;
        self.home().supersede_all(|_| true);
        cleared
    }
}

/// Removes entries that got no value, and returns the keys of those that are still there.
async fn remove_all(backend: &dyn ErasedBackend, gone: Vec<(Key, Name)>) -> Vec<(Key, Error)> {
    let (keys, names): (Vec<_>, Vec<_>) = gone.into_iter().unzip();
    if names.is_empty() {
        return Vec::new();
    }
    match backend.delete_many(&names).await {
        Ok(_) => Vec::new(),
        Err(error) => keys.into_iter().map(|key| (key, error.clone())).collect(),
    }
}
