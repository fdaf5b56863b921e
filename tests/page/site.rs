//! Sites as axum has them: routers, and services behind a cache.

use std::future::Future;

use axum::Router;
use axum::body::Body;
pub use axum::middleware::Next;
use axum::middleware::from_fn;
use http::{Request, Response};
use larder::page::{CacheLayer, CacheService, PageBody};
use larder::report::ReportLayer;
use tower::{Layer, ServiceExt};

use crate::play::Visitor;
use crate::visit::Visit;

/// What brings the requests.
pub const NAME: &str = "axum";

/// Whether what is stale is made anew behind the answer.
pub const RENEWS_BEHIND: bool = true;

/// Layers stand around it: the last one is the outermost.
pub type Site = Router;

/// Makes a site whose handlers are those of a router.
pub fn of(router: Router) -> Site {
    router
}

pub async fn ask(site: &Site, request: Request<Body>) -> Visit {
    Visit::read(site.clone().oneshot(request).await.expect("no error can happen")).await
}

/// Puts a report around it.
pub fn reported(site: Site, layer: ReportLayer) -> Site {
    site.layer(layer)
}

/// Asks, and returns what is told beside the answer.
pub async fn ask_for<T: Clone + Send + Sync + 'static>(site: &Site, request: Request<Body>) -> (Visit, Option<T>) {
    let response = site.clone().oneshot(request).await.expect("no error can happen");
    let told = response.extensions().get().cloned();
    (Visit::read(response).await, told)
}

/// What a program puts around a site itself.
pub trait Around: Sized {
    /// Puts this around it, which sees requests on their way in and responses on their way out.
    fn around<F, A>(self, way: F) -> Self
    where
        F: Fn(Request<Body>, Next) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Response<Body>> + Send + 'static;

    /// Brings sites to paths.
    fn paths(all: Vec<(&str, Self)>) -> Self;

    /// Puts it inside of another, which notes the address as it came.
    fn kept_as_it_came(self) -> Self;
}

impl Around for Site {
    fn around<F, A>(self, way: F) -> Self
    where
        F: Fn(Request<Body>, Next) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Response<Body>> + Send + 'static,
    {
        self.layer(from_fn(way))
    }

    fn paths(all: Vec<(&str, Self)>) -> Self {
        let add = |router: Router, (path, site): (&str, Self)| router.route(path, axum::routing::any_service(site));
        all.into_iter().fold(Router::new(), add)
    }

    fn kept_as_it_came(self) -> Self {
        Router::new().fallback_service(self)
    }
}

/// A site behind a layer, and nothing around that.
pub struct Served(CacheService<Router>);

impl Served {
    pub fn new(layer: &CacheLayer, site: Site) -> Self {
        Self(layer.layer(site))
    }

    /// Asks for what a request asks for, and reads nothing of the body yet.
    pub fn open(&self, request: Request<Body>) -> impl Future<Output = Response<Opened>> + use<> {
        let asking = self.0.clone().oneshot(request);
        async move { asking.await.expect("no error can happen") }
    }

    /// Sends a visitor who is watched on the way.
    pub fn visitor(&self, request: Request<Body>) -> Visitor {
        Visitor::new(&self.0, request)
    }
}

/// The body of what was opened.
pub type Opened = PageBody<Body>;
