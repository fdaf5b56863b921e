//! A value on its way to a store that takes bytes, and back.

use std::fmt;
use std::time::Duration;

use super::home::{Home, Outside};
use crate::backend::{Entry, Remaining};
use crate::clock::{Clock, Tick};
use crate::codec::Codec;
use crate::codec::wire::{self, FOR_EVER, Header, TagVersion, Wire};
use crate::error::{Error, Kind};
use crate::key::Name;
use crate::policy::Options;
use crate::record::{Erased, Times};
use crate::value::{Coder, Keep};

/// Bytes to be kept under a name, and for how long; `None` is for ever.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    pub(super) bytes: Vec<u8>,
    pub(super) time: Option<Duration>,
}

/// What was found under a name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Found<'a> {
    Record(Wire<'a>),
    /// Bare digits, which a server can count with.
    Number(i64),
    /// Nothing that this program could have written.
    Foreign,
}

/// What is said of a value besides the value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Label<'a> {
    pub(super) name: &'a Name,
    pub(super) times: Times,
    pub(super) options: &'a Options,
    pub(super) cost: Duration,
    /// Whether it has tags, which it is to be given afterwards.
    pub(super) is_tagged: bool,
}

impl Parcel {
    /// Writes a value out for this store.
    pub(super) fn pack<V>(
        value: &V,
        keep: Keep<V>,
        label: Label<'_>,
        home: &Home,
        outside: &Outside,
    ) -> Result<Self, Error> {
        let coder = keep.coder.ok_or_else(|| stays_here::<V>(label.name))?;
        let bytes = if let Some(number) = bare(value, &coder, label, outside) {
            wire::number_to_bytes(number)
        } else {
            let (form, payload) = (coder.encode)(outside.codec, value)?;
            header(form, (coder.shape)(), label, home, outside).write(&[], &payload)
        };
        let time = time_left(label.times, &home.clock);
        Self { bytes, time }.checked(label.name, outside)
    }

    /// Gives it the tags that it was said to have, with the versions that they had before its value was read.
    pub(super) fn tagged(&self, name: &Name, tags: &[TagVersion], outside: &Outside) -> Result<Self, Error> {
        let bytes = wire::with_tags(&self.bytes, tags).expect("a record without tags was written for it");
        Self { bytes, time: self.time }.checked(name, outside)
    }

    fn checked(self, name: &Name, outside: &Outside) -> Result<Self, Error> {
        if outside.takes(self.bytes.len()) {
            return Ok(self);
        }
        let context = format!("the value for `{name}` has {} bytes, more than its store takes", self.bytes.len());
        Err(Error::new(Kind::TooLarge, context).with_source(Size(self.bytes.len() as u64)))
    }

    pub(super) fn entry(self, name: Name) -> Entry {
        Entry { name, value: self.bytes, time: self.time }
    }
}

