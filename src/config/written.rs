//! What somebody wrote behind a word, and what it means.

use std::time::Duration;

use cache_backends::place::{self, Location};
use cache_core::policy::Ttl;

use super::fault::Faults;
use super::origin::Said;
use super::word::{Takes, Word};

/// What somebody wrote behind a word.
#[derive(Clone)]
pub(super) enum Written {
    Text(String),
    #[cfg(feature = "toml")]
    Number(i64),
    #[cfg(feature = "toml")]
    Flag(bool),
    #[cfg(feature = "toml")]
    List(Vec<Said<Written>>),
    /// Something that stands behind no word.
    #[cfg(feature = "toml")]
    Other,
}

/// What it means.
#[derive(Clone)]
pub(super) enum Value {
    Places(Vec<Said<Location>>),
    Time(Ttl),
    Span(Duration),
    Number(u64),
    Text(String),
    Flag(bool),
    /// Secrets: nothing of them is ever shown.
    Keys(Vec<Said<String>>),
}

/// Reads what stands behind a word, or notes what is wrong with it.
pub(super) fn read(word: Word, written: &Said<Written>, faults: &mut Faults) -> Option<Value> {
    let takes = word.row().takes;
    match takes {
        Takes::Text | Takes::Version | Takes::Places => {}
        _ if matches!(&written.value, Written::Text(text) if text.trim().is_empty()) => {
            let sentence = format!("`{}` is empty: write {}, or leave it away", word.name(), takes.wanted());
            faults.add(&written.origin, sentence);
            return None;
        }
        _ => {}
    }
    match takes {
        Takes::Places => return places(word, written, faults).map(Value::Places),
        Takes::Keys => return keys(word, written, faults).map(Value::Keys),
        _ => {}
    }
    let value = match (&written.value, takes) {
        (Written::Text(text), Takes::Time) => time(text),
        (Written::Text(text), Takes::Span) => span(text),
        (Written::Text(text), Takes::Size) => place::bytes(text).ok().map(Value::Number),
        (Written::Text(text), Takes::Count) => count(text),
        (Written::Text(text), Takes::Text | Takes::Version) => Some(Value::Text(text.clone())),
        (Written::Text(text), Takes::Flag) => flag(text).map(Value::Flag),
        #[cfg(feature = "toml")]
        (Written::Number(number), Takes::Time) => time(&number.to_string()),
        #[cfg(feature = "toml")]
        (Written::Number(number), Takes::Span) => span(&number.to_string()),
        #[cfg(feature = "toml")]
        (Written::Number(number), Takes::Size | Takes::Count) => u64::try_from(*number).ok().map(Value::Number),
        #[cfg(feature = "toml")]
        (Written::Number(number), Takes::Version) => Some(Value::Text(number.to_string())),
        #[cfg(feature = "toml")]
        (Written::Flag(flag), Takes::Flag) => Some(Value::Flag(*flag)),
        #[cfg(feature = "toml")]
        _ => None,
        #[cfg(not(feature = "toml"))]
        (Written::Text(_), Takes::Places | Takes::Keys) => None,
    };
    let sentence = match &value {
        Some(Value::Number(0)) if matches!(word, Word::MaxEntries | Word::MaxBytes) => {
            format!("`{}` is 0; for a cache that keeps nothing write `url = \"null://\"`", word.name())
        }
        Some(Value::Number(0)) | None => format!("`{}` takes {}", word.name(), takes.wanted()),
        Some(Value::Text(text)) if text.is_empty() && word != Word::KeyPrefix => format!("`{}` is empty", word.name()),
        Some(Value::Text(text)) if text.contains(char::is_control) => {
            format!("in `{}` there is a line break or another control character", word.name())
        }
        Some(_) => return value,
    };
    faults.add(&written.origin, sentence);
    None
}

fn time(text: &str) -> Option<Value> {
    if matches!(text, "never" | "forever") {
        return Some(Value::Time(Ttl::Forever));
    }
    place::time(text).ok().map(|time| Value::Time(Ttl::For(time)))
}

fn span(text: &str) -> Option<Value> {
    place::time(text).ok().filter(|time| !time.is_zero()).map(Value::Span)
}

fn count(text: &str) -> Option<Value> {
    // What is whole bytes is a whole number; a unit makes it none.
    let is_bare = text.ends_with(|c: char| c.is_ascii_digit());
    is_bare.then(|| place::bytes(text).ok()).flatten().map(Value::Number)
}

/// Reads yes or no as people write it in variables.
pub(super) fn flag(text: &str) -> Option<bool> {
    match text {
        "1" | "true" | "yes" => Some(true),
        "0" | "false" | "no" => Some(false),
        _ => None,
    }
}

fn places(word: Word, written: &Said<Written>, faults: &mut Faults) -> Option<Vec<Said<Location>>> {
    match &written.value {
        Written::Text(text) if text.trim().is_empty() => {
            faults.add(&written.origin, format!("`{}` is empty: write an address, or leave it away", word.name()));
            None
        }
        Written::Text(text) => {
            let location = faults.take(&written.origin, Location::parse(text))?;
            Some(vec![Said::new(location, written.origin.clone())])
        }
        #[cfg(feature = "toml")]
        Written::List(items) if !items.is_empty() => {
            let read: Vec<_> = items.iter().map(|item| places_of_an_item(word, item, faults)).collect();
            read.into_iter().collect::<Option<Vec<_>>>().map(|all| all.into_iter().flatten().collect())
        }
        #[cfg(feature = "toml")]
        _ => {
            faults.add(&written.origin, format!("`{}` takes {}", word.name(), Takes::Places.wanted()));
            None
        }
    }
}

#[cfg(feature = "toml")]
fn places_of_an_item(word: Word, item: &Said<Written>, faults: &mut Faults) -> Option<Vec<Said<Location>>> {
    match item.value {
        Written::List(_) => {
            faults.add(&item.origin, "a list of addresses holds texts, and no lists");
            None
        }
        _ => places(word, item, faults),
    }
}

fn keys(word: Word, written: &Said<Written>, faults: &mut Faults) -> Option<Vec<Said<String>>> {
    let keys: Option<Vec<_>> = match &written.value {
        Written::Text(text) => Some(vec![Said::new(text.clone(), written.origin.clone())]),
        #[cfg(feature = "toml")]
        Written::List(items) => items.iter().map(key).collect(),
        #[cfg(feature = "toml")]
        _ => None,
    };
    let keys = keys.filter(|keys| !keys.is_empty());
    if keys.is_none() {
        faults.add(&written.origin, format!("`{}` takes {}", word.name(), Takes::Keys.wanted()));
    }
    keys
}

#[cfg(feature = "toml")]
fn key(item: &Said<Written>) -> Option<Said<String>> {
    match &item.value {
        Written::Text(text) => Some(Said::new(text.clone(), item.origin.clone())),
        _ => None,
    }
}
