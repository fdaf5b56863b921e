//! The service that answers with pages, and asks the one behind it where there are none.

use std::future::Future;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Request, Response};
use http_body::Body;
use tokio::sync::oneshot;
use tower_service::Service;

use super::answer::Asking;
use super::aspect::Aspect;
use super::body::{BoxError, PageBody};
use super::change::Change;
use super::driven::{Driven, Driver};
use super::flights::{Landing, Lead, Start, Turn, Waiter};
use super::future::PageFuture;
use super::inner::Inner;
use super::key::Asked;
use super::nested::Outer;
use super::policy::{Facts, Pass, Reuse, Wanted};
use super::record::Page;
use super::render::{Client, Outcome, Render};
use super::site::{Home, Look, Quest, Site};
use super::status::{Forward, Status};
use crate::Error;

/// Answers with pages that are kept, and asks the service behind it where there are none. From a
/// [`CacheLayer`](super::CacheLayer).
#[derive(Clone, Debug)]
pub struct CacheService<S> {
    site: Arc<Site>,
    inner: Inner<S>,
}

/// One request on its way through.
pub(super) struct Way<S> {
    pub(super) spot: Spot,
    pub(super) inner: S,
}

/// Where a request came by.
pub(super) struct Spot {
    pub(super) site: Arc<Site>,
    pub(super) home: Home,
}

/// What comes of waiting for a page that is made for somebody else.
enum Waited<R> {
    Answered(Response<PageBody<R>>),
    /// That page is another one, or nobody makes it any more.
    Elsewhere,
    /// It is for nobody else, and the next one would not be either.
    InVain,
}

/// How often somebody looks again whose page was made for somebody else, before asking for one of their own.
const PATIENCE: usize = 4;

impl<S> CacheService<S> {
    pub(super) fn new(site: Arc<Site>, inner: S) -> Self {
        Self { site, inner: Inner::new(inner) }
    }
}

impl<S, B, R> Service<Request<B>> for CacheService<S>
where
    S: Service<Request<B>, Response = Response<R>, Future: Send + 'static, Error: Send + 'static>
        + Clone
        + Send
        + 'static,
    B: Body + Send + 'static,
    R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response<PageBody<R>>;
    type Error = S::Error;
    type Future = PageFuture<Self::Response, S::Error>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let home = match self.site.home() {
            Ok(home) => home,
            Err(error) => return self.without_cache(request, &error),
        };
        let (mut parts, body) = request.into_parts();
        let has_body = !body.is_end_stream();
        let is_nested = Outer::uncover(self.site.mark, &mut parts);
        let spot = || Spot { site: Arc::clone(&self.site), home: home.clone() };
        if is_nested || home.cache.is_outside() {
            let way = Way { spot: spot(), inner: self.inner.clone() };
            return PageFuture::working(async move {
                let look = way.spot.look(&parts, has_body).await;
                way.go(look, parts, body).await
            });
        }
        let look = self.site.look(home, &parts, has_body);
        if let Look::Found(page, None, now) = &look {
            return PageFuture::ready(self.site.hit(&parts, page, *now));
        }
        let way = Way { spot: spot(), inner: self.inner.clone() };
        PageFuture::working(way.go(look, parts, body))
    }
}

impl<S> CacheService<S> {
    /// Asks the handler where there is no cache, since the one that was named does not exist.
    fn without_cache<B, R>(&mut self, request: Request<B>, error: &Error) -> PageFuture<Response<PageBody<R>>, S::Error>
    where
        S: Service<Request<B>, Response = Response<R>, Future: Send + 'static> + Clone + Send + 'static,
        B: Send + 'static,
        R: Body + 'static,
    {
        self.site.complain(error);
        let (mut parts, body) = request.into_parts();
        let visitor = self.site.setup.fillers.visitor(&mut parts);
        let (site, asking) = (Arc::clone(&self.site), self.inner.call(Request::from_parts(parts, body)));
        PageFuture::working(async move {
            let told = Status { detail: Some("no such cache"), ..Status::forwarded(Forward::Bypass) };
            Ok(site.untouched(asking.await?, visitor, &told))
        })
    }
}

impl Site {
    /// Answers with a page, as it is.
    fn hit<R>(&self, request: &Parts, page: &Page, now: u64) -> Response<PageBody<R>> {
        let status = Status::hit(page.facts().left(now));
        Asking::new(&self.setup, request, now).with_page(page, &status)
    }
}

impl Spot {
    async fn look(&self, request: &Parts, has_body: bool) -> Look {
        if self.home.cache.is_outside() {
            return self.site.look_outside(&self.home, request, has_body).await;
        }
        self.site.look(&self.home, request, has_body)
    }

