//! Pages: responses of HTTP that are kept.

pub mod headers;

// Until the engine of pages, which reads them, has moved in.
#[allow(dead_code, unused_imports)]
#[cfg(not(fuzzing))]
mod grammar;
/// How fields are written. Fuzzers see it, and nobody else.
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod grammar;
// Until the engine of pages uses them.
#[allow(dead_code)]
mod conditional;
#[allow(dead_code, unused_imports)]
mod policy;
#[allow(dead_code)]
mod status;

#[cfg(doc)]
#[doc = include_str!("../docs/pages_django.md")]
pub mod django {}

// Until the engine of pages, which drives bodies, has moved in.
#[allow(dead_code)]
#[cfg(not(fuzzing))]
mod body;
#[allow(dead_code, unused_imports)]
#[cfg(not(fuzzing))]
mod tee;

#[cfg(not(fuzzing))]
pub use body::{BoxError, PageBody};
