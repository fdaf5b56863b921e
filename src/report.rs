//! What one request asked of caches: a layer that says so, for each request, in the log and to browsers.
//!
//! ```standalone_crate
//! use axum::{Router, routing::get};
//! use larder::{cached, report::ReportLayer};
//!
//! #[cached(key = "price:<product>", ttl = 60)]
//! fn price(product: u64) -> u64 {
//!     product * 100
//! }
//!
//! let app: Router = Router::new().route("/", get(async || price(7).to_string())).layer(ReportLayer::new().server_timing());
//! # drop(app);
//! ```
//!
//! On actix-web an app, a scope or a resource is wrapped in the same: `App::new().wrap(ReportLayer::new())`.
//!
//! Each request is a line in the log, at the level `debug`: `GET /: 200 in 1.204 ms, hits: 3, misses: 1, stale: 0, 75 %`. What a
//! handler spawns elsewhere is not seen; a page that is made for the request is. The log is that of the crate `log`, under
//! `larder::report`: with `env_logger`, say, `RUST_LOG=larder::report=debug` shows it.
//! [`explain`](ReportLayer::explain) tells besides why each question was a hit, stale or a miss.

#[cfg(feature = "actix")]
mod actix;

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

#[cfg(feature = "actix")]
pub use actix::{ReportAnswer, ReportMiddleware};
use cache_core::explain::{Entered, Listener};
pub use cache_core::seen::Seen;
use http::{HeaderName, HeaderValue, Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::explain::Story;

/// `Server-Timing`, which browsers show beside a request.
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// Reports for each request how long it took, and what it asked of caches.
#[derive(Clone, Debug, Default)]
#[must_use = "a layer does nothing before it is put around something"]
pub struct ReportLayer {
    server_timing: bool,
    explains: bool,
}

/// Reports what a request asked of caches. From a [`ReportLayer`].
#[derive(Clone, Debug)]
pub struct ReportService<S> {
    inner: S,
    told: ReportLayer,
}

/// What one request asked of caches, in the extensions of its response.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// How long it took until there was a response.
    pub took: Duration,
    /// How it was served by caches.
    pub seen: Seen,
}

impl ReportLayer {
    /// Makes a layer that writes to the log.
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells browsers too, in `Server-Timing`. That lets everybody know which pages are cached.
    pub fn server_timing(mut self) -> Self {
        self.server_timing = true;
        self
    }

    /// Tells why each question of a request was a hit, stale or a miss: a [`Story`] in the
    /// extensions of the response, and in the log, at the level `trace` under `larder::explain`, keys and all. See
    /// [`explain`](mod@crate::explain).
    ///
    /// Every call is looked at more closely then, also those of other requests: it is for a while, or for some.
    ///
    /// ```
    /// use axum::body::Body;
    /// use axum::{Router, routing::get};
    /// use http::Request;
    /// use larder::explain::Story;
    /// use larder::{page::cache_page, report::ReportLayer, testing};
    /// use tower::ServiceExt;
    ///
    /// let _larder = testing::isolated();
    /// let app: Router = Router::new().route("/", get(async || "a page").layer(cache_page(60)));
    /// let app = app.layer(ReportLayer::new().explain());
    /// let response = testing::block_on(app.oneshot(Request::new(Body::empty())))?;
    /// let story = response.extensions().get::<Story>().expect("one for each request");
    /// println!("{story}");
    /// # assert_eq!(story.asked.len(), 1);
    /// # Ok::<(), std::convert::Infallible>(())
    /// ```
    pub fn explain(mut self) -> Self {
        self.explains = true;
        self
    }
}

impl<S> Layer<S> for ReportLayer {
    type Service = ReportService<S>;

    fn layer(&self, inner: S) -> ReportService<S> {
        ReportService { inner, told: self.clone() }
    }
}

/// What a request has asked so far, wherever it is driven.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts(Arc<Mutex<Seen>>);

impl Counts {
    fn add(&self, seen: Seen) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += seen;
    }

    fn get(&self) -> Seen {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

thread_local! {
    /// What has been counted on this thread by somebody who was driven by somebody who counts too.
    static COUNTED: Cell<Seen> = const { Cell::new(Seen::NOTHING) };
}

/// What happens on this thread for a while, and is not counted by somebody else meanwhile.
struct Watch {
    seen: Seen,
    counted: Seen,
}

impl Watch {
    fn begin() -> Self {
        Self { seen: Seen::on_this_thread(), counted: COUNTED.get() }
    }

    fn end(self) -> Seen {
        let own = Seen::on_this_thread() - self.seen - (COUNTED.get() - self.counted);
        let mut all = COUNTED.get();
        all += own;
        COUNTED.set(all);
        own
    }
}

pin_project! {
    /// A future that counts what it asks of caches.
    pub(crate) struct Counted<F> {
        counts: Option<Counts>,
        #[pin]
        inner: F,
    }
}

impl<F> Counted<F> {
    /// Counts for whoever is counted for, if anybody is.
    pub(crate) fn new(counts: Option<Counts>, inner: F) -> Self {
        Self { counts, inner }
    }
}

impl<F: Future> Future for Counted<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let Some(counts) = this.counts else { return this.inner.poll(context) };
        let watch = Watch::begin();
        let polled = this.inner.poll(context);
        counts.add(watch.end());
        polled
    }
}

