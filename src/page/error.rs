//! What can go wrong with a body.

use std::error::Error;

/// An error of a body, of whatever type.
pub type BoxError = Box<dyn Error + Send + Sync>;
