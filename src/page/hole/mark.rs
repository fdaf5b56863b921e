//! What stands in a page where a hole is, and finding it.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::ops::Deref;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, RwLock};

use http::HeaderMap;
use serde::{Deserialize, Serialize};

/// How many bytes a mark has. In all processes, so that a page has one length wherever it was made.
pub(super) const LENGTH: usize = 48;

/// What each mark begins with. It is rare in texts, and what is looked for.
const FIRST: u8 = b'Z';

/// What a hole is called, and what stands in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    pub(super) name: Box<str>,
    text: Box<str>,
}

/// All marks that may stand in a text.
#[derive(Clone, Debug)]
pub(super) struct Marks(Arc<[Mark]>);

/// The marks of this process: of all holes that some layer fills.
static OWN: LazyLock<RwLock<Marks>> = LazyLock::new(|| RwLock::new(Marks(Arc::default())));

/// What makes the marks of this process its own. Each is 188 bits of a keyed hash, whose key is random and stays here:
/// who has seen one mark knows nothing of another.
static SECRET: LazyLock<RandomState> = LazyLock::new(RandomState::new);

impl Mark {
    fn of(name: &str) -> Self {
        let [one, two, three] = [1_u8, 2, 3].map(|part| SECRET.hash_one((part, name)));
        let text = format!("{}{:015x}{two:016x}{three:016x}", char::from(FIRST), one >> 4);
        Self { name: name.into(), text: text.into() }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// Returns whether it can be one, wherever it came from.
    pub(super) fn is_one(&self) -> bool {
        self.text.len() == LENGTH && self.bytes()[0] == FIRST
    }
}

impl Marks {
    pub(super) fn all() -> Self {
        OWN.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Learns that a hole is filled by somebody.
    pub(super) fn learn(name: &str) {
        let mut own = OWN.write().unwrap_or_else(PoisonError::into_inner);
        if own.text(name).is_none() {
            *own = Self(own.iter().cloned().chain([Mark::of(name)]).collect());
        }
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.iter().find(|mark| *mark.name == *name).map(|mark| &*mark.text)
    }

    /// Returns the mark that this is, from its first to its last byte.
    pub(super) fn named(&self, bytes: &[u8]) -> Option<&Mark> {
        if bytes.len() == LENGTH { self.iter().find(|mark| mark.bytes() == bytes) } else { None }
    }
}

impl From<Vec<Mark>> for Marks {
    fn from(marks: Vec<Mark>) -> Self {
        Self(marks.into())
    }
}

impl Deref for Marks {
    type Target = [Mark];

    fn deref(&self) -> &[Mark] {
        &self.0
    }
}

/// Returns where the first mark stands from this place on, and which one it is, by its number.
pub(super) fn find(marks: &[Mark], bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    places(bytes, from).find_map(|at| {
        let which = marks.iter().position(|mark| bytes[at..].starts_with(mark.bytes()))?;
        Some((at, which))
    })
}

/// Returns how many bytes at the end may be the beginning of a mark.
pub(super) fn begun(marks: &[Mark], bytes: &[u8]) -> usize {
    let from = bytes.len().saturating_sub(LENGTH - 1);
    let is_begun = |at: &usize| marks.iter().any(|mark| mark.bytes().starts_with(&bytes[*at..]));
    places(bytes, from).find(is_begun).map_or(0, |at| bytes.len() - at)
}

pub(super) fn are_in(marks: &[Mark], headers: &HeaderMap) -> bool {
    headers.values().any(|value| find(marks, value.as_bytes(), 0).is_some())
}

fn places(bytes: &[u8], from: usize) -> impl Iterator<Item = usize> {
    let rest = bytes.get(from..).unwrap_or_default();
    rest.iter().enumerate().filter(|(_, byte)| **byte == FIRST).map(move |(at, _)| from + at)
}

/// How many different things are said: names come from outside too.
const MOST: usize = 64;

/// Says in the log what is wrong with a hole, and no second time.
pub(super) fn say_once(name: &str, what: &'static str) {
    static SAID: Mutex<BTreeSet<(String, &'static str)>> = Mutex::new(BTreeSet::new());
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    let is_new = said.len() < MOST && said.insert((name.to_owned(), what));
    drop(said);
    if is_new {
        log::error!(target: "larder", "the hole `{name}` stays empty: {what}");
    }
}
