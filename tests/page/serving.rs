//! Servers of axum, and its services on many threads.

use std::convert::Infallible;
use std::future::{Future, Ready};
use std::panic::panic_any;

use axum::body::Body;
use axum::{Router, routing};
use http::{Request, Response};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use larder::page::{CacheLayer, CacheService, cache_page};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower::{Layer, ServiceExt};

use crate::visit::{Count, Visit, request};

/// Whether requests may be sent before those in front of them are answered.
pub const PIPELINES: bool = true;

/// A service on the threads of those who ask.
#[derive(Clone)]
pub struct Workers {
    service: CacheService<Router>,
    pub runs: Count,
}

impl Workers {
    pub fn start<F, A>(layer: CacheLayer, name: &str, handler: F) -> Self
    where
        F: Fn(usize, Request<Body>) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Response<Body>> + Send + 'static,
    {
        let runs = Count::default();
        let count = runs.clone();
        let answer = move |request: Request<Body>| handler(count.one_more(), request);
        let router = Router::new().fallback(routing::any(answer));
        let layer = layer.key_prefix(name);
        Self { service: layer.layer(router), runs }
    }

    pub fn ask(&self, request: Request<Body>) -> impl Future<Output = Visit> + Send + use<> {
        let asking = self.service.clone().oneshot(request);
        async move { Visit::read(asking.await.expect("no error can happen")).await }
    }
}

/// A server on the loopback.
pub struct Server {
    address: std::net::SocketAddr,
    pub runs: Count,
}

impl Server {
    pub async fn start<F, A>(layer: CacheLayer, name: &str, handler: F) -> Self
    where
        F: Fn(usize, Request<Body>) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Response<Body>> + Send + 'static,
    {
        let Workers { service, runs } = Workers::start(layer, name, handler);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let service = TowerToHyperService::new(service.clone());
                let connection =
                    http1::Builder::new().pipeline_flush(true).serve_connection(TokioIo::new(stream), service);
                tokio::spawn(async { drop(connection.await) });
            }
        });
        Self { address, runs }
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends this on a connection of its own, and returns all that comes until that is closed.
    pub async fn say(&self, text: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer).await);
        String::from_utf8_lossy(&answer).into_owned()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_runtime_a_service_that_panics_at_once_panics_for_whoever_asked() {
    let service =
        tower::service_fn(|_: Request<Body>| -> Ready<Result<Response<Body>, Infallible>> { panic_any("by design") });
    let layer = cache_page(60).in_cache(&larder::cache("default").unwrap()).key_prefix("panics at once");
    let asking = layer.layer(service).oneshot(request("GET", "/", &[]));
    let panic = tokio::spawn(asking).await.expect_err("a panic").into_panic();
    assert_eq!(panic.downcast_ref(), Some(&"by design"));
}
