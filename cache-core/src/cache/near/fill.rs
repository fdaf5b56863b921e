//! From what was read in the store to an entry of the near level.

use super::super::Cache;
use super::super::home::Home;
use super::super::judge::bonded;
use super::super::parcel::Found;
use super::{Near, Ticket};
use crate::clock::Tick;
use crate::key::Name;
use crate::policy::{self, Options};
use crate::record::{Erased, Times};
use crate::tags::Moment;
use crate::value::Keep;

/// How things stood before the store was asked.
#[derive(Clone, Copy, Debug)]
pub(in crate::cache) struct Asking {
    ticket: Ticket,
    since: Moment,
    at: Tick,
}

impl Home {
    /// Notes how things stand before the store is asked for this name, where there is a near level to be filled.
    pub(in crate::cache) fn ask_for_near(&self, name: &Name) -> Option<Asking> {
        self.count_near_miss();
        self.asking_near(name)
    }

    /// Does the same for who may have to ask once more, and counts nothing yet.
    pub(in crate::cache) fn asking_near(&self, name: &Name) -> Option<Asking> {
        self.near.as_deref().filter(|near| near.is_good()).map(|near| near.asking(name))
    }

    pub(in crate::cache) fn count_near_miss(&self) {
        if let Some(near) = &self.near {
            near.count_miss();
        }
    }
}

impl Near {
    fn asking(&self, name: &Name) -> Asking {
        Asking { ticket: self.changes.ticket(name.as_bytes()), since: self.tags.now(), at: self.clock.now() }
    }
}

impl Cache {
    /// Keeps near what was found in the store, for a short time since that was asked for it, and no longer than it is fresh beyond
    /// all question for those who ask with these options.
    pub(in crate::cache) fn keep_near<V>(
        &self,
        asking: Option<Asking>,
        name: &Name,
        found: &Found<'_>,
        record: &Erased,
        keep: Keep<V>,
        options: &Options,
    ) {
        let home = self.home();
        let (Some(near), Some(Asking { ticket, since, at })) = (home.near.as_deref(), asking) else { return };
        let Some(end) = found.fresh_until(home, name, options) else { return };
        let Some(value) = (keep.read)(record).filter(|value| !is_counted(keep, value)) else { return };
        let (now, end) = (home.clock.now(), near.until(at, end));
        if end <= now {
            return;
        }
        let times = Times { created: now, fresh_until: end, kept_until: end };
        let record = bonded(keep.record(name.mark(), times, value), home.bonds_of(found, since));
        near.keep(&ticket, name, record, found.bytes());
    }
}

/// Returns whether others may count with this value, each in the store.
fn is_counted<V>(keep: Keep<V>, value: &V) -> bool {
    keep.coder.and_then(|coder| coder.number).is_some_and(|number| (number.to)(value).is_some())
}

impl Found<'_> {
    /// Returns until when it is fresh for those who ask with these options, as far as it says so itself; `None` where it is
    /// nothing to be kept near.
    fn fresh_until(&self, home: &Home, name: &Name, options: &Options) -> Option<Tick> {
        let times = self.times(&home.clock).or_else(|| self.planned_times(&home.clock))?;
        Some(policy::fresh_until(times, home.lead_of_found(name, self, options), options))
    }
}
