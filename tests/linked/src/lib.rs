//! A library with cached functions, built under the strictest lints, that calls larder by another name.

/// Half of a framework: it hands larder on under a name of its own.
pub mod framework {
    pub use pantry as cache;
}

/// A module that no program calls into.
pub mod unused {
    /// Doubles a number.
    #[pantry::cached(key = "linked:unused:<number>", crate = pantry)]
    #[must_use]
    pub fn double(number: u64) -> u64 {
        number * 2
    }
}

/// Triples a number.
#[pantry::cached(key = "linked:used:<number>", crate = crate::framework::cache)]
#[must_use]
pub fn triple(number: u64) -> u64 {
    number * 3
}

/// A place on a shelf.
#[derive(Clone, Debug, PartialEq, Eq, pantry::KeyPart)]
#[larder(crate = pantry)]
pub struct Shelf {
    /// The row.
    pub row: u32,
    /// The column.
    pub column: u32,
}

/// Returns the label of a shelf.
///
/// # Errors
///
/// Never.
#[pantry::cached(key = "linked:label:<shelf>", ttl = 60, crate = pantry)]
pub async fn label(shelf: &Shelf) -> Result<String, std::num::ParseIntError> {
    let label = std::future::ready(format!("{}-{}", shelf.row, shelf.column));
    Ok(label.await)
}

/// Moves everything off a shelf.
///
/// # Errors
///
/// Never.
#[pantry::invalidates(label(shelf), crate = pantry)]
pub async fn clear(shelf: &Shelf) -> Result<(), std::num::ParseIntError> {
    let Shelf { row: _, column: _ } = shelf;
    std::future::ready(Ok(())).await
}
