//! The blog on actix-web, served to one test.

use std::net::TcpListener;
use std::rc::Rc;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, rt};
use blog::Db;
use larder::testing::Larder;

use crate::front;

/// What an address gets that holds words in the place of a number: to actix it is another one.
pub const NO_NUMBER: u16 = 404;

/// A blog that is served until this is dropped, on threads of its own.
pub struct Served {
    server: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Served {
    pub fn start(db: Db, listener: TcpListener, larder: Larder) -> Self {
        let site = front::site(db);
        // A worker has a thread of its own, which sees the caches of the test for as long as its app is there.
        let app = move || App::new().app_data(Rc::new(larder.enter())).configure(&site);
        let (told, server) = mpsc::channel();
        let thread = thread::spawn(move || {
            rt::System::new().block_on(async {
                let server = HttpServer::new(app).workers(1).disable_signals().listen(listener).expect("a port").run();
                told.send(server.handle()).expect("somebody waits");
                server.await.expect("a server that ends well");
            });
        });
        Self { server: server.recv().expect("a server"), thread: Some(thread) }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.server.stop(false));
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(thread::panicking() || ended.is_some_and(|ended| ended.is_ok()), "the server has panicked");
    }
}
