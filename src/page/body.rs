//! What a response carries that went through the cache.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::driven::{Driver, Own};
use super::error::BoxError;
use super::hole::{Marked, Through};
use super::record::Page;
use super::tee::Reader;

/// Carries a page that is kept, one that is being made, or what the handler answered, untouched.
///
/// Nothing is copied: what is handed out of a page that is kept are the bytes that are kept. Its length is known in
/// advance, unless the page is still being made and does not say it.
pub struct PageBody<B>(Part<B>);

/// Two words, and what is larger beside it: with it a response has 128 bytes, and is moved some six times on its way.
enum Part<B> {
    /// A page that is not empty.
    Kept(Page),
    Empty,
    Absent,
    Chunks(Box<Chunks>),
    Joined(Box<Joined>),
    Inner(Pin<Box<Marked<B>>>),
    /// Its holes are filled on the way.
    Filled(Box<Filled<B>>),
}

struct Chunks {
    chunks: vec::IntoIter<Bytes>,
    /// How many bytes.
    left: u64,
}

/// A page that is being made.
struct Joined {
    reader: Reader,
    driver: Driver,
    own: Own,
}

struct Filled<B> {
    part: Part<B>,
    through: Through,
}

impl<B> PageBody<B> {
    /// Makes a body of a page that is kept, to be sent in one frame.
    pub(super) fn kept(page: Page) -> Self {
        Self(if page.body().is_empty() { Part::Empty } else { Part::Kept(page) })
    }

    /// Makes a body of these bytes, to be sent in one frame.
    pub(super) fn whole(bytes: Bytes) -> Self {
        Self::chunks(vec![bytes])
    }

    /// Makes a body of no bytes.
    pub(super) fn empty() -> Self {
        Self(Part::Empty)
    }

    /// Makes the body of an answer that has none, and does not say how long the page is: whoever hands it on must not
    /// take it for a page of no bytes.
    pub(super) fn absent() -> Self {
        Self(Part::Absent)
    }

    /// Makes a body of a page in several chunks, each sent as it is.
    pub(super) fn chunks(mut chunks: Vec<Bytes>) -> Self {
        chunks.retain(|chunk| !chunk.is_empty());
        let left = chunks.iter().map(|chunk| chunk.len() as u64).sum();
        Self(Part::Chunks(Box::new(Chunks { chunks: chunks.into_iter(), left })))
    }

    /// Makes a body of a page that is being made, perhaps for others as well.
    pub(super) fn joined(reader: Reader, driver: Driver, own: Own) -> Self {
        Self(Part::Joined(Box::new(Joined { reader, driver, own })))
    }

    /// Takes over the task that makes the page, where there is nobody else to run it.
    pub(super) fn driven(mut self, task: Own) -> Self {
        if let Part::Joined(page) = &mut self.0 {
            page.own = task;
        }
        self
    }

    /// Makes a body of another one, which is passed on untouched.
    pub(super) fn inner(body: B) -> Self {
        Self(Part::Inner(Box::pin(Marked::new(body, false))))
    }

    /// Makes a body of another one, in which holes are found and filled.
    pub(super) fn inner_with_holes(body: B, through: Through) -> Self {
        Self(Part::Inner(Box::pin(Marked::new(body, true)))).filled(through)
    }

    /// Fills the holes of this body on its way.
    pub(super) fn filled(self, through: Through) -> Self {
        Self(Part::Filled(Box::new(Filled { part: self.0, through })))
    }
}

impl<B> Body for PageBody<B>
where
    B: Body<Data = Bytes, Error: Into<BoxError>>,
{
    type Data = Bytes;
    type Error = BoxError;

    #[inline]
    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.0.poll_frame(context)
    }

    #[inline]
    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    #[inline]
    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

/// Nothing in it is pinned where it stands.
impl<B> Unpin for PageBody<B> {}

impl<B> Part<B>
where
    B: Body<Data = Bytes, Error: Into<BoxError>>,
{
    fn poll_frame(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let data = match self {
            Self::Kept(page) => {
                let data = page.body().clone();
                *self = Self::Empty;
                Some(data)
            }
            Self::Empty | Self::Absent => None,
            Self::Chunks(all) => all.chunks.next().inspect(|chunk| all.left -= chunk.len() as u64),
            Self::Joined(page) => {
                page.driver.drive(&mut page.own, context);
                return Pin::new(&mut page.reader).poll_frame(context);
            }
            Self::Inner(body) => {
                return Poll::Ready(ready!(body.as_mut().poll_frame(context)).map(|frame| frame.map_err(Into::into)));
            }
            Self::Filled(filled) => return filled.poll_frame(context),
        };
        Poll::Ready(data.map(|data| Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Kept(_) => false,
            Self::Empty | Self::Absent => true,
            Self::Chunks(all) => all.chunks.len() == 0,
            Self::Joined(page) => page.reader.is_end_stream(),
            Self::Inner(body) => body.is_end_stream(),
            Self::Filled(filled) => filled.part.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Kept(page) => SizeHint::with_exact(page.body().len() as u64),
            Self::Empty => SizeHint::with_exact(0),
            Self::Chunks(all) => SizeHint::with_exact(all.left),
            Self::Joined(page) => page.reader.size_hint(),
            Self::Inner(body) => body.size_hint(),
            Self::Filled(filled) if filled.part.is_end_stream() => filled.part.size_hint(),
            // A text has another length than the hole that it fills.
            Self::Absent | Self::Filled(_) => SizeHint::default(),
        }
    }
}

impl<B> Filled<B>
where
    B: Body<Data = Bytes, Error: Into<BoxError>>,
{
    fn poll_frame(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        loop {
            if self.through.is_broken() {
                return Poll::Ready(None);
            }
            let filled = match ready!(self.part.poll_frame(context)) {
                Some(Ok(frame)) => self.through.frame(frame),
                end => return Poll::Ready(end),
            };
            if filled.is_some() {
                return Poll::Ready(filled);
            }
        }
    }
}

/// Says which kind it is, and nothing of what is in it.
impl<B> fmt::Debug for PageBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut part = &self.0;
        if let Part::Filled(filled) = part {
            part = &filled.part;
        }
        let kind = match part {
            Part::Kept(_) | Part::Empty => "whole",
            Part::Absent => "absent",
            Part::Chunks(_) => "chunks",
            Part::Joined(_) => "joined",
            Part::Inner(_) => "inner",
            Part::Filled(_) => "filled",
        };
        f.debug_tuple("PageBody").field(&kind).finish()
    }
}

#[cfg(test)]
mod tests;
