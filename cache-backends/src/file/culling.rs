//! Making room: what is over goes first, then what ends first. One drawer a step, and never all of them for one write.

use std::collections::{HashSet, VecDeque};
use std::path::PathBuf;
use std::{fs, io};

use cache_core::error::Error;

use super::KEPT_MILLIS;
use super::address::DRAWERS;
use super::book::{Book, Counts, LAST, Turn};
use super::census::Sum;
use super::chore::{Chore, Progress};
use super::client::Folder;
use super::error::cannot;
use super::found::{self, Found};
use super::head::Head;
use super::held::Held;
use super::listing::{self, Listed, Listing};
use super::pace::{Fullness, fullness};
use crate::reply::Promise;

/// How many files go under one lock.
const BATCH: usize = 32;
/// How many drawers are looked into at most to make room once.
const VISITS: usize = 8 * DRAWERS;
/// So many tombstones may be in a drawer besides one for each entry.
const REMOVALS: usize = 64;
/// Which part of a drawer goes at once: nearly in the order of the whole store, without reading a drawer for each.
const PART: u64 = 8;

/// Looks through the drawer whose turn it is, then makes room where the store is over its bounds.
pub(super) struct Culling {
    stage: Stage,
    /// What the store is to come down to.
    goal: Option<Sum>,
    turn: Counts,
    visits: usize,
    /// The drawer that was looked into last, and what its book had said.
    last: Option<(u8, Turn)>,
    /// Drawers that are locked, or whose books cannot be set right.
    skipped: HashSet<u8>,
    _promise: Option<Promise<()>>,
}

enum Stage {
    Begin,
    Sweep(Sweep),
    Next,
}

/// What is to go from one drawer.
struct Sweep {
    drawer: u8,
    /// What the book had seen before the drawer was listed; what it has seen of this alone since.
    changes: u64,
    counts: Counts,
    drafts: Vec<PathBuf>,
    victims: VecDeque<Victim>,
    forgets: bool,
}

struct Victim {
    listed: Listed,
    /// It was changed lately: a tombstone of it stays, for tickets.
    leaves_tombstone: bool,
}

impl Culling {
    pub(super) fn new(promise: Option<Promise<()>>) -> Self {
        let (stage, turn) = (Stage::Begin, Counts::NOTHING);
        Self { stage, goal: None, turn, visits: 0, last: None, skipped: HashSet::new(), _promise: promise }
    }

    fn begin(&mut self, folder: &Folder) -> Stage {
        if folder.config.is_bounded() && folder.census.is_due() {
            (0..=u8::MAX).for_each(|drawer| read_again(folder, drawer));
        }
        let drawer = folder.pace.next_turn();
        let sweep = Sweep::new(folder, drawer, Sum::default());
        self.turn = sweep.counts;
        Stage::Sweep(sweep)
    }

    /// Finds the drawer from which something is to go next; none where the store is within its bounds.
    fn next(&mut self, folder: &Folder) -> Option<Sweep> {
        let (config, sum) = (&folder.config, folder.census.sum());
        if self.goal.is_none() && fullness(config, sum) == Fullness::Within {
            return None;
        }
        let goal = *self.goal.get_or_insert_with(|| config.goal(sum));
        let excess =
            Sum { entries: sum.entries.saturating_sub(goal.entries), bytes: sum.bytes.saturating_sub(goal.bytes) };
        self.visits += 1;
        if excess == Sum::default() || self.visits > VISITS {
            return None;
        }
        let mut first = self.first(folder)?;
        if self.last == Some(first) {
            self.skipped.insert(first.0);
            first = self.first(folder)?;
        }
        self.last = Some(first);
        Some(Sweep::new(folder, first.0, excess))
    }

    fn first(&self, folder: &Folder) -> Option<(u8, Turn)> {
        folder.census.first(|drawer| !self.skipped.contains(&drawer))
    }
}

impl Chore for Culling {
    fn step(&mut self, folder: &Folder, _: &dyn Fn(u8) -> bool) -> Progress {
        self.stage = match std::mem::replace(&mut self.stage, Stage::Next) {
            Stage::Begin => self.begin(folder),
            Stage::Sweep(mut sweep) => match sweep.step(folder) {
                Ok(true) => Stage::Next,
                Ok(false) => Stage::Sweep(sweep),
                Err(error) => {
                    log::warn!(target: "larder", "culling: {error}");
                    self.skipped.insert(sweep.drawer);
                    Stage::Next
                }
            },
            Stage::Next => {
                let Some(sweep) = self.next(folder) else {
                    folder.pace.end(&folder.config, folder.census.sum(), self.turn);
                    return Progress::Done;
                };
                Stage::Sweep(sweep)
            }
        };
        Progress::More
    }
}

fn read_again(folder: &Folder, drawer: u8) {
    match folder.book(drawer) {
        Some(book) => folder.census.note(drawer, &book),
        None if folder.drawer_path(drawer).exists() => {}
        None => folder.census.forget(drawer),
    }
}

