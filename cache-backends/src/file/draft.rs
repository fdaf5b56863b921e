//! An entry that is being written, under a name of its own until it is whole.

use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::{self, IoSlice, Write};
use std::path::{Path, PathBuf};

use super::address::is_digit;
use crate::rights;

const DIGITS: usize = 16;
const END: &str = ".larder-new";

/// A file that is removed unless it takes the place of an entry. Only a process that dies leaves one behind.
#[derive(Debug)]
pub(super) struct Draft {
    path: PathBuf,
    is_kept: bool,
}

impl Draft {
    /// Writes head and value into a new file of this drawer. Nothing waits for the disk: this is a cache.
    pub(super) fn write(drawer: &Path, id: u64, head: &[u8], value: &[u8]) -> io::Result<Self> {
        let path = drawer.join(format!("{id:0DIGITS$x}{END}"));
        let mut file = rights::open_own(&path, OpenOptions::new().write(true).create_new(true))?;
        let draft = Self { path, is_kept: false };
        let written = file.write_vectored(&[IoSlice::new(head), IoSlice::new(value)])?;
        if let Some(rest) = head.get(written..) {
            file.write_all(rest)?;
        }
        file.write_all(&value[written.saturating_sub(head.len())..])?;
        Ok(draft)
    }

    /// Puts it in the place of what is there, in one step.
    pub(super) fn replace(mut self, path: &Path) -> io::Result<()> {
        fs::rename(&self.path, path)?;
        self.is_kept = true;
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.is_kept {
            drop(fs::remove_file(&self.path));
        }
    }
}

/// Returns whether a file of this name is a draft.
pub(super) fn is_draft(file: &OsStr) -> bool {
    let digits = file.to_str().and_then(|name| name.strip_suffix(END));
    digits.is_some_and(|digits| digits.len() == DIGITS && digits.bytes().all(is_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(folder: &Path) -> Vec<PathBuf> {
        fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path()).collect()
    }

    #[test]
    fn a_draft_takes_its_place_or_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("entry");
        drop(Draft::write(folder.path(), 1, b"head", b"value").expect("a draft"));
        assert_eq!(files(folder.path()), [] as [PathBuf; 0]);
        let draft = Draft::write(folder.path(), 7, b"head", &vec![b'v'; 100_000]).expect("a draft");
        assert!(files(folder.path()).iter().all(|path| is_draft(path.file_name().expect("a name"))));
        draft.replace(&place).expect("its place");
        assert_eq!(files(folder.path()), std::slice::from_ref(&place));
        assert_eq!(fs::read(&place).expect("a file"), [b"head".to_vec(), vec![b'v'; 100_000]].concat());
    }

    #[test]
    fn what_others_write_is_no_draft() {
        for name in ["", ".larder-new", "x.larder-new", "00000000000000zz.larder-new", "0000000000000000"] {
            assert!(!is_draft(OsStr::new(name)), "{name}");
        }
    }
}
