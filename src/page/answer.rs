//! How a page that is kept becomes a response: nothing of it is copied but its headers.

mod filled;

use bytes::Bytes;
use http::header::{AGE, CONTENT_LENGTH, CONTENT_RANGE, DATE, ETAG, EXPIRES, IF_NONE_MATCH, IF_RANGE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use http_body::Body;

use super::body::PageBody;
use super::conditional::{self, Verdict};
use super::digest;
use super::downstream::has_locale;
use super::grammar::date;
use super::headers::CacheControl;
use super::policy::Facts;
use super::record::{Head, Page};
use super::site::{Setup, Site};
use super::status::Status;
use super::told::News;

/// Who asks, and when.
#[derive(Clone, Copy)]
pub(super) struct Asking<'a> {
    pub(super) setup: &'a Setup,
    pub(super) request: &'a Parts,
    pub(super) method: &'a Method,
    pub(super) headers: &'a HeaderMap,
    pub(super) now: u64,
}

impl<'a> Asking<'a> {
    pub(super) fn new(setup: &'a Setup, request: &'a Parts, now: u64) -> Self {
        Self { setup, request, method: &request.method, headers: &request.headers, now }
    }

    /// Answers with a page that is whole.
    pub(super) fn with_page<B>(self, page: &Page, status: &Status) -> Response<PageBody<B>> {
        if let Some(holes) = page.holes() {
            return self.with_filled(page, holes, status);
        }
        let (head, body) = (page.head(), page.body());
        let length = body.len() as u64;
        let (code, headers, body) = match self.verdict(head, Some(body)) {
            Verdict::Whole => return self.with_whole(page.clone(), status),
            Verdict::NotModified => return self.unchanged(page, status),
            Verdict::Part(range) => {
                let headers = conditional::part(&head.headers, &range, length);
                let [first, end] = [range.start, range.end].map(|place| usize::try_from(place).unwrap_or(body.len()));
                let part = body.slice(first..end);
                let body = if self.method == Method::HEAD { PageBody::empty() } else { PageBody::whole(part) };
                (StatusCode::PARTIAL_CONTENT, headers, body)
            }
            other => return self.with_no_body(head, &other, length, status),
        };
        self.finish(head, code, headers, body, status)
    }

    /// Answers with all of a page, which has no holes.
    pub(super) fn with_whole<B>(self, page: Page, status: &Status) -> Response<PageBody<B>> {
        let headers = page.told(&self.news(page.head(), status), |headers| self.complete(headers));
        let code = page.head().status;
        if self.method == Method::HEAD {
            response(code, with_length(headers, page.body().len() as u64), PageBody::empty())
        } else {
            response(code, headers, PageBody::kept(page))
        }
    }

    /// Answers that a page is the one that the client has.
    pub(super) fn unchanged<B>(self, page: &Page, status: &Status) -> Response<PageBody<B>> {
        let headers = page.told_unchanged(&self.news(page.head(), status), |headers| self.complete(headers));
        response(StatusCode::NOT_MODIFIED, headers, PageBody::absent())
    }

    /// Answers with a page that is still being made. Of that a part cannot be had.
    pub(super) fn with_head<B>(self, head: &Head, body: PageBody<B>, status: &Status) -> Response<PageBody<B>> {
        if self.setup.fillers.look_into(&head.headers) {
            return self.with_holes_to_come(head, body, status);
        }
        match self.unsent(head, status) {
            Some(answer) => answer,
            None => self.finish(head, head.status, head.headers.clone(), body, status),
        }
    }

    /// Answers a request whose conditions say that a page is not to be sent, as far as its head tells.
    fn unsent<B>(self, head: &Head, status: &Status) -> Option<Response<PageBody<B>>> {
        match self.verdict(head, None) {
            verdict @ (Verdict::NotModified | Verdict::Failed) => Some(self.with_no_body(head, &verdict, 0, status)),
            Verdict::Whole | Verdict::Part(_) | Verdict::Unsatisfiable => None,
        }
    }

