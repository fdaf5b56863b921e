//! The way to a hit: one look into the store, no lock of ours, no allocation, no wait.

use std::any::TypeId;
use std::borrow::Cow;
use std::task::{Poll, ready};

use super::asker::{Asker, Named};
use super::home::{Backing, Outside};
use super::load::Load;
use super::rules::Rules;
use super::tell::{Teller, tell_found};
use super::{Cache, parcel};
use crate::codec::wire;
use crate::error::Error;
use crate::explain::{Done, Found, Level, Miss, WhyStale, is_anyone_asking};
use crate::key::{Address, Name};
use crate::policy::{Freshness, Options};
use crate::record::Erased;
use crate::stats::Event;
use crate::store::Held;
use crate::trace;
use crate::value::Lying;

/// Finds a record of this process, or of the near level of a store outside, that is fresh beyond all question: most hits
/// need no more than this.
#[inline]
pub(crate) fn seek<'a>(cache: &'a Cache, address: Address<'_>, of: &TypeId, options: &Options) -> Option<Held<'a>> {
    let found = cache.home().at_hand()?.seek(address, of)?;
    // Only what is to be refreshed ahead of its time has to be asked for more.
    let is_near_its_end = |lying| match lying {
        Lying::Record(record) => record.freshness(options, cache.home().clock.now()) != Freshness::Fresh,
        Lying::Column(columns, column, _) => columns.remember(column),
    };
    (!options.looks_ahead() || !found.lying().is_some_and(is_near_its_end)).then_some(found)
}

/// Looks for a value under its full name: found and fresh, or what it takes to load it.
#[inline]
pub(crate) fn look<V, E>(
    cache: Cow<'static, Cache>,
    site: Option<Named>,
    name: Name,
    rules: &Rules<V, E>,
) -> Result<Result<V, E>, Box<Load<V, E>>> {
    if is_anyone_asking() {
        return look_and_tell(cache, site, name, rules);
    }
    look_for(cache, site, name, rules, None)
}

/// Does the same, and tells of it whoever listens.
#[cold]
fn look_and_tell<V, E>(
    cache: Cow<'static, Cache>,
    site: Option<Named>,
    name: Name,
    rules: &Rules<V, E>,
) -> Result<Result<V, E>, Box<Load<V, E>>> {
    let note = cache.begin_note(site, &name);
    look_for(cache, site, name, rules, note.as_ref()).map_err(|mut load| {
        load.note = note;
        load
    })
}

fn look_for<V, E>(
    cache: Cow<'static, Cache>,
    site: Option<Named>,
    name: Name,
    rules: &Rules<V, E>,
    note: Teller<'_>,
) -> Result<Result<V, E>, Box<Load<V, E>>> {
    let (mut failed, mut nothing_as_of) = (None, None);
    let found = match &cache.home().backing {
        Backing::Memory(store) => {
            if let Some(note) = note {
                let why = |record: &Erased| rules.why_unreadable(record);
                note.found(cache.examine((store, Level::Memory), &name, &rules.options, why));
            }
            store.get(&name)
        }
        // Whoever explains asks as of a store that answers later: there is told what was found.
        Backing::Outside(outside) if outside.is_in_place() && note.is_none() => {
            if let Some(value) = look_near(&cache, &name, rules, None) {
                cache.count_for(site, Event::Hit);
                return Ok(Ok(value));
            }
            let events = cache.home().flights.events(name.as_bytes());
            match look_in_place(&cache, outside, &name, rules) {
                Poll::Ready(Ok(Some(value))) => {
                    cache.home().count_near_miss();
                    cache.count_for(site, Event::Hit);
                    return Ok(Ok(value));
                }
                Poll::Ready(Ok(None)) => {
                    cache.home().count_near_miss();
                    nothing_as_of = Some(events);
                }
                Poll::Ready(Err(error)) => failed = Some(error),
                Poll::Pending => {}
            }
            None
        }
        Backing::Outside(_) => {
            if let Some(value) = look_near(&cache, &name, rules, note) {
                cache.count_for(site, Event::Hit);
                return Ok(Ok(value));
            }
            None
        }
        Backing::Null => {
            tell_found(note, || Found::Miss(Miss::Null));
            None
        }
    };
    let found = match found {
        Some(record) if record.mark() == name.mark() => match fresh(&cache, site, record, rules, note) {
            Ok(outcome) => return Ok(outcome),
            Err(found) => found,
        },
        Some(_) => foreign(&cache, site),
        None => None,
    };
    // It is large: made where it is to lie, it is copied nowhere.
    let room = Box::new_uninit();
    let load = Load::new(Asker::new(cache, site), name, rules, found);
    Err(Box::write(room, Load { failed, nothing_as_of, ..load }))
}

