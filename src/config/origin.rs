//! Where something was said.

use std::fmt;
#[cfg(feature = "toml")]
use std::ops::Range;
use std::panic::Location;
use std::sync::Arc;

#[cfg(feature = "toml")]
use super::source::Source;

/// Where something was said.
#[derive(Clone)]
pub(super) enum Origin {
    /// In the program, there.
    Code(&'static Location<'static>),
    /// In a file, from this byte to that.
    #[cfg(feature = "toml")]
    File(Arc<Source>, Range<usize>),
    /// In a variable of this name, or in an argument of a command.
    Variable(Arc<str>),
}

/// Something, and where it was said.
#[derive(Clone)]
pub(super) struct Said<T> {
    pub(super) value: T,
    pub(super) origin: Origin,
}

impl<T> Said<T> {
    pub(super) fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }
}

impl Origin {
    /// Returns how high its source stands: what is higher counts, where both say something.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Code(_) => 0,
            #[cfg(feature = "toml")]
            Self::File(..) => 1,
            Self::Variable(_) => 2,
        }
    }

    /// Returns whether what is said here moves what was said there: this is a higher source, or took it from the environment.
    pub(super) fn moves(&self, other: &Self) -> bool {
        let is_beside = self.rank() == other.rank() && self.place() != other.place();
        self.rank() > other.rank() || (is_beside && self.is_a_variable_in_a_file())
    }

    #[cfg(feature = "toml")]
    fn is_a_variable_in_a_file(&self) -> bool {
        let Self::File(source, span) = self else { return false };
        source.text()[span.clone()].trim_start_matches(['"', '\'']).starts_with("${")
    }

    #[cfg(not(feature = "toml"))]
    #[expect(clippy::unused_self, reason = "the other one takes it")]
    fn is_a_variable_in_a_file(&self) -> bool {
        false
    }

    /// Returns what a mistake there is sorted by: mistakes of one file stand in its order.
    pub(super) fn place(&self) -> (u8, usize) {
        match self {
            #[cfg(feature = "toml")]
            Self::File(_, span) => (self.rank(), span.start),
            _ => (self.rank(), 0),
        }
    }

    /// Draws the line where it stands, with carets below it.
    pub(super) fn drawing(&self) -> Option<String> {
        match self {
            #[cfg(feature = "toml")]
            Self::File(source, span) => source.drawing(span),
            _ => None,
        }
    }
}

/// `src/main.rs:12`, `larder.toml:3:7` or `LARDER_URL`.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(place) => write!(f, "{}:{}", place.file(), place.line()),
            #[cfg(feature = "toml")]
            Self::File(source, span) => {
                let (line, column) = source.position(span.start);
                write!(f, "{}:{line}:{column}", source.name())
            }
            Self::Variable(name) => f.write_str(name),
        }
    }
}
