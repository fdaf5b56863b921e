//! Visits that are played step by step: handlers stand still at gates, bodies come when they are sent, and nobody waits.

use std::convert::Infallible;
use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::BodyExt;
use larder::page::CacheService;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tower::{Service, ServiceExt};

/// A place where all stand still until they are let go.
#[derive(Clone)]
pub struct Gate(Arc<Posts>);

struct Posts {
    permits: Semaphore,
    came: AtomicUsize,
}

impl Gate {
    pub fn new() -> Self {
        Self(Arc::new(Posts { permits: Semaphore::new(0), came: AtomicUsize::new(0) }))
    }

    pub async fn pass(&self) {
        self.0.came.fetch_add(1, Ordering::SeqCst);
        self.0.permits.acquire().await.expect("a gate is never torn down").forget();
    }

    /// Lets so many go, now or when they come.
    pub fn let_go(&self, how_many: usize) {
        self.0.permits.add_permits(how_many);
    }

    /// Returns how many have come here so far.
    pub fn came(&self) -> usize {
        self.0.came.load(Ordering::SeqCst)
    }
}

/// A body that comes when it is sent, and ends when its sender is dropped.
pub struct Piped(UnboundedReceiver<Result<Bytes, String>>);

/// Sends a body.
#[derive(Clone)]
pub struct Pipe(UnboundedSender<Result<Bytes, String>>);

pub fn piped() -> (Pipe, Piped) {
    let (sender, receiver) = unbounded_channel();
    (Pipe(sender), Piped(receiver))
}

impl Pipe {
    /// Sends some of it, whether or not anybody takes it.
    pub fn send(&self, text: &str) {
        drop(self.0.send(Ok(Bytes::copy_from_slice(text.as_bytes()))));
    }

    pub fn break_off(self) {
        drop(self.0.send(Err("broken".to_owned())));
    }
}

impl http_body::Body for Piped {
    type Data = Bytes;
    type Error = String;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, String>>> {
        self.0.poll_recv(context).map(|sent| sent.map(|sent| sent.map(Frame::data)))
    }
}

type Asking = Pin<Box<dyn Future<Output = Response<Coming>>>>;

/// A body on its way, of whatever framework.
type Coming = Pin<Box<dyn http_body::Body<Data = Bytes, Error = BoxError>>>;

type BoxError = Box<dyn Error + Send + Sync>;

/// Somebody on their way to a page.
pub struct Visitor {
    asking: Option<Asking>,
    body: Option<Coming>,
    pub head: Option<(StatusCode, HeaderMap)>,
    /// What has come of the page so far.
    pub text: String,
    /// How it has ended, if it has.
    pub end: Option<Result<(), String>>,
}

impl Visitor {
    /// Asks; nothing happens before somebody looks how far it is, but what a service does at once.
    pub fn new<S>(service: &CacheService<S>, request: Request<Body>) -> Self
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send + 'static>
            + Clone
            + Send
            + 'static,
    {
        let mut service = service.clone();
        let ready = service.ready();
        let ready = std::pin::pin!(ready).poll(&mut Context::from_waker(Waker::noop()));
        let Poll::Ready(Ok(ready)) = ready else { panic!("a service that is ready") };
        let asking = ready.call(request);
        Self::who(async move { asking.await.expect("no error can happen") })
    }

    /// Asks a router, in the same way.
    pub fn at(router: &Router, request: Request<Body>) -> Self {
        let asking = router.clone().oneshot(request);
        Self::who(async move { asking.await.expect("no error can happen") })
    }

    /// Waits for what comes of this.
    pub fn who<B>(asking: impl Future<Output = Response<B>> + 'static) -> Self
    where
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + 'static,
    {
        let boxed = |body: B| -> Coming { Box::pin(body.map_err(Into::into)) };
        let asking = Box::pin(async move { asking.await.map(boxed) });
        Self { asking: Some(asking), body: None, head: None, text: String::new(), end: None }
    }

    /// Goes on as far as it goes.
    pub fn go_on(&mut self) -> &mut Self {
        // More than once: a task may have to run again before there is something.
        for _ in 0..16 {
            self.step();
        }
        self
    }

    /// Goes one step.
    pub fn step(&mut self) {
        let mut context = Context::from_waker(Waker::noop());
        if let Some(asking) = &mut self.asking
            && let Poll::Ready(response) = asking.as_mut().poll(&mut context)
        {
            let (parts, body) = response.into_parts();
            (self.asking, self.body, self.head) = (None, Some(body), Some((parts.status, parts.headers)));
        }
        while let Some(body) = &mut self.body
            && let Poll::Ready(frame) = body.as_mut().poll_frame(&mut context)
        {
            match frame {
                Some(Ok(frame)) => {
                    let data = frame.into_data().unwrap_or_default();
                    self.text.push_str(std::str::from_utf8(&data).expect("a text"));
                }
                Some(Err(error)) => (self.body, self.end) = (None, Some(Err(error.to_string()))),
                None => (self.body, self.end) = (None, Some(Ok(()))),
            }
        }
    }

    pub fn status(&self) -> Option<u16> {
        self.head.as_ref().map(|(status, _)| status.as_u16())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.as_ref()?.1.get(name)?.to_str().ok()
    }

    /// Returns the whole page, where it has come to a good end.
    pub fn page(&self) -> Option<&str> {
        (self.end == Some(Ok(()))).then_some(&*self.text)
    }
}

/// Lets all go on, as far as they go.
pub fn all_go_on<'a>(visitors: impl IntoIterator<Item = &'a mut Visitor>) {
    for visitor in visitors {
        visitor.go_on();
    }
}