    /// Waits for a page that is made for somebody else.
    async fn wait<R>(&self, mut waiter: Waiter, request: &Parts, wanted: &Wanted) -> Waited<R> {
        let landing = self.driven(waiter.landing()).await;
        if waiter.is_unsure && !waiter.start().is_none_or(|start| self.is_current(&start, request)) {
            return Waited::Elsewhere;
        }
        let view = &self.site.setup.view;
        let is_same = |aspects: &[Aspect]| {
            let (ours, theirs) = (&request.headers, waiter.request());
            aspects.iter().all(|aspect| view.value(ours, aspect) == view.value(theirs, aspect))
        };
        let now = self.home.cache.clock().wall_millis();
        let asking = Asking::new(&self.site.setup, request, now);
        let told = Status { collapsed: true, ..Status::forwarded(Forward::UriMiss) };
        // What has to be asked for each time is made for one who asks, however many wait.
        let answers = |facts: &Facts| matches!(facts.reuse(wanted, now), Reuse::Fresh | Reuse::Stale);
        match landing {
            Landing::LetGo => Waited::InVain,
            Landing::Kept(page, aspects) if is_same(&aspects) && answers(page.facts()) => {
                Waited::Answered(asking.with_page(&page, &told))
            }
            Landing::Begun(head, aspects, tee) if is_same(&aspects) && answers(&head.facts) => {
                tee.join().map_or(Waited::Elsewhere, |reader| {
                    let body = PageBody::joined(reader, self.driver(), None);
                    Waited::Answered(asking.with_head(&head, body, &told))
                })
            }
            _ => Waited::Elsewhere,
        }
    }

    fn is_one_page(&self, quest: &Quest, other: &Quest, request: &Parts) -> bool {
        quest.name(&self.site, &request.headers) == other.name(&self.site, &request.headers)
    }

    fn change(&self, request: &Parts) -> Option<Change> {
        Change::begin(&self.site, &self.home, request)
    }

    fn driver(&self) -> Driver {
        Driver::new(self.home.cache.executor())
    }

    async fn driven<F: Future>(&self, awaited: F) -> F::Output {
        Driven::new(self.driver(), None, awaited).await.0
    }

    /// Joins whoever makes the page that is looked for, or begins it.
    fn join(&self, quest: &Quest, request: &Parts) -> Turn {
        let (name, now) = (quest.name(&self.site, &request.headers), self.home.cache.clock().wall_millis());
        self.home.flights.join(&name, &request.headers, now, |start| self.is_current(start, request))
    }

    /// Returns whether what was begun then is what somebody would read who began now.
    fn is_current(&self, start: &Start, request: &Parts) -> bool {
        let asked = Asked::of(request).map(|asked| asked.target(&self.site.setup.view.query));
        start.filling.as_ref().is_none_or(|filling| filling.is_undisturbed())
            && asked.is_ok_and(|target| !self.home.purges.took_since(start.purges, &target))
    }
}

