//! A server on a socket, and what is said to it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::site::Visit;

/// A server, for as long as this lives.
pub struct Server {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Server {
    pub async fn of(app: Router) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let task = tokio::spawn(async { axum::serve(listener, app).await.expect("a server does not end") });
        Self { address, task }
    }

    /// Sends just these bytes, and reads until the server hangs up.
    pub async fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.expect("a server");
        stream.write_all(request.as_bytes()).await.expect("somebody who reads");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("an answer");
        String::from_utf8(answer).expect("a text")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Who asks a server, on as many connections as are needed at once.
#[derive(Clone)]
pub struct Client {
    server: SocketAddr,
    idle: Arc<Mutex<Vec<Connection>>>,
}

type Connection = SendRequest<Full<Bytes>>;

impl Client {
    pub fn of(server: &Server) -> Self {
        Self { server: server.address, idle: Arc::default() }
    }

    pub async fn ask(&self, request: Request<Full<Bytes>>) -> Visit {
        let idle = self.idle.lock().expect("nobody panics here").pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.connect().await,
        };
        let (head, body) = connection.send_request(request).await.expect("an answer").into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes().to_vec();
        connection.ready().await.expect("a connection that stays");
        self.idle.lock().expect("nobody panics here").push(connection);
        Visit { status: head.status, headers: head.headers, body }
    }

    async fn connect(&self) -> Connection {
        let stream = TcpStream::connect(self.server).await.expect("a server");
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("a connection");
        tokio::spawn(connection);
        sender
    }
}

/// Runs a future, and whatever it spawns, on this thread, which has the caches of its test.
pub fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().expect("a runtime");
    runtime.block_on(work)
}
