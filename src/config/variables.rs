//! What the environment says of caches.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::Arc;

use cache_backends::place::{Given, nearest, shown};

use super::draft::Drafts;
#[cfg(feature = "toml")]
use super::expand::Found;
use super::fault::Faults;
use super::origin::{Origin, Said};
use super::word::{Word, is_of_a_store};
use super::written::{self, Written};

/// Where the file of configuration is.
pub(super) const CONFIG: &str = "LARDER_CONFIG";
/// What all variables of ours begin with.
const PREFIX: &str = "LARDER_";
/// What those of one named cache go on with.
const CACHES: &str = "CACHES__";
/// What those go on with that are for its store.
const OPTIONS: &str = "OPTIONS__";
/// Those of the whole program.
const OFF: &str = "OFF";
const VERSION: &str = "VERSION";

/// A copy of the environment.
#[derive(Default)]
pub(super) struct Variables(BTreeMap<String, Option<String>>);

/// What the environment says of the caches of a program.
#[derive(Default)]
pub(super) struct Environment {
    pub(super) drafts: Drafts,
    /// Whether all caches begin switched off.
    pub(super) off: bool,
    /// The version of all caches that say none.
    pub(super) version: Option<Said<String>>,
}

impl Variables {
    /// Takes the variables of this process.
    pub(super) fn of_the_process() -> Self {
        Self::of(std::env::vars_os())
    }

    /// Takes these. A name that is no text is none that we know.
    pub(super) fn of(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let named = variables
            .into_iter()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok())));
        Self(named.collect())
    }

    /// Returns what `name` says.
    #[cfg(feature = "toml")]
    pub(super) fn look_up(&self, name: &str) -> Found {
        match self.0.get(name) {
            None => Found::Nothing,
            Some(None) => Found::NoText,
            Some(Some(text)) => Found::Text(text.clone()),
        }
    }

    /// Returns the path of the file of configuration, where one is said.
    pub(super) fn config(&self, faults: &mut Faults) -> Option<&str> {
        let text = self.0.get(CONFIG)?.as_deref();
        // The path is told where no file is; an address may hold a password.
        let path = text.filter(|path| !path.trim().is_empty() && !path.contains("://"));
        if path.is_none() {
            faults.add(
                &Origin::Variable(CONFIG.into()),
                "this is no path of a file; to say nothing, leave the variable away",
            );
        }
        path
    }

    /// Reads what they say of caches, where `known` are the names of those that were described elsewhere.
    pub(super) fn read(&self, known: &[&str], faults: &mut Faults) -> Environment {
        let mut environment = Environment::default();
        for (name, value) in &self.0 {
            let Some(rest) = name.strip_prefix(PREFIX).filter(|rest| !is_of_others(rest)) else { continue };
            let origin = Origin::Variable(Arc::from(name.as_str()));
            match value {
                Some(text) => environment.take(rest, Said::new(text, origin), known, faults),
                None => faults.add(&origin, "this is no UTF-8"),
            }
        }
        environment
    }
}

/// Returns whether a variable is not for us: where the file is, what the tests of this project are told, and what
/// Kubernetes says to everybody beside a service that is called `larder`.
fn is_of_others(rest: &str) -> bool {
    matches!(rest, "CONFIG" | "REQUIRE_SERVERS" | "PORT")
        || ["TEST_", "PORT_", "SERVICE_"].iter().any(|start| rest.starts_with(start))
}

impl Environment {
    fn take(&mut self, rest: &str, text: Said<&String>, known: &[&str], faults: &mut Faults) {
        match rest {
            OFF => self.switch(&text, faults),
            VERSION if text.value.is_empty() => {
                faults.add(&text.origin, "this is empty: write a version, or leave the variable away");
            }
            VERSION => self.version = Some(Said::new(text.value.clone(), text.origin)),
            _ => match rest.strip_prefix(CACHES) {
                Some(rest) => self.named(rest, text, known, faults),
                None => self.say("default", rest, "", text, faults),
            },
        }
    }

    fn switch(&mut self, text: &Said<&String>, faults: &mut Faults) {
        match written::flag(text.value) {
            Some(off) => self.off = off,
            None => faults.add(&text.origin, "write 1 to switch every cache off, or 0"),
        }
    }

