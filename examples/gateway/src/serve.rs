//! Speaks with clients.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tower::Service;

/// Answers whoever connects, until `stop` is done; whoever is being answered then has ten seconds more.
pub async fn serve<S, R>(listener: TcpListener, service: S, stop: impl Future<Output = ()>)
where
    S: Service<Request<Incoming>, Response = Response<R>> + Clone + Send + 'static,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    S::Future: Send,
    R: Body<Data = Bytes> + Send + 'static,
    R::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new());
    let (clients, mut stop) = (GracefulShutdown::new(), std::pin::pin!(stop));
    loop {
        let stream = tokio::select! { stream = accept(&listener) => stream, () = &mut stop => break };
        let answers = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service.clone()));
        let answers = clients.watch(answers);
        // Whatever goes wrong on one connection ends it, and is known to the client by that.
        tokio::spawn(async { drop(answers.await) });
    }
    drop(listener);
    let _ = tokio::time::timeout(Duration::from_secs(10), clients.shutdown()).await;
}

async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Only speed depends on it.
                let _ = stream.set_nodelay(true);
                return stream;
            }
            // Out of files, most likely: others must end before it can be better.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}