impl<'a> Found<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        match Wire::read(bytes) {
            // Nobody was here who could make a value of it again.
            Some(wire) if wire.header.compressed => Self::Foreign,
            Some(wire) => Self::Record(wire),
            None => wire::number_from_bytes(bytes).map_or(Self::Foreign, Self::Number),
        }
    }

    /// Returns its times; `None` where only the store knows them.
    pub(super) fn times(&self, clock: &Clock) -> Option<Times> {
        if self.is_open() { None } else { self.planned_times(clock) }
    }

    /// Returns whether it is a record of which only the store knows when it ends.
    fn is_open(&self) -> bool {
        matches!(self, Self::Record(wire) if wire.header.open)
    }

    /// Returns the times that a record was made with of which only the store knows by now what they are: it may have been
    /// given others.
    pub(super) fn planned_times(&self, clock: &Clock) -> Option<Times> {
        match self {
            Self::Record(wire) => Some(times(&wire.header, clock)),
            Self::Number(_) | Self::Foreign => None,
        }
    }

    /// Returns when it was made, in milliseconds since 1970, and what it took to make it.
    pub(super) fn made(&self) -> Option<(u64, Duration)> {
        match self {
            Self::Record(wire) => Some((wire.header.created, Duration::from_micros(wire.header.cost))),
            Self::Number(_) | Self::Foreign => None,
        }
    }

    /// Returns how many bytes its value has, as it came from the store.
    pub(super) fn bytes(&self) -> u64 {
        match self {
            Self::Record(wire) => wire.payload.len() as u64,
            Self::Number(_) | Self::Foreign => 0,
        }
    }

    pub(super) fn has_tags(&self) -> bool {
        matches!(self, Self::Record(wire) if wire.has_tags())
    }

    /// Returns the versions that its tags had before it was made.
    pub(super) fn tags(&self) -> impl Iterator<Item = TagVersion> + use<'a> {
        let wire = match self {
            Self::Record(wire) => Some(*wire),
            Self::Number(_) | Self::Foreign => None,
        };
        wire.into_iter().flat_map(|wire| wire.tags())
    }

    /// Makes a record of it, as the store in this process would hold it; `None` where it is of another kind.
    pub(super) fn unpack<V>(&self, name: &Name, keep: Keep<V>, clock: &Clock) -> Option<Erased> {
        self.open(name, keep, clock).map(|(times, value)| keep.record(name.mark(), times, value))
    }

    /// Reads its value, and the times that a record of it has; `None` where it is of another kind.
    pub(super) fn open<V>(&self, name: &Name, keep: Keep<V>, clock: &Clock) -> Option<(Times, V)> {
        let value = self.value(name, keep)?;
        // Where only the store knows when it ends, it has not ended yet: it was just there.
        let for_now = |created| Times { created, fresh_until: Tick::NEVER, kept_until: Tick::NEVER };
        let times = match self.planned_times(clock) {
            Some(times) if self.is_open() => for_now(times.created),
            Some(times) => times,
            None => for_now(clock.now()),
        };
        Some((times, value))
    }

    /// Reads the value in it; `None` where it is of another kind.
    pub(super) fn value<V>(&self, name: &Name, keep: Keep<V>) -> Option<V> {
        let coder = keep.coder?;
        match self {
            Self::Foreign => None,
            Self::Number(number) => (coder.number?.from)(*number),
            Self::Record(wire) => {
                let ours = wire.header.mark == name.mark() && wire.header.shape == (coder.shape)();
                if ours { (coder.decode)(wire.header.codec, wire.payload) } else { None }
            }
        }
    }
}

/// Returns the same entry with other ends; `None` where nobody here knows what it is.
pub(super) fn restamped(found: &Found<'_>, times: Times, clock: &Clock) -> Option<Parcel> {
    let bytes = match found {
        Found::Foreign => return None,
        Found::Number(number) => wire::number_to_bytes(*number),
        Found::Record(wire) => {
            let (fresh_until, kept_until) = (to_wall(times.fresh_until, clock), to_wall(times.kept_until, clock));
            // Its store could change the time in one step once, and this one writes it anew.
            let header = Header { fresh_until, kept_until, open: false, ..wire.header };
            header.write(&wire.tags().collect::<Vec<_>>(), wire.payload)
        }
    };
    Some(Parcel { bytes, time: time_left(times, clock) })
}

/// Returns the times of an entry that has so much left, as its store says, and is fresh until its end.
pub(super) fn times_of(left: Remaining, clock: &Clock) -> Times {
    let now = clock.now();
    let end = match left {
        Remaining::Forever => Tick::NEVER,
        Remaining::For(time) => now.after(time),
    };
    Times { created: now, fresh_until: end, kept_until: end }
}

/// Returns how long a store is to keep something with these times.
pub(super) fn time_left(times: Times, clock: &Clock) -> Option<Duration> {
    (times.kept_until != Tick::NEVER).then(|| times.kept_until.since(clock.now()))
}

/// Returns the number to write as bare digits, where a value is one and has nothing else to say, for a store that counts.
fn bare<V>(value: &V, coder: &Coder<V>, label: Label<'_>, outside: &Outside) -> Option<i64> {
    let counts = outside.capabilities().atomic_incr;
    if counts && is_plain(label) && !label.is_tagged { (coder.number?.to)(value) } else { None }
}

/// Returns whether the store alone can know when it ends: it is served until then, and by everybody alike.
fn is_plain(label: Label<'_>) -> bool {
    label.times.fresh_until == label.times.kept_until && !label.options.looks_ahead()
}

