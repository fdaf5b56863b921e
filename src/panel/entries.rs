//! What is kept: keys, some at a time, and what is under one.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::answer::{Refusal, text};
use super::history::millis;
use super::places::Place;
use super::query::Query;
use crate::{Inspected, Key, Kind, Ttl};

/// So many keys are told in one answer.
const ENOUGH: usize = 100;
/// So many steps are taken for one answer: a few keys may be among very many others.
const STEPS: usize = 400;
/// So long it takes: each key outside is a question to the store.
const PATIENCE: Duration = Duration::from_secs(1);

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
    let (mut seen, mut begin) = match query.get("next") {
        None => (0, None),
        Some(next) => read_next(next)
            .ok_or_else(|| Refusal::wrong(format!("`{next}` is no place in a walk: write what an answer has said")))?,
    };
    let mut walk = match &begin {
        None => place.cache.keys(&start),
        Some(begin) => place.cache.keys_from(&start, begin).map_err(|error| Refusal::wrong(error.to_string()))?,
    };
    let (until, mut keys) = (Instant::now() + PATIENCE, Vec::new());
    for _ in 0..STEPS {
        let met = match walk.next().await {
            Ok(Some(met)) => met,
            Ok(None) => break,
            Err(error) if error.kind() == Kind::Unsupported => return nothing(Some(error.to_string())),
            // It is the place that its store never told.
            Err(error) if error.kind() == Kind::Configuration => return Err(Refusal::wrong(error.to_string())),
            Err(error) => return Err(error.into()),
        };
        for (number, key) in met.into_iter().enumerate().skip(std::mem::take(&mut seen)) {
            if keys.len() >= ENOUGH || Instant::now() > until {
                return Ok(text(&Told { keys, next: Some(next(number, begin.as_deref())), why_none: None }));
            }
            // A key in memory says whose it is; of one outside its entry does.
            let may_be_its_own = place.cache.is_outside() || place.may_have(key.mark());
            if may_be_its_own && let Some(entry) = place.entry(&key).await? {
                keys.push(Times::of(&key, &entry));
            }
        }
        begin = walk.place();
        if begin.is_none() || keys.len() >= ENOUGH || Instant::now() > until {
            break;
        }
    }
    Ok(text(&Told { keys, next: begin.map(|begin| next(0, Some(&begin))), why_none: None }))
}

/// Says where to go on: behind so many keys of the step that begins at this place.
fn next(seen: usize, begin: Option<&str>) -> String {
    format!("{seen}.{}", begin.unwrap_or_default())
}

fn read_next(next: &str) -> Option<(usize, Option<String>)> {
    let (seen, begin) = next.split_once('.')?;
    Some((seen.parse().ok()?, Some(begin.to_owned()).filter(|begin| !begin.is_empty())))
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
    let entry = place.entry(&key).await?.ok_or_else(nothing)?;
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
