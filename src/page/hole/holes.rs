//! Where the holes of a page are that is kept.

use std::borrow::Borrow;
use std::slice;

use bytes::Bytes;
use http::HeaderMap;
use http::request::Parts;
use serde::{Deserialize, Serialize};

use super::Fillers;
use super::fills::{Fills, Panicked};
use super::mark::{self, LENGTH, Mark, Marks};

/// Where the holes of a page are, found once, when it is kept.
///
/// The marks of the process that made the page travel with it. Another one has other marks, and goes by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::page) struct Holes {
    marks: Vec<Mark>,
    /// Where a mark begins in the body, and which one it is.
    places: Vec<(usize, usize)>,
}

impl Holes {
    /// Finds the holes of a page. Where one of them is not filled here there are none to be kept, and neither is the
    /// page.
    pub(in crate::page) fn of(fillers: &Fillers, headers: &HeaderMap, body: &[u8]) -> Option<Self> {
        if !fillers.look_into(headers) {
            return Some(Self::default());
        }
        let holes = Self::find(&Marks::all(), headers, body);
        holes.marks.iter().all(|mark| fillers.find(&mark.name).is_some()).then_some(holes)
    }

    /// Finds the holes of a page that goes on with other headers, which may come from another process than the page.
    pub(in crate::page) fn renewed(old: Option<&Self>, fillers: &Fillers, headers: &HeaderMap, body: &[u8]) -> Self {
        if fillers.is_empty() && old.is_none() {
            return Self::default();
        }
        let old = old.map(|holes| &*holes.marks).unwrap_or_default();
        Self::find(&[old, &Marks::all()].concat(), headers, body)
    }

    pub(super) fn find(marks: &[Mark], headers: &HeaderMap, body: &[u8]) -> Self {
        let mut holes = Self::default();
        let mut end = 0;
        while let Some((at, which)) = mark::find(marks, body, end) {
            let number = holes.number(&marks[which]);
            holes.places.push((at, number));
            end = at + LENGTH;
        }
        for mark in marks.iter().filter(|mark| mark::are_in(slice::from_ref(mark), headers)) {
            holes.number(mark);
        }
        holes
    }

    fn number(&mut self, mark: &Mark) -> usize {
        self.marks.iter().position(|known| known == mark).unwrap_or_else(|| {
            self.marks.push(mark.clone());
            self.marks.len() - 1
        })
    }

    pub(in crate::page) fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// Returns whether each of them is where it is said to be: pages come from outside too.
    pub(in crate::page) fn are_in(&self, body: &[u8]) -> bool {
        let is_there = |(at, which): &(usize, usize)| {
            let mark = self.marks.get(*which);
            mark.is_some_and(|mark| body.get(*at..).is_some_and(|rest| rest.starts_with(mark.bytes())))
        };
        let is_apart = |pair: &[(usize, usize)]| pair[0].0.saturating_add(LENGTH) <= pair[1].0;
        self.marks.iter().all(Mark::is_one) && self.places.iter().all(is_there) && self.places.windows(2).all(is_apart)
    }

    /// Fills the holes: what lies between them are the bytes that are kept.
    pub(in crate::page) fn fill<R: Borrow<Parts>>(
        &self,
        body: &Bytes,
        fills: &mut Fills<R>,
    ) -> Result<Vec<Bytes>, Panicked> {
        let mut chunks = Vec::with_capacity(2 * self.places.len() + 1);
        let mut end = 0;
        for (at, which) in &self.places {
            chunks.push(body.slice(end..*at));
            chunks.push(fills.get(&self.marks[*which].name)?.in_body.clone());
            end = at + LENGTH;
        }
        chunks.push(body.slice(end..));
        Ok(chunks)
    }

    pub(in crate::page) fn fill_headers<R: Borrow<Parts>>(
        &self,
        headers: &mut HeaderMap,
        fills: &mut Fills<R>,
    ) -> Result<(), Panicked> {
        fills.fill_headers(&self.marks, headers)
    }
}
