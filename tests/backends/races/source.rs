//! What caches are filled from: numbers in a file, which only ever grow, and what is known of invalidations.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;

use tempfile::NamedTempFile;

/// How many names there are: few, so that everybody meets everybody.
pub const NAMES: usize = 32;

/// How many bytes a number has.
const WIDTH: usize = size_of::<u64>();

/// Two numbers for each name, which both processes read and write in place: what the source says, and what it said when
/// the last invalidation that has ended began.
///
/// A name has one writer. Eight bytes in one page are written as a whole.
pub struct Source {
    file: File,
    made: Option<NamedTempFile>,
}

impl Source {
    pub fn make() -> Self {
        let made = NamedTempFile::new().expect("a temporary file");
        made.as_file().set_len((2 * NAMES * WIDTH) as u64).expect("a few bytes");
        Self { file: made.reopen().expect("the same file"), made: Some(made) }
    }

    pub fn open(path: &str) -> Self {
        let file = OpenOptions::new().read(true).write(true).open(path).expect("the file of the source");
        Self { file, made: None }
    }

    pub fn path(&self) -> String {
        self.made.as_ref().map(NamedTempFile::path).map(Path::display).expect("whoever made it tells").to_string()
    }

    /// Reads what the source says.
    pub fn read(&self, name: usize) -> u64 {
        self.number(name)
    }

    /// Changes what the source says.
    pub fn raise(&self, name: usize) {
        self.write(name, self.number(name) + 1);
    }

    /// Returns how old a value may be that somebody begins to read now.
    pub fn oldest(&self, name: usize) -> u64 {
        self.number(NAMES + name)
    }

    /// Notes that whatever was invalidated after this was read at the source is gone.
    pub fn invalidated(&self, name: usize, then: u64) {
        self.write(NAMES + name, then);
    }

    fn number(&self, at: usize) -> u64 {
        let mut bytes = [0; WIDTH];
        self.file.read_exact_at(&mut bytes, (at * WIDTH) as u64).expect("a number");
        u64::from_le_bytes(bytes)
    }

    fn write(&self, at: usize, number: u64) {
        self.file.write_all_at(&number.to_le_bytes(), (at * WIDTH) as u64).expect("a place for a number");
    }
}
