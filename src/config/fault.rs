//! What is wrong with a configuration: all of it together.

use std::fmt::Write;

use cache_core::error::Error;

use super::origin::Origin;

/// What is wrong with a configuration, as it is found.
#[derive(Default)]
pub(super) struct Faults {
    found: Vec<Fault>,
    /// How many were found beyond those that are told.
    more: usize,
}

struct Fault {
    origin: Origin,
    sentence: String,
}

/// How many are told: whoever has more begins with these.
const MOST: usize = 50;

impl Faults {
    pub(super) fn add(&mut self, origin: &Origin, sentence: impl Into<String>) {
        if self.found.len() < MOST {
            self.found.push(Fault { origin: origin.clone(), sentence: sentence.into() });
        } else {
            self.more += 1;
        }
    }

    /// Takes what came out well, and notes what did not.
    pub(super) fn take<T>(&mut self, origin: &Origin, result: Result<T, impl ToString>) -> Option<T> {
        result.map_err(|error| self.add(origin, error.to_string())).ok()
    }

    /// Returns one error with all of them, if there is any.
    pub(super) fn into_result(mut self) -> Result<(), Error> {
        if self.found.is_empty() {
            return Ok(());
        }
        self.found.sort_by_key(|fault| fault.origin.place());
        let mut text = String::new();
        for (number, fault) in self.found.iter().enumerate() {
            let between = if number > 0 { "\n" } else { "" };
            let drawing = fault.origin.drawing().map(|drawing| format!("\n{drawing}")).unwrap_or_default();
            // Writing to a text does not fail.
            let _ = write!(text, "{between}{}: {}{drawing}", fault.origin, fault.sentence);
        }
        if self.more > 0 {
            let _ = write!(text, "\nand {} more", self.more);
        }
        Err(Error::configuration(text))
    }
}
