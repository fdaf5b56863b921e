//! What one request asked of caches: a layer that says so, for each request, in the log and to browsers.
//!
//! ```
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
//! Each request is a line in the log, at the level `debug`: `GET /: 200 in 1.204 ms, hits: 3, misses: 1, stale: 0, 75 %`. What a
//! handler spawns elsewhere is not seen; a page that is made for the request is. The log is that of the crate `log`, under
//! `larder::report`: with `env_logger`, say, `RUST_LOG=larder::report=debug` shows it.
//! [`explain`](ReportLayer::explain) tells besides why each question was a hit, stale or a miss.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use cache_core::explain::Listener;
pub use cache_core::seen::Seen;
use http::{HeaderName, HeaderValue, Method, Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

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

    /// Tells why each question of a request was a hit, stale or a miss: a [`Story`](crate::explain::Story) in the
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
        let counts = Counts::default();
        request.extensions_mut().insert(counts.clone());
        let asked = (request.method().clone(), request.uri().path().into());
        let (began, watch) = (Instant::now(), Watch::begin());
        let listener = self.told.explains.then(Listener::begin);
        let entered = listener.as_ref().map(|listener| listener.scope().enter());
        // A service may do all of its work here, as the layer of pages does where it has one.
        let inner = self.inner.call(request);
        drop(entered);
        counts.add(watch.end());
        let inner = Counted::new(Some(counts.clone()), inner);
        ReportFuture { inner, counts, listener, began, asked, server_timing: self.told.server_timing }
    }
}

pin_project! {
    /// Answers a request, and reports what it asked of caches. From a [`ReportService`].
    pub struct ReportFuture<F> {
        #[pin]
        inner: Counted<F>,
        counts: Counts,
        listener: Option<Listener>,
        began: Instant,
        asked: (Method, Box<str>),
        server_timing: bool,
    }
}

impl<F, R, E> Future for ReportFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let entered = this.listener.as_ref().map(|listener| listener.scope().enter());
        let polled = this.inner.poll(context);
        drop(entered);
        let mut response = ready!(polled)?;
        let report = Report { took: this.began.elapsed(), seen: this.counts.get() };
        let (method, path) = this.asked;
        log::debug!(target: "larder::report", "{method} {path}: {} in {}", response.status().as_u16(), report.words());
        if *this.server_timing {
            response.headers_mut().append(SERVER_TIMING, report.server_timing());
        }
        response.extensions_mut().insert(report);
        if let Some(listener) = this.listener {
            let story = listener.story();
            log::trace!(target: "larder::explain", "{method} {path}: {}\n{story}", response.status().as_u16());
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
