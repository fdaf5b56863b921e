//! What has come of a body, who has read how much of it, and who waits: plain data, changed under one lock.

use std::collections::{BTreeMap, VecDeque};
use std::mem::take;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body::SizeHint;

use super::Cut;
use super::end::{End, Torn};

#[derive(Default)]
pub(super) struct State {
    said: SizeHint,
    limit: u64,
    /// Why the body is not kept, once that is known. From then on what all have read is let go.
    cut: Option<Cut>,
    end: Option<End>,
    pieces: VecDeque<Piece>,
    /// The number of the first of the pieces.
    first: usize,
    held: u64,
    total: u64,
    readers: usize,
    /// The number of the reader who joined last.
    last: u64,
    waiting: BTreeMap<u64, Waker>,
    driver: Option<Waker>,
    pub(super) tray: Tray,
}

/// A frame, and how many have yet to read it.
struct Piece {
    data: Bytes,
    unread: usize,
}

/// What has to be carried out of the lock: wakers to wake, and what else may run foreign code when it is dropped.
#[derive(Default)]
pub(super) struct Tray {
    pub(super) due: Vec<Waker>,
    pub(super) dropped: (Vec<Waker>, Vec<Bytes>),
}

/// Where a reader stands.
pub(super) struct Place {
    number: u64,
    /// The number of the piece it reads next.
    next: usize,
    /// How many bytes it has read.
    read: u64,
}

/// What a reader gets.
pub(super) enum Next {
    Data(Bytes),
    End(End),
}

impl State {
    pub(super) fn new(said: SizeHint, limit: u64) -> Self {
        Self { said, limit, ..Self::default() }
    }

    pub(super) fn push(&mut self, data: Bytes) {
        self.held += data.len() as u64;
        self.total += data.len() as u64;
        self.pieces.push_back(Piece { data, unread: self.readers });
        if self.said.upper().is_some_and(|upper| self.total > upper) {
            self.cut = Some(Cut::Length);
        } else if self.held > self.limit || self.is_in_crumbs() {
            self.cut = Some(Cut::TooLarge);
        }
        self.tell_readers();
    }

    pub(super) fn end(&mut self, end: End) {
        if self.end.is_some() {
            return;
        }
        let is_short = matches!(end, End::Clean | End::Trailers(_)) && self.total < self.said.lower();
        let end = if is_short { End::Torn(Torn::Short) } else { end };
        self.cut = end.cut().or(self.cut);
        self.end = Some(end);
        self.tray.dropped.0.extend(self.driver.take());
        self.tell_readers();
    }

    fn tell_readers(&mut self) {
        self.tray.due.extend(take(&mut self.waiting).into_values());
    }

    /// Lets go what all have read, once the body will not be kept; and tells the driver of the room, or that all have left.
    pub(super) fn let_go(&mut self, was_full: bool) {
        while self.cut.is_some() && self.pieces.front().is_some_and(|piece| piece.unread == 0) {
            let data = self.pieces.pop_front().map(|piece| piece.data).unwrap_or_default();
            self.first += 1;
            self.held -= data.len() as u64;
            self.tray.dropped.1.push(data);
        }
        if (was_full && !self.is_full()) || self.is_left() {
            self.tray.due.extend(self.driver.take());
        }
    }

    /// Returns whether the driver has to wait for the slowest reader.
    pub(super) fn is_full(&self) -> bool {
        self.cut.is_some() && self.held > 0 && (self.held >= self.limit || self.is_in_crumbs())
    }

    /// Returns whether so many pieces are held that keeping account of them takes more than they carry.
    fn is_in_crumbs(&self) -> bool {
        self.pieces.len() as u64 > 1024 + self.limit / 64
    }

    fn is_left(&self) -> bool {
        self.cut.is_some() && self.readers == 0 && self.end.is_none()
    }

    pub(super) fn poll_room(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Cut>> {
        if self.is_left() {
            return Poll::Ready(Err(Cut::Left));
        }
        let before = self.driver.replace(context.waker().clone());
        self.tray.dropped.0.extend(before);
        if self.is_full() { Poll::Pending } else { Poll::Ready(Ok(())) }
    }

    pub(super) fn is_open(&self) -> bool {
        self.cut.is_none()
    }

    pub(super) fn join(&mut self) -> Option<Place> {
        if !self.is_open() {
            return None;
        }
        self.readers += 1;
        self.last += 1;
        self.pieces.iter_mut().for_each(|piece| piece.unread += 1);
        Some(Place { number: self.last, next: 0, read: 0 })
    }

    pub(super) fn poll_read(&mut self, place: &mut Place, context: &mut Context<'_>) -> Poll<Next> {
        if let Some(piece) = self.pieces.get_mut(place.next - self.first) {
            piece.unread -= 1;
            place.next += 1;
            place.read += piece.data.len() as u64;
            return Poll::Ready(Next::Data(piece.data.clone()));
        }
        if let Some(end) = &self.end {
            return Poll::Ready(Next::End(end.clone()));
        }
        let before = self.waiting.insert(place.number, context.waker().clone());
        self.tray.dropped.0.extend(before);
        Poll::Pending
    }

    pub(super) fn leave(&mut self, place: &Place) {
        self.readers -= 1;
        self.tray.dropped.0.extend(self.waiting.remove(&place.number));
        self.pieces.iter_mut().skip(place.next - self.first).for_each(|piece| piece.unread -= 1);
    }

    /// Returns whether nothing is left to read, not even a bad end.
    pub(super) fn is_over(&self, place: &Place) -> bool {
        matches!(self.end, Some(End::Clean)) && self.total == place.read
    }

    /// Returns how much is left to read, as far as it was said or is known.
    pub(super) fn left(&self, place: &Place) -> SizeHint {
        if matches!(self.end, Some(End::Clean)) {
            return SizeHint::with_exact(self.total - place.read);
        }
        let mut left = SizeHint::new();
        left.set_lower(self.said.lower().max(self.total) - place.read);
        if let Some(upper) = self.said.upper().filter(|upper| *upper >= self.total) {
            left.set_upper(upper - place.read);
        }
        left
    }

    /// Returns all frames, if the body is good to keep and has ended.
    pub(super) fn whole(&self) -> Result<Vec<Bytes>, Cut> {
        self.cut.map_or_else(|| Ok(self.pieces.iter().map(|piece| piece.data.clone()).collect()), Err)
    }
}
