//! Entries in a store that takes bytes, by hand: one question to the store where one is enough.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Cache;
use super::asker::Named;
use super::draw::draw;
use super::home::{Home, Outside};
use super::marker::{Sought, Versions, few};
use super::near::Asking;
use super::parcel::{Found, Label, Parcel, restamped};
use super::read::remaining;
use super::tell::{Teller, away, tell_found, teller, unreadable};
use crate::backend::{Remaining, Ticket};
use crate::codec::wire::TagVersion;
use crate::error::{Error, Kind};
use crate::explain::Note;
use crate::flight::Change;
use crate::key::{Key, Name};
use crate::policy::{self, Options, Ttl};
use crate::record::Times;
use crate::stats::Event;
use crate::tags::{Bonds, versions_in};
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

/// A change of all names that begin alike.
pub(super) struct Sweeping<'a> {
    home: &'a Home,
    start: &'a str,
}

impl<'a> Sweeping<'a> {
    pub(super) fn begin(home: &'a Home, start: &'a str) -> Self {
        home.supersede_all(start);
        Self { home, start }
    }
}

impl Drop for Sweeping<'_> {
    /// Once more, also where its caller leaves: whoever looked into the store meanwhile may have found what was there before.
    fn drop(&mut self) {
        self.home.supersede_all(self.start);
    }
}

/// A change of one name that has to ask for something before it can be sent. Where its caller leaves before that, what
/// is there is not served any more.
pub(super) struct Unsent<'a> {
    home: &'a Home,
    backend: &'a Outside,
    name: &'a Name,
    is_open: bool,
}

impl<'a> Unsent<'a> {
    pub(super) fn begin(home: &'a Home, backend: &'a Outside, name: &'a Name) -> Self {
        Self { home, backend, name, is_open: true }
    }

    /// Notes that it is sent now, and that others see to it from now on.
    pub(super) fn sent(mut self) {
        self.is_open = false;
    }
}

impl Drop for Unsent<'_> {
    fn drop(&mut self) {
        if self.is_open {
            self.backend.owe(self.name);
            self.home.supersede(self.name);
        }
    }
}

/// A change of one name that leaves the loads under way as they are: when it is over, or left, nothing from before is near.
pub(super) struct Settling<'a> {
    home: &'a Home,
    name: &'a Name,
}

impl<'a> Settling<'a> {
    pub(super) fn begin(home: &'a Home, name: &'a Name) -> Self {
        Self { home, name }
    }
}

impl Drop for Settling<'_> {
    fn drop(&mut self) {
        self.home.party.changed(self.name.as_bytes());
    }
}

impl Home {
    fn supersede(&self, name: &Name) {
        self.flights.change(name.as_bytes(), || ((), Change::New));
        self.sends.doubt(name.as_bytes());
        self.party.changed(name.as_bytes());
    }

    /// Does the same for all names that begin like this.
    fn supersede_all(&self, start: &str) {
        let concerns = |name: &[u8]| name.starts_with(start.as_bytes());
        self.flights.remove_all(concerns, || ());
        self.sends.doubt_all(concerns);
        self.party.changed_all(start.as_bytes());
    }

    /// Asks the store for what is there and good.
    pub(super) async fn find(&self, backend: &Outside, name: &Name, tags: &[u64]) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.seek(backend, name, tags, &mut Versions::default()).await?.there())
    }

    pub(super) fn is_live(&self, found: &Found<'_>) -> bool {
        found.times(&self.clock).is_none_or(|times| times.fresh_until > self.clock.now())
    }
}

