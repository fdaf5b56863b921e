//! An answer to `POST` that says that it is the page of its URL, and for how long, is kept as that page (RFC 9110, 9.3.3).

use std::convert::Infallible;
use std::future::Future;
use std::panic::resume_unwind;
use std::sync::Arc;

use bytes::Bytes;
use cache_core::explain::Note;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, Method, Response};
use http_body::Body;
use tokio::sync::oneshot;

use super::spot::Spot;
use crate::Key;
use crate::entry::Scoped;
use crate::page::body::PageBody;
use crate::page::error::BoxError;
use crate::page::hide;
use crate::page::key::Asked;
use crate::page::policy::{self, Facts, Wanted};
use crate::page::render::{Client, Outcome, Render};
use crate::page::site::Quest;

/// A `POST` whose answer may be a page: that of a `GET` with the same headers.
pub(super) struct Post(Box<Render>);

/// A `POST` whose answer is a page that is worth this.
pub(super) struct Posted(Box<Render>, Facts);

impl Spot {
    /// Begins to look at a request, before its handler runs: what is invalidated from here on is not kept.
    pub(super) fn post(&self, request: &Parts, note: Option<&Note>) -> Option<Post> {
        if !self.site.setup.posts || request.method != Method::POST || self.home.cache.is_off() {
            return None;
        }
        let wanted = Wanted { authorized: request.headers.contains_key(AUTHORIZATION), ..Wanted::default() };
        let quest = Quest { posted: true, note: note.cloned(), ..Quest::new(self.site.key(request).ok()?, wanted) };
        let mut request = request.clone();
        request.method = Method::GET;
        hide::forget_conditions(&mut request.headers);
        Some(Post(Render::new(Arc::clone(&self.site), self.home.clone(), request, quest, None)))
    }
}

impl Post {
    /// Looks at how things stand in a store outside, before its handler reads anything.
    pub(super) async fn look_around(&mut self) {
        self.0.look_around().await;
    }

    /// Runs the handler, which may speak of the page.
    pub(super) fn hear<F: Future + Unpin>(&self, handler: F) -> Scoped<F> {
        self.0.hear(handler)
    }

    /// Decides whether an answer is a page, before what was kept under its URL is emptied.
    pub(super) fn judge<R: Body>(self, response: &Response<R>) -> Option<Posted> {
        let Self(mut render) = self;
        render.listen();
        let url = Asked::of(&render.request).ok().and_then(|asked| asked.absolute())?;
        let is_page = policy::is_page_of(&url, response.status(), response.headers()) && render.filling.is_good();
        let facts = render.facts(response).ok().filter(|_| is_page)?;
        Some(Posted(render, facts))
    }
}

impl Posted {
    /// Puts a list of variants in the place of what was kept under its URL, which is gone by that: by the right that was taken
    /// before the handler ran, so that whatever was invalidated since wins, by whichever process. What is invalidated from now
    /// on takes the list, and with it the page. `None` where it is no page any more.
    ///
    /// To remove what was there and to take another right would not do: nobody could tell what was invalidated in between.
    pub(super) async fn take_place(mut self, headers: &HeaderMap) -> Option<Self> {
        self.0.take_place(headers).await.then_some(self)
    }

    /// Returns the key of what has been emptied for it.
    pub(super) fn key(&self) -> &Key {
        &self.0.quest.key
    }

    /// Hands the answer on, and keeps it when all of it is there.
    pub(super) async fn keep<R>(self, response: Response<R>) -> Response<PageBody<R>>
    where
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let Self(render, facts) = self;
        let (sender, receiver) = oneshot::channel();
        let driver = render.home.driver();
        let own = driver.spawn(Box::pin(render.make(facts, response, Client::<R, Infallible>::new(sender))));
        match Outcome::of(driver, own, receiver).await {
            Outcome::Answer(response) => response,
            Outcome::Failed(never) => match never {},
            Outcome::Panicked(panic) => resume_unwind(panic),
        }
    }
}
