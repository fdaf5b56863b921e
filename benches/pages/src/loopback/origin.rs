//! The server behind a cache that is a server itself: it has to be asked once only.

use std::future::ready;
use std::net::TcpListener;
use std::thread;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use tokio::runtime::Builder;

use super::Outcome;
use crate::page::{Maker, ROUTE, TYPE};

pub struct Origin {
    pub port: u16,
    maker: Maker,
}

impl Origin {
    /// Answers in a thread, until the program ends.
    pub fn start() -> Outcome<Self> {
        let failed = |error| format!("the server behind the cache: {error}");
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let maker = Maker::default();
        let made = maker.clone();
        let router = Router::new().route(ROUTE, get(move || ready(([(CONTENT_TYPE, TYPE)], made.page()))));
        thread::spawn(move || {
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("the listener does not block");
                axum::serve(listener, router).await.expect("axum serves for ever");
            });
        });
        Ok(Self { port, maker })
    }

    /// Returns an error if it was asked more than once.
    pub fn check(&self) -> Outcome<()> {
        match self.maker.made() {
            1 => Ok(()),
            made => Err(format!("the server behind it was asked {made} times")),
        }
    }
}
