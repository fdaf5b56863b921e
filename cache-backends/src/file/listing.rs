//! The files of a drawer, those of others left out.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::address::is_entry;
use super::draft::is_draft;
use super::found::{self, Found};

/// How long a draft is left to whoever may still write it.
const DRAFT: Duration = Duration::from_secs(600);
/// How long what cannot be read is left alone: another program, of an earlier or a later time, may be able to.
const STRANGE: Duration = Duration::from_secs(24 * 60 * 60);

/// A file with the name of an entry.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub path: PathBuf,
    pub found: Found,
    pub name: Vec<u8>,
}

/// What is in a drawer.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub entries: Vec<Listed>,
    /// Drafts that a process has left behind.
    pub drafts: Vec<PathBuf>,
    /// Files with the name of an entry that are none.
    pub strange: Vec<Listed>,
}

/// Lists a drawer. What goes meanwhile is not in it, and one that is missing is empty.
pub(super) fn list(path: &Path, drawer: u8) -> io::Result<Listing> {
    let mut listing = Listing::default();
    let files = match fs::read_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(listing),
        files => files?,
    };
    for file in files {
        let file = file?;
        let name = file.file_name();
        if is_draft(&name) {
            if is_older(&file.path(), DRAFT) {
                listing.drafts.push(file.path());
            }
        } else if is_entry(&name, drawer) {
            listing.look_at(file.path());
        }
    }
    Ok(listing)
}

impl Listing {
    fn look_at(&mut self, path: PathBuf) {
        let Ok((found, name)) = found::look(&path) else { return };
        let listed = Listed { path, found, name };
        match found {
            Found::Entry(_) => self.entries.push(listed),
            Found::Strange(_) => self.strange.push(listed),
            Found::Missing => {}
        }
    }
}

/// Returns whether nobody could read this for so long that it may go.
pub(super) fn is_forsaken(path: &Path) -> bool {
    is_older(path, STRANGE)
}

/// Returns whether a file was written so long ago, by the clock of the system, which is that of its files too.
fn is_older(path: &Path, age: Duration) -> bool {
    let written = fs::symlink_metadata(path).and_then(|data| data.modified());
    let since = written.ok().and_then(|written| SystemTime::now().duration_since(written).ok());
    since.is_some_and(|since| since > age)
}
