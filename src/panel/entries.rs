//! What is kept: keys, some at a time, and what is under one.

use serde::Serialize;

use super::answer::{Refusal, text};
use super::history::millis;
use super::places::Place;
use super::query::Query;
use crate::{Inspected, Key, Kind, Ttl};

/// So many keys are enough for one answer; a step that brings more is not cut.
const ENOUGH: usize = 100;
/// So many steps are taken for one answer: a few keys may be among very many others.
const STEPS: usize = 400;
/// So many, where each is a question to a store outside, and each key of it another one.
const STEPS_OUTSIDE: usize = 8;

#[derive(Serialize)]
struct Told {
    keys: Vec<Times>,
    next: Option<String>,
    why_none: Option<String>,
}

#[derive(Serialize)]
struct Times {
    key: String,
    age_s: Option<f64>,
    fresh_s: Option<f64>,
    kept_s: Option<f64>,
    forever: bool,
    bytes: Option<u64>,
    failure: bool,
}

#[derive(Serialize)]
struct Entry {
    #[serde(flatten)]
    times: Times,
    cost_ms: Option<f64>,
    value: Option<String>,
}

impl Times {
    fn of(key: &Key, entry: &Inspected) -> Self {
        Self {
            key: key.to_string(),
            age_s: entry.age.map(|age| age.as_secs_f64()),
            fresh_s: seconds(entry.fresh_for),
            kept_s: seconds(entry.kept_for),
            forever: entry.fresh_for == Ttl::Forever,
            bytes: entry.bytes,
            failure: entry.is_failure,
        }
    }
}

fn seconds(left: Ttl) -> Option<f64> {
    match left {
        Ttl::For(left) => Some(left.as_secs_f64()),
        Ttl::Default | Ttl::Forever => None,
    }
}

/// Returns the keys of a site or of a cache, from a place on.
pub(super) async fn keys(query: &Query) -> Result<String, Refusal> {
    let place = Place::asked(query)?;
    let nothing = |why_none| Ok(text(&Told { keys: Vec::new(), next: None, why_none }));
    let Some(start) = narrower(&place.start(), query.get("start").unwrap_or_default()) else { return nothing(None) };
    let mut walk = match query.get("next") {
        None => place.cache.keys(&start),
        Some(next) => place.cache.keys_from(&start, next).map_err(|error| Refusal::wrong(error.to_string()))?,
    };
    let (steps, mut keys) = (if place.cache.is_outside() { STEPS_OUTSIDE } else { STEPS }, Vec::new());
    for _ in 0..steps {
        let met = match walk.next().await {
            Ok(Some(met)) => met,
            Ok(None) => break,
            Err(error) if error.kind() == Kind::Unsupported => return nothing(Some(error.to_string())),
            Err(error) => return Err(error.into()),
        };
        for key in met {
            // A key in memory says whose it is; of one outside its entry does.
            if !place.cache.is_outside() && !place.has(&key, key.mark()).await? {
                continue;
            }
            if let Some(entry) = place.cache.inspect(&key).await?
                && place.has(&key, entry.mark).await?
            {
                keys.push(Times::of(&key, &entry));
            }
        }
        if keys.len() >= ENOUGH {
            break;
        }
    }
    Ok(text(&Told { keys, next: walk.place(), why_none: None }))
}

/// Returns what keys begin with that begin with both; `None` where none can.
fn narrower(one: &str, other: &str) -> Option<String> {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    long.starts_with(short).then(|| long.to_owned())
}

/// Returns what is under a key.
pub(super) async fn entry(query: &Query) -> Result<String, Refusal> {
    let place = Place::asked(query)?;
    let key = query.get("key").ok_or_else(|| Refusal::wrong("say which key, as in `key=profile:42`"))?;
    let key = read(key)?;
    let nothing = || Refusal::missing(format!("there is nothing under `{key}`"));
    let entry = place.cache.inspect(&key).await?.ok_or_else(nothing)?;
    if !place.has(&key, entry.mark).await? {
        return Err(nothing());
    }
    let times = Times::of(&key, &entry);
    Ok(text(&Entry { times, cost_ms: entry.cost.map(millis), value: entry.value }))
}

/// Reads a key as it is shown.
pub(super) fn read(key: &str) -> Result<Key, Refusal> {
    let wrong = || Refusal::wrong("a key reads as it is shown: at most 200 signs, printable ASCII without white space");
    Key::reading(key).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_keys_is_that_of_the_site_or_a_longer_one() {
        let narrower = |one, other| narrower(one, other);
        assert_eq!(narrower("user:", "").as_deref(), Some("user:"));
        assert_eq!(narrower("user:", "us").as_deref(), Some("user:"));
        assert_eq!(narrower("user:", "user:4").as_deref(), Some("user:4"));
        assert_eq!(narrower("user:", "post:"), None);
    }
}
