//! What all processes agree on that share a store: a value beside the entries, which each of them changes in one step.

use super::Cache;
use super::home::Outside;
use super::marker::Sought;
use super::parcel::{Found, Parcel};
use crate::error::Error;
use crate::key::Name;
use crate::policy::Options;
use crate::value::Value;

impl Cache {
    /// Returns what all processes have agreed on under this word, as the store says now; `None` where there is nothing, or
    /// nothing of this type, and in a cache that does not live outside.
    ///
    /// What is agreed on belongs to all caches of one prefix in one store. It is no entry: it goes neither when a cache is
    /// cleared nor when its time is over, but may be lost like all that a store holds.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn agreed<V: Value>(&self, word: &str) -> Result<Option<V>, Error> {
        let Some(outside) = self.home().outside() else { return Ok(None) };
        let name = outside.markers.word(word);
        let bytes = outside.get(&name).await?;
        Ok(bytes.and_then(|bytes| Found::new(&bytes).value(&name, V::keep())))
    }

    /// Changes what all processes have agreed on under this word to what `change` makes of it, in one step, and returns what
    /// they agree on then; `None` in a cache that does not live outside. Where `change` makes nothing of it, what was there
    /// stays, and nothing is written. Where others change it at the same time, `change` is asked again.
    ///
    /// A store without conditional fills changes nothing in one step: there `change` is told that there was nothing, and
    /// whoever comes last is right.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Settings, backend::Memory, clock::Clock, testing};
    ///
    /// let larder = testing::isolated_with([("default", Settings::backend(Memory::new(Clock::manual())))])?;
    /// let cache = larder.cache("default");
    /// testing::block_on(async {
    ///     let one_more = |before: Option<&Vec<u64>>| Some([before.map_or(&[][..], Vec::as_slice), &[7]].concat());
    ///     cache.agree("list", one_more).await?; // here, and in another process before the same store
    ///     assert_eq!(cache.agree("list", one_more).await?, Some(vec![7, 7]));
    ///     cache.clear().await?;
    ///     assert_eq!(cache.agreed("list").await?, Some(vec![7_u64, 7]));
    ///     Ok::<(), larder::Error>(())
    /// })?;
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the store fails, or what is agreed on is larger than it takes.
    pub async fn agree<V: Value>(
        &self,
        word: &str,
        change: impl Fn(Option<&V>) -> Option<V>,
    ) -> Result<Option<V>, Error> {
        let Some(outside) = self.home().outside() else { return Ok(None) };
        let name = outside.markers.word(word);
        let changed = |before: Option<V>| match change(before.as_ref()) {
            Some(value) => self.packed(outside, &name, &value).map(|parcel| (Some(parcel), Some(value))),
            None => Ok((None, before)),
        };
        if outside.capabilities().conditional_fill {
            let changed = |there: &Sought, _| changed(there.found().and_then(|found| found.value(&name, V::keep())));
            return self.change_by_fill(outside, (&name, &[]), changed).await;
        }
        let (parcel, value) = changed(None)?;
        if let Some(parcel) = parcel {
            outside.set(&name, &parcel.bytes, parcel.time).await?;
        }
        Ok(value)
    }

    fn packed<V: Value>(&self, outside: &Outside, name: &Name, value: &V) -> Result<Parcel, Error> {
        let parcel = self.pack(outside, name, value, V::keep(), &Options::forever(), &[])?;
        Ok(parcel.expect("what is kept for ever is kept for some time"))
    }

    /// Returns whether it keeps near what its store holds, and is not told when that changes.
    #[doc(hidden)]
    #[must_use]
    pub fn hears_late(&self) -> bool {
        self.home().near.as_ref().is_some_and(|near| !near.is_told())
    }
}