impl Cache {
    pub(super) async fn fetch_value<V>(
        &self,
        (backend, name): (&Outside, &Name),
        tags: &[u64],
        keep: Keep<V>,
        (site, note): (Option<Named>, Teller<'_>),
    ) -> Result<Option<V>, Error> {
        let asking = self.home().ask_for_near(name);
        let unopened = note.map(|_| backend.unopened());
        let sought = self.home().seek(backend, name, tags, &mut Versions::default()).await;
        let sought = sought.inspect_err(|error| tell_found(note, || away(error)))?;
        tell_found(note, || self.sought(backend, &sought, unopened));
        self.open(name, keep, &sought, (site, asking, note))
    }

    /// Reads what was found under a name.
    fn open<V>(
        &self,
        name: &Name,
        keep: Keep<V>,
        sought: &Sought,
        (site, asking, note): (Option<Named>, Option<Asking>, Teller<'_>),
    ) -> Result<Option<V>, Error> {
        if keep.coder.is_none() {
            return Err(super::parcel::stays_here::<V>(name));
        }
        let found = sought.found();
        let record = found.and_then(|found| found.unpack(name, keep, &self.home().clock));
        if let (Some(note), Some(found)) = (note, &found) {
            note.found(match &record {
                Some(record) => self.there(name, found, record.times(), &Options::DEFAULT),
                None => unreadable(found, name),
            });
        }
        if let (Some(found), Some(record)) = (&found, &record) {
            self.keep_near(asking, name, found, record, keep, &Options::DEFAULT);
            self.home().hand_on_found(found);
        }
        match sought {
            Sought::There(_) | Sought::Foreign(_) if record.is_none() => self.count_for(site, Event::Foreign),
            Sought::Withdrawn(_) => self.count_for(site, Event::Invalidated),
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
        let notes = self.begin_notes(names);
        let near = names.iter().enumerate().map(|(number, name)| {
            self.tell_near(teller(&notes, number), name, &Options::DEFAULT, keep.of);
            self.get_near(name, keep)
        });
        let near: Vec<_> = near.collect();
        let far: Vec<_> = names.iter().zip(&near).filter(|(_, near)| near.is_none()).map(|(name, _)| name).collect();
        let values = if far.len() == names.len() {
            self.fetch_all(backend, names, tags, keep, &notes).await
        } else {
            let far: Vec<_> = far.into_iter().cloned().collect();
            let notes = notes.into_iter().zip(&near).filter(|(_, near)| near.is_none()).map(|(note, _)| note);
            let notes: Vec<_> = notes.collect();
            let mut fetched = self.fetch_all(backend, &far, tags, keep, &notes).await?.into_iter();
            Ok(near.into_iter().map(|near| near.or_else(|| fetched.next().flatten())).collect())
        };
        let count = |value: &Option<V>| self.count(if value.is_some() { Event::Hit } else { Event::Miss });
        values.inspect(|values| values.iter().for_each(count))
    }

    async fn fetch_all<V>(
        &self,
        backend: &Outside,
        names: &[Name],
        tags: &[u64],
        keep: Keep<V>,
        notes: &[Option<Note>],
    ) -> Result<Vec<Option<V>>, Error> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let asking: Vec<_> = names.iter().map(|name| self.home().ask_for_near(name)).collect();
        let found = self.home().seek_many(backend, names, tags, &mut Versions::default()).await;
        let found = found.inspect_err(|error| notes.iter().flatten().for_each(|note| note.found(away(error))))?;
        let found = names.iter().zip(&found).zip(asking).enumerate();
        let open = |(number, ((name, sought), asking)): (usize, ((&Name, &Sought), Option<Asking>))| {
            let note = teller(notes, number);
            tell_found(note, || self.sought(backend, sought, None));
            self.open(name, keep, sought, (None, asking, note))
        };
        found.map(open).collect()
    }

    /// Writes a value out; `None` where its time is zero.
    pub(super) fn pack<V>(
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
        let Some(known) = versions_in(backend.id, bonds.versions(), bonds.seen()) else { return Ok(None) };
        let tags = self.fingerprints_of(key).into_iter().chain(self.home().fingerprints_there(&[], bonds.seen()));
        let tags: Vec<_> = tags.collect::<BTreeSet<_>>().into_iter().collect();
        self.home().versions_since(backend, key.mark(), &tags, &known, bonds.since()).await
    }

    /// Sends a value, unless what is there was changed since the ticket was taken; says whether it did.
    pub(super) async fn send_value<V>(
        &self,
        backend: &Outside,
        name: &Name,
        (value, keep, options): (&V, Keep<V>, Options),
        tags: Result<Vec<TagVersion>, Error>,
        ticket: Option<&Ticket>,
    ) -> Result<bool, Error> {
        let parcel = tags.and_then(|tags| self.pack(backend, name, value, keep, &options, &tags));
        let _changing = Changing::begin(self.home(), name);
        let sent = match (parcel, ticket) {
            (Ok(Some(parcel)), Some(ticket)) => backend.set_if(name, &parcel.bytes, parcel.time, ticket).await,
            (Ok(Some(parcel)), None) => backend.set(name, &parcel.bytes, parcel.time).await.map(|()| true),
            (Ok(None), _) => backend.delete(name).await.map(|_| true),
            // The value from before must not be taken for this one.
            (Err(error), _) => {
                drop(backend.delete(name).await);
                Err(error)
            }
        };
        self.home().heard(sent)
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
        for name in &names {
            self.note_change(name);
        }
        let tags: Vec<_> = values.iter().map(|(key, _)| self.fingerprints_of(key)).collect();
        let unsent: Vec<_> = names.iter().map(|name| Unsent::begin(self.home(), backend, name)).collect();
        let versions = self.home().versions_now(backend, &tags.concat()).await;
        unsent.into_iter().for_each(Unsent::sent);
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
        if kept.iter().any(Result::is_ok) {
            self.home().outage.answered(&self.home().clock);
        }
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
        let can = backend.capabilities();
        let added = match () {
            () if can.atomic_add && backend.add(name, &parcel.bytes, parcel.time).await? => true,
            // Who cannot tell whether somebody else was first leaves it alone: better nobody wins than two.
            () if can.atomic_add && !(can.conditional_fill && self.is_dead(backend, name, &tags).await?) => false,
            () if can.conditional_fill => self.add_by_fill(backend, name, &tags, &parcel).await?,
            () => backend.add(name, &parcel.bytes, parcel.time).await?,
        };
        self.home().outage.answered(&self.home().clock);
        if added {
            self.home().supersede(name);
        }
        Ok(added)
    }

    /// Returns whether the store holds what is past its time and was kept for worse ones, or has lost a tag.
    async fn is_dead(&self, backend: &Outside, name: &Name, tags: &[u64]) -> Result<bool, Error> {
        let there = self.home().seek(backend, name, tags, &mut Versions::default()).await?;
        Ok(!matches!(there, Sought::Nothing | Sought::Doubtful) && !self.is_taken(&there))
    }

    /// Returns whether what was found keeps others out.
    pub(super) fn is_taken(&self, there: &Sought) -> bool {
        match there {
            Sought::There(bytes) => self.home().is_live(&Found::new(bytes)),
            Sought::Foreign(_) => true,
            Sought::Nothing | Sought::Doubtful | Sought::Withdrawn(_) => false,
        }
    }

    pub(super) async fn remove_outside(&self, backend: &Outside, name: &Name) -> Result<bool, Error> {
        let _changing = Changing::begin(self.home(), name);
        self.home().heard(backend.delete(name).await)
    }

    pub(super) async fn remove_many(&self, backend: &Outside, names: &[Name]) -> Result<u64, Error> {
        let _changing: Vec<_> = names.iter().map(|name| Changing::begin(self.home(), name)).collect();
        for name in names {
            self.note_change(name);
            self.counters().count(Event::Invalidated);
        }
        self.home().heard(backend.delete_many(names).await)
    }

    pub(super) async fn incr_outside(
        &self,
        backend: &Outside,
        (key, name): (&Key, &Name),
        delta: i64,
    ) -> Result<i64, Error> {
        let can = backend.capabilities();
        let sum = match () {
            () if can.atomic_incr => match backend.incr(name, delta).await {
                // With tags it carries more than digits, with which no server counts.
                Err(error) if error.kind() == Kind::NotANumber && can.conditional_fill => {
                    self.incr_by_fill(backend, (key, name), delta).await?
                }
                counted => counted?,
            },
            () if can.conditional_fill => self.incr_by_fill(backend, (key, name), delta).await?,
            () => backend.incr(name, delta).await?,
        };
        self.home().outage.answered(&self.home().clock);
        self.home().supersede(name);
        Ok(sum)
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
        let (home, can) = (self.home(), backend.capabilities());
        let Some(bytes) = home.find(backend, name, tags).await? else { return Ok(false) };
        let found = Found::new(&bytes);
        if !home.is_live(&found) {
            return Ok(false);
        }
        let Some(parcel) = restamped(&found, times, &home.clock) else { return Ok(false) };
        let _settling = Settling::begin(home, name);
        match found {
            // What is kept near goes by what the record says of itself.
            Found::Record(_) if home.near.is_some() && can.conditional_fill => {
                self.touch_by_fill(backend, name, tags, times).await
            }
            _ if can.touch && found.times(&home.clock).is_none() => backend.touch(name, parcel.time).await,
            _ if can.conditional_fill => self.touch_by_fill(backend, name, tags, times).await,
            // It says that it cannot: to read a number and write it again would lose counts.
            Found::Number(_) => backend.touch(name, parcel.time).await,
            // Read and written again, as its store has no other way. Another process that writes in between is overwritten.
            Found::Record(_) | Found::Foreign => backend.set(name, &parcel.bytes, parcel.time).await.map(|()| true),
        }
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
        let _sweeping = Sweeping::begin(self.home(), scope);
        self.home().heard(backend.clear_scope(scope).await)
    }

    pub(super) async fn clear_store_outside(&self, backend: &Outside) -> Result<(), Error> {
        let _sweeping = Sweeping::begin(self.home(), "");
        self.home().heard(backend.clear_store().await)
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
