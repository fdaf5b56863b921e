//! The blog on axum, served to one test.

use std::net::TcpListener;

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use blog::Db;
use larder::testing::Larder;

use crate::front::{app, serve};

/// What an address gets that holds words in the place of a number.
pub const NO_NUMBER: u16 = 400;

/// A blog that is served for as long as its test runs.
pub struct Served;

impl Served {
    pub fn start(db: Db, listener: TcpListener, larder: Larder) -> Self {
        // Each connection is a task of its own: it is handed the caches of the test.
        let app = app(db).layer(from_fn(move |request: Request, next: Next| {
            let larder = larder.clone();
            async move { larder.scope(next.run(request)).await }
        }));
        tokio::spawn(serve(listener, app, std::future::pending()));
        Self
    }
}