    /// Answers the request that a page is made for: with all that the handler said, and no age.
    pub(super) fn with_new<B>(self, head: &Head, body: PageBody<B>, status: &Status) -> Response<PageBody<B>> {
        of_now(head, self.with_head(head, body, status))
    }

    /// Answers a request for the head of a page that is not kept, as if it were, where its conditions say that it is not to be
    /// sent. Of a page with holes nobody can say that.
    pub(super) fn unsent_anew<B>(self, head: &Head, status: &Status) -> Option<Response<PageBody<B>>> {
        if self.setup.fillers.look_into(&head.headers) {
            return None;
        }
        Some(of_now(head, self.unsent(head, status)?))
    }

    /// Decides how a page is sent, of which the body is known or still to come.
    fn verdict(self, head: &Head, body: Option<&Bytes>) -> Verdict {
        let (length, now) = (body.map_or(0, Bytes::len) as u64, self.now / 1000);
        let verdict = conditional::verdict(self.method, self.headers, head.status, &head.headers, length, now);
        let goes_by_what_is_known = match verdict {
            Verdict::NotModified => true,
            Verdict::Part(_) | Verdict::Unsatisfiable => self.headers.contains_key(IF_RANGE),
            Verdict::Whole | Verdict::Failed => false,
        };
        if goes_by_what_is_known && !self.is_surely_of_this(head, body) { Verdict::Whole } else { verdict }
    }

    /// Returns whether what a client has that says so can be this page. Browsers keep one page for a URL, and ask with its tag
    /// whoever is logged in by now: a version that two visitors' pages have in common tells them apart no more than a date
    /// does. The bytes do.
    fn is_surely_of_this(self, head: &Head, body: Option<&Bytes>) -> bool {
        let has_named_a_tag = self.headers.contains_key(IF_NONE_MATCH) || self.headers.contains_key(IF_RANGE);
        if !self.setup.knows_visitors() {
            return has_named_a_tag || !has_locale(self.request);
        }
        let is_tagged = self.setup.tagged && has_named_a_tag;
        is_tagged && body.is_some_and(|body| head.headers.get(ETAG) == Some(&digest::tag(&head.headers, body)))
    }

    pub(super) fn with_no_body<B>(
        self,
        head: &Head,
        verdict: &Verdict,
        length: u64,
        status: &Status,
    ) -> Response<PageBody<B>> {
        let (code, headers, body) = match verdict {
            Verdict::Failed => (StatusCode::PRECONDITION_FAILED, HeaderMap::new(), PageBody::empty()),
            Verdict::Unsatisfiable => (
                StatusCode::RANGE_NOT_SATISFIABLE,
                [(CONTENT_RANGE, conditional::out_of_range(length))].into_iter().collect(),
                PageBody::empty(),
            ),
            _ => (StatusCode::NOT_MODIFIED, conditional::not_modified(&head.headers), PageBody::absent()),
        };
        self.finish(head, code, headers, body, status)
    }

    /// Adds what only this answer says.
    pub(super) fn finish<B>(
        self,
        head: &Head,
        code: StatusCode,
        headers: HeaderMap,
        body: PageBody<B>,
        status: &Status,
    ) -> Response<PageBody<B>> {
        let mut headers = self.complete(headers);
        self.news(head, status).add_to(&mut headers);
        response(code, headers, body)
    }

    /// Adds what every answer with this page says.
    fn complete(self, mut headers: HeaderMap) -> HeaderMap {
        self.setup.tell_downstream(self.request, &mut headers);
        headers
    }

    fn news(self, head: &Head, status: &Status) -> News {
        let Setup { browser, tells, .. } = *self.setup;
        News { age: head.facts.age(self.now), browser, status: tells.then_some(*status) }
    }
}

/// Gives an answer that is new the age that its handler says, if any.
fn of_now<B>(head: &Head, mut response: Response<PageBody<B>>) -> Response<PageBody<B>> {
    match head.headers.get(AGE) {
        Some(age) => drop(response.headers_mut().insert(AGE, age.clone())),
        None => drop(response.headers_mut().remove(AGE)),
    }
    response
}

