//! Hearing of changes.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cache_backends::redis::Redis;
use cache_core::backend::{Backend, Listener, Remaining};
use cache_core::error::Kind;
use cache_core::key::Scope;
use cache_core::testing::block_on;

use crate::server::Server;
use crate::single::{name, store};

pub const TESTS: &[(&str, fn())] = &[
    ("whoever_listens_hears_what_others_change", others),
    ("whoever_listens_is_told_when_nothing_is_heard_and_when_it_is_again", lost),
    ("by_the_bus_whoever_listens_hears_what_others_change_under_their_prefix", bus),
    ("a_bus_that_is_lost_is_told_and_found_again", lost_bus),
    ("whoever_may_not_hear_of_changes_is_told_of_the_bus", refused),
    ("a_change_that_may_not_be_said_on_the_bus_is_an_error_and_no_change", unsaid),
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

/// Kills a server, and starts another one in its place.
fn is_killed_and_heard_again(mut server: Server, store: &Redis, heard: &Receiver<String>) {
    server.kill();
    assert_eq!(next(heard), "lost");
    let _again = Server::start_at(server.port, &[]);
    assert_eq!(next(heard), "regained");
    block_on(store.set(&name("key"), b"value", None)).unwrap();
    assert_eq!(next(heard), "shop:1:key");
}

fn lost() {
    let server = Server::start(&[]);
    let (store, (ear, heard)) = (store(&server.url()), Ear::pair());
    let _listening = store.listen("", ear).unwrap();
    assert_eq!(next(&heard), "regained");
    is_killed_and_heard_again(server, &store, &heard);
}

fn bus() {
    let server = Server::start(&[]);
    let [ours, other] = [(); 2].map(|()| store(&(server.url() + "?tells=bus")));
    let ((ear, heard), key) = (Ear::pair(), name("key"));
    let _listening = ours.listen("shop:", ear).unwrap();
    assert_eq!(next(&heard), "regained");
    let elsewhere = Scope::new("market", "1", None).unwrap().name(&"key".into());
    block_on(other.set(&elsewhere, b"value", None)).unwrap();
    block_on(other.set(&key, b"1", None)).unwrap();
    assert_eq!(next(&heard), "shop:1:key", "and not what is under another prefix");
    assert!(block_on(other.incr(&key, 1)).is_ok() && block_on(other.touch(&key, Some(PATIENCE))).unwrap());
    block_on(other.clear_scope("shop:1:")).unwrap();
    assert!(!block_on(other.delete(&key)).unwrap());
    // A clear says so before it begins and when it is over.
    for wanted in ["shop:1:key", "shop:1:key", "all", "all", "shop:1:key"] {
        assert_eq!(next(&heard), wanted);
    }
    block_on(other.clear_store()).unwrap();
    assert_eq!([next(&heard), next(&heard)], ["all", "all"]);
    assert!(store(&(server.url() + "?tells=nothing")).listen("", Ear::pair().0).is_err());
}

fn lost_bus() {
    let server = Server::start(&[]);
    let (store, (ear, heard)) = (store(&(server.url() + "?tells=bus")), Ear::pair());
    let _listening = store.listen("", ear).unwrap();
    assert_eq!(next(&heard), "regained");
    server.say(&["CLIENT", "KILL", "TYPE", "pubsub"]);
    assert_eq!((next(&heard), next(&heard)), ("lost".to_owned(), "regained".to_owned()));
    is_killed_and_heard_again(server, &store, &heard);
}

/// Makes a user of these rights, and returns the address of a store for it.
fn user(server: &Server, rights: &[&str], tells: &str) -> String {
    server.say(&[&["ACL", "SETUSER", "shop", "on", ">secret", "~shop:*", "+@all"], rights].concat());
    format!("redis://shop:secret@127.0.0.1:{}?tells={tells}", server.port)
}

fn refused() {
    let server = Server::start(&[]);
    let store = store(&user(&server, &["-client|tracking"], "tracking"));
    let _listening = store.listen("shop:", Ear::pair().0).unwrap();
    let listen = || store.listen("shop:", Ear::pair().0).map(drop);
    server.wait_until(|_| listen().is_err());
    let error = listen().unwrap_err();
    assert!(error.kind() == Kind::Configuration && error.to_string().contains("`tells = \"bus\"`"), "{error}");
    server.say(&["ACL", "SETUSER", "shop", "+client|tracking"]);
    server.wait_until(|_| listen().is_ok());
}

fn unsaid() {
    let server = Server::start(&[]);
    let (all, store) = (store(&server.url()), store(&user(&server, &["-publish"], "bus")));
    let (number, free) = (name("number"), name("free"));
    block_on(all.set(&number, b"41", None)).unwrap();
    let ticket = block_on(store.begin_fill(&number)).unwrap();
    let large = vec![b'x'; 300 << 10];
    let changes = || {
        vec![
            ("set", block_on(store.set(&number, b"1", None))),
            ("set what is large", block_on(store.set(&number, &large, None))),
            ("add", block_on(store.add(&free, b"1", None)).map(drop)),
            ("delete", block_on(store.delete(&number)).map(drop)),
            ("touch", block_on(store.touch(&number, Some(Duration::from_secs(9)))).map(drop)),
            ("incr", block_on(store.incr(&number, 1)).map(drop)),
            ("set_if", block_on(store.set_if(&number, b"1", None, &ticket)).map(drop)),
            ("delete_many", block_on(store.delete_many(std::slice::from_ref(&number))).map(drop)),
            ("clear_scope", block_on(store.clear_scope("shop:1:"))),
            ("clear_store", block_on(store.clear_store())),
        ]
    };
    for (what, changed) in changes() {
        let error = changed.expect_err(what);
        assert_eq!(error.kind(), Kind::Configuration, "{what}: {error}");
    }
    assert_eq!(block_on(all.get(&number)).unwrap().as_deref(), Some(&b"41"[..]));
    assert_eq!(block_on(all.ttl(&number)).unwrap(), Some(Remaining::Forever));
    assert_eq!(block_on(all.get(&free)).unwrap(), None);
    server.say(&["ACL", "SETUSER", "shop", "+publish", "resetchannels", "&larder:*"]);
    assert_eq!(block_on(store.incr(&number, 1)).unwrap(), 42);
    for (what, changed) in changes().into_iter().filter(|(what, _)| *what != "incr") {
        assert!(changed.is_ok(), "{what}");
    }
}

fn late() {
    let mut server = Server::start(&[]);
    server.kill();
    let (store, (ear, heard)) = (store(&server.url()), Ear::pair());
    let _listening = store.listen("shop:", ear).unwrap();
    let _again = Server::start_at(server.port, &[]);
    assert_eq!(next(&heard), "regained");
}
