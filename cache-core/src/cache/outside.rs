//! Entries in a store that takes bytes, by hand: one question to the store where one is enough.

use std::time::Duration;

use super::Cache;
use super::asker::Named;
use super::count::{missing, sum_of};
use super::draw::draw;
use super::home::{Home, Outside};
use super::marker::{Sought, Versions, few};
use super::parcel::{Found, Label, Parcel, restamped, time_left};
use super::read::remaining;
use crate::backend::Remaining;
use crate::codec::wire::{TagVersion, Wire};
use crate::error::{Error, Kind};
use crate::flight::Change;
use crate::key::{Key, Name};
use crate::policy::{self, Options, Ttl};
use crate::record::Times;
use crate::stats::Event;
use crate::tags::Bonds;
use crate::value::{Keep, Value};

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

    /// Asks the store for what is there and good.
    async fn find(&self, backend: &Outside, name: &Name, tags: &[u64]) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.seek(backend, name, tags, &mut Versions::default()).await?.there())
    }

    fn is_live(&self, found: &Found<'_>) -> bool {
        found.times(&self.clock).is_none_or(|times| times.fresh_until > self.clock.now())
    }
}

impl Cache {
    pub(super) async fn fetch_value<V>(
        &self,
        backend: &Outside,
        name: &Name,
        tags: &[u64],
        keep: Keep<V>,
        site: Option<Named>,
    ) -> Result<Option<V>, Error> {
        let sought = self.home().seek(backend, name, tags, &mut Versions::default()).await?;
        self.open(name, keep, &sought, site)
    }

    /// Reads what was found under a name.
    fn open<V>(&self, name: &Name, keep: Keep<V>, sought: &Sought, site: Option<Named>) -> Result<Option<V>, Error> {
        if keep.coder.is_none() {
            return Err(super::parcel::stays_here::<V>(name));
        }
        let record = match sought {
            Sought::There(bytes) => Found::new(bytes).unpack(name, keep, &self.home().clock),
            Sought::Nothing | Sought::Foreign | Sought::Withdrawn => None,
        };
        match sought {
            Sought::There(_) | Sought::Foreign if record.is_none() => self.count_for(site, Event::Foreign),
            Sought::Withdrawn => self.count_for(site, Event::Invalidated),
            _ => {}
        }
        Ok(self.read_live(record, name, keep, site))
    }

    pub(super) async fn fetch_many<V>(
        &self,
        backend: &Outside,
        names: &[Name],
        tags: &[u64],
        keep: Keep<V>,
    ) -> Result<Vec<Option<V>>, Error> {
        let found = self.home().seek_many(backend, names, tags).await?;
        let values: Result<Vec<_>, _> =
            names.iter().zip(&found).map(|(name, sought)| self.open(name, keep, sought, None)).collect();
        let count = |value: &Option<V>| self.count(if value.is_some() { Event::Hit } else { Event::Miss });
        values.inspect(|values| values.iter().for_each(count))
    }

    /// Writes a value out; `None` where its time is zero.
    fn pack<V>(
        &self,
        backend: &Outside,
        name: &Name,
        value: &V,
        keep: Keep<V>,
        options: &Options,
        tags: &[TagVersion],
    ) -> Result<Option<Parcel>, Error> {
        let times = policy::times(options, self.usual_time(), draw(options), self.home().clock.now());
        let Some(times) = times else { return Ok(None) };
        let label = Label { name, times, options, cost: Duration::ZERO, is_tagged: !tags.is_empty() };
        let parcel = Parcel::pack(value, keep, label, self.home(), backend)?;
        if tags.is_empty() { Ok(Some(parcel)) } else { parcel.tagged(name, tags, backend).map(Some) }
    }

    /// Returns the versions of the tags of what is written under a key: those that were told, or those from now on.
    pub(super) async fn versions_of(
        &self,
        backend: &Outside,
        key: &Key,
        bonds: Option<&Bonds>,
    ) -> Result<Vec<TagVersion>, Error> {
        let told = bonds.map_or(&[][..], Bonds::versions);
        if !told.is_empty() {
            return Ok(told.to_vec());
        }
        let tags = self.fingerprints_of(key);
        few(&tags)?;
        self.home().versions_now(backend, &tags).await
    }

    /// Returns the versions that the tags of a key have before something is read that will be written under it.
    pub(crate) async fn versions_before(&self, key: &Key) -> Result<Vec<TagVersion>, Error> {
        match self.home().outside() {
            Some(backend) => self.home().versions_now(backend, &self.fingerprints_of(key)).await,
            None => Ok(Vec::new()),
        }
    }

