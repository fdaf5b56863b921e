//! `larder check`: what a configuration comes to.

use std::io::{self, Write};

use larder::config::Described;
use larder::{Builder, Error};
use serde_json::{Value, json};

use crate::arguments::Check;
use crate::ending::{Ending, Failure};
use crate::probe::{self, Answer};
use crate::{configuration, ending, output};

/// A cache, and what its store said where it was asked.
struct Checked {
    described: Described,
    answer: Option<Answer>,
}

/// Tells what the configuration comes to.
pub fn run(arguments: &Check) -> Result<Ending, Failure> {
    let checked = configuration::read(&arguments.configuration).and_then(|builder| check(builder, arguments));
    let is_well = checked.as_ref().is_ok_and(|caches| caches.iter().all(Checked::is_well));
    ending::heard(match (&checked, arguments.json) {
        (_, true) => writeln!(io::stdout(), "{:#}", in_json(&checked)),
        (Ok(caches), false) => caches.iter().try_for_each(|cache| cache.write(caches)),
        (Err(error), false) => writeln!(io::stderr(), "{error}"),
    })?;
    Ok(if is_well { Ending::Done } else { Ending::Wrong })
}

fn check(builder: Builder, arguments: &Check) -> Result<Vec<Checked>, Error> {
    let described = builder.described()?;
    if arguments.connect {
        builder.install()?;
    }
    let checked = described.into_iter().map(|described| {
        let answer = arguments.connect.then(|| ask(&described, &arguments.configuration.schemes));
        Checked { described, answer }
    });
    Ok(checked.collect())
}

/// Asks the store of a cache, unless it is one that was taken for granted.
fn ask(cache: &Described, granted: &[String]) -> Answer {
    if granted.contains(&cache.store) {
        return Answer::NotAsked(cache.store.clone());
    }
    probe::ask(&cache.name, cache.store == "null")
}

impl Checked {
    fn is_well(&self) -> bool {
        self.answer.as_ref().is_none_or(Answer::is_well)
    }

    /// Returns the caches that see the entries of this one, where there are any.
    fn twins<'a>(&self, all: &'a [Self]) -> Vec<&'a str> {
        let own = &self.described;
        let names = |other: &Described| (other.key_prefix.clone(), other.version.clone(), other.key_function.clone());
        let others = all.iter().map(|checked| &checked.described);
        let twins = others.filter(|other| own.shares_with.contains(&other.name) && names(other) == names(own));
        twins.map(|other| other.name.as_str()).collect()
    }

    fn write(&self, all: &[Self]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "{}", self.described.name)?;
        self.lines(all).into_iter().try_for_each(|(word, what)| writeln!(out, "  {word:<13} {what}"))
    }

    fn lines(&self, all: &[Self]) -> Vec<(&'static str, String)> {
        let own = &self.described;
        let store = if own.addresses.is_empty() { own.store.clone() } else { own.addresses.join(", ") };
        let twins = self.twins(all);
        let lines = [
            ("store", Some(store)),
            ("ttl", Some(output::time(own.ttl))),
            ("max_entries", own.max_entries.map(|number| number.to_string())),
            ("max_bytes", own.max_bytes.map(|number| number.to_string())),
            ("layers", (!own.layers.is_empty()).then(|| own.layers.join(", "))),
            ("near_ttl", own.near_ttl.map(|time| output::time(larder::Ttl::For(time)))),
            ("near_entries", own.near_entries.map(|number| number.to_string())),
            ("near_bytes", own.near_bytes.map(|number| number.to_string())),
            ("key_prefix", Some(own.key_prefix.clone()).filter(|prefix| !prefix.is_empty())),
            ("version", Some(own.version.clone())),
            ("key_function", own.key_function.clone()),
            ("off", own.off.then(|| "every body runs".to_owned())),
            (
                "shares with",
                (!own.shares_with.is_empty()).then(|| output::names(own.shares_with.iter().map(String::as_str))),
            ),
            (
                "note",
                (!twins.is_empty())
                    .then(|| format!("sees the entries of {}: same store, prefix and version", output::names(twins))),
            ),
            ("idle", (!own.idle.is_empty()).then(|| own.idle.join("; "))),
            ("said at", (!own.said.is_empty()).then(|| own.said.join(", "))),
            ("answers", self.answer.as_ref().map(ToString::to_string)),
        ];
        lines.into_iter().filter_map(|(word, what)| Some((word, what?))).collect()
    }
}

fn in_json(checked: &Result<Vec<Checked>, Error>) -> Value {
    match checked {
        Err(error) => json!({ "error": error.to_string() }),
        Ok(caches) => json!({ "caches": caches.iter().map(|cache| cache_in_json(cache, caches)).collect::<Vec<_>>() }),
    }
}

fn cache_in_json(cache: &Checked, all: &[Checked]) -> Value {
    let own = &cache.described;
    let mut value = json!({
        "name": own.name,
        "store": own.store,
        "addresses": own.addresses,
        "ttl_ms": milliseconds(own.ttl),
        "max_entries": own.max_entries,
        "max_bytes": own.max_bytes,
        "layers": own.layers,
        "near_ttl_ms": own.near_ttl.and_then(|time| milliseconds(larder::Ttl::For(time))),
        "near_entries": own.near_entries,
        "near_bytes": own.near_bytes,
        "key_prefix": own.key_prefix,
        "version": own.version,
        "key_function": own.key_function,
        "off": own.off,
        "shares_with": own.shares_with,
        "sees_entries_of": cache.twins(all),
        "idle": own.idle,
        "said_at": own.said,
    });
    if let Some(answer) = &cache.answer {
        let (answers, step) = match answer {
            Answer::Yes => (Some(true), None),
            Answer::No(step, _) => (Some(false), Some(step.name())),
            Answer::NotAsked(_) => (None, None),
        };
        value["answers"] = json!(answers);
        value["step"] = json!(step);
        value["error"] = json!(answer.trouble());
    }
    value
}

/// Returns a time as a number; for ever is `null`.
fn milliseconds(ttl: larder::Ttl) -> Option<u64> {
    match ttl {
        larder::Ttl::Default => Some(300_000),
        larder::Ttl::Forever => None,
        larder::Ttl::For(time) => Some(u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
    }
}
