//! Fills the holes of what passes by.

use bytes::Bytes;
use http::HeaderMap;
use http::request::Parts;
use http_body::Frame;

use super::Fillers;
use super::fills::{Fills, Panicked};
use super::mark::Marks;
use crate::page::error::BoxError;

/// Fills the holes of one answer while it passes by: in its headers, and in frames each of which is one mark or has
/// none.
pub(in crate::page) struct Through {
    marks: Marks,
    fills: Fills<Parts>,
    is_broken: bool,
}

impl Through {
    pub(in crate::page) fn new(fillers: &Fillers, visitor: Parts) -> Self {
        Self { marks: Marks::all(), fills: Fills::new(fillers, visitor), is_broken: false }
    }

    pub(in crate::page) fn fill_headers(&mut self, headers: &mut HeaderMap) -> Result<(), Panicked> {
        self.fills.fill_headers(&self.marks, headers)
    }

    /// Returns whether it has broken off: nothing follows.
    pub(in crate::page) fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// Returns what a visitor gets of a frame; `None`: nothing of it.
    pub(in crate::page) fn frame(&mut self, frame: Frame<Bytes>) -> Option<Result<Frame<Bytes>, BoxError>> {
        let Some(mark) = frame.data_ref().and_then(|data| self.marks.named(data)) else { return Some(Ok(frame)) };
        match self.fills.get(&mark.name) {
            Ok(fill) if fill.in_body.is_empty() => None,
            Ok(fill) => Some(Ok(Frame::data(fill.in_body.clone()))),
            Err(panicked) => {
                self.is_broken = true;
                Some(Err(panicked.into()))
            }
        }
    }
}
