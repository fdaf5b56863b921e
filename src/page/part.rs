//! Parts of pages: what a request for one range was answered with (RFC 9110, 14; RFC 9111, 3.3). A part is kept under a key
//! of its own, beside its page and never in its place.

use std::ops::Range;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, RANGE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body;
use serde::{Deserialize, Serialize};
use tower_service::Service;

use super::answer::Asking;
use super::body::{BoxError, PageBody};
use super::conditional::{self, Verdict};
use super::grammar::range;
use super::policy::{Pass, Reuse};
use super::record::Page;
use super::service::{Spot, Way};
use super::site::Quest;
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
    fn with_part<B>(self, part: &Part, told: &Status) -> Option<Response<PageBody<B>>> {
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

impl Spot {
    /// Returns the one range that is asked for, where there can be a part of the page.
    fn asked(&self, quest: &Quest, request: &Parts) -> Option<HeaderValue> {
        let can_be = request.method == Method::GET && quest.variants.is_none() && self.site.setup.aspects.is_empty();
        let is_one = can_be && range::of(&request.headers).is_some_and(|parts| parts.len() == 1);
        request.headers.get(RANGE).filter(|_| is_one).cloned()
    }

    /// Answers with the part of a page that is kept, if that can answer.
    async fn part<R>(&self, quest: &Quest, request: &Parts) -> Option<Response<PageBody<R>>> {
        let cache = &self.home.cache;
        let part = cache.get::<Part>(key(&quest.key)).await.unwrap_or_default()?;
        let now = cache.clock().wall_millis();
        let facts = part.page.facts();
        if facts.reuse(&quest.wanted, now) != Reuse::Fresh || self.site.is_gone(&self.home, request, &part.page) {
            return None;
        }
        Asking::new(&self.site.setup, request, now).with_part(&part, &Status::hit(facts.left(now)))
    }
}

impl<S> Way<S> {
    /// Answers a request for a part of what is not there: with a part that is, or with one that is kept from now on.
    pub(super) async fn part<B, R>(self, quest: Quest, parts: Parts, body: B) -> Result<Response<PageBody<R>>, S::Error>
    where
        S: Service<Request<B>, Response = Response<R>, Future: Send + 'static, Error: Send + 'static> + Send + 'static,
        B: Send + 'static,
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let Some(range) = self.spot.asked(&quest, &parts) else { return self.pass(Pass::Range, parts, body).await };
        if let Some(answer) = self.spot.part(&quest, &parts).await {
            return Ok(answer);
        }
        // A part of another page than the client has is of no use to it, and the handler is not told of conditions.
        if is_conditional(&parts.headers) {
            return self.pass(Pass::Range, parts, body).await;
        }
        self.make(Quest { range: Some(range), ..quest }, None, parts, body).await
    }
}

fn is_conditional(request: &HeaderMap) -> bool {
    request.keys().any(|name| name.as_str().starts_with("if-"))
}

#[cfg(test)]
mod tests;
