//! Removing everything whose name begins alike.

use std::time::Instant;
use std::{fs, io};

use cache_core::error::Error;

use super::address::DRAWERS;
use super::chore::{Chore, Progress};
use super::client::Folder;
use super::error::cannot;
use super::found;
use super::held::Held;
use super::listing::{Listed, list};
use super::worker;
use crate::reply::Promise;

/// How many files go under one lock.
const BATCH: usize = 32;

/// One drawer after the other: a mark that makes tickets worthless, then the files, then the mark once more, for those
/// that took a ticket and wrote meanwhile.
pub(super) struct Clearing {
    scope: Vec<u8>,
    drawer: usize,
    stage: Stage,
    waiting: Option<Instant>,
    promise: Option<Promise<Result<(), Error>>>,
}

enum Stage {
    Mark,
    Remove(Vec<Listed>),
}

impl Clearing {
    pub(super) fn new(scope: Vec<u8>, promise: Promise<Result<(), Error>>) -> Self {
        Self { scope, drawer: 0, stage: Stage::Mark, waiting: None, promise: Some(promise) }
    }

    fn end(&mut self, outcome: Result<(), Error>) -> Progress {
        if let Some(promise) = self.promise.take() {
            promise.tell(outcome);
        }
        Progress::Done
    }

    /// Does one step in this drawer; `false` where somebody else has its lock.
    fn advance(&mut self, folder: &Folder, drawer: u8) -> Result<bool, Error> {
        if matches!(self.stage, Stage::Mark) && !is_there(folder, drawer)? {
            self.next_drawer();
            return Ok(true);
        }
        let Some(mut held) = folder.hold(drawer)? else { return Ok(false) };
        match &mut self.stage {
            Stage::Mark => {
                held.mark(&self.scope)?;
                drop(held);
                self.begin_removing(folder, drawer)?;
            }
            Stage::Remove(listed) => {
                let batch = listed.split_off(listed.len().saturating_sub(BATCH));
                let is_last = listed.is_empty();
                remove(&mut held, &batch)?;
                if is_last {
                    held.mark(&self.scope)?;
                    self.next_drawer();
                }
            }
        }
        Ok(true)
    }

    /// Lists what is to go. What cannot be read may be in the scope, and goes too.
    fn begin_removing(&mut self, folder: &Folder, drawer: u8) -> Result<(), Error> {
        let path = folder.drawer_path(drawer);
        let mut listing = list(&path, drawer).map_err(|error| cannot("read", &path, error))?;
        listing.entries.retain(|listed| listed.name.starts_with(&self.scope));
        listing.entries.append(&mut listing.strange);
        if listing.entries.is_empty() {
            self.next_drawer();
        } else {
            self.stage = Stage::Remove(listing.entries);
        }
        Ok(())
    }

    fn next_drawer(&mut self) {
        self.drawer += 1;
        self.stage = Stage::Mark;
    }
}

impl Chore for Clearing {
    fn step(&mut self, folder: &Folder, is_waited_for: &dyn Fn(u8) -> bool) -> Progress {
        let Some(drawer) = u8::try_from(self.drawer).ok().filter(|_| self.drawer < DRAWERS) else {
            return self.end(Ok(()));
        };
        // What was asked for before would be there again after it.
        let advanced = if is_waited_for(drawer) { Ok(false) } else { self.advance(folder, drawer) };
        match advanced {
            Ok(true) => {
                self.waiting = None;
                Progress::More
            }
            Ok(false) if self.waiting.get_or_insert_with(Instant::now).elapsed() > folder.config.lock_timeout => {
                self.end(Err(worker::out_of_patience(folder, drawer)))
            }
            Ok(false) => Progress::Waiting,
            Err(error) => self.end(Err(error)),
        }
    }
}

/// A drawer that nobody has made holds nothing, and nobody has a ticket of it.
fn is_there(folder: &Folder, drawer: u8) -> Result<bool, Error> {
    let path = folder.drawer_path(drawer);
    match fs::metadata(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(cannot("read", &path, error)),
        Ok(_) => Ok(true),
    }
}

fn remove(held: &mut Held<'_>, batch: &[Listed]) -> Result<(), Error> {
    for listed in batch {
        let removed = found::look(&listed.path).and_then(|(found, _)| held.unlink(&listed.path, found));
        removed.map_err(|error| cannot("remove", &listed.path, error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;
    use crate::reply::promise;

    #[test]
    fn a_change_of_before_is_made_before_its_drawer_is_cleared() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::new(Config::new(place.path()));
        drop(folder.hold(0).expect("a drawer"));
        let mut clearing = Clearing::new(Vec::new(), promise().0);
        assert_eq!(clearing.step(&folder, &|drawer| drawer == 0), Progress::Waiting);
        assert_eq!(clearing.step(&folder, &|_| false), Progress::More);
    }
}