/// Looks into the near level for what has no place to be looked for without its name: it is in a namespace, or was named by
/// a function.
fn look_near<V, E>(cache: &Cache, name: &Name, rules: &Rules<V, E>, note: Teller<'_>) -> Option<V> {
    cache.tell_near(note, name, &rules.options, rules.keep.of);
    let value =
        seek(cache, name.address(), &rules.keep.of, &rules.options)?.read(rules.keep.copy, rules.keep.is_plain)?;
    cache.home().count_near_hit();
    Some(value)
}

/// Looks into a store outside that answers where its caller stands, for what nobody has to be asked about besides. Where
/// that is neither there nor surely missing, it is to be asked for again.
fn look_in_place<V, E>(
    cache: &Cache,
    outside: &Outside,
    name: &Name,
    rules: &Rules<V, E>,
) -> Poll<Result<Option<V>, Error>> {
    let home = cache.home();
    if cache.is_changed_here(name) || home.sends.doubts(name.as_bytes()) {
        return Poll::Pending;
    }
    let asking = home.asking_near(name);
    let found = ready!(outside.at_once(name))?;
    home.outage.answered(&home.clock);
    let Some(bytes) = found else { return Poll::Ready(Ok(None)) };
    if !outside.takes(bytes.len()) || wire::count_of_tags(&bytes) > 0 {
        return Poll::Pending;
    }
    let found = parcel::Found::new(&bytes);
    let times = found.times(&home.clock);
    let is_fresh = times
        .is_none_or(|times| home.is_fresh(times, home.lead_of_found(name, &found, &rules.options), &rules.options));
    if asking.is_some()
        && is_fresh
        && let Some(record) = found.unpack(name, rules.keep, &home.clock)
    {
        cache.keep_near(asking, name, &found, &record, rules.keep, &rules.options);
    }
    let value = if is_fresh { found.value(name, rules.keep) } else { None };
    value.map_or(Poll::Pending, |value| Poll::Ready(Ok(Some(value))))
}

/// Reads a record if it is fresh; hands it back if it is past its time, or near it, and still worth something.
#[inline]
pub(super) fn fresh<V, E>(
    cache: &Cache,
    site: Option<Named>,
    record: Erased,
    rules: &Rules<V, E>,
    note: Teller<'_>,
) -> Result<Result<V, E>, Option<Erased>> {
    let now = cache.home().clock.now();
    let event = match record.freshness(&rules.options, now) {
        Freshness::Fresh => Event::Hit,
        Freshness::Ahead if record.is_quiet(now) => Event::Hit,
        Freshness::Stale | Freshness::Spare if record.is_quiet(now) => Event::Stale,
        Freshness::Ahead | Freshness::Stale | Freshness::Spare if rules.reads(&record) => return Err(Some(record)),
        Freshness::Gone => return Err(None),
        _ => return Err(foreign(cache, site)),
    };
    let Some(outcome) = rules.read(&record) else { return Err(foreign(cache, site)) };
    cache.count_for(site, event);
    if event == Event::Stale {
        tell_hushed(cache, site, note);
    }
    Ok(outcome)
}

/// Tells that something past its time is served, and nobody tries to load it anew for a moment.
#[cold]
fn tell_hushed(cache: &Cache, site: Option<Named>, note: Teller<'_>) {
    trace::stale(site.map(|site| site.place), cache.name(), Some(WhyStale::Hushed));
    if let Some(note) = note {
        note.done(Done::Stale(WhyStale::Hushed));
    }
}

/// Somebody else's entry stands under this name: another pattern, or another type. It is left alone.
#[cold]
fn foreign(cache: &Cache, site: Option<Named>) -> Option<Erased> {
    cache.count_for(site, Event::Foreign);
    None
}
