//! What every store says in the same words when it refuses.

use crate::error::{Error, Kind};
use crate::key::Name;

/// Says that there is no number to count on, or none that it could become.
#[must_use]
pub fn not_counted(kind: Kind, name: &Name) -> Error {
    let what = match kind {
        Kind::Missing => "there is no live entry",
        Kind::NotANumber => "there is no number",
        _ => "counting would leave the range of `i64`",
    };
    Error::new(kind, format!("{what} under `{name}`"))
}

/// Says that a value has more bytes than the store takes.
#[must_use]
pub fn too_large(name: &Name, bytes: usize, most: u64) -> Error {
    Error::new(Kind::TooLarge, format!("the value for `{name}` has {bytes} bytes, and its store takes {most}"))
}
