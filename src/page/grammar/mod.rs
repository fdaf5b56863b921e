//! How the fields of HTTP that a cache reads are written; pure, and without an idea of what a cache does with them.
//!
//! What is malformed is read as what keeps least: a time that cannot be read is over, and a list of names that cannot be
//! read means everything.

pub mod age;
pub mod cookies;
pub mod date;
pub mod directives;
pub mod etag;
pub mod line;
pub mod list;
pub mod quality;
pub mod range;
pub mod seconds;
pub mod structured;
pub mod surrogate;
pub mod vary;

pub use directives::{Directives, Fields};
pub use etag::EntityTag;
