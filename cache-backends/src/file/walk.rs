//! Which names there are, some at a time, for a person who looks.

use std::{fs, io};

use cache_core::backend::Names;
use cache_core::error::Error;

use super::address::{DRAWERS, is_entry};
use super::client::Folder;
use super::error::cannot;
use super::found;

/// How many files are looked at in one step: whoever else is served by the same thread waits meanwhile.
const STEP: usize = 200;

/// Returns the names of the next files. Where to go on is a drawer, and the file in it that was looked at last.
pub(super) fn step(folder: &Folder, start: &[u8], behind: Option<&[u8]>) -> Result<Names, Error> {
    let (first, mut last) = match behind.map(<[u8]>::split_first) {
        None => (0, String::new()),
        Some(Some((drawer, file))) => (*drawer, String::from_utf8_lossy(file).into_owned()),
        Some(None) => return Err(Names::no_such_place()),
    };
    let (now, mut names, mut looked_at) = (folder.now(), Vec::new(), 0);
    for drawer in (0..=u8::MAX).take(DRAWERS).skip(first.into()) {
        let path = folder.drawer_path(drawer);
        let mut files = files(folder, drawer)?;
        files.retain(|file| *file > last);
        for file in files {
            if looked_at == STEP {
                return Ok(Names { names, next: Some([&[drawer], last.as_bytes()].concat()) });
            }
            looked_at += 1;
            let path = path.join(&file);
            let (found, name) = found::look(&path).map_err(|error| cannot("read", &path, error))?;
            if found.head().is_some_and(|head| head.is_live(now)) && name.starts_with(start) {
                names.push(name);
            }
            last = file;
        }
        last.clear();
    }
    Ok(Names { names, next: None })
}

/// Returns the files of entries in a drawer, in the order of their names; a drawer that is missing has none.
fn files(folder: &Folder, drawer: u8) -> Result<Vec<String>, Error> {
    let path = folder.drawer_path(drawer);
    let listed = match fs::read_dir(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listed => listed.and_then(|files| files.map(|file| Ok(file?.file_name())).collect::<io::Result<Vec<_>>>()),
    };
    let listed = listed.map_err(|error| cannot("read", &path, error))?;
    let entries = listed.into_iter().filter(|file| is_entry(file, drawer)).filter_map(|file| file.into_string().ok());
    let mut entries: Vec<_> = entries.collect();
    entries.sort_unstable();
    Ok(entries)
}
