//! Speaks with clients.

use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use tokio::net::TcpListener;

use crate::error::Error;

/// Listens at an address, or at one of the next ports where somebody else has that one.
///
/// # Errors
///
/// When none of a hundred ports is free, or the address is not one of this machine's.
pub async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let mut ports = address.port()..=address.port().saturating_add(100);
    loop {
        let port = ports.next().unwrap_or(address.port());
        match TcpListener::bind((address.ip(), port)).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && !ports.is_empty() => {}
            bound => return bound,
        }
    }
}

/// Answers whoever connects, until `stop` is done; whoever is being answered then is answered to the end.
///
/// # Errors
///
/// Never, as axum has it by now.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, app.layer(from_fn(to_the_end))).with_graceful_shutdown(stop).await
}

/// Has each write go on when its client has left: a write that is given up after its commit would say nothing of it.
async fn to_the_end(request: Request, next: Next) -> Result<Response, Error> {
    if request.method().is_safe() {
        return Ok(next.run(request).await);
    }
    tokio::spawn(next.run(request)).await.map_err(|_| Error::Broken)
}