/// How long a page is fresh, in milliseconds.
#[derive(Clone, Copy)]
pub(super) struct Lasts {
    pub(super) fresh: u64,
    /// Whether its handler has said so.
    pub(super) is_said: bool,
    pub(super) now: u64,
}

impl Lasts {
    /// Returns whether nobody is to have it for any time, by the word of its handler.
    fn is_over(self) -> bool {
        self.is_said && self.fresh == 0
    }
}

/// Makes the headers of a page say that it ends sooner than they do.
pub(super) fn shorten(headers: &mut HeaderMap, facts: &Facts, now: u64) {
    let seconds = facts.fresh / 1000;
    CacheControl::new().max_age(seconds).apply(headers);
    let end = (facts.born / 1000).saturating_add(seconds);
    if date::of(headers, &EXPIRES, now / 1000).is_some_and(|said| said > end) {
        headers.insert(EXPIRES, date::write(end));
    }
}

fn response<B>(code: StatusCode, mut headers: HeaderMap, body: B) -> Response<B> {
    let mut response = Response::new(body);
    *response.status_mut() = code;
    std::mem::swap(response.headers_mut(), &mut headers);
    // Those that it was made with: there are none, and to drop them as a hit has to takes 130 instructions, since the
    // response is then made in one place and moved to another.
    std::mem::forget(headers);
    response
}

fn with_length(mut headers: HeaderMap, length: u64) -> HeaderMap {
    headers.entry(CONTENT_LENGTH).or_insert_with(|| HeaderValue::from(length));
    headers
}

impl Site {
    /// Hands an answer of the handler on as it is, but for its holes where there is a visitor to fill them for, with a
    /// word of where it comes from.
    pub(super) fn untouched<R: Body>(
        &self,
        response: Response<R>,
        visitor: Option<Parts>,
        status: &Status,
    ) -> Response<PageBody<R>> {
        let mut response = match visitor {
            Some(visitor) => self.setup.fillers.fill(response, visitor),
            None => response.map(PageBody::inner),
        };
        if self.setup.tells {
            status.add(response.headers_mut());
        }
        response
    }

    /// Answers a client who wants no handler to be asked, and for whom there is no page (RFC 9111, 5.2.1.7).
    pub(super) fn only_if_cached<R>(&self) -> Response<PageBody<R>> {
        let mut response = Response::new(PageBody::empty());
        *response.status_mut() = StatusCode::GATEWAY_TIMEOUT;
        if self.setup.tells {
            Status { detail: Some("only-if-cached"), ..Status::default() }.add(response.headers_mut());
        }
        response
    }

    /// Adds to the headers of a new page what those downstream have to know.
    pub(super) fn dress(&self, headers: &mut HeaderMap, lasts: Lasts) {
        let now = lasts.now / 1000;
        headers.entry(DATE).or_insert_with(|| date::write(now));
        if let Some(seconds) = self.told(lasts) {
            headers.entry(EXPIRES).or_insert_with(|| date::write(now.saturating_add(seconds)));
            CacheControl::new().max_age(seconds).apply(headers);
        }
    }

    /// Does so for a page that was confirmed by this answer: unless that says when the page expires, it is later now.
    pub(super) fn dress_anew(&self, headers: &mut HeaderMap, answer: &HeaderMap, lasts: Lasts) {
        if self.told(lasts).is_some() && !answer.contains_key(EXPIRES) {
            headers.remove(EXPIRES);
        }
        self.dress(headers, lasts);
    }

    /// Returns how long those downstream are told that a page is fresh, in seconds, if they are told.
    fn told(&self, lasts: Lasts) -> Option<u64> {
        match self.setup.browser {
            Some(browser) if !lasts.is_over() => Some(browser),
            Some(_) => Some(0),
            None => (lasts.is_said || self.setup.policy.time.is_some()).then_some(lasts.fresh / 1000),
        }
    }
}
