//! What stands in the file of an entry.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use super::head::Head;
use super::sum::sum;
use crate::rights;

/// What is read at once: of most entries, all of it.
const ROOM: usize = 4096;

/// The version of what cannot even be read.
const UNREADABLE: u64 = 1;

/// What is known of a file without its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Missing,
    /// Something that is no entry, torn or from another program; the number is another one for other bytes.
    Strange(u64),
    /// An entry, perhaps of another name.
    Entry(Head),
}

impl Found {
    /// Returns what a ticket is to remember of it.
    pub(super) fn version(self) -> u64 {
        match self {
            Self::Missing => 0,
            Self::Strange(version) => version,
            Self::Entry(head) => head.version,
        }
    }

    pub(super) fn head(self) -> Option<Head> {
        if let Self::Entry(head) = self { Some(head) } else { None }
    }
}

/// Reads the head of a file, and its name.
pub(super) fn look(path: &Path) -> io::Result<(Found, Vec<u8>)> {
    let mut room = [0; super::head::MOST];
    let Some((_, read)) = open(path, &mut room)? else { return Ok((Found::Missing, Vec::new())) };
    Ok(match Head::read(&room[..read]) {
        Some((head, name, _)) => (Found::Entry(head), name.to_vec()),
        None if read == 0 => (Found::Strange(UNREADABLE), Vec::new()),
        None => (Found::Strange(sum(&room[..read]).max(UNREADABLE)), Vec::new()),
    })
}

/// Reads the live value of a name that has no more than so many bytes; whatever else stands there is none.
pub(super) fn value(path: &Path, name: &[u8], most: u64, now: u64) -> io::Result<Option<(Head, Vec<u8>)>> {
    let mut room = [0; ROOM];
    let Some((file, read)) = open(path, &mut room)? else { return Ok(None) };
    let Some((head, whose, start)) = Head::read(&room[..read]) else { return Ok(None) };
    if whose != name || !head.is_live(now) || head.length > most {
        return Ok(None);
    }
    let value = complete(&file, start, head.length)?;
    Ok(value.filter(|value| sum(value) == head.value_sum).map(|value| (head, value)))
}

/// Opens a file and reads its beginning; `None` where there is no file. A folder in its place has no bytes, nor
/// has a pipe.
fn open(path: &Path, room: &mut [u8]) -> io::Result<Option<(fs::File, usize)>> {
    let mut file = match rights::open_to_read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    loop {
        match file.read(room) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::IsADirectory | io::ErrorKind::WouldBlock) => {
                return Ok(Some((file, 0)));
            }
            read => return Ok(Some((file, read?))),
        }
    }
}

/// Reads what is still missing of a value; `None` where the file ends before it.
fn complete(file: &fs::File, start: &[u8], length: u64) -> io::Result<Option<Vec<u8>>> {
    let Ok(length) = usize::try_from(length) else { return Ok(None) };
    if let Some(all) = start.get(..length) {
        return Ok(Some(all.to_vec()));
    }
    // A head can say what it likes: memory is taken for what is there.
    if file.metadata()?.len() < length as u64 {
        return Ok(None);
    }
    let mut value = Vec::with_capacity(length);
    value.extend_from_slice(start);
    fill(file, &mut value, length)?;
    Ok((value.len() == length).then_some(value))
}

/// Reads until there are so many bytes, or the file ends: in one go, into memory that nobody has filled with zeros first.
/// `read_to_end` of what was taken of a file does it in pieces of 8 KiB, 16 KiB and so on, for want of a hint.
#[cfg(unix)]
fn fill(file: &fs::File, value: &mut Vec<u8>, length: usize) -> io::Result<()> {
    while value.len() < length {
        match rustix::io::read(file, rustix::buffer::spare_capacity(value)) {
            Ok(0) => break,
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    // Room may be a little more than was asked for.
    value.truncate(length);
    Ok(())
}

#[cfg(not(unix))]
fn fill(file: &fs::File, value: &mut Vec<u8>, length: usize) -> io::Result<()> {
    file.take((length - value.len()) as u64).read_to_end(value).map(drop)
}
