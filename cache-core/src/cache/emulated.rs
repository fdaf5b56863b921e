//! What a store outside does not claim, made of what it does: conditional fills are enough to change an entry in one step.

use super::Cache;
use super::count::{missing, not_a_number, overflow};
use super::home::Outside;
use super::marker::{Sought, Versions};
use super::parcel::{Found, Parcel, restamped, time_left, times_of, to_wall};
use crate::backend::Remaining;
use crate::clock::Clock;
use crate::codec::{self, Codec, wire};
use crate::error::{Error, Kind};
use crate::key::{Key, Name};
use crate::record::Times;

/// How often a change is tried again that somebody else's came before. Of those who change at once one succeeds each time.
const TRIES: usize = 100;

impl Cache {
    /// Changes an entry to what `change` makes of what was found, in one step, unless that leaves it alone. Returns what `change`
    /// says of that.
    pub(super) async fn change_by_fill<T>(
        &self,
        backend: &Outside,
        (name, tags): (&Name, &[u64]),
        change: impl Fn(&Sought, Option<Remaining>) -> Result<(Option<Parcel>, T), Error>,
    ) -> Result<T, Error> {
        for _ in 0..TRIES {
            let ticket = backend.begin_fill(name).await?;
            let there = self.home().seek(backend, name, tags, &mut Versions::default()).await?;
            let left = match there.found() {
                Some(found) if found.times(&self.home().clock).is_none() => backend.ttl(name).await?,
                _ => None,
            };
            let (parcel, told) = change(&there, left)?;
            let Some(parcel) = parcel else { return Ok(told) };
            if backend.set_if(name, &parcel.bytes, parcel.time, &ticket).await? {
                return Ok(told);
            }
        }
        Err(Error::new(Kind::Store, format!("`{name}` is changed so often by others that it cannot be changed here")))
    }

    /// Adds where nothing lives, also in place of what is past its time and was kept for worse ones.
    pub(super) async fn add_by_fill(
        &self,
        backend: &Outside,
        name: &Name,
        tags: &[u64],
        parcel: &Parcel,
    ) -> Result<bool, Error> {
        let added = self.change_by_fill(backend, (name, tags), |there, _| {
            let is_free = !self.is_taken(there);
            Ok((is_free.then(|| parcel.clone()), is_free))
        });
        added.await
    }

    /// Counts where the store cannot, or not with what the entry carries. From then on that tells its own time: a store's, asked
    /// for again and again, would come a little later with each count.
    pub(super) async fn incr_by_fill(
        &self,
        backend: &Outside,
        (key, name): (&Key, &Name),
        delta: i64,
    ) -> Result<i64, Error> {
        let (clock, tags, counts) = (&self.home().clock, self.fingerprints_of(key), backend.capabilities().atomic_incr);
        let sum = self.change_by_fill(backend, (name, &tags), |there, left| {
            let found = there.found().filter(|found| self.home().is_live(found)).ok_or_else(|| missing(key))?;
            let times = found.times(clock).or_else(|| left.map(|left| times_of(left, clock)));
            let times = times.ok_or_else(|| missing(key))?;
            // What the store could have counted, and did not, is no number.
            let number = number(&found, name, times).filter(|_| !counts || found.tags().next().is_some());
            let sum = number.ok_or_else(|| not_a_number(key))?.checked_add(delta).ok_or_else(|| overflow(key))?;
            Ok((Some(Parcel::of_number(sum, name, &found, times, clock)?), sum))
        });
        sum.await
    }

    /// Gives an entry another time where the store cannot, or does not know its time.
    pub(super) async fn touch_by_fill(
        &self,
        backend: &Outside,
        name: &Name,
        tags: &[u64],
        times: Times,
    ) -> Result<bool, Error> {
        let touched = self.change_by_fill(backend, (name, tags), |there, _| {
            let found = there.found().filter(|found| self.home().is_live(found));
            let parcel = found.and_then(|found| restamped(&found, times, &self.home().clock));
            let is_there = parcel.is_some();
            Ok((parcel, is_there))
        });
        touched.await
    }
}

/// Returns the number in an entry to count with: one written by hand, that nobody may serve past its time but where it has
/// tags, and so is a record in every store.
fn number(found: &Found<'_>, name: &Name, times: Times) -> Option<i64> {
    match found {
        Found::Number(number) => Some(*number),
        Found::Record(wire) => {
            let is_ours = wire.header.mark == name.mark() && wire.header.shape == codec::shape::<i64>();
            // With tags no server counts it anywhere, and so it is counted here whatever its times are.
            let is_plain = times.fresh_until == times.kept_until || found.tags().next().is_some();
            if is_ours && is_plain { wire.header.codec.read(wire.payload) } else { None }
        }
        Found::Foreign => None,
    }
}

impl Parcel {
    /// Writes a number that its store cannot count with, and that tells its own time.
    fn of_number(number: i64, name: &Name, before: &Found<'_>, times: Times, clock: &Clock) -> Result<Self, Error> {
        let wanted = match before {
            Found::Record(wire) => wire.header.codec,
            Found::Number(_) | Found::Foreign => Codec::default(),
        };
        let (codec, payload) = wanted.write(&number)?;
        let header = wire::Header {
            codec,
            mark: name.mark(),
            shape: codec::shape::<i64>(),
            created: clock.wall_millis(),
            fresh_until: to_wall(times.fresh_until, clock),
            kept_until: to_wall(times.kept_until, clock),
            cost: 0,
            open: false,
            compressed: false,
        };
        let tags: Vec<_> = before.tags().collect();
        Ok(Self { bytes: header.write(&tags, &payload), time: time_left(times, clock) })
    }
}