impl Sweep {
    /// Lists a drawer: what is over goes in any case, and to make room as much more as is asked for.
    fn new(folder: &Folder, drawer: u8, excess: Sum) -> Self {
        let changes = folder.book(drawer).map_or(0, |book| book.changes);
        let listing = listing::list(&folder.drawer_path(drawer), drawer).unwrap_or_default();
        let mut counts = Counts { first: LAST, ..Counts::NOTHING };
        listing.entries.iter().filter_map(|listed| listed.found.head()).for_each(|head| counts.add(&head));
        let mut sweep = Self { drawer, changes, counts, drafts: Vec::new(), victims: VecDeque::new(), forgets: false };
        sweep.choose(folder, listing, excess);
        sweep
    }

    fn choose(&mut self, folder: &Folder, listing: Listing, mut excess: Sum) {
        let Listing { mut entries, drafts, strange } = listing;
        let (now, is_full) = (folder.now(), excess != Sum::default());
        self.drafts = drafts;
        let forsaken = strange.into_iter().filter(|listed| listing::is_forsaken(&listed.path));
        self.victims.extend(forsaken.map(|listed| Victim { listed, leaves_tombstone: false }));
        self.forgets = self.counts.removals > (REMOVALS as u64).saturating_add(self.counts.entries);
        entries.sort_by_key(|listed| listed.found.head().map(|head| (head.until, head.changed)));
        let heads = || entries.iter().filter_map(|listed| listed.found.head());
        let mut share = heads().find(|head| head.is_live(now)).map_or(0, |head| self.share(folder, &head));
        for listed in entries {
            let Found::Entry(head) = listed.found else { continue };
            let is_known = now.saturating_sub(head.changed) < KEPT_MILLIS;
            let goes = if head.removed {
                !is_known || self.forgets
            } else if !head.is_live(now) {
                !is_known || is_full
            } else {
                share > 0 && excess != Sum::default()
            };
            if !goes {
                continue;
            }
            if !head.removed {
                share = share.saturating_sub(u64::from(head.is_live(now)));
                excess.entries = excess.entries.saturating_sub(1);
                excess.bytes = excess.bytes.saturating_sub(head.length);
            }
            self.victims.push_back(Victim { listed, leaves_tombstone: is_known && !head.removed });
        }
    }

    /// Returns how many live entries may go at once, if this is the first of them: none where one of another drawer goes
    /// before it.
    fn share(&self, folder: &Folder, head: &Head) -> u64 {
        let others = folder.census.first(|drawer| drawer != self.drawer);
        let is_first = others.is_none_or(|(_, first)| (head.until, head.changed) <= first);
        if is_first { (self.counts.entries / PART).max(1) } else { 0 }
    }

    /// Removes some of them; `true` when all are gone, or somebody else has the lock: culling does not wait.
    fn step(&mut self, folder: &Folder) -> Result<bool, Error> {
        self.drafts.drain(..).for_each(|draft| drop(fs::remove_file(draft)));
        let has_work = !self.victims.is_empty() || self.corrects(folder.book(self.drawer));
        let Some(mut held) = (if has_work { folder.hold(self.drawer)? } else { None }) else { return Ok(true) };
        if std::mem::take(&mut self.forgets) {
            held.begin_generation()?;
            self.changes += 1;
        }
        for _ in 0..BATCH {
            let Some(victim) = self.victims.pop_front() else { break };
            self.remove(&mut held, &victim)?;
        }
        if self.victims.is_empty() && held.book.changes == self.changes {
            held.count(self.counts);
        }
        Ok(self.victims.is_empty())
    }

    /// Returns whether the book says something else than what was listed. A drawer without anything needs none.
    fn corrects(&self, book: Option<Book>) -> bool {
        match book {
            Some(book) => book.changes == self.changes && book.counts != self.counts,
            None => self.counts != Counts::NOTHING,
        }
    }

    fn remove(&mut self, held: &mut Held<'_>, victim: &Victim) -> Result<(), Error> {
        let path = &victim.listed.path;
        let is = found::look(path).map_err(|error| cannot("read", path, error))?.0;
        if is != victim.listed.found {
            return Ok(());
        }
        let entry = is.head();
        let tombstone = entry.filter(|_| victim.leaves_tombstone).map(|head| Head { removed: true, length: 0, ..head });
        let removed = match &tombstone {
            Some(tombstone) => self.replace(held, victim, tombstone),
            None => held.unlink(path, is),
        };
        removed.map_err(|error| cannot("remove", path, error))?;
        self.counts.replace(entry.as_ref(), tombstone.as_ref());
        self.changes += 1;
        Ok(())
    }

    /// Leaves a tombstone that says what the version was: to make room changes nothing.
    fn replace(&mut self, held: &mut Held<'_>, victim: &Victim, tombstone: &Head) -> io::Result<()> {
        let Listed { path, found, name } = &victim.listed;
        if let Ok(draft) = held.folder.draft(self.drawer, &tombstone.write(name), b"") {
            return held.put_at(draft, path, *found, tombstone);
        }
        held.begin_generation().map_err(io::Error::other)?;
        self.changes += 1;
        held.unlink(path, *found)
    }
}
