//! Servers of actix, and its services on many threads.

use std::future::Future;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use actix_web::dev::{ServerHandle, Service};
use actix_web::test::init_service;
use actix_web::{App, HttpServer, rt, web};
use axum::body::Body;
use axum::{Router, routing};
use bytes::Bytes;
use http::{Request, Response};
use larder::page::CacheLayer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use super::site::{NAME, handler};
use super::terms;
use crate::visit::{Count, Visit};

/// Makes a layer whose pages have names of their own, and a router that is told how often it ran.
fn program<F, A>(layer: CacheLayer, name: &str, answer: F) -> (CacheLayer, Router, Count)
where
    F: Fn(usize, Request<Body>) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Response<Body>> + Send + 'static,
{
    let runs = Count::default();
    let count = runs.clone();
    let answer = move |request: Request<Body>| answer(count.one_more(), request);
    let layer = layer.key_prefix(format!("{name} on {NAME}"));
    (layer, Router::new().fallback(routing::any(answer)), runs)
}

/// Whether requests may be sent before those in front of them are answered: actix reads ahead, and then answers each as the
/// last one has asked that it has read: without a body where that is `HEAD`, and for the last time where that says `close`.
pub const PIPELINES: bool = false;

type Asked = (Request<Body>, oneshot::Sender<Visit>);

/// An app on each of two threads, of which each asks in its turn.
#[derive(Clone)]
pub struct Workers {
    threads: [UnboundedSender<Asked>; 2],
    turn: Arc<AtomicUsize>,
    pub runs: Count,
}

impl Workers {
    pub fn start<F, A>(layer: CacheLayer, name: &str, answer: F) -> Self
    where
        F: Fn(usize, Request<Body>) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Response<Body>> + Send + 'static,
    {
        let (layer, router, runs) = program(layer, name, answer);
        let threads = [(); 2].map(|()| worker(layer.clone(), router.clone()));
        Self { threads, turn: Arc::default(), runs }
    }

    pub fn ask(&self, request: Request<Body>) -> impl Future<Output = Visit> + Send + use<> {
        let worker = self.turn.fetch_add(1, Ordering::Relaxed) % self.threads.len();
        let (tell, told) = oneshot::channel();
        assert!(self.threads[worker].send((request, tell)).is_ok(), "it works as long as somebody may ask");
        async move { told.await.expect("an answer") }
    }
}

fn worker(layer: CacheLayer, router: Router) -> UnboundedSender<Asked> {
    let (asks, mut asked) = unbounded_channel::<Asked>();
    let work = async move || {
        let app = App::new().wrap(layer).default_service(web::to(handler(router)));
        let service = Rc::new(init_service(app).await);
        while let Some((request, tell)) = asked.recv().await {
            let asking = service.call(terms::sent(&request.into_parts().0, Bytes::new()).to_request());
            rt::spawn(async move {
                let (_, response) = asking.await.expect("an answer").into_parts();
                let head = terms::head_of(&response);
                let body = actix_web::body::to_bytes(response.into_body()).await.expect("a whole body");
                let (parts, ()) = head.into_parts();
                drop(tell.send(Visit { status: parts.status, headers: parts.headers, body }));
            });
        }
    };
    thread::spawn(|| rt::System::new().block_on(work()));
    asks
}

/// A server on the loopback with two workers, which stops when nobody has it any more.
pub struct Server {
    address: std::net::SocketAddr,
    handle: ServerHandle,
    pub runs: Count,
}

impl Server {
    pub async fn start<F, A>(layer: CacheLayer, name: &str, answer: F) -> Self
    where
        F: Fn(usize, Request<Body>) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Response<Body>> + Send + 'static,
    {
        let (layer, router, runs) = program(layer, name, answer);
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            rt::System::new().block_on(async move {
                let app = move || App::new().wrap(layer.clone()).default_service(web::to(handler(router.clone())));
                let server = HttpServer::new(app).workers(2).disable_signals().bind(("127.0.0.1", 0)).expect("a port");
                let address = server.addrs()[0];
                let server = server.run();
                tell.send((address, server.handle())).expect("somebody waits");
                server.await.expect("a server that ends well");
            });
        });
        let (address, handle) = told.recv().expect("a server");
        Self { address, handle, runs }
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

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}