/// A request on its way, of which a report is to be made.
struct Underway {
    counts: Counts,
    listener: Option<Listener>,
    began: Instant,
    /// Its method and its path.
    asked: String,
    server_timing: bool,
}

/// What there is to say at its end.
struct Said {
    report: Report,
    server_timing: Option<HeaderValue>,
    story: Option<Story>,
}

impl Underway {
    fn begin(told: &ReportLayer, method: &str, path: &str) -> Self {
        let listener = told.explains.then(Listener::begin);
        let asked = format!("{method} {path}");
        Self { counts: Counts::default(), listener, began: Instant::now(), asked, server_timing: told.server_timing }
    }

    /// Hears what is asked on this thread, until what this returns is dropped.
    fn enter(&self) -> Option<Entered> {
        self.listener.as_ref().map(|listener| listener.scope().enter())
    }

    /// Begins to serve it: a service may do all of its work there, as the layer of pages does where it has one.
    fn serve<F>(self, serve: impl FnOnce() -> F) -> ReportFuture<F> {
        let (watch, entered) = (Watch::begin(), self.enter());
        let inner = serve();
        drop(entered);
        self.counts.add(watch.end());
        ReportFuture { inner: Counted::new(Some(self.counts.clone()), inner), underway: self }
    }

    /// Tells the log, and returns what is to be told with the answer.
    fn end(&self, status: u16) -> Said {
        let report = Report { took: self.began.elapsed(), seen: self.counts.get() };
        log::debug!(target: "larder::report", "{}: {status} in {}", self.asked, report.words());
        let story = self.listener.as_ref().map(Listener::story);
        if let Some(story) = &story {
            log::trace!(target: "larder::explain", "{}: {status}\n{story}", self.asked);
        }
        Said { report, server_timing: self.server_timing.then(|| report.server_timing()), story }
    }
}

impl<S, B, R> Service<Request<B>> for ReportService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = ReportFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let underway = Underway::begin(&self.told, request.method().as_str(), request.uri().path());
        request.extensions_mut().insert(underway.counts.clone());
        underway.serve(|| self.inner.call(request))
    }
}

pin_project! {
    /// Answers a request, and reports what it asked of caches. From a [`ReportService`].
    pub struct ReportFuture<F> {
        #[pin]
        inner: Counted<F>,
        underway: Underway,
    }
}

impl<F: Future> ReportFuture<F> {
    /// Returns the answer, and what there is to say of it by its status.
    fn poll_answer(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        status: impl FnOnce(&F::Output) -> u16,
    ) -> Poll<(F::Output, Said)> {
        let this = self.project();
        let entered = this.underway.enter();
        let polled = this.inner.poll(context);
        drop(entered);
        let answer = ready!(polled);
        let said = this.underway.end(status(&answer));
        Poll::Ready((answer, said))
    }
}

impl<F, R, E> Future for ReportFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // Of an error nobody knows here what becomes of it: it is told as one of the server.
        let status = |answer: &F::Output| answer.as_ref().map_or(500, |response| response.status().as_u16());
        let (answer, Said { report, server_timing, story }) = ready!(self.poll_answer(context, status));
        let mut response = answer?;
        response.headers_mut().extend(server_timing.map(|text| (SERVER_TIMING, text)));
        response.extensions_mut().insert(report);
        if let Some(story) = story {
            response.extensions_mut().insert(story);
        }
        Poll::Ready(Ok(response))
    }
}

impl Report {
    fn words(&self) -> String {
        let Seen { hits, misses, stale, .. } = self.seen;
        let rate = self.seen.hit_rate().map(|rate| format!(", {:.0} %", rate * 100.0)).unwrap_or_default();
        format!("{:.3} ms, hits: {hits}, misses: {misses}, stale: {stale}{rate}", self.millis())
    }

    fn server_timing(&self) -> HeaderValue {
        let Seen { hits, misses, stale, .. } = self.seen;
        let text =
            format!("total;dur={:.3}, larder;desc=\"hits {hits}, misses {misses}, stale {stale}\"", self.millis());
        HeaderValue::try_from(text).expect("printable text")
    }

    fn millis(&self) -> f64 {
        self.took.as_secs_f64() * 1000.0
    }
}
