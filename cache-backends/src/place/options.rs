//! What a store is told besides its address.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use cache_core::error::Error;

use super::{amount, nearest};

/// What somebody has written behind the name of an option. `Debug` does not show it: it may be a password.
#[derive(Clone, PartialEq)]
pub enum Given {
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(…)",
            Self::Number(_) => "Number(…)",
            Self::Flag(_) => "Flag(…)",
        })
    }
}

/// Options by name. A store takes those it knows, and asks in the end whether any is left.
///
/// ```
/// use cache_backends::place::{Given, Options};
///
/// let mut options = Options::default();
/// options.give("table", Given::Text("pages".to_owned()));
/// options.give("pol", Given::Number(5));
/// assert_eq!(options.text("table")?.as_deref(), Some("pages"));
/// assert_eq!(options.number("pool")?, None);
/// assert_eq!(options.done().unwrap_err().to_string(), "there is no option `pol`; did you mean `pool`?");
/// # Ok::<(), cache_core::error::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Options {
    given: BTreeMap<String, Given>,
    taken: Vec<&'static str>,
}

impl Options {
    /// Adds one, in the place of one that has this name already.
    pub fn give(&mut self, name: impl Into<String>, value: Given) {
        self.given.insert(name.into(), value);
    }

    /// Takes a text.
    ///
    /// # Errors
    ///
    /// When something else was given.
    pub fn text(&mut self, name: &'static str) -> Result<Option<String>, Error> {
        self.take(name, "is to be a text, in quotes", |given| match given {
            Given::Text(text) => Some(text),
            Given::Number(_) | Given::Flag(_) => None,
        })
    }

    /// Takes a whole number that is not below zero. From an address it comes as a text.
    ///
    /// # Errors
    ///
    /// When something else was given.
    pub fn number(&mut self, name: &'static str) -> Result<Option<u64>, Error> {
        self.take(name, "is to be a whole number", |given| match given {
            Given::Text(text) => amount::whole(&text),
            Given::Number(number) => u64::try_from(number).ok(),
            Given::Flag(_) => None,
        })
    }

    /// Takes a yes or a no.
    ///
    /// # Errors
    ///
    /// When something else was given.
    pub fn flag(&mut self, name: &'static str) -> Result<Option<bool>, Error> {
        self.take(name, "is to be true or false", |given| match given {
            Given::Flag(flag) => Some(flag),
            Given::Text(text) => text.parse().ok(),
            Given::Number(_) => None,
        })
    }

    /// Takes a time: whole seconds, or a text as [`time`](super::time) reads it.
    ///
    /// # Errors
    ///
    /// When something else was given.
    pub fn time(&mut self, name: &'static str) -> Result<Option<Duration>, Error> {
        self.take(name, "is to be whole seconds, or a text such as \"500ms\" or \"10m\"", |given| match given {
            Given::Text(text) => amount::time(&text).ok(),
            Given::Number(number) => amount::time(&number.to_string()).ok(),
            Given::Flag(_) => None,
        })
    }

    /// Takes a size: whole bytes, or a text as [`bytes`](super::bytes) reads it.
    ///
    /// # Errors
    ///
    /// When something else was given.
    pub fn bytes(&mut self, name: &'static str) -> Result<Option<u64>, Error> {
        self.take(name, "is to be whole bytes, or a text such as \"64 MiB\"", |given| match given {
            Given::Text(text) => amount::bytes(&text).ok(),
            Given::Number(number) => u64::try_from(number).ok(),
            Given::Flag(_) => None,
        })
    }

    fn take<T>(
        &mut self,
        name: &'static str,
        is_to_be: &str,
        read: impl FnOnce(Given) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        self.taken.push(name);
        let Some(given) = self.given.remove(name) else { return Ok(None) };
        read(given).map(Some).ok_or_else(|| WrongOption::error(name, format!("the option `{name}` {is_to_be}")))
    }

    /// Asks whether all were known.
    ///
    /// # Errors
    ///
    /// With the name of one that nobody took, and the nearest that somebody did.
    pub fn done(self) -> Result<(), Error> {
        match self.given.into_keys().next() {
            None => Ok(()),
            Some(name) => {
                let sentence = unknown(&name, &self.taken);
                Err(WrongOption::error(&name, sentence))
            }
        }
    }
}

/// Names what was nearly meant alone: in an address, where a `&` was not escaped, any other name may be the rest of a
/// password.
fn unknown(name: &str, known: &[&'static str]) -> String {
    match (nearest(name, known.iter().copied()), known) {
        (Some(near), _) => format!("there is no option `{}`; did you mean `{near}`?", super::shown(name)),
        (None, []) => "there is no such option: this store has none".to_owned(),
        (None, known) => format!("there is no such option; there are `{}`", known.join("`, `")),
    }
}

/// How many there are; never what they are.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("given", &self.given.len()).finish_non_exhaustive()
    }
}

/// The source of an error about an option: which one it is, for those who know where it was written. It is not for showing.
pub struct WrongOption {
    name: Box<str>,
}

impl WrongOption {
    pub(crate) fn error(name: &str, sentence: String) -> Error {
        Error::configuration(sentence).with_source(Self { name: name.into() })
    }

    /// Returns its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for WrongOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an option of a store")
    }
}

impl fmt::Debug for WrongOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WrongOption(…)")
    }
}

impl std::error::Error for WrongOption {}

#[cfg(test)]
mod tests {
    use cache_core::error::Kind;

    use super::*;

    fn options(given: &[(&str, Given)]) -> Options {
        let mut options = Options::default();
        for (name, value) in given {
            options.give(*name, value.clone());
        }
        options
    }

    fn text(text: &str) -> Given {
        Given::Text(text.to_owned())
    }

    #[test]
    fn what_stands_behind_an_address_is_read_like_what_stands_in_a_file() {
        for (number, flag) in [(Given::Number(5), Given::Flag(true)), (text("5"), text("true"))] {
            let mut options = options(&[("pool", number), ("tls", flag), ("wait", text("2s"))]);
            assert_eq!((options.number("pool").unwrap(), options.flag("tls").unwrap()), (Some(5), Some(true)));
            assert_eq!(options.time("wait").unwrap(), Some(Duration::from_secs(2)));
            options.done().unwrap();
        }
    }

    #[test]
    fn what_is_something_else_is_an_error_that_names_the_option_and_never_shows_it() {
        let mut options =
            options(&[("password", Given::Number(4711)), ("pool", text("hunter2")), ("tls", Given::Number(1))]);
        assert!(!format!("{options:?}").contains("4711"));
        for error in [
            options.text("password").unwrap_err(),
            options.number("pool").unwrap_err(),
            options.flag("tls").unwrap_err(),
        ] {
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("4711") && !shown.contains("hunter2"), "{shown}");
            assert_eq!(error.kind(), Kind::Configuration);
        }
    }

    #[test]
    fn an_option_that_nobody_took_is_an_error_that_names_those_there_are() {
        let mut given = options(&[("colour", text("red"))]);
        assert_eq!(given.clone().done().unwrap_err().to_string(), "there is no such option: this store has none");
        assert_eq!((given.text("table").unwrap(), given.number("pool").unwrap()), (None, None));
        let error = given.done().unwrap_err();
        assert_eq!(error.to_string(), "there is no such option; there are `table`, `pool`");
    }
}
