//! What a response carries that went through the cache.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::driven::{Driver, Own};
use super::error::BoxError;
use super::hole::{Marked, Through};
use super::tee::Reader;

pin_project! {
    /// Carries a page that is kept, one that is being made, or what the handler answered, untouched.
    ///
    /// Nothing is copied: what is handed out of a page that is kept are the bytes that are kept. Its length is known in
    /// advance, unless the page is still being made and does not say it.
    pub struct PageBody<B> {
        #[pin]
        source: Source<B>,
        // Fills its holes on the way.
        through: Option<Box<Through>>,
    }
}

pin_project! {
    // Where its bytes come from.
    #[project = Pinned]
    enum Source<B> {
        Whole { page: Option<Bytes> },
        Absent,
        Chunks { chunks: vec::IntoIter<Bytes>, left: u64 },
        Joined { page: Box<Joined> },
        Inner { #[pin] body: Marked<B> },
    }
}

/// A page that is being made, beside the rest: it would make every body large, and most are of pages that are kept.
struct Joined {
    reader: Reader,
    driver: Driver,
    own: Own,
}

impl<B> PageBody<B> {
    /// Makes a body of a page that is kept, to be sent in one frame.
    pub(super) fn whole(page: Bytes) -> Self {
        Self::of(Source::Whole { page: Some(page).filter(|page| !page.is_empty()) })
    }

    /// Makes a body of no bytes.
    pub(super) fn empty() -> Self {
        Self::of(Source::Whole { page: None })
    }

    /// Makes the body of an answer that has none, and does not say how long the page is: whoever hands it on must not
    /// take it for a page of no bytes.
    pub(super) fn absent() -> Self {
        Self::of(Source::Absent)
    }

    /// Makes a body of a page in several chunks, each sent as it is.
    pub(super) fn chunks(mut chunks: Vec<Bytes>) -> Self {
        chunks.retain(|chunk| !chunk.is_empty());
        let left = chunks.iter().map(|chunk| chunk.len() as u64).sum();
        Self::of(Source::Chunks { chunks: chunks.into_iter(), left })
    }

    /// Makes a body of a page that is being made, perhaps for others as well.
    pub(super) fn joined(reader: Reader, driver: Driver, own: Own) -> Self {
        Self::of(Source::Joined { page: Box::new(Joined { reader, driver, own }) })
    }

    /// Takes over the task that makes the page, where there is nobody else to run it.
    pub(super) fn driven(mut self, task: Own) -> Self {
        if let Source::Joined { page } = &mut self.source {
            page.own = task;
        }
        self
    }

    /// Makes a body of another one, which is passed on untouched.
    pub(super) fn inner(body: B) -> Self {
        Self::of(Source::Inner { body: Marked::new(body, false) })
    }

    /// Makes a body of another one, in which holes are found and filled.
    pub(super) fn inner_with_holes(body: B, through: Through) -> Self {
        Self::of(Source::Inner { body: Marked::new(body, true) }).filled(through)
    }

    /// Fills the holes of this body on its way.
    pub(super) fn filled(self, through: Through) -> Self {
        Self { through: Some(Box::new(through)), ..self }
    }

    fn of(source: Source<B>) -> Self {
        Self { source, through: None }
    }
}

impl<B> Body for PageBody<B>
where
    B: Body<Data = Bytes, Error: Into<BoxError>>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let mut this = self.project();
        let Some(through) = this.through else { return this.source.poll_frame(context) };
        loop {
            if through.is_broken() {
                return Poll::Ready(None);
            }
            let filled = match ready!(this.source.as_mut().poll_frame(context)) {
                Some(Ok(frame)) => through.frame(frame),
                end => return Poll::Ready(end),
            };
            if filled.is_some() {
                return Poll::Ready(filled);
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.source.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        // A text has another length than the hole that it fills.
        if self.through.is_some() && !self.source.is_end_stream() { SizeHint::new() } else { self.source.size_hint() }
    }
}

impl<B> Source<B>
where
    B: Body<Data = Bytes, Error: Into<BoxError>>,
{
    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let data = match self.project() {
            Pinned::Whole { page } => page.take(),
            Pinned::Absent => None,
            Pinned::Chunks { chunks, left } => chunks.next().inspect(|chunk| *left -= chunk.len() as u64),
            Pinned::Joined { page } => {
                page.driver.drive(&mut page.own, context);
                return Pin::new(&mut page.reader).poll_frame(context);
            }
            Pinned::Inner { body } => {
                return Poll::Ready(ready!(body.poll_frame(context)).map(|frame| frame.map_err(Into::into)));
            }
        };
        Poll::Ready(data.map(|data| Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole { page } => page.is_none(),
            Self::Absent => true,
            Self::Chunks { chunks, .. } => chunks.len() == 0,
            Self::Joined { page } => page.reader.is_end_stream(),
            Self::Inner { body } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole { page } => SizeHint::with_exact(page.as_ref().map_or(0, |page| page.len() as u64)),
            Self::Absent => SizeHint::default(),
            Self::Chunks { left, .. } => SizeHint::with_exact(*left),
            Self::Joined { page } => page.reader.size_hint(),
            Self::Inner { body } => body.size_hint(),
        }
    }
}

/// Says which kind it is, and nothing of what is in it.
impl<B> fmt::Debug for PageBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.source {
            Source::Whole { .. } => "whole",
            Source::Absent => "absent",
            Source::Chunks { .. } => "chunks",
            Source::Joined { .. } => "joined",
            Source::Inner { .. } => "inner",
        };
        f.debug_tuple("PageBody").field(&kind).finish()
    }
}

#[cfg(test)]
mod tests;
