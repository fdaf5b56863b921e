//! A request for a part of what is not there.

use std::pin::pin;

use bytes::Bytes;
use cache_core::explain::Within;
use http::header::RANGE;
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response};
use http_body::Body;
use tower_service::Service;

use super::spot::Spot;
use super::way::Way;
use crate::page::answer::Asking;
use crate::page::body::PageBody;
use crate::page::error::BoxError;
use crate::page::grammar::range;
use crate::page::part::{self, Part};
use crate::page::policy::{Pass, Reuse};
use crate::page::site::Quest;
use crate::page::status::Status;
use crate::page::tell;

impl Spot {
    /// Returns the one range that is asked for, where there can be a part of the page.
    fn asked(&self, quest: &Quest, request: &Parts) -> Option<HeaderValue> {
        let can_be = request.method == Method::GET && quest.variants.is_none() && self.site.setup.aspects.is_empty();
        let is_one = can_be && range::of(&request.headers).is_some_and(|parts| parts.len() == 1);
        request.headers.get(RANGE).filter(|_| is_one).cloned()
    }

    /// Answers with the part of a page that is kept, if that can answer.
    async fn part<R>(&self, quest: &Quest, request: &Parts) -> Option<Response<PageBody<R>>> {
        // That is no question of the handler's.
        let asking = pin!(self.home.cache.get::<Part>(part::key(&quest.key)));
        let part = Within::new(None, asking).await.unwrap_or_default()?;
        let now = self.home.now();
        let facts = part.page().facts();
        let is_fresh = facts.reuse(&quest.wanted, now) == Reuse::Fresh;
        if !is_fresh || !self.home.learn(part.page()).await || self.site.is_gone(&self.home, request, part.page()) {
            return None;
        }
        let answer = Asking::new(&self.site.setup, request, now).with_part(&part, &Status::hit(facts.left(now)))?;
        if let Some(note) = &quest.note {
            note.found(tell::worth(&self.home.cache, facts, &quest.wanted, now));
        }
        Some(answer)
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
        let Some(range) = self.spot.asked(&quest, &parts) else {
            return self.pass((Pass::Range, quest.note), parts, body).await;
        };
        if let Some(answer) = self.spot.part(&quest, &parts).await {
            return Ok(answer);
        }
        // A part of another page than the client has is of no use to it, and the handler is not told of conditions.
        if part::is_conditional(&parts.headers) {
            return self.pass((Pass::Range, quest.note), parts, body).await;
        }
        self.make(Quest { range: Some(range), ..quest }, None, parts, body).await
    }
}
