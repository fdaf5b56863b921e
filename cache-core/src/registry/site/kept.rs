//! What a site keeps, all of it together.

use super::Site;
use crate::error::{Error, Kind};
use crate::explain::{Found, Miss};
use crate::key::{Key, pattern};
use crate::lock::lock;
use crate::stats::Event;

impl Site {
    /// Returns the marks of its keys ([`Key::mark`](crate::key::Key::mark)): one, or for a method of a generic type one
    /// for each type that this process has asked for so far.
    #[must_use]
    pub fn marks(&self) -> Vec<u64> {
        let mut marks = lock(&self.marks).clone();
        if marks.is_empty() {
            marks.push(self.mark());
        }
        marks
    }

    /// Says what the next call would find under one of its keys, as that reads; of pages their layers know.
    #[doc(hidden)]
    pub async fn would_find(&'static self, key: &Key) -> Result<Found, Error> {
        let home = self.home()?;
        let mut found = Found::Miss(Miss::Absent);
        for mark in self.marks() {
            found = home.would_find(&Key::__sealed(mark, key.as_str()), &self.options).await;
            // Under another of its marks there may be more.
            if !matches!(found, Found::Miss(Miss::Absent | Miss::OtherPattern)) {
                break;
            }
        }
        Ok(found)
    }

    /// Notes a mark that some of its keys have.
    pub(crate) fn note_mark(&self, mark: u64) {
        let mut marks = lock(&self.marks);
        if !marks.contains(&mark) {
            marks.push(mark);
        }
    }

    /// Returns what all of its keys begin with.
    #[must_use]
    pub fn start(&self) -> String {
        pattern::start(self.pattern())
    }

    /// Removes all that it keeps, and says how many entries that were; what is being loaded for it in this process is
    /// not kept either. Nothing is removed of what other sites keep.
    ///
    /// In memory that is one step. Outside the keys are walked over, and what another process loads meanwhile may stay:
    /// where that matters, give the entries a tag.
    ///
    /// # Errors
    ///
    /// When there is no such cache, or its store fails, which may be half-way. [`Kind::Unsupported`] where the store
    /// cannot tell its keys, and for pages, which go by their URLs, names and tags.
    pub async fn clear(&'static self) -> Result<u64, Error> {
        if self.is_page {
            let sentence = format!("{self} keeps pages: invalidate them by URL, by name or by tag");
            return Err(Error::new(Kind::Unsupported, sentence));
        }
        let removed = self.home()?.clear_marks(&self.start(), &self.marks()).await?;
        (0..removed).for_each(|_| self.count(Event::Invalidated));
        Ok(removed)
    }
}