    /// Returns the versions that the tags of a key had when a value began to be read for it; `None` where that cannot be told.
    pub(super) async fn versions_since(
        &self,
        backend: &Outside,
        key: &Key,
        bonds: Option<&Bonds>,
    ) -> Result<Option<Vec<TagVersion>>, Error> {
        let Some(bonds) = bonds else { return Ok(Some(Vec::new())) };
        let tags = self.fingerprints_of(key);
        self.home().versions_since(backend, key.mark(), &tags, bonds.versions(), bonds.since()).await
    }

    pub(super) async fn send_value<V>(
        &self,
        backend: &Outside,
        name: &Name,
        value: &V,
        keep: Keep<V>,
        options: Options,
        tags: Result<Vec<TagVersion>, Error>,
    ) -> Result<(), Error> {
        let parcel = tags.and_then(|tags| self.pack(backend, name, value, keep, &options, &tags));
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
        backend: &Outside,
        values: Vec<(Key, V)>,
        keep: Keep<V>,
        options: &Options,
    ) -> Vec<(Key, Error)> {
        let names: Vec<_> = values.iter().map(|(key, _)| self.name_of(key)).collect();
        let tags: Vec<_> = values.iter().map(|(key, _)| self.fingerprints_of(key)).collect();
        let versions = self.home().versions_now(backend, &tags.concat()).await;
        let versions_of = |tags: &[u64]| match &versions {
            _ if tags.is_empty() => Ok(Vec::new()),
            Err(error) => Err(error.clone()),
            Ok(versions) => {
                few(tags)?;
                Ok(versions.iter().copied().filter(|seen| tags.contains(&seen.tag)).collect::<Vec<_>>())
            }
        };
        let _changing: Vec<_> = names.iter().map(|name| Changing::begin(self.home(), name)).collect();
        let (mut keys, mut entries, mut gone, mut failed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (((key, value), name), tags) in values.into_iter().zip(&names).zip(&tags) {
            match versions_of(tags).and_then(|tags| self.pack(backend, name, &value, keep, options, &tags)) {
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
        backend: &Outside,
        (key, name): (&Key, &Name),
        value: &V,
        keep: Keep<V>,
        options: Options,
    ) -> Result<bool, Error> {
        let tags = self.fingerprints_of(key);
        few(&tags)?;
        let versions = self.home().versions_now(backend, &tags).await?;
        let Some(parcel) = self.pack(backend, name, value, keep, &options, &versions)? else {
            return Ok(self.ttl_outside(backend, name, &tags).await?.is_none());
        };
        let added = backend.add(name, &parcel.bytes, parcel.time).await?
            || self.add_in_place_of_a_dead_one(backend, name, &tags, &parcel).await?;
        if added {
            self.home().supersede(name);
        }
        Ok(added)
    }

    /// Adds where the store still holds what is past its time and was kept for worse ones, or has lost a tag.
    ///
    /// A store that cannot tell whether somebody else was first is left alone: better nobody wins than two.
    async fn add_in_place_of_a_dead_one(
        &self,
        backend: &Outside,
        name: &Name,
        tags: &[u64],
        parcel: &Parcel,
    ) -> Result<bool, Error> {
        let is_dead = async || {
            let there = self.home().seek(backend, name, tags, &mut Versions::default()).await?;
            Ok::<_, Error>(match there {
                Sought::There(bytes) => !self.home().is_live(&Found::new(&bytes)),
                Sought::Withdrawn => true,
                Sought::Nothing | Sought::Foreign => false,
            })
        };
        if !backend.capabilities().conditional_fill || !is_dead().await? {
            return Ok(false);
        }
        let ticket = backend.begin_fill(name).await?;
        Ok(is_dead().await? && backend.set_if(name, &parcel.bytes, parcel.time, &ticket).await?)
    }

    pub(super) async fn remove_outside(&self, backend: &Outside, name: &Name) -> Result<bool, Error> {
        let _changing = Changing::begin(self.home(), name);
        backend.delete(name).await
    }

    pub(super) async fn remove_many(&self, backend: &Outside, names: &[Name]) -> Result<u64, Error> {
        let _changing: Vec<_> = names.iter().map(|name| Changing::begin(self.home(), name)).collect();
        for _ in names {
            self.counters().count(Event::Invalidated);
        }
        backend.delete_many(names).await
    }

    pub(super) async fn incr_outside(
        &self,
        backend: &Outside,
        (key, name): (&Key, &Name),
        delta: i64,
    ) -> Result<i64, Error> {
        let sum = match backend.incr(name, delta).await {
            Err(error) if error.kind() == Kind::NotANumber && backend.capabilities().conditional_fill => {
                self.incr_with_tags(backend, (key, name), delta).await?.ok_or(error)?
            }
            counted => counted?,
        };
        self.home().supersede(name);
        Ok(sum)
    }

    /// Counts where a number carries tags, with which no server counts; `None` where there is something else.
    async fn incr_with_tags(
        &self,
        backend: &Outside,
        (key, name): (&Key, &Name),
        delta: i64,
    ) -> Result<Option<i64>, Error> {
        let (home, tags) = (self.home(), self.fingerprints_of(key));
        for _ in 0..TRIES {
            let ticket = backend.begin_fill(name).await?;
            let bytes = home.find(backend, name, &tags).await?.ok_or_else(|| missing(key))?;
            let found = Found::new(&bytes);
            let Found::Record(wire) = found else { return Ok(None) };
            if !home.is_live(&found) {
                return Err(missing(key));
            }
            let record = found.unpack(name, i64::keep(), &home.clock).filter(|_| found.tags().next().is_some());
            let Some(record) = record else { return Ok(None) };
            let sum = sum_of(&record, key, delta)?;
            let time = self.time_of(backend, name, &found).await?;
            let (codec, number) = wire.header.codec.write(&sum)?;
            let parcel = Parcel { bytes: wire.with_payload(codec, &number), time };
            if backend.set_if(name, &parcel.bytes, parcel.time, &ticket).await? {
                return Ok(Some(sum));
            }
        }
        Err(Error::new(Kind::Store, format!("`{name}` is written so often that it cannot be counted")))
    }

    /// Returns how long the store is to keep what was found there.
    async fn time_of(&self, backend: &Outside, name: &Name, found: &Found<'_>) -> Result<Option<Duration>, Error> {
        let clock = &self.home().clock;
        match found.times(clock) {
            Some(times) => Ok(time_left(times, clock)),
            None => match backend.ttl(name).await? {
                Some(Remaining::For(time)) => Ok(Some(time)),
                Some(Remaining::Forever) => Ok(None),
                // It has just ended: what is written for no time is gone too.
                None => Ok(Some(Duration::ZERO)),
            },
        }
    }

    /// Returns what binds what is there to its tags.
    pub(super) async fn bonds_outside(&self, backend: &Outside, key: &Key) -> Result<Option<Bonds>, Error> {
        let home = self.home();
        let since = home.tags.now();
        let Some(bytes) = home.find(backend, &self.name_of(key), &self.fingerprints_of(key)).await? else {
            return Ok(None);
        };
        let versions: Vec<_> = Found::new(&bytes).tags().collect();
        let tags = versions.iter().map(|seen| home.tags.of_fingerprint(seen.tag));
        Ok(Bonds::new(since, tags).map(|bonds| bonds.with_versions(versions)))
    }

    pub(super) async fn touch_outside(
        &self,
        backend: &Outside,
        name: &Name,
        tags: &[u64],
        times: Times,
    ) -> Result<bool, Error> {
        let home = self.home();
        let Some(bytes) = home.find(backend, name, tags).await? else { return Ok(false) };
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
    async fn restamp(&self, backend: &Outside, name: &Name, found: Found<'_>, times: Times) -> Result<bool, Error> {
        let Found::Record(wire) = found else { return Ok(false) };
        let parcel = restamped(&wire, times, &self.home().clock);
        backend.set(name, &parcel.bytes, parcel.time).await.map(|()| true)
    }

    /// Does the same where the store says when somebody else came first.
    async fn restamp_if_unchanged(&self, backend: &Outside, name: &Name, times: Times) -> Result<bool, Error> {
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

    pub(super) async fn ttl_outside(&self, backend: &Outside, name: &Name, tags: &[u64]) -> Result<Option<Ttl>, Error> {
        let home = self.home();
        let Some(bytes) = home.find(backend, name, tags).await? else { return Ok(None) };
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

    pub(super) async fn clear_outside(&self, backend: &Outside, scope: &str) -> Result<(), Error> {
        let concerns = |name: &[u8]| name.starts_with(scope.as_bytes());
        self.home().supersede_all(concerns);
        let cleared = backend.clear_scope(scope).await;
        self.home().supersede_all(concerns);
        cleared
    }

    pub(super) async fn clear_store_outside(&self, backend: &Outside) -> Result<(), Error> {
        self.home().supersede_all(|_| true);
        let cleared = backend.clear_store().await;
        self.home().supersede_all(|_| true);
        cleared
    }
}

/// Removes entries that got no value, and returns the keys of those that are still there.
async fn remove_all(backend: &Outside, gone: Vec<(Key, Name)>) -> Vec<(Key, Error)> {
    let (keys, names): (Vec<_>, Vec<_>) = gone.into_iter().unzip();
    if names.is_empty() {
        return Vec::new();
    }
    match backend.delete_many(&names).await {
        Ok(_) => Vec::new(),
        Err(error) => keys.into_iter().map(|key| (key, error.clone())).collect(),
    }
}