fn header(codec: Codec, shape: u64, label: Label<'_>, home: &Home, outside: &Outside) -> Header {
    let can = outside.capabilities();
    // A store that can change a time in one step is left to know it. One that rounds times up is not: it would be late.
    let open = is_plain(label) && can.touch && can.sub_second;
    Header {
        codec,
        mark: label.name.mark(),
        shape,
        created: to_wall(label.times.created, &home.clock),
        // Of an open one this is what was planned: enough for those who keep it near for a moment.
        fresh_until: to_wall(label.times.fresh_until, &home.clock),
        kept_until: to_wall(label.times.kept_until, &home.clock),
        cost: u64::try_from(label.cost.as_micros()).unwrap_or(u64::MAX),
        open,
        compressed: false,
    }
}

pub(super) fn to_wall(tick: Tick, clock: &Clock) -> u64 {
    let now = clock.now();
    if tick == Tick::NEVER {
        return FOR_EVER;
    }
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(FOR_EVER);
    clock.wall_millis().saturating_add(millis(tick.since(now))).saturating_sub(millis(now.since(tick)))
}

/// Returns the times of a record on this machine's clock.
///
/// What was made in the future was made by a clock that is ahead of ours: its times are moved back with it.
fn times(header: &Header, clock: &Clock) -> Times {
    let (now, wall) = (clock.now(), clock.coarse_wall_millis());
    let ahead = header.created.saturating_sub(wall);
    let nanos = |millis: u64| millis.saturating_mul(1_000_000);
    let tick = |millis: u64| {
        if millis == FOR_EVER {
            return Tick::NEVER;
        }
        let millis = millis.saturating_sub(ahead);
        let (before, behind) = (nanos(wall.saturating_sub(millis)), nanos(millis.saturating_sub(wall)));
        Tick::from_nanos(now.as_nanos().saturating_add(behind).saturating_sub(before))
    };
    Times { created: tick(header.created), fresh_until: tick(header.fresh_until), kept_until: tick(header.kept_until) }
}

/// Returns the error for a value that must not leave the process.
pub(super) fn stays_here<V>(name: &Name) -> Error {
    let what = std::any::type_name::<V>();
    let context = format!(
        "`{name}`: a `{what}` is for this process only, and this cache lives outside: keep it in a cache in memory, or \
         give it `Serialize` and `Deserialize`"
    );
    Error::configuration(context).with_source(StaysHere)
}

/// The source of an error about a value that must not leave the process.
#[derive(Debug)]
struct StaysHere;

impl fmt::Display for StaysHere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it cannot be written as bytes")
    }
}

impl std::error::Error for StaysHere {}

/// The source of an error about a value that is too large.
#[derive(Debug)]
struct Size(u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it has {} bytes", self.0)
    }
}

impl std::error::Error for Size {}

/// Returns how many bytes a value has, where an error says that these are too many.
pub(super) fn size_in(error: &Error) -> Option<u64> {
    std::error::Error::source(error)?.downcast_ref().map(|Size(bytes)| *bytes)
}

/// Returns whether an error is about the value alone, and the store has no part in it.
pub(super) fn is_of_the_value(error: &Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<StaysHere>)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec;

    const MINUTE: Duration = Duration::from_mins(1);

    fn read(header: Header, clock: &Clock) -> Times {
        times(&header, clock)
    }

    fn header(created: u64, fresh_until: u64, kept_until: u64) -> Header {
        Header { shape: codec::shape::<u8>(), created, fresh_until, kept_until, ..Header::PLAIN }
    }

    #[test]
    fn times_are_the_same_on_the_way_out_and_back() {
        let clock = Clock::manual();
        let now = clock.now();
        let before = Times { created: now, fresh_until: now.after(MINUTE), kept_until: Tick::NEVER };
        let wall = [before.created, before.fresh_until, before.kept_until].map(|tick| to_wall(tick, &clock));
        clock.advance(2 * MINUTE);
        assert_eq!(read(header(wall[0], wall[1], wall[2]), &clock), before);
    }

    #[test]
    fn a_clock_that_is_ahead_makes_no_record_live_longer() {
        let clock = Clock::manual();
        let wall = clock.wall_millis();
        let times = read(header(wall + 3_600_000, wall + 3_660_000, FOR_EVER), &clock);
        assert_eq!(times.created, clock.now());
        assert_eq!(times.fresh_until, clock.now().after(MINUTE));
    }

    #[test]
    fn times_from_the_ends_of_the_range_are_no_panic() {
        let clock = Clock::manual();
        for millis in [0, 1, u64::MAX / 2, u64::MAX - 1, u64::MAX] {
            read(header(millis, u64::MAX - millis, millis), &clock);
            read(header(u64::MAX - millis, millis, millis), &clock);
        }
    }
}
