//! A drawer whose lock is held: nobody else changes anything in it.

use std::fs;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::MutexGuard;

use cache_core::error::Error;

use super::address::Address;
use super::book::{self, Book};
use super::client::Folder;
use super::draft::Draft;
use super::error::cannot;
use super::found::Found;
use super::head::Head;

/// The lock goes with the file, and the file before the guard.
pub(super) struct Held<'a> {
    pub folder: &'a Folder,
    pub book: Book,
    drawer: u8,
    path: PathBuf,
    file: fs::File,
    _guard: MutexGuard<'a, ()>,
}

impl<'a> Held<'a> {
    /// Reads the book. One that is missing or torn is begun anew, at once: there may be tickets of it soon.
    pub(super) fn new(
        folder: &'a Folder,
        drawer: u8,
        path: PathBuf,
        mut file: fs::File,
        guard: MutexGuard<'a, ()>,
    ) -> io::Result<Self> {
        let found = read_book(&mut file)?;
        let is_new = found.is_none();
        let book = found.unwrap_or_else(|| Book::new(folder.ids.draw()));
        folder.census.see(drawer, &book);
        let mut held = Self { folder, book, drawer, path, file, _guard: guard };
        if is_new {
            held.save()?;
        }
        Ok(held)
    }

    pub(super) fn look(&self, address: &Address) -> Result<Found, Error> {
        self.folder.look(address)
    }

    /// Puts an entry, or the tombstone of a removed one, in the place of what was found there.
    pub(super) fn put(&mut self, draft: Draft, address: &Address, was: Found, head: &Head) -> Result<(), Error> {
        let path = address.path(&self.folder.config.folder);
        self.put_at(draft, &path, was, head).map_err(|error| cannot("write", &path, error))
    }

    pub(super) fn put_at(&mut self, draft: Draft, path: &Path, was: Found, head: &Head) -> io::Result<()> {
        draft.replace(path)?;
        self.changed(was.head().as_ref(), Some(head));
        Ok(())
    }

    /// Removes a file, in the place of which nothing comes.
    pub(super) fn unlink(&mut self, path: &Path, was: Found) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        self.changed(was.head().as_ref(), None);
        Ok(())
    }

    /// Removes what is under a name without leaving a tombstone of it, where there is no room for one: all tickets of this
    /// drawer are worthless from now on.
    pub(super) fn give_up(&mut self, address: &Address) -> Result<(), Error> {
        let was = self.look(address)?;
        self.begin_generation()?;
        let path = address.path(&self.folder.config.folder);
        self.unlink(&path, was).map_err(|error| cannot("remove", &path, error))
    }

    pub(super) fn begin_generation(&mut self) -> Result<(), Error> {
        self.book.begin_generation(self.folder.ids.draw());
        self.save_surely()
    }

    pub(super) fn mark(&mut self, scope: &[u8]) -> Result<(), Error> {
        self.book.mark(scope, self.folder.now(), self.folder.ids.draw());
        self.save_surely()
    }

    /// Writes down what was counted, where nobody has changed anything since.
    pub(super) fn count(&mut self, counts: book::Counts) {
        if self.book.counts != counts {
            self.book.counts = counts;
            drop(self.save());
        }
    }

    fn changed(&mut self, was: Option<&Head>, is: Option<&Head>) {
        self.book.counts.replace(was, is);
        self.book.changes += 1;
        // A count that is lost comes back when the drawer is looked through; a torn book refuses tickets.
        drop(self.save());
    }

    /// Saves what makes tickets worthless: where it cannot be written, the book goes, and its generation with it.
    fn save_surely(&mut self) -> Result<(), Error> {
        let Err(error) = self.save() else { return Ok(()) };
        let path = book_path(&self.path);
        fs::remove_file(&path).map_err(|_| cannot("write", &path, error))
    }

    fn save(&mut self) -> io::Result<()> {
        self.folder.census.note(self.drawer, &self.book);
        self.file.rewind()?;
        self.file.write_all(&self.book.write())
    }
}

pub(super) fn book_path(drawer: &Path) -> PathBuf {
    drawer.join("book.larder")
}

/// Reads a book from the beginning of its file, no more than a book can be long.
pub(super) fn read_book(file: &mut fs::File) -> io::Result<Option<Book>> {
    let mut room = [0; 512];
    let read = file.read(&mut room)?;
    if let Some(book) = Book::read(&room[..read]) {
        return Ok(Some(book));
    }
    if read < room.len() {
        return Ok(None);
    }
    let mut bytes = room.to_vec();
    file.take((book::MOST - room.len()) as u64).read_to_end(&mut bytes)?;
    Ok(Book::read(&bytes))
}
