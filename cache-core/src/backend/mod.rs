//! The trait for stores outside the process: its place is here, its operations are not built yet.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::error::{Error, Kind};
use crate::key::Name;

/// A store outside the process.
pub trait Backend: Send + Sync + 'static {}

/// A [`Backend`] as the engine holds it, whatever its type.
pub trait ErasedBackend: Send + Sync + 'static {
    /// Adds to a number.
    fn incr<'a>(&'a self, name: &'a Name, delta: i64) -> Pin<Box<dyn Future<Output = Result<i64, Error>> + Send + 'a>>;
}

impl<B: Backend> ErasedBackend for B {
    fn incr<'a>(&'a self, _: &'a Name, _: i64) -> Pin<Box<dyn Future<Output = Result<i64, Error>> + Send + 'a>> {
        Box::pin(async { Err(Error::new(Kind::Unsupported, "stores outside the process are not built yet")) })
    }
}

impl fmt::Debug for dyn ErasedBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Backend")
    }
}
