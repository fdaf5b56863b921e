//! Looking into an entry, for a person: of what age it is, how long it has left, and what it holds.

use std::time::Duration;

use super::home::{Backing, Outside};
use super::parcel::{Found, times_of};
use super::read::remaining;
use super::{Cache, Home};
use crate::clock::Tick;
use crate::codec::{Codec, show};
use crate::error::Error;
use crate::executor::block_on;
use crate::key::{Key, Name};
use crate::policy::Ttl;
use crate::record::{Erased, Times};
use crate::value::Value;

/// What is known of an entry, whatever its type. From [`Cache::inspect`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inspected {
    /// The mark of the pattern that its key was written from; see [`Key::mark`].
    pub mark: u64,
    /// How long ago it was made, where that is known: of numbers in memory, say, nothing is noted but their end.
    pub age: Option<Duration>,
    /// How long it is fresh; zero where it is past its time, and kept to be served for want of a better one.
    pub fresh_for: Ttl,
    /// How long it is kept.
    pub kept_for: Ttl,
    /// What it took to make it, where that is known.
    pub cost: Option<Duration>,
    /// How many bytes the value has when it is written out; `None` of what is not: a bare number in a store outside, which
    /// counts there, or a value that stays in this process.
    pub bytes: Option<u64>,
    /// How it is written, where it is written out.
    pub codec: Option<Codec>,
    /// Whether it is an error that a function returned; never in a store outside, where no errors are kept.
    pub is_failure: bool,
    /// What it reads like, in the notation of JSON, and cut off where it is long; `None` where it cannot be written out,
    /// was written by somebody else, or is damaged.
    pub value: Option<String>,
}

/// So many bytes of a value are shown.
const SHOWN: usize = 4096;

impl Cache {
    /// Looks into the entry under a key, whatever its type: for a person, since no value comes of it. It counts as no
    /// use in this process, and as neither hit nor miss. A key that is kept as text comes back by [`Key::reading`].
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use std::time::Duration;
    /// use larder::{Options, Ttl, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// cache.blocking().set("post:1", ("a title".to_owned(), [1_u8, 2]), Options::ttl(60).stale(30))?;
    /// larder.advance(Duration::from_secs(10));
    /// let entry = cache.inspect_blocking("post:1")?.expect("it is there");
    /// assert_eq!(entry.value.as_deref(), Some(r#"["a title",[1,2]]"#));
    /// assert_eq!(entry.age, Some(Duration::from_secs(10)));
    /// assert_eq!(entry.fresh_for, Ttl::For(Duration::from_secs(50)));
    /// assert_eq!(entry.kept_for, Ttl::For(Duration::from_secs(80)));
    /// assert_eq!(cache.inspect_blocking("post:2")?, None);
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn inspect(&self, key: impl Into<Key>) -> Result<Option<Inspected>, Error> {
        let key = key.into();
        let name = self.name_of(&key);
        match &self.home().backing {
            Backing::Null => Ok(None),
            Backing::Memory(store) => {
                let found = store.examine_live(&name);
                Ok(found.map(|(record, knows_age)| self.home().inspect_record(&record, knows_age)))
            }
            Backing::Outside(outside) => self.inspect_outside(outside, &name, &self.fingerprints_of(&key)).await,
        }
    }

    /// Does the same for callers who block.
    ///
    /// # Errors
    ///
    /// As [`inspect`](Self::inspect).
    pub fn inspect_blocking(&self, key: impl Into<Key>) -> Result<Option<Inspected>, Error> {
        block_on(self.inspect(key))
    }

    /// Returns the value under a key for a person who looks at it: it counts as no use in this process, and as neither hit
    /// nor miss, and it is looked for also where the cache is off.
    ///
    /// # Errors
    ///
    /// When the store fails.
    #[doc(hidden)]
    pub async fn look_at<V: Value>(&self, key: &Key) -> Result<Option<V>, Error> {
        let (name, keep) = (self.name_of(key), V::keep());
        match &self.home().backing {
            Backing::Null => Ok(None),
            Backing::Memory(store) => {
                let record = store.peek(&name).filter(|record| record.mark() == name.mark());
                Ok(record.and_then(|record| (keep.read)(&record)))
            }
            Backing::Outside(outside) => {
                let bytes = self.home().find(outside, &name, &self.fingerprints_of(key)).await?;
                Ok(bytes.and_then(|bytes| Found::new(&bytes).value(&name, keep)))
            }
        }
    }

    /// Returns the mark that an entry outside was written under, where it says one.
    pub(super) async fn mark_outside(&self, outside: &Outside, key: &Key) -> Result<Option<u64>, Error> {
        let found = self.home().find(outside, &self.name_of(key), &self.fingerprints_of(key)).await?;
        Ok(found.and_then(|bytes| match Found::new(&bytes) {
            Found::Record(wire) => Some(wire.header.mark),
            Found::Number(_) | Found::Foreign => None,
        }))
    }

    async fn inspect_outside(&self, outside: &Outside, name: &Name, tags: &[u64]) -> Result<Option<Inspected>, Error> {
        let home = self.home();
        let Some(bytes) = home.find(outside, name, tags).await? else { return Ok(None) };
        let found = Found::new(&bytes);
        let times = match found.times(&home.clock) {
            Some(times) => times,
            // Only the store knows how long it has left.
            None => match outside.ttl(name).await? {
                Some(left) => times_of(left, &home.clock),
                None => return Ok(None),
            },
        };
        let now = home.clock.now();
        if times.kept_until <= now {
            return Ok(None);
        }
        let created = found.planned_times(&home.clock).map(|times| times.created);
        let codec = if let Found::Record(wire) = &found { Some(wire.header.codec) } else { None };
        let (mark, cost, value) = match &found {
            Found::Record(wire) => {
                let value = show(wire.header.codec, wire.payload, SHOWN);
                (wire.header.mark, Some(Duration::from_micros(wire.header.cost)), value)
            }
            Found::Number(number) => (name.mark(), None, Some(number.to_string())),
            Found::Foreign => (name.mark(), None, None),
        };
        let bytes = Some(found.bytes()).filter(|bytes| *bytes > 0);
        let age = created.map(|created| now.since(created));
        let cost = cost.filter(|cost| !cost.is_zero());
        Ok(Some(Inspected { mark, age, cost, bytes, codec, is_failure: false, value, ..home.inspect_times(times) }))
    }
}

impl Home {
    fn inspect_record(&self, record: &Erased, knows_age: bool) -> Inspected {
        let times = record.times();
        let shown = record.shown(SHOWN);
        let (bytes, value) = shown.map_or((None, None), |(bytes, value)| (Some(bytes as u64), value));
        let age = knows_age.then(|| self.clock.now().since(times.created));
        let (mark, is_failure) = (record.mark(), record.is_failure());
        Inspected { mark, age, bytes, is_failure, value, ..self.inspect_times(times) }
    }

    fn inspect_times(&self, times: Times) -> Inspected {
        let now = self.clock.now();
        let left = |end: Tick| remaining(Times { fresh_until: end, ..times }, now);
        Inspected {
            mark: 0,
            age: None,
            fresh_for: left(times.fresh_until),
            kept_for: left(times.kept_until),
            cost: None,
            bytes: None,
            codec: None,
            is_failure: false,
            value: None,
        }
    }
}
