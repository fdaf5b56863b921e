//! What a program says of who asks: pages in two languages, or for two time zones, are two pages.

use std::sync::{PoisonError, RwLock};

/// The language that a request is answered in.
///
/// Put into the extensions of a request by whatever decides that, in front of the cache; the page is then kept for this
/// language alone. Handlers take it as an argument, or an `Option` of it:
/// [an example](macro@crate::cache_page#languages-and-time-zones).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Language(pub String);

/// The time zone that the times of a page are shown in.
///
/// Put into the extensions of a request by whatever decides that, in front of the cache; the page is then kept for this
/// zone alone. Handlers take it as an argument, or an `Option` of it:
/// [an example](macro@crate::cache_page#languages-and-time-zones).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TimeZone(pub String);

/// What the program says of who asks, and what is therefore told apart: `None` where it says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Locale<'a> {
    pub(super) language: Option<&'a str>,
    pub(super) zone: Option<&'a str>,
}

/// The languages and zones that pages of one cache were asked for in: a write empties a page in all of them.
#[derive(Debug, Default)]
pub(super) struct Locales(RwLock<Vec<Seen>>);

type Seen = (Option<Box<str>>, Option<Box<str>>);

/// How many are remembered one by one.
const MOST: usize = 64;

impl Locales {
    /// Notes that pages are asked for in this language, and for this zone.
    #[inline]
    pub(super) fn note(&self, locale: Locale<'_>) {
        if locale != Locale::default() {
            self.add(locale);
        }
    }

    fn add(&self, locale: Locale<'_>) {
        let is_there = |seen: &[Seen]| seen.len() > MOST || seen.iter().any(|one| of(one) == locale);
        if is_there(&self.0.read().unwrap_or_else(PoisonError::into_inner)) {
            return;
        }
        let mut seen = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !is_there(&seen) {
            seen.push((locale.language.map(Into::into), locale.zone.map(Into::into)));
        }
    }

    /// Hands out each of them, and no language and no zone. Says whether there may be more: where there were too many, or
    /// where another process may have seen other ones.
    pub(super) fn each(&self, mut with: impl FnMut(Locale<'_>), is_shared: bool) -> bool {
        let seen = self.0.read().unwrap_or_else(PoisonError::into_inner);
        with(Locale::default());
        seen.iter().for_each(|one| with(of(one)));
        seen.len() > MOST || (is_shared && !seen.is_empty())
    }
}

fn of((language, zone): &Seen) -> Locale<'_> {
    Locale { language: language.as_deref(), zone: zone.as_deref() }
}
