//! The pattern of a key: literal text and places.

mod check;
mod drawing;
mod parse;
mod place;

use std::ops::Range;

use syn::LitStr;

pub use place::Place;

/// A pattern that was read from a string literal.
pub struct Pattern {
    pub parts: Vec<Part>,
    /// The pattern as the marks of entries are made of it: without types, and with `<<` for `<`.
    pub text: String,
    pub literal: LitStr,
}

/// A part of a pattern.
#[expect(clippy::large_enum_variant, reason = "a pattern has a handful of parts")]
pub enum Part {
    /// Text that stands in every key, as it reads there.
    Literal(String),
    /// What is different from key to key.
    Place(Place),
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// All mistakes in it, each with a drawing of the pattern and the repair.
    pub fn parse(literal: &LitStr) -> Result<Self, syn::Error> {
        parse::pattern(literal)
    }

    /// Returns an error about a place, with a drawing of the pattern and a caret under the place.
    pub fn error(&self, place: &Place, message: impl std::fmt::Display) -> syn::Error {
        drawing::error(&self.literal, place.range.clone(), message)
    }

    /// Returns the places.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        self.parts.iter().filter_map(|part| match part {
            Part::Place(place) => Some(place),
            Part::Literal(_) => None,
        })
    }
}

/// A stretch of the pattern, in bytes.
type Stretch = Range<usize>;
