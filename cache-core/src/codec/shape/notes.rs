//! What a type was asked, and what is still to be asked.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::de::value::Error as Stop;
use serde::de::{DeserializeOwned, Error as _};

use super::asked::Asked;

/// How often a type is asked that refuses every answer, or contains itself.
const PASSES: usize = 64;

/// How deep parts may be nested before the rest is left out.
const MAX_DEPTH: usize = 64;

/// How often a type may stand inside itself: `Page<Page<T>>` does without being endless.
const MAX_INSIDE_ITSELF: usize = 4;

/// How much is written down at most.
pub(super) const MAX_TEXT: usize = 1 << 20;

/// The name of a type and those of its fields or variants.
pub(super) type Named = (&'static str, &'static [&'static str]);

#[derive(Default)]
pub(super) struct Notes {
    pub(super) text: String,
    /// Where the question that is being answered stands in the whole.
    path: String,
    /// The types that are being asked about, outermost first.
    inside: Vec<Named>,
    /// The types that were met.
    pub(super) types: Vec<Named>,
    /// For each place that has parts to choose from, how often it was met and how many parts it has.
    turns: BTreeMap<String, Turns>,
    /// For each place whose answer was refused, which one is next.
    answers: BTreeMap<String, usize>,
    /// The question that was answered last, and how many answers there are to it.
    last: Option<(String, usize)>,
    /// Whether this pass ended because the parts would never have ended.
    is_cut_off: bool,
    /// Whether some pass came to no value.
    was_refused: bool,
    /// Whether some type stands inside itself, so that there are always more places to see.
    is_recursive: bool,
}

#[derive(Clone, Copy)]
struct Turns {
    met: usize,
    parts: usize,
    /// Of the variants of an enum each must be met; of fields any one leads to all.
    is_enum: bool,
}

impl Notes {
    /// Asks the type once more, with other answers as long as it refuses one and there are others.
    pub(super) fn ask<V: DeserializeOwned>(&mut self) {
        let (text, types, turns) = (self.text.len(), self.types.len(), self.turns.clone());
        while !self.try_once::<V>() {
            if self.is_cut_off || !self.has_another_answer() {
                self.was_refused = true;
                return;
            }
            self.text.truncate(text);
            self.types.truncate(types);
            self.turns.clone_from(&turns);
        }
    }

    fn try_once<V: DeserializeOwned>(&mut self) -> bool {
        self.path.clear();
        self.inside.clear();
        self.last = None;
        self.is_cut_off = false;
        self.note("|");
        let outcome = catch_unwind(AssertUnwindSafe(|| V::deserialize(Asked(self)).map(drop)));
        matches!(outcome, Ok(Ok(())))
    }

    /// Chooses another answer to the last question; once there is none, it is never looked for again.
    fn has_another_answer(&mut self) -> bool {
        let Some((path, answers)) = self.last.take() else { return false };
        let next = self.answers.entry(path).or_default();
        let had_another = *next < answers;
        *next = (*next + 1).min(answers);
        had_another && *next < answers
    }

    /// Returns whether another pass would show nothing new.
    pub(super) fn is_complete(&self, passes: usize) -> bool {
        let enough = self.types.iter().map(|(_, parts)| parts.len()).max().unwrap_or(0).max(PASSES);
        let has_seen_all = || self.turns.values().all(|turns| !turns.is_enum || turns.met >= turns.parts);
        match () {
            () if self.text.len() > MAX_TEXT => true,
            () if self.is_recursive => passes >= enough,
            () if self.was_refused => passes >= enough && has_seen_all(),
            () => has_seen_all(),
        }
    }

    pub(super) fn note(&mut self, what: &str) {
        self.text.push_str(what);
        self.text.push(';');
    }

    /// Notes a question, and returns which of its answers is to be given.
    pub(super) fn question(&mut self, kind: &str, answers: usize) -> usize {
        self.note(kind);
        self.last = Some((self.path.clone(), answers));
        self.answers.get(&self.path).copied().filter(|chosen| *chosen < answers).unwrap_or(0)
    }

    /// Returns the part whose turn it is at this place.
    pub(super) fn turn(&mut self, parts: usize, is_enum: bool) -> usize {
        let turns = self.turns.entry(self.path.clone()).or_insert(Turns { met: 0, parts, is_enum });
        turns.met += 1;
        (turns.met - 1) % parts.max(1)
    }

    /// Notes something with parts and asks about them, unless that would never end.
    pub(super) fn within<T>(
        &mut self,
        kind: &str,
        (name, parts): Named,
        ask: impl FnOnce(Asked<'_>) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        self.note(kind);
        self.note_type((name, parts));
        let times = self.inside.iter().filter(|outer| !name.is_empty() && **outer == (name, parts)).count();
        self.is_recursive |= times > 1;
        if times >= MAX_INSIDE_ITSELF || self.inside.len() >= MAX_DEPTH || self.text.len() > MAX_TEXT {
            self.is_cut_off = true;
            return Err(Stop::custom("there is no end to it"));
        }
        self.inside.push((name, parts));
        let value = ask(Asked(self));
        self.inside.pop();
        value
    }

    /// Notes the name of a type, and the first time those of its parts.
    pub(super) fn note_type(&mut self, (name, parts): Named) {
        if !name.is_empty() {
            self.note(name);
        }
        if !self.types.contains(&(name, parts)) {
            self.types.push((name, parts));
            for part in parts {
                self.note(part);
            }
        }
    }

    /// Asks about one part.
    pub(super) fn at<T>(&mut self, part: &str, ask: impl FnOnce(Asked<'_>) -> Result<T, Stop>) -> Result<T, Stop> {
        let outer = self.path.len();
        self.path.push_str(part);
        self.path.push(';');
        let value = ask(Asked(self));
        self.path.truncate(outer);
        value
    }
}
