//! What the holes of one answer are filled with.

use std::borrow::Borrow;
use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use http::request::Parts;
use http::{HeaderMap, HeaderValue};

use super::mark::{self, LENGTH, Mark};
use super::{Fill, Fillers};

/// What the holes of one answer are filled with. Each has one text, wherever in the answer it stands.
pub(in crate::page) struct Fills<R> {
    fillers: Fillers,
    request: R,
    known: Vec<(Box<str>, Fill)>,
}

/// Somebody panicked whose text was asked for.
#[derive(Clone, Copy, Debug)]
pub(in crate::page) struct Panicked;

impl<R: Borrow<Parts>> Fills<R> {
    pub(in crate::page) fn new(fillers: &Fillers, request: R) -> Self {
        Self { fillers: fillers.clone(), request, known: Vec::new() }
    }

    /// Returns what a hole is filled with.
    pub(super) fn get(&mut self, name: &str) -> Result<&Fill, Panicked> {
        let at = self.known.iter().position(|(known, _)| **known == *name).unwrap_or(self.known.len());
        if at == self.known.len() {
            let fill = self.ask(name)?;
            self.known.push((name.into(), fill));
        }
        Ok(&self.known[at].1)
    }

    fn ask(&self, name: &str) -> Result<Fill, Panicked> {
        let Some(filler) = self.fillers.find(name) else {
            mark::say_once(name, "it stands in a page around which no layer fills it");
            return Ok(Fill::default());
        };
        // What it leaves half-changed is its own, as with a handler that panics.
        let asked = catch_unwind(AssertUnwindSafe(|| filler(self.request.borrow())));
        asked.map_err(|_| {
            log::error!(target: "larder", "an answer has failed: what fills the hole `{name}` panicked");
            Panicked
        })
    }

    /// Fills what stands in headers.
    pub(super) fn fill_headers(&mut self, marks: &[Mark], headers: &mut HeaderMap) -> Result<(), Panicked> {
        for value in headers.values_mut() {
            if let Some(filled) = self.filled(marks, value.as_bytes())? {
                *value = filled;
            }
        }
        Ok(())
    }

    fn filled(&mut self, marks: &[Mark], value: &[u8]) -> Result<Option<HeaderValue>, Panicked> {
        let (mut filled, mut end) = (Vec::new(), 0);
        while let Some((at, which)) = mark::find(marks, value, end) {
            filled.extend_from_slice(&value[end..at]);
            let name = &*marks[which].name;
            let text = &self.get(name)?.in_header;
            if HeaderValue::from_bytes(text).is_ok() {
                filled.extend_from_slice(text);
            } else {
                mark::say_once(name, "its text cannot stand in a header");
            }
            end = at + LENGTH;
        }
        if end == 0 {
            return Ok(None);
        }
        filled.extend_from_slice(&value[end..]);
        Ok(HeaderValue::from_bytes(&filled).ok())
    }
}

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what fills a hole of the page panicked")
    }
}

impl Error for Panicked {}
