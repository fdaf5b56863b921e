//! From what was said of each cache to what it is to be like.

use std::collections::BTreeMap;

use cache_backends::place::{nearest, shown};
use cache_core::key::{KeyFunction, Scope};
use cache_core::registry::Settings;

use super::described::Described;
use super::draft::{Draft, Drafts};
use super::fault::Faults;
use super::layers::layers;
use super::origin::Said;
use super::schemes::Schemes;
use super::stores::Stores;
use super::wishes::BOUNDS;
use super::word::Word;

/// What caches can be told by name.
pub(super) struct Names<'a> {
    pub(super) schemes: &'a Schemes,
    pub(super) functions: &'a BTreeMap<String, KeyFunction>,
    /// The version of those that say none.
    pub(super) version: Option<Said<String>>,
}

/// What all drafts come to.
pub(super) struct Resolved {
    pub(super) caches: Vec<(Settings, Described)>,
    pub(super) stores: Stores,
}

/// Makes of each draft what its cache is to be like, and a description of that.
pub(super) fn resolve(drafts: &Drafts, names: &Names<'_>, faults: &mut Faults) -> Resolved {
    let mut stores = Stores::default();
    for (name, draft) in drafts {
        stores.take(name, draft, faults);
    }
    stores.make(names.schemes, faults);
    let mut caches = Vec::new();
    for (name, draft) in drafts {
        let place = place(name, draft, &stores, faults);
        let settings = layers(words(place, draft, names, faults), draft, faults);
        let described = Described::of(name, &settings, draft, &stores);
        caches.push((settings, described));
    }
    Resolved { caches, stores }
}

/// Returns where a cache lives, and what was said of it in code.
fn place(name: &str, draft: &Draft, stores: &Stores, faults: &mut Faults) -> Settings {
    let base = draft.base.as_ref().map(|base| base.value.clone());
    if draft.locations().is_some() {
        // Where the store could not be made, something was found wrong, and this is used by nobody.
        let there = stores.settings_of(name).cloned().unwrap_or_else(Settings::memory);
        return match base {
            Some(base) => base.moved_to(there),
            None => there,
        };
    }
    let base = base.unwrap_or_else(Settings::memory);
    if draft.is_lost { base } else { without_address(base, draft, faults) }
}

/// Says of a store without an address what is said of it in words: that is for memory alone.
fn without_address(mut settings: Settings, draft: &Draft, faults: &mut Faults) -> Settings {
    for bound in BOUNDS.into_iter().filter_map(|word| Some((word, draft.number(word)?))) {
        let (word, Said { value, origin }) = bound;
        settings = match word {
            Word::MaxEntries if settings.is_in_memory() => settings.max_entries(value),
            Word::MaxBytes if settings.is_in_memory() => settings.max_bytes(value),
            _ if settings.is_in_memory() => settings,
            _ => {
                faults
                    .add(&origin, format!("the store of this cache is made in code: say its `{}` there", word.name()));
                settings
            }
        };
    }
    for (option, given) in &draft.options {
        let sentence = if settings.is_in_memory() {
            format!(
                "there is no option `{}`: without a `url` this cache is in memory, and that has none",
                shown(option)
            )
        } else {
            format!("the store of this cache is made in code: say its `{}` there", shown(option))
        };
        faults.add(&given.origin, sentence);
    }
    settings
}

/// Says what is said in words of the cache itself.
fn words(mut settings: Settings, draft: &Draft, names: &Names<'_>, faults: &mut Faults) -> Settings {
    if let Some(ttl) = draft.ttl() {
        settings = settings.ttl_of(ttl);
    }
    if let Some(off) = draft.flag(Word::Off) {
        settings = settings.switched(off);
    }
    if let Some(function) = draft.text(Word::KeyFunction) {
        match names.functions.get(function.value) {
            Some(function) => settings = settings.key_function(*function),
            None => faults.add(&function.origin, unknown_function(function.value, names.functions)),
        }
    }
    let prefix = draft.text(Word::KeyPrefix);
    if let Some(prefix) = &prefix {
        settings = settings.key_prefix(prefix.value);
    }
    let of_all = names.version.as_ref().filter(|_| settings.said_version().is_none());
    let version = draft
        .text(Word::Version)
        .or_else(|| of_all.map(|version| Said::new(version.value.as_str(), version.origin.clone())));
    if let Some(version) = &version {
        settings = settings.version(version.value);
    }
    // The engine would say so too, and not where it was written.
    let origin = prefix.as_ref().or(version.as_ref()).map(|said| &said.origin);
    let scope = Scope::new(settings.prefix(), settings.said_version().unwrap_or("1"), None);
    if let (Some(origin), Err(error)) = (origin, scope) {
        faults.add(origin, error.to_string());
    }
    settings
}

fn unknown_function(name: &str, functions: &BTreeMap<String, KeyFunction>) -> String {
    let names: Vec<_> = functions.keys().map(String::as_str).collect();
    let what = match (nearest(name, names.iter().copied()), &names[..]) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, []) => "none is registered: `Builder::key_function` does that".to_owned(),
        (None, names) => format!("there is `{}`", names.join("`, `")),
    };
    format!("there is no function `{}` for keys; {what}", shown(name))
}
