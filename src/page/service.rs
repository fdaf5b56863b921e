//! The service that answers with pages, and asks the one behind it where there are none.

mod future;
mod inner;
mod post;
mod ranged;
mod spot;
mod way;

use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use cache_core::explain::{Entered, Within, is_anyone_asking};
use http::request::Parts;
use http::{Method, Request, Response};
use http_body::Body;
use tower_service::Service;

use super::answer::Asking;
use super::body::PageBody;
use super::error::BoxError;
use super::named::Named;
use super::names::Names;
use super::nested::Outer;
use super::policy::Pass;
use super::record::Page;
use super::site::{Caller, Look, Site};
use super::status::{Forward, Status};
use super::tell;
use crate::Error;
pub use future::PageFuture;
use inner::Inner;

use spot::Spot;
use way::Way;

/// Answers with pages that are kept, and asks the service behind it where there are none. From a
/// [`CacheLayer`](super::CacheLayer).
#[derive(Clone, Debug)]
pub struct CacheService<S>(Arc<Both<S>>);

/// A place, and the service behind it: in one, since a service is copied for each request.
#[derive(Debug)]
struct Both<S> {
    site: Arc<Site>,
    inner: Inner<S>,
}

impl<S> CacheService<S> {
    pub(super) fn new(site: Arc<Site>, inner: S) -> Self {
        Self(Arc::new(Both { site, inner: Inner::new(inner) }))
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
        let Both { site, inner } = &*self.0;
        let (parts, body) = request.into_parts();
        let is_nested = Outer::is_before(&parts);
        match site.at_once(&parts, !body.is_end_stream(), is_nested, None) {
            Ok(response) => PageFuture::ready(response),
            Err(later) => later.answer(site, parts, body, inner.clone()),
        }
    }
}

/// Stands in the extensions of a request that is gone with its answer: nobody can make a page anew behind that.
#[cfg(feature = "actix")]
#[derive(Clone, Copy, Debug)]
pub(super) struct Lent;

/// How a request is answered that no page answers at once.
pub(super) enum Later {
    /// By the service behind, since there is no cache.
    NoCache(Error),
    /// When somebody has looked for a page, which may have to be waited for, or may not be looked for by this request.
    Unseen,
    /// As what was found says.
    Seen(Look),
}

impl Site {
    /// Answers with a page of this place that is there, and needs nobody.
    #[inline]
    pub(super) fn at_once<R>(
        &self,
        request: &Parts,
        has_body: bool,
        is_nested: bool,
        named: Option<&Named>,
    ) -> Result<Response<PageBody<R>>, Later> {
        let home = self.home().map_err(Later::NoCache)?;
        if is_nested || home.cache.is_outside() || is_anyone_asking() {
            return Err(Later::Unseen);
        }
        let said = Names::of(&request.headers);
        let look = self.look(home, request, Caller { names: &said, has_body, is_nested, named });
        self.count(home, &look);
        match look {
            Look::Found(page, None, now) => Ok(self.hit(request, &said, page, now)),
            other => Err(Later::Seen(other)),
        }
    }
}

impl Later {
    /// Answers a request with a page of this place, or asks the service that stands behind it.
    pub(super) fn answer<S, B, R>(
        self,
        site: &Arc<Site>,
        mut parts: Parts,
        body: B,
        inner: S,
    ) -> PageFuture<Response<PageBody<R>>, S::Error>
    where
        S: Service<Request<B>, Response = Response<R>, Future: Send + 'static, Error: Send + 'static> + Send + 'static,
        B: Body + Send + 'static,
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let home = match (&self, site.home()) {
            (Self::NoCache(error), _) => return without_cache(site, parts, body, inner, error),
            (_, Err(error)) => return without_cache(site, parts, body, inner, &error),
            (_, Ok(home)) => home.clone(),
        };
        let way = Way { spot: Spot { site: Arc::clone(site), home }, inner };
        if let Self::Seen(look) = self {
            return PageFuture::working(way.go((look, None), parts, body));
        }
        Outer::uncover(site.mark, &mut parts);
        PageFuture::working(async move {
            let (look, note) = way.spot.first_look(&parts, !body.is_end_stream()).await;
            way.go((look, note), parts, body).await
        })
    }
}

/// Asks the handler where there is no cache, since the one that was named does not exist.
fn without_cache<S, B, R>(
    site: &Arc<Site>,
    mut parts: Parts,
    body: B,
    mut inner: S,
    error: &Error,
) -> PageFuture<Response<PageBody<R>>, S::Error>
where
    S: Service<Request<B>, Response = Response<R>, Future: Send + 'static>,
    R: Body + 'static,
{
    site.complain(error);
    let inside = tell::no_cache(site, &parts, error).map(|note| note.inside());
    let visitor = site.setup.fillers.visitor(&mut parts);
    let asked =
        matches!(parts.method, Method::GET | Method::HEAD).then(|| site.narrow(Pass::Off, &mut parts)).flatten();
    let entered = Entered::new(inside.clone());
    let (site, asking) = (Arc::clone(site), Box::pin(inner.call(Request::from_parts(parts, body))));
    drop(entered);
    PageFuture::working(async move {
        let told = Status { detail: Some("no such cache"), ..Status::forwarded(Forward::Bypass) };
        let mut response = Within::new(inside, asking).await?;
        if let Some(asked) = asked {
            site.setup.tell_downstream(&asked, response.headers_mut());
        }
        Ok(site.untouched(response, visitor, &told))
    })
}

impl Site {
    /// Answers with a page, as it is.
    fn hit<R>(&self, request: &Parts, names: &Names<'_>, page: Page, now: u64) -> Response<PageBody<R>> {
        let status = Status::hit(page.facts().left(now));
        let asking = Asking::new(&self.setup, request, now);
        let is_read = || matches!(request.method, Method::GET | Method::HEAD);
        let is_known = || names.knows(page.tag()) && is_read() && !self.setup.knows_visitors();
        if page.holes().is_some() || (names.conditional && !is_known()) {
            return asking.with_page(&page, &status);
        }
        if names.conditional && page.head().status.is_success() {
            return asking.unchanged(&page, &status);
        }
        asking.with_whole(page, &status)
    }
}
