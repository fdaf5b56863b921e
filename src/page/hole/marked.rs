//! A body on its way through, in which holes are found.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::mark::{self, LENGTH, Marks};

pin_project! {
    /// A body in which each mark is a frame of its own, wherever the frames of the other one began and ended.
    ///
    /// Its bytes are those of the other one, and come as they come there. Only what may be the beginning of a mark
    /// waits for what follows: fewer bytes than a mark has.
    pub(in crate::page) struct Marked<B> {
        #[pin]
        inner: B,
        search: Option<Box<Search>>,
    }
}

struct Search {
    marks: Marks,
    /// What may be the beginning of a mark.
    begun: Bytes,
    ready: VecDeque<Bytes>,
    /// What comes after all data: trailers.
    last: Option<Frame<Bytes>>,
    is_over: bool,
}

impl<B> Marked<B> {
    /// Takes a body in which holes are to be found, or one that is passed on as it is.
    pub(in crate::page) fn new(inner: B, has_holes: bool) -> Self {
        Self { inner, search: has_holes.then(|| Box::new(Search::new(Marks::all()))) }
    }
}

impl Search {
    fn new(marks: Marks) -> Self {
        Self { marks, begun: Bytes::new(), ready: VecDeque::new(), last: None, is_over: false }
    }

    fn next(&mut self) -> Option<Frame<Bytes>> {
        let data = self.ready.pop_front().map(Frame::data);
        data.or_else(|| self.last.take())
    }

    fn take(&mut self, data: Bytes) {
        let mut data = data;
        if !self.begun.is_empty() {
            data = self.join(data);
        }
        let mut end = 0;
        while let Some((at, _)) = mark::find(&self.marks, &data, end) {
            self.push(data.slice(end..at));
            self.push(data.slice(at..at + LENGTH));
            end = at + LENGTH;
        }
        let begun = data.len() - mark::begun(&self.marks, &data[end..]);
        self.push(data.slice(end..begun));
        self.begun = data.slice(begun..);
    }

    /// Joins what has begun to what follows, of which no more is copied than a mark has, and returns what is left.
    fn join(&mut self, data: Bytes) -> Bytes {
        let begun = std::mem::take(&mut self.begun);
        let front = data.len().min(LENGTH - 1);
        let joint = Bytes::from([&*begun, &data[..front]].concat());
        match mark::find(&self.marks, &joint, 0).filter(|(at, _)| *at < begun.len()) {
            Some((at, _)) => {
                self.push(joint.slice(..at));
                self.push(joint.slice(at..at + LENGTH));
                data.slice(at + LENGTH - begun.len()..)
            }
            // What begins before the seam may still end in the next one.
            None if front == data.len() => joint,
            None => {
                self.push(begun);
                data
            }
        }
    }

    fn push(&mut self, data: Bytes) {
        if !data.is_empty() {
            self.ready.push_back(data);
        }
    }

    /// Ends it, with what follows all data: what had begun was no mark.
    fn end(&mut self, last: Option<Frame<Bytes>>) {
        let begun = std::mem::take(&mut self.begun);
        self.push(begun);
        self.last = last;
        self.is_over = true;
    }

    fn is_empty(&self) -> bool {
        self.ready.is_empty() && self.begun.is_empty() && self.last.is_none()
    }

    /// Returns how many bytes were taken and are not handed on yet.
    fn held(&self) -> u64 {
        self.ready.iter().chain([&self.begun]).map(|data| data.len() as u64).sum()
    }
}

impl<B: Body<Data = Bytes>> Body for Marked<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let mut this = self.project();
        let Some(search) = this.search else { return this.inner.poll_frame(context) };
        loop {
            if let Some(frame) = search.next() {
                return Poll::Ready(Some(Ok(frame)));
            }
            if search.is_over {
                return Poll::Ready(None);
            }
            match ready!(this.inner.as_mut().poll_frame(context)).transpose()?.map(Frame::into_data) {
                None => search.end(None),
                Some(Ok(data)) => search.take(data),
                Some(Err(trailers)) => search.end(Some(trailers)),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.search {
            None => self.inner.is_end_stream(),
            Some(search) => search.is_empty() && (search.is_over || self.inner.is_end_stream()),
        }
    }

    fn size_hint(&self) -> SizeHint {
        let inner = self.inner.size_hint();
        let held = self.search.as_ref().map_or(0, |search| search.held());
        let mut hint = SizeHint::new();
        if let Some(upper) = inner.upper() {
            hint.set_upper(upper.saturating_add(held));
        }
        hint.set_lower(inner.lower().saturating_add(held));
        hint
    }
}
