//! Parts of pages: what a request for one range was answered with (RFC 9110, 14; RFC 9111, 3.3). A part is kept under a key
//! of its own, beside its page and never in its place.

use std::ops::Range;

use http::header::{CONTENT_ENCODING, RANGE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde::{Deserialize, Serialize};

use super::answer::Asking;
use super::body::PageBody;
use super::conditional::{self, Verdict};
use super::grammar::range;
use super::record::Page;
use super::status::Status;
use crate::key::{Key, mark};

/// One part of a page, as it came, with what it was asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Part {
    asked: Box<[u8]>,
    page: Page,
}

/// Where the bytes of a part belong.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Extent {
    /// What the part was said to be.
    said: Range<u64>,
    /// What of that has come: all of it, or its beginning.
    came: Range<u64>,
    /// How many bytes there are in all.
    of: u64,
}

/// Returns the key of the part of a page.
pub(super) fn key(page: &Key) -> Key {
    const MARK: u64 = mark("page-part:<page>");
    Key::write(MARK, |key| key.literal("page-part:").rest(page.as_bytes()))
}

impl Part {
    /// Returns the part that was asked for like this; `None` where nobody can say where its bytes belong.
    pub(super) fn new(asked: &HeaderValue, page: Page) -> Option<Self> {
        Extent::new(&page.head().headers, page.body().len() as u64)?;
        Some(Self { asked: asked.as_bytes().into(), page })
    }

    pub(super) fn page(&self) -> &Page {
        &self.page
    }

    /// Returns whether it was asked for just like this: the same question has the same answer, whatever it means.
    fn is_asked_by(&self, request: &HeaderMap) -> bool {
        !is_conditional(request) && request.get(RANGE).is_some_and(|range| *range.as_bytes() == *self.asked)
    }
}

impl Extent {
    /// Reads where so many bytes belong. Fewer than were said are the first ones of them, unless they are encoded: then
    /// somebody on the way may have encoded the part, and not the page.
    fn new(headers: &HeaderMap, length: u64) -> Option<Self> {
        let (said, of) = range::content(headers)?;
        let came = said.start..said.start.checked_add(length)?;
        let is_all = came == said;
        let is_beginning = !came.is_empty() && came.end < said.end && !headers.contains_key(CONTENT_ENCODING);
        (is_all || is_beginning).then_some(Self { said, came, of })
    }

    /// Returns what there is of these bytes, if they are of this part. What was said and did not come would not come if it
    /// was asked for once more, and a server may send less than it is asked for (RFC 9110, 15.3.7).
    fn share(&self, asked: &Range<u64>) -> Option<Range<u64>> {
        let is_inside = self.said.start <= asked.start && asked.end <= self.said.end;
        let share = asked.start..asked.end.min(self.came.end);
        (is_inside && !share.is_empty()).then_some(share)
    }
}

impl Asking<'_> {
    /// Answers with a part; `None` where that does not hold what is asked for.
    pub(super) fn with_part<B>(self, part: &Part, told: &Status) -> Option<Response<PageBody<B>>> {
        if self.setup.knows_visitors() && is_conditional(self.headers) {
            return None;
        }
        let (head, body) = (part.page.head(), part.page.body());
        if part.is_asked_by(self.headers) {
            return Some(self.finish(head, head.status, head.headers.clone(), PageBody::whole(body.clone()), told));
        }
        let extent = Extent::new(&head.headers, body.len() as u64)?;
        let now = self.now / 1000;
        match conditional::verdict(self.method, self.headers, StatusCode::OK, &head.headers, extent.of, now) {
            Verdict::Whole => None,
            Verdict::Part(asked) => {
                let share = extent.share(&asked)?;
                let headers = conditional::part(&head.headers, &share, extent.of);
                let place = |at: u64| usize::try_from(at - extent.came.start).ok();
                let body = body.slice(place(share.start)?..place(share.end)?);
                Some(self.finish(head, head.status, headers, PageBody::whole(body), told))
            }
            other => Some(self.with_no_body(head, &other, extent.of, told)),
        }
    }
}

pub(super) fn is_conditional(request: &HeaderMap) -> bool {
    request.keys().any(|name| name.as_str().starts_with("if-"))
}

#[cfg(test)]
mod tests;