impl<S> Way<S> {
    async fn go<B, R>(self, look: Look, parts: Parts, body: B) -> Result<Response<PageBody<R>>, S::Error>
    where
        S: Service<Request<B>, Response = Response<R>, Future: Send + 'static, Error: Send + 'static> + Send + 'static,
        B: Send + 'static,
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        match look {
            Look::Pass(pass) => self.pass(pass, parts, body).await,
            Look::Found(page, quest, now) => {
                let answer = self.spot.site.hit(&parts, &page, now);
                if let Some(quest) = quest {
                    self.renew(&quest, parts, body);
                }
                Ok(answer)
            }
            Look::Seek(quest) if quest.wanted.only_if_cached => Ok(self.spot.site.only_if_cached()),
            Look::Seek(quest) => self.seek(*quest, parts, body).await,
            Look::Part(quest) => self.part(*quest, parts, body).await,
        }
    }

    /// Makes a page anew behind an answer, unless somebody does already.
    fn renew<B, R>(self, quest: &Quest, parts: Parts, body: B)
    where
        S: Service<Request<B>, Response = Response<R>, Future: Send + 'static, Error: Send + 'static> + Send + 'static,
        B: Send + 'static,
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let Turn::Lead(lead) = self.spot.join(quest, &parts) else { return };
        let mut parts = parts;
        if parts.method == Method::HEAD {
            parts.method = Method::GET;
        }
        let (driver, spot, inner) = (self.spot.driver(), self.spot, self.inner);
        let task = async move {
            // Somebody may have kept a new one between looking and leading.
            if let Look::Found(_, Some(quest), _) = spot.look(&parts, false).await {
                let render = Render::new(spot.site, spot.home, parts, *quest, Some(lead));
                render.run(inner, body, Client::nobody()).await;
            }
        };
        // Without a runtime it is not renewed before somebody has to wait for that.
        drop(driver.spawn(Box::pin(task)));
    }

    /// Finds a page that others are making, or makes it.
    async fn seek<B, R>(self, quest: Quest, parts: Parts, body: B) -> Result<Response<PageBody<R>>, S::Error>
    where
        S: Service<Request<B>, Response = Response<R>, Future: Send + 'static, Error: Send + 'static> + Send + 'static,
        B: Send + 'static,
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let mut quest = quest;
        for _ in 0..PATIENCE {
            if quest.alone || quest.wanted.head {
                break;
            }
            let turn = self.spot.join(&quest, &parts);
            if let Turn::Wait(waiter) = turn {
                match self.spot.wait(waiter, &parts, &quest.wanted).await {
                    Waited::Answered(answer) => return Ok(answer),
                    Waited::InVain => break,
                    Waited::Elsewhere => {}
                }
                match self.spot.look(&parts, false).await {
                    Look::Found(page, _, now) => return Ok(self.spot.site.hit(&parts, &page, now)),
                    Look::Seek(anew) => quest = *anew,
                    Look::Pass(_) | Look::Part(_) => break,
                }
                continue;
            }
            let Turn::Lead(lead) = turn else { break };
            // Somebody may have kept one between looking and leading.
            match self.spot.look(&parts, false).await {
                Look::Found(page, _, now) => return Ok(self.spot.site.hit(&parts, &page, now)),
                // What it is told apart by may have become known too: then others look for it under another name.
                Look::Seek(anew) if anew.alone || !self.spot.is_one_page(&anew, &quest, &parts) => quest = *anew,
                Look::Seek(anew) => return self.make(*anew, Some(lead), parts, body).await,
                Look::Pass(_) | Look::Part(_) => break,
            }
        }
        self.make(quest, None, parts, body).await
    }

    /// Makes a page. It goes on when the client leaves.
    pub(super) async fn make<B, R>(
        self,
        quest: Quest,
        lead: Option<Lead>,
        parts: Parts,
        body: B,
    ) -> Result<Response<PageBody<R>>, S::Error>
    where
        S: Service<Request<B>, Response = Response<R>, Future: Send + 'static, Error: Send + 'static> + Send + 'static,
        B: Send + 'static,
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let (driver, inner) = (self.spot.driver(), self.inner);
        let flight = lead.as_ref().map(Lead::flight);
        let render = Render::new(self.spot.site, self.spot.home, parts, quest, lead);
        let own = driver.spawn(Box::pin(render.run(inner, body, Client::new(sender))));
        if let (Some(flight), Some(_)) = (&flight, &own) {
            flight.go_alone();
        }
        match Driven::new(driver, own, receiver).await {
            (Ok(Outcome::Answer(response)), own) => Ok(response.map(|body| body.driven(own))),
            (Ok(Outcome::Failed(error)), _) => Err(error),
            (Ok(Outcome::Panicked(panic)), _) => resume_unwind(panic),
            (Err(_), _) => panic!("the runtime ended while a page was being made"),
        }
    }

    /// Hands a request to the handler as it is, and its answer to the client.
    pub(super) async fn pass<B, R>(
        mut self,
        pass: Pass,
        mut parts: Parts,
        body: B,
    ) -> Result<Response<PageBody<R>>, S::Error>
    where
        S: Service<Request<B>, Response = Response<R>>,
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let change = if pass == Pass::Method { self.spot.change(&parts) } else { None };
        let post = if pass == Pass::Method { self.spot.post(&parts) } else { None };
        // Whoever makes the page hides what holes are filled with, and fills them.
        let fills = pass != Pass::Inside;
        let visitor = fills.then(|| self.spot.site.setup.fillers.visitor(&mut parts)).flatten();
        let response = self.inner.call(Request::from_parts(parts, body)).await?;
        let post = post.and_then(|post| post.judge(&response));
        if let Some(change) = change {
            change.end(response.status(), response.headers()).await;
        }
        match post {
            Some(post) => Ok(post.keep(response).await),
            None => Ok(self.spot.site.untouched(response, visitor, &passed(pass))),
        }
    }
}

/// Says in `Cache-Status` that a request was none of the cache's business.
fn passed(pass: Pass) -> Status {
    let forward = if pass == Pass::Method { Forward::Method } else { Forward::Bypass };
    Status { detail: pass.words(), ..Status::forwarded(forward) }
}
