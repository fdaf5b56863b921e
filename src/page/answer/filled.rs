//! How an answer with holes is handed out.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use http_body::Body;

use super::Asking;
use crate::page::body::PageBody;
use crate::page::grammar::Directives;
use crate::page::hole::{Fillers, Fills, Holes, Panicked, Through, personal};
use crate::page::record::{Head, Page};
use crate::page::status::Status;

/// No condition and no range is looked at: what the visitor has is not what would be sent now.
impl Asking<'_> {
    /// Answers with a page that is whole, and whose holes are known.
    pub(in crate::page) fn with_filled<B>(self, page: &Page, holes: &Holes, status: &Status) -> Response<PageBody<B>> {
        let Ok((headers, chunks)) = self.filled(page, holes) else { return self.with_failure(status) };
        let length: usize = chunks.iter().map(Bytes::len).sum();
        let body = if *self.method == Method::HEAD { PageBody::empty() } else { PageBody::chunks(chunks) };
        let mut response = self.finish(page.head(), page.head().status, headers, body, status);
        // Last, since clients are told nothing else, wherever that is said.
        personal::to_one(response.headers_mut(), &Directives::of(&page.head().headers), true);
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
        response
    }

    fn filled(self, page: &Page, holes: &Holes) -> Result<(HeaderMap, Vec<Bytes>), Panicked> {
        let mut fills = Fills::new(&self.setup.fillers, self.request);
        let mut headers = page.head().headers.clone();
        holes.fill_headers(&mut headers, &mut fills)?;
        let chunks = holes.fill(page.body(), &mut fills)?;
        Ok((headers, chunks))
    }

    /// Answers with a page that is still being made, whose holes come to light on the way.
    pub(in crate::page) fn with_holes_to_come<B>(
        self,
        head: &Head,
        body: PageBody<B>,
        status: &Status,
    ) -> Response<PageBody<B>> {
        let mut through = Through::new(&self.setup.fillers, self.request.clone());
        let mut headers = head.headers.clone();
        if through.fill_headers(&mut headers).is_err() {
            return self.with_failure(status);
        }
        let mut response = self.finish(head, head.status, headers, body.filled(through), status);
        personal::to_one(response.headers_mut(), &Directives::of(&head.headers), true);
        response
    }

    fn with_failure<B>(self, status: &Status) -> Response<PageBody<B>> {
        let mut response = failure();
        if self.setup.tells {
            status.add(response.headers_mut());
        }
        response
    }
}

impl Fillers {
    /// Fills what is handed on, whatever it is.
    pub(in crate::page) fn fill<B: Body>(&self, response: Response<B>, visitor: Parts) -> Response<PageBody<B>> {
        let method = visitor.method.clone();
        let has_body = method == Method::HEAD || !response.body().is_end_stream();
        let is_open = has_body && self.look_into(response.headers()) && !self.are_blind_to(response.headers());
        let mut through = Through::new(self, visitor);
        let (mut parts, body) = response.into_parts();
        if through.fill_headers(&mut parts.headers).is_err() {
            return failure();
        }
        if !is_open {
            return Response::from_parts(parts, PageBody::inner(body));
        }
        let said = Directives::of(&parts.headers);
        personal::to_one(&mut parts.headers, &said, matches!(method, Method::GET | Method::HEAD));
        Response::from_parts(parts, PageBody::inner_with_holes(body, through))
    }
}

fn failure<B>() -> Response<PageBody<B>> {
    let mut response = Response::new(PageBody::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
