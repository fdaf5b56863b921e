//! A store that keeps nothing.

use std::time::Duration;

use super::{Backend, Capabilities, Remaining};
use crate::error::Error;
use crate::key::Name;

/// A store that takes everything and keeps nothing.
///
/// It is what a store may come to at any time, full or just emptied: what is built on one must work on this.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::backend::Null;
/// use larder::{Options, Settings, testing};
///
/// let larder = testing::isolated_with([("default", Settings::backend(Null))])?;
/// let cache = larder.cache("default");
/// assert_eq!(cache.blocking().get_or_load("key", Options::ttl(60), || 42_u8), 42);
/// assert!(!cache.blocking().has("key")?);
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Null;

impl Backend for Null {
    fn capabilities(&self) -> Capabilities {
        // That nothing is there afterwards is all that is asked.
        Capabilities { clear_scope: true, ..Capabilities::NONE }
    }

    async fn get(&self, _: &Name) -> Result<Option<Vec<u8>>, Error> {
        Ok(None)
    }

    async fn set(&self, _: &Name, _: &[u8], _: Option<Duration>) -> Result<(), Error> {
        Ok(())
    }

    async fn add(&self, _: &Name, _: &[u8], _: Option<Duration>) -> Result<bool, Error> {
        Ok(true)
    }

    async fn delete(&self, _: &Name) -> Result<bool, Error> {
        Ok(false)
    }

    async fn ttl(&self, _: &Name) -> Result<Option<Remaining>, Error> {
        Ok(None)
    }

    async fn clear_scope(&self, _: &str) -> Result<(), Error> {
        Ok(())
    }

    async fn clear_store(&self) -> Result<(), Error> {
        Ok(())
    }
}
