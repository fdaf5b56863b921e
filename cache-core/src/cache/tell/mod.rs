//! What is told to whoever asks why. Nobody comes here for whom nobody does.

mod load;
mod look;

use super::Cache;
use super::asker::Named;
use crate::clock::{Clock, Tick};
use crate::explain::{Asked, Done, Found, Kept, NotKept, Note, Unasked, is_anyone_asking};
use crate::key::{Key, Name};
use crate::trace::Span;
pub(super) use look::{away, unreadable, why_other};

/// What a look for one value is told by.
pub(super) type Teller<'a> = Option<&'a Note>;

impl Cache {
    /// Begins to tell of a question, if anybody listens here.
    #[inline]
    pub(super) fn begin_note(&self, site: Option<Named>, name: &Name) -> Option<Note> {
        Note::begin(|| Asked::new(site.map(|site| *site.place), self.name(), self.shown(name)))
    }

    /// Returns a key out of its name, without what its cache puts before it.
    pub(super) fn shown<'a>(&self, name: &'a Name) -> &'a str {
        let whole = name.as_str();
        self.scope().text().and_then(|scope| whole.strip_prefix(scope)).unwrap_or(whole)
    }

    /// Tells that a body begins since something is switched off.
    pub(crate) fn bare_since_off(&self, site: Option<Named>, why: Unasked, name: impl Fn() -> Name) -> Bare {
        let span = Span::begin(site.map(|site| site.place), self.name(), || self.shown(&name()).to_owned());
        let note = if is_anyone_asking() { self.begin_note(site, &name()) } else { None };
        if let Some(note) = &note {
            note.found(Found::Unasked(why));
        }
        Bare::begin(note, span, || self.home().clock.clone())
    }

    /// Tells that something is not looked for since something is switched off.
    pub(crate) fn tell_off(&self, site: Option<Named>, key: &Key, why: impl FnOnce() -> Unasked) {
        if is_anyone_asking()
            && let Some(note) = self.begin_note(site, &self.name_of(key))
        {
            note.found(Found::Unasked(why()));
        }
    }

    /// Begins to tell of many questions: of none where nobody listens.
    pub(super) fn begin_notes(&self, names: &[Name]) -> Vec<Option<Note>> {
        if !is_anyone_asking() {
            return Vec::new();
        }
        names.iter().map(|name| self.begin_note(None, name)).collect()
    }
}

/// Tells what was found, if anybody listens.
pub(super) fn tell_found(note: Teller<'_>, found: impl FnOnce() -> Found) {
    if let Some(note) = note {
        note.found(found());
    }
}

/// Returns who is told of one of many questions.
pub(super) fn teller(notes: &[Option<Note>], number: usize) -> Teller<'_> {
    notes.get(number).and_then(Option::as_ref)
}

/// A body that runs with nothing around it, where somebody wants to know of that.
pub(crate) struct Bare {
    told: Option<Box<(Note, Clock, Tick)>>,
    span: Span,
}

impl Bare {
    /// Nobody wants to know.
    pub(crate) const UNTOLD: Self = Self { told: None, span: Span::NONE };

    /// Tells that a body begins of which nothing is kept.
    pub(crate) fn begin(note: Option<Note>, span: Span, clock: impl FnOnce() -> Clock) -> Self {
        let told = note.map(|note| {
            let clock = clock();
            let now = clock.precise();
            note.done(Done::Began);
            Box::new((note, clock, now))
        });
        Self { told, span }
    }

    pub(super) fn note(&self) -> Option<&Note> {
        self.told.as_deref().map(|(note, ..)| note)
    }

    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    /// Tells how it ended.
    pub(super) fn end(self, failed: bool) {
        self.span.ran(failed);
        self.span.kept(&Kept::Not(NotKept::Alone));
        if let Some((note, clock, since)) = self.told.map(|bare| *bare) {
            note.ended(Done::Ran { took: clock.precise().since(since), failed });
            note.kept(Kept::Not(NotKept::Alone));
        }
    }
}
