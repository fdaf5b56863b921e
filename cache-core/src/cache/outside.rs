//! Entries in a store that takes bytes, by hand: one question to the store where one is enough.

use std::time::Duration;

use super::Cache;
use super::asker::Named;
use super::draw::draw;
use super::home::Home;
use super::parcel::{Found, Label, Parcel, restamped, time_left};
use super::read::remaining;
use crate::backend::{ErasedBackend, Remaining};
use crate::codec::wire::Wire;
use crate::error::{Error, Kind};
use crate::flight::Change;
use crate::key::{Key, Name};
use crate::policy::{self, Options, Ttl};
use crate::record::Times;
use crate::stats::Event;
use crate::value::Keep;

/// How often a change is tried again that somebody else's came before.
const TRIES: usize = 8;

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

    fn is_live(&self, found: &Found<'_>) -> bool {
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
        let added = backend.add(name, &parcel.bytes, parcel.time).await?
            || self.add_in_place_of_a_dead_one(backend, name, &parcel).await?;
        if added {
            self.home().supersede(name);
        }
        Ok(added)
    }

    /// Adds where the store still holds what is past its time and was kept for worse ones.
    ///
    /// A store that cannot tell whether somebody else was first is left alone: better nobody wins than two.
    async fn add_in_place_of_a_dead_one(
        &self,
        backend: &dyn ErasedBackend,
        name: &Name,
        parcel: &Parcel,
    ) -> Result<bool, Error> {
        let is_dead = async || {
            let there = backend.get(name).await?;
            Ok::<_, Error>(there.is_some_and(|bytes| !self.home().is_live(&Found::new(&bytes))))
        };
        if !backend.capabilities().conditional_fill || !is_dead().await? {
            return Ok(false);
        }
        let ticket = backend.begin_fill(name).await?;
        Ok(is_dead().await? && backend.set_if(name, &parcel.bytes, parcel.time, &ticket).await?)
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
        let sum = backend.incr(name, delta).await?;
        self.home().supersede(name);
        Ok(sum)
    }

    pub(super) async fn touch_outside(
        &self,
        backend: &dyn ErasedBackend,
        name: &Name,
        times: Times,
    ) -> Result<bool, Error> {
        let home = self.home();
        let Some(bytes) = home.ask(backend, name).await? else { return Ok(false) };
        match Found::new(&bytes) {
            Found::Foreign => Ok(false),
            found if !home.is_live(&found) => Ok(false),
            found if found.times(&home.clock).is_none() => backend.touch(name, time_left(times, &home.clock)).await,
            _ if backend.capabilities().conditional_fill => self.restamp_if_unchanged(backend, name, times).await,
            found => self.restamp(backend, name, found, times).await,
        }
    }

    /// Gives a record that carries its times other ones: read and written again, as its store has no other way. Another
    /// process that writes in between is overwritten.
    async fn restamp(
        &self,
        backend: &dyn ErasedBackend,
        name: &Name,
        found: Found<'_>,
        times: Times,
    ) -> Result<bool, Error> {
        let Found::Record(wire) = found else { return Ok(false) };
        let parcel = restamped(&wire, times, &self.home().clock);
        backend.set(name, &parcel.bytes, parcel.time).await.map(|()| true)
    }

    /// Does the same where the store says when somebody else came first.
    async fn restamp_if_unchanged(
        &self,
        backend: &dyn ErasedBackend,
        name: &Name,
        times: Times,
    ) -> Result<bool, Error> {
        let home = self.home();
        for _ in 0..TRIES {
            let ticket = backend.begin_fill(name).await?;
            let bytes = backend.get(name).await?.unwrap_or_default();
            let wire = Wire::read(&bytes).filter(|wire| home.is_live(&Found::Record(*wire)));
            let Some(wire) = wire else { return Ok(false) };
            let parcel = restamped(&wire, times, &home.clock);
            if backend.set_if(name, &parcel.bytes, parcel.time, &ticket).await? {
                return Ok(true);
            }
        }
        Err(Error::new(Kind::Store, format!("`{name}` is written so often that its time cannot be changed")))
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
