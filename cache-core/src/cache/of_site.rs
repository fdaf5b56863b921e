//! What a cache keeps for one site, whose keys have marks of their own.

use std::collections::HashMap;

use super::Cache;
use super::home::{Backing, Outside};
use super::outside::Sweeping;
use crate::error::Error;

impl Cache {
    /// Returns how many entries there are under each mark ([`Site::marks`](crate::registry::Site::marks)), those past
    /// their time among them; `None` where they are outside and nobody has counted them. It costs no more however many
    /// they are.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::key::RAW;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// cache.blocking().set("a", 1_u8, Options::ttl(60))?;
    /// cache.blocking().set("b", 2_u8, Options::ttl(60))?;
    /// assert_eq!(cache.entries_by_mark().expect("it is in memory")[&RAW], 2);
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn entries_by_mark(&self) -> Option<HashMap<u64, u64>> {
        match &self.home().backing {
            Backing::Null => Some(HashMap::new()),
            Backing::Memory(store) => Some(store.entries_by_mark(self.scope())),
            Backing::Outside(_) => None,
        }
    }

    /// Returns whether this cache and another one are in one store of this process, whose size each of them tells.
    #[doc(hidden)]
    #[must_use]
    pub fn is_beside(&self, other: &Self) -> bool {
        std::ptr::eq(self.home(), other.home())
    }

    /// Removes what is under these marks, where all keys begin so; and what is being loaded under such names is not kept.
    pub(crate) async fn clear_marks(&self, start: &str, marks: &[u64]) -> Result<u64, Error> {
        let begins = self.start().map(|own| format!("{own}{start}"));
        let home = self.home();
        match &home.backing {
            Backing::Null => Ok(0),
            Backing::Memory(store) => {
                let concerns = |name: &[u8]| begins.as_ref().is_none_or(|start| name.starts_with(start.as_bytes()));
                let removed = home.flights.remove_all(concerns, || store.remove_of_marks(self.scope(), marks));
                Ok(removed.len() as u64)
            }
            Backing::Outside(outside) => {
                let begins = begins.unwrap_or_default();
                let _sweeping = Sweeping::begin(home, &begins);
                self.clear_marks_outside(outside, start, marks).await
            }
        }
    }

    async fn clear_marks_outside(&self, outside: &Outside, start: &str, marks: &[u64]) -> Result<u64, Error> {
        let (mut walk, mut removed) = (self.keys(start), 0);
        while let Some(keys) = walk.next().await? {
            for key in keys {
                if self.mark_outside(outside, &key).await?.is_some_and(|mark| marks.contains(&mark)) {
                    removed += u64::from(self.delete(&key).await?);
                }
            }
        }
        Ok(removed)
    }
}
