//! What a store outside does not claim, made of what it does: conditional fills are enough to change an entry in one step.

use super::Cache;
use super::count::{missing, not_a_number, overflow};
use super::parcel::{Found, Parcel, restamped, time_left, times_of, to_wall};
use crate::backend::{ErasedBackend, Remaining};
use crate::clock::Clock;
use crate::codec::{self, wire};
use crate::error::{Error, Kind};
use crate::key::Name;
use crate::record::Times;

/// How often a change is tried again that somebody else's came before. Of those who change at once one succeeds each time.
const TRIES: usize = 100;

impl Cache {
    /// Changes an entry to what `change` makes of its bytes, in one step; `None` where that leaves it alone.
    async fn change_by_fill<T>(
        &self,
        backend: &dyn ErasedBackend,
        name: &Name,
        change: impl Fn(Option<&[u8]>, Option<Remaining>) -> Result<Option<(Parcel, T)>, Error>,
    ) -> Result<Option<T>, Error> {
        for _ in 0..TRIES {
            let ticket = backend.begin_fill(name).await?;
            let bytes = backend.get(name).await?;
            let left = match bytes.as_deref().map(Found::new) {
                Some(found) if found.times(&self.home().clock).is_none() => backend.ttl(name).await?,
                _ => None,
            };
            let Some((parcel, told)) = change(bytes.as_deref(), left)? else { return Ok(None) };
            if backend.set_if(name, &parcel.bytes, parcel.time, &ticket).await? {
                return Ok(Some(told));
            }
        }
        Err(Error::new(Kind::Store, format!("`{name}` is changed so often by others that it cannot be changed here")))
    }

    /// Adds where nothing lives, also in place of what is past its time and was kept for worse ones.
    pub(super) async fn add_by_fill(
        &self,
        backend: &dyn ErasedBackend,
        name: &Name,
        parcel: &Parcel,
    ) -> Result<bool, Error> {
        let added = self.change_by_fill(backend, name, |there, _| {
            let is_taken = there.is_some_and(|bytes| self.home().is_live(&Found::new(bytes)));
            Ok((!is_taken).then(|| (parcel.clone(), ())))
        });
        added.await.map(|added| added.is_some())
    }

    /// Counts where the store cannot. From then on the entry tells its own time: a store's, asked for again and again,
    /// would come a little later with each count.
    pub(super) async fn incr_by_fill(
        &self,
        backend: &dyn ErasedBackend,
        name: &Name,
        delta: i64,
    ) -> Result<i64, Error> {
        let clock = &self.home().clock;
        let sum = self.change_by_fill(backend, name, |there, left| {
            let found =
                there.map(Found::new).filter(|found| self.home().is_live(found)).ok_or_else(|| missing(name))?;
            let times = found.times(clock).or_else(|| left.map(|left| times_of(left, clock)));
            let times = times.ok_or_else(|| missing(name))?;
            let number = number(&found, name, times).ok_or_else(|| not_a_number(name))?;
            let sum = number.checked_add(delta).ok_or_else(|| overflow(name))?;
            Ok(Some((Parcel::of_number(sum, name, times, clock)?, sum)))
        });
        sum.await?.ok_or_else(|| missing(name))
    }

    /// Gives an entry another time where the store cannot, or does not know its time.
    pub(super) async fn touch_by_fill(
        &self,
        backend: &dyn ErasedBackend,
        name: &Name,
        times: Times,
    ) -> Result<bool, Error> {
        let touched = self.change_by_fill(backend, name, |there, _| {
            let found = there.map(Found::new).filter(|found| self.home().is_live(found));
            Ok(found.and_then(|found| restamped(&found, times, &self.home().clock)).map(|parcel| (parcel, ())))
        });
        touched.await.map(|touched| touched.is_some())
    }
}

/// Returns the number in an entry to count with: one written by hand, that nobody may serve past its time.
fn number(found: &Found<'_>, name: &Name, times: Times) -> Option<i64> {
    match found {
        Found::Number(number) => Some(*number),
        Found::Record(wire) => {
            let is_ours = wire.header.mark == name.mark() && wire.header.shape == codec::shape::<i64>();
            if is_ours && times.fresh_until == times.kept_until { codec::decode(wire.payload) } else { None }
        }
        Found::Foreign => None,
    }
}

impl Parcel {
    /// Writes a number that its store cannot count with, and that tells its own time.
    fn of_number(number: i64, name: &Name, times: Times, clock: &Clock) -> Result<Self, Error> {
        let header = wire::Header {
            mark: name.mark(),
            shape: codec::shape::<i64>(),
            created: clock.wall_millis(),
            fresh_until: to_wall(times.fresh_until, clock),
            kept_until: to_wall(times.kept_until, clock),
            cost: 0,
            open: false,
            compressed: false,
        };
        Ok(Self { bytes: header.write(&[], &codec::encode(&number)?), time: time_left(times, clock) })
    }
}
