//! What a load tells.

use std::time::Duration;

use crate::cache::Cache;
use crate::cache::asker::Asker;
use crate::cache::home::Outside;
use crate::cache::load::Load;
use crate::cache::parcel;
use crate::cache::rules::Rules;
use crate::clock::{Clock, Tick};
use crate::error::Error;
use crate::explain::{Done, Found, Kept, Miss, NotKept, Note, TagName, Unasked, WhoSays, Whom, WhyStale};
use crate::flight::Wishes;
use crate::policy::Ttl;
use crate::record::Erased;
use crate::tags::{Bonds, MOST_INHERITED};
use crate::trace::{self, Span};

/// When a caller began to wait, where somebody wants to know.
pub(in crate::cache) struct Waiting(Option<(Note, Clock, Tick)>);

impl Cache {
    /// Says what became of a record that is kept with these tags.
    fn kept(&self, record: &Erased) -> Kept {
        let times = record.times();
        let time = times.fresh_until.since(times.created);
        if record.is_failure() {
            return Kept::Error { time };
        }
        let tags = record.bonds().map(Bonds::tags).unwrap_or_default();
        let tags = TagName::each_once(tags.iter().map(|tag| self.name_of_tag(tag)));
        Kept::For { time: (times.fresh_until != Tick::NEVER).then_some(time), tags }
    }
}

/// What a load tells.
impl<V, E> Load<V, E> {
    pub(in crate::cache) fn tell_found(&self, found: impl FnOnce() -> Found) {
        if let Some(note) = &self.note {
            note.found(found());
        }
    }

    /// Begins its span, where anybody traces.
    pub(crate) fn begin_span(&self) -> Span {
        let Asker { cache, site } = &self.asker;
        Span::begin(site.map(|site| site.place), cache.name(), || cache.shown(&self.name).to_owned())
    }

    pub(in crate::cache) fn tell(&self, done: Done) {
        trace::done(self.asker.site.map(|site| site.place), self.asker.cache.name(), &done);
        if let Some(note) = &self.note {
            note.done(done);
        }
    }

    pub(in crate::cache) fn tell_not_kept(&self, why: impl FnOnce() -> NotKept) {
        self.tell_outcome(|| Kept::Not(why()));
    }

    pub(in crate::cache) fn tell_kept(&self, record: &Erased) {
        self.tell_outcome(|| self.asker.cache.kept(record));
    }

    fn tell_outcome(&self, kept: impl FnOnce() -> Kept) {
        if self.note.is_none() && self.span.is_none() {
            return;
        }
        let kept = kept();
        self.span.kept(&kept);
        if let Some(note) = &self.note {
            note.kept(kept);
        }
    }

    /// Tells which tags of a record were invalidated while it was being read.
    pub(in crate::cache) fn tell_cut(&self, record: &Erased) {
        self.tell_not_kept(|| NotKept::Invalidated {
            tags: record.bonds().and_then(|bonds| self.asker.cache.cut(bonds)).unwrap_or_default(),
        });
    }

    /// Tells why a store did not take something.
    pub(in crate::cache) fn tell_refused(&self, error: &Error) {
        self.tell_not_kept(|| match parcel::size_in(error) {
            Some(bytes) => NotKept::TooLarge { bytes, limit: self.asker.home().outside().and_then(Outside::limit) },
            None if parcel::is_of_the_value(error) => NotKept::StaysHere,
            None => NotKept::Away { error: error.to_string() },
        });
    }

    /// Tells that what is past its time is served, and why.
    pub(in crate::cache) fn tell_stale(&self, why: WhyStale) {
        self.tell(Done::Stale(why));
    }

    /// Says which rule refuses a value.
    pub(in crate::cache) fn why_refused(&self, value: &V, wishes: &Wishes) -> NotKept {
        let Rules { options, ttl_with, .. } = &self.rules;
        match () {
            () if wishes.discard => NotKept::Discarded,
            () if self.rules.is_absent(value) => NotKept::Absent,
            () if wishes.too_many_tags => NotKept::TooManyTags { limit: MOST_INHERITED },
            () if !self.rules.wants(value) => NotKept::When,
            () if wishes.ttl.is_some() || wishes.at_most.is_some() => NotKept::NoTime(WhoSays::Body),
            () if ttl_with.is_some() => NotKept::NoTime(WhoSays::TtlWith),
            () if options.ttl == Ttl::Default => NotKept::NoTime(WhoSays::Cache),
            () => NotKept::NoTime(WhoSays::Place),
        }
    }

    /// Says that nothing is looked for, since something is switched off.
    pub(crate) fn be_off(&mut self, why: Unasked) {
        self.is_off = true;
        self.note = self.asker.cache.begin_note(self.asker.site, &self.name);
        self.tell_found(|| Found::Unasked(why));
    }

    /// Tells that it is loaded although there may be a value.
    pub(in crate::cache) fn be_anew(&mut self) {
        self.note = self.asker.cache.begin_note(self.asker.site, &self.name);
        self.tell_found(|| Found::Miss(Miss::Anew));
    }

    /// Tells that somebody else is at it already, where it has not looked itself.
    pub(in crate::cache) fn tell_joined(&self) {
        if let Some(note) = &self.note {
            note.tell(|asked| {
                if asked.found == Found::Unknown {
                    asked.found = Found::Unasked(Unasked::Joined);
                }
            });
        }
    }

    /// Tells that its body was given up.
    pub(in crate::cache) fn tell_given_up(&self, how: Done) {
        self.span.given_up(&how);
        if let Some(note) = &self.note {
            note.ended(how);
        }
    }

    /// Tells how its body ended.
    pub(in crate::cache) fn tell_ran(&self, took: Duration, failed: bool) {
        self.span.ran(failed);
        if let Some(note) = &self.note {
            note.ended(Done::Ran { took, failed });
        }
    }

    /// Notes that its caller begins to wait.
    pub(in crate::cache) fn begin_to_wait(&self) -> Waiting {
        Waiting(self.note.as_ref().map(|note| {
            let clock = self.asker.home().clock.clone();
            (note.clone(), clock.clone(), clock.precise())
        }))
    }
}

impl Waiting {
    /// Tells for how long.
    pub(in crate::cache) fn end(self, whom: Whom) {
        if let Some((note, clock, since)) = self.0 {
            note.done(Done::Waited { whom, took: clock.precise().since(since) });
        }
    }
}
