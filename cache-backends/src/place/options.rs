//! What a store is told besides its address.

use std::collections::BTreeMap;

use cache_core::error::{Error, Kind};

/// What somebody has written behind the name of an option.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
}

/// Options by name. A store takes those it knows, and asks in the end whether any is left.
#[derive(Clone, Debug, Default)]
pub struct Options {
    given: BTreeMap<String, Given>,
    taken: Vec<&'static str>,
}

impl Options {
    /// Adds one; what an address says goes before what stood there.
    pub fn give(&mut self, name: impl Into<String>, value: Given) {
        self.given.insert(name.into(), value);
    }

    /// Takes a text.
    ///
    /// # Errors
    ///
    /// When something else was given.
    pub fn text(&mut self, name: &'static str) -> Result<Option<String>, Error> {
        self.taken.push(name);
        match self.given.remove(name) {
            None => Ok(None),
            Some(Given::Text(text)) => Ok(Some(text)),
            Some(_) => Err(Error::new(Kind::Configuration, format!("`{name}` is to be a text"))),
        }
    }

    /// Takes a whole number that is not below zero. From an address it comes as a text.
    ///
    /// # Errors
    ///
    /// When something else was given.
    pub fn number(&mut self, name: &'static str) -> Result<Option<u64>, Error> {
        self.taken.push(name);
        let number = match self.given.remove(name) {
            None => return Ok(None),
            Some(Given::Text(text)) => text.parse().ok(),
            Some(Given::Number(number)) => u64::try_from(number).ok(),
            Some(Given::Flag(_)) => None,
        };
        number.map(Some).ok_or_else(|| Error::new(Kind::Configuration, format!("`{name}` is to be a whole number")))
    }

    /// Takes a yes or a no.
    ///
    /// # Errors
    ///
    /// When something else was given.
    pub fn flag(&mut self, name: &'static str) -> Result<Option<bool>, Error> {
        self.taken.push(name);
        match self.given.remove(name) {
            None => Ok(None),
            Some(Given::Flag(flag)) => Ok(Some(flag)),
            Some(Given::Text(text)) if text == "true" || text == "false" => Ok(Some(text == "true")),
            Some(_) => Err(Error::new(Kind::Configuration, format!("`{name}` is to be true or false"))),
        }
    }

    /// Asks whether all were known.
    ///
    /// # Errors
    ///
    /// With the name of one that nobody took, and the nearest that somebody did.
    pub fn done(self) -> Result<(), Error> {
        match self.given.into_keys().next() {
            None => Ok(()),
            Some(name) => Err(Error::new(Kind::Configuration, format!("there is no option `{name}`"))),
        }
    }
}