    /// Reads `SESSIONS__URL`, or `SESSIONS__OPTIONS__TABLE`.
    fn named(&mut self, rest: &str, text: Said<&String>, known: &[&str], faults: &mut Faults) {
        let split = rest.split_once("__OPTIONS__").map(|(name, _)| (name, &rest[name.len() + 2..]));
        let Some((name, word)) = split.or_else(|| rest.rsplit_once("__")).filter(|(name, _)| !name.is_empty()) else {
            let sentence = in_two_underscores(rest).unwrap_or_else(|| {
                "behind `CACHES__` stand the name of a cache and a word, such as in LARDER_CACHES__SESSIONS__URL"
                    .to_owned()
            });
            return faults.add(&text.origin, sentence);
        };
        let prefix = format!("{CACHES}{name}__");
        if let Some(same) = known.iter().find(|known| in_capitals(known) == name) {
            return self.say(same, word, &prefix, text, faults);
        }
        let new = name.to_ascii_lowercase();
        match nearest(&new, known.iter().copied()) {
            Some(near) => {
                let sentence = format!("nobody else speaks of a cache `{}`; did you mean `{near}`?", shown(&new));
                faults.add(&text.origin, sentence);
            }
            None => self.say(&new, word, &prefix, text, faults),
        }
    }

    /// Notes what a variable says of one cache; `before` stands between our prefix and the word.
    fn say(&mut self, cache: &str, word: &str, before: &str, text: Said<&String>, faults: &mut Faults) {
        let draft = self.drafts.entry(cache.to_owned()).or_default();
        if let Some(option) = word.strip_prefix(OPTIONS).filter(|option| !option.is_empty()) {
            let given = Said::new(Given::Text(text.value.clone()), text.origin);
            return draft.tell(&option.to_ascii_lowercase(), given, faults);
        }
        let is_in_capitals = !word.bytes().any(|byte| byte.is_ascii_lowercase());
        match Word::named(&word.to_ascii_lowercase()) {
            Some(known) if is_in_capitals => {
                draft.say(known, &Said::new(Written::Text(text.value.clone()), text.origin), faults);
            }
            _ => faults.add(&text.origin, unknown(word, before)),
        }
    }
}

/// Returns a name as it stands in a variable.
fn in_capitals(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

/// Says what somebody meant who wrote `SESSIONS_URL` or `SESSIONS_OPTIONS_TABLE` behind `CACHES_`, one underscore for two.
fn in_two_underscores(rest: &str) -> Option<String> {
    let rest = rest.trim_start_matches('_');
    let (cache, word) = if let Some((cache, option)) = rest.split_once("_OPTIONS_") {
        (cache, format!("{OPTIONS}{}", option.trim_start_matches('_')))
    } else {
        let ends = Word::names().map(in_capitals).filter_map(|word| Some((rest.strip_suffix(&word)?, word)));
        // `TIMEOUT` ends `STORE_TIMEOUT`: the longest word is meant.
        ends.filter(|(cache, _)| cache.ends_with('_')).min_by_key(|(cache, _)| cache.len())?
    };
    let cache = cache.trim_end_matches('_');
    let meant = format!("{PREFIX}{CACHES}{cache}__{word}");
    (!cache.is_empty())
        .then(|| format!("did you mean {meant}? Two underscores stand before and behind the name of a cache"))
}

fn unknown(word: &str, before: &str) -> String {
    if let Some(meant) = word.strip_prefix("CACHES_").filter(|_| before.is_empty()).and_then(in_two_underscores) {
        return format!("there is no such variable; {meant}");
    }
    if let Some(option) = word.strip_prefix("OPTIONS_").filter(|option| !option.is_empty()) {
        let meant = format!("{PREFIX}{before}{OPTIONS}{}", option.trim_start_matches('_'));
        return format!("there is no such variable; did you mean {meant}, with two underscores?");
    }
    if is_of_a_store(&word.to_ascii_lowercase()) {
        return format!(
            "there is no such variable; did you mean {PREFIX}{before}{OPTIONS}{word}? It is an option of the store"
        );
    }
    let mut words: Vec<_> = Word::names().map(in_capitals).collect();
    if before.is_empty() {
        words.push("CONFIG".to_owned());
    }
    match nearest(word, words.iter().map(String::as_str)) {
        Some(near) => format!("there is no such variable; did you mean {PREFIX}{before}{near}?"),
        None => format!(
            "there is no such variable; there are {PREFIX}{before}{}, and for the store {PREFIX}{before}{OPTIONS}NAME",
            words.join(&format!(", {PREFIX}{before}"))
        ),
    }
}
