//! Hearing of changes.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cache_core::backend::{Backend, Listener};
use cache_core::testing::block_on;

use crate::server::Server;
use crate::single::{name, store};

pub const TESTS: &[(&str, fn())] = &[
    ("whoever_listens_hears_what_others_change", others),
    ("whoever_listens_is_told_when_nothing_is_heard_and_when_it_is_again", lost),
    ("whoever_listens_hears_when_there_is_a_server_at_last", late),
];

/// How long something may take to be heard.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Ear(Mutex<Sender<String>>);

impl Ear {
    pub fn pair() -> (Arc<dyn Listener>, Receiver<String>) {
        let (sender, heard) = channel();
        (Arc::new(Self(Mutex::new(sender))), heard)
    }

    fn note(&self, what: &str) {
        let _ = self.0.lock().expect("no panic").send(what.to_owned());
    }
}

impl Listener for Ear {
    fn changed(&self, name: &[u8]) {
        self.note(&String::from_utf8_lossy(name));
    }

    fn changed_all(&self) {
        self.note("all");
    }

    fn lost(&self) {
        self.note("lost");
    }

    fn regained(&self) {
        self.note("regained");
    }
}

pub fn next(heard: &Receiver<String>) -> String {
    heard.recv_timeout(PATIENCE).expect("something is heard")
}

fn others() {
    let server = Server::start(&[]);
    let (store, (ear, heard)) = (store(&server.url()), Ear::pair());
    let listening = store.listen("shop:1:", ear).unwrap();
    assert_eq!(next(&heard), "regained");
    server.say(&["SET", "another", "1"]);
    server.say(&["SET", name("key").as_str(), "1"]);
    assert_eq!(next(&heard), "shop:1:key");
    server.say(&["FLUSHALL"]);
    assert_eq!(next(&heard), "all");
    drop(listening);
    assert!(heard.recv_timeout(PATIENCE).is_err(), "nobody can say anything any more");
}

fn lost() {
    let mut server = Server::start(&[]);
    let (store, (ear, heard)) = (store(&server.url()), Ear::pair());
    let _listening = store.listen("", ear).unwrap();
    assert_eq!(next(&heard), "regained");
    server.kill();
    assert_eq!(next(&heard), "lost");
    let _again = Server::start_at(server.port, &[]);
    assert_eq!(next(&heard), "regained");
    block_on(store.set(&name("key"), b"value", None)).unwrap();
    assert_eq!(next(&heard), "shop:1:key");
}

fn late() {
    let mut server = Server::start(&[]);
    server.kill();
    let (store, (ear, heard)) = (store(&server.url()), Ear::pair());
    let _listening = store.listen("shop:", ear).unwrap();
    let _again = Server::start_at(server.port, &[]);
    assert_eq!(next(&heard), "regained");
}
