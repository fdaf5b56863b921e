//! A collector of mistakes: all of them are reported, and together.

use std::cell::RefCell;
use std::fmt::Display;

use proc_macro2::Span;
use quote::ToTokens;

/// Collects mistakes until [`finish`](Self::finish) asks for them. One that nobody asks is a bug of ours, and panics.
pub struct Errors {
    /// `None` once somebody has asked.
    found: RefCell<Option<Vec<syn::Error>>>,
}

impl Errors {
    pub fn new() -> Self {
        Self { found: RefCell::new(Some(Vec::new())) }
    }

    /// Notes a mistake at a place.
    pub fn at(&self, span: Span, message: impl Display) {
        self.push(syn::Error::new(span, message));
    }

    /// Notes a mistake that all these tokens make.
    pub fn on(&self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// Notes a mistake that somebody else has put into words.
    pub fn push(&self, error: syn::Error) {
        self.found.borrow_mut().as_mut().expect("nobody notes a mistake after they were asked for").push(error);
    }

    /// Returns what went well, and notes what did not.
    pub fn ok<T>(&self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Returns all mistakes as one error, or `None` when there are none.
    pub fn finish(self) -> Option<syn::Error> {
        let found = self.found.borrow_mut().take().unwrap_or_default();
        found.into_iter().reduce(|mut all, error| {
            all.combine(error);
            all
        })
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        let nobody_asked = self.found.borrow().is_some();
        assert!(std::thread::panicking() || !nobody_asked, "mistakes were collected, and nobody asked for them");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_mistakes_are_reported_together() {
        let errors = Errors::new();
        errors.at(Span::call_site(), "one");
        errors.at(Span::call_site(), "two");
        let all = errors.finish().expect("there are two");
        assert_eq!(all.into_iter().map(|error| error.to_string()).collect::<Vec<_>>(), ["one", "two"]);
    }

    #[test]
    fn no_mistakes_are_no_error() {
        assert!(Errors::new().finish().is_none());
    }

    #[test]
    #[should_panic(expected = "nobody asked for them")]
    fn mistakes_that_nobody_asks_for_are_a_bug() {
        drop(Errors::new());
    }
}
