//! What entries mean that other stores do not have.

use std::sync::Arc;
use std::time::Duration;

use cache_backends::memcached::Memcached;
use cache_core::backend::{Backend, Remaining, Ticket};
use cache_core::error::Kind;
use cache_core::testing::block_on;
use tokio::runtime::Builder;

use super::servers::Memcached as Server;
use super::{Test, name, store};

pub const TESTS: &[Test] = &[
    ("a lease is nothing for everybody who does not fill it in", leases),
    ("what was added, touched or removed for no time takes its lease along", leases_for_no_time),
    ("who touches a lease does not lengthen what is filled in meanwhile", touched_while_filled),
    ("what is filled in is kept in each of several runtimes", runtimes),
    ("a number that loses a digit has no space in its place", digits),
    ("what somebody has marked as too old is nothing", stale),
    ("a server that asks who is there lets us in by our word alone", guarded),
    ("a server that takes less than it was said to says so, and what was there is gone", small),
    ("a server that numbers nothing is no place to fill in", uncounted),
    ("a server that must not be emptied says so", unflushed),
    ("what lives for over thirty days, or ends after the last date, is there", long),
];

fn started() -> (Server, Memcached) {
    let server = Server::start().expect("a server");
    let store = store(&server.url());
    (server, store)
}

fn leases() {
    let (server, store) = started();
    block_on(async {
        let name = name("key");
        let ticket = store.begin_fill(&name).await.unwrap();
        assert_eq!(store.get(&name).await.unwrap(), None);
        assert_eq!(store.get_many(std::slice::from_ref(&name)).await.unwrap(), [None]);
        assert_eq!(store.ttl(&name).await.unwrap(), None);
        assert_eq!(store.incr(&name, 1).await.unwrap_err().kind(), Kind::Missing);
        assert!(!store.touch(&name, None).await.unwrap());
        assert_eq!(lines(&server, "mg shop:1:key t s"), ["HD t600 s0 Z"], "nobody waits for it for ever");
        assert!(store.set_if(&name, b"value", None, &ticket).await.unwrap(), "and all that left it as it was");
        assert!(store.begin_fill(&super::name("other")).await.is_ok());
        assert!(!store.delete(&super::name("other")).await.unwrap());
        assert!(store.begin_fill(&super::name("other")).await.is_ok());
        assert_eq!(store.delete_many(&[super::name("other"), name]).await.unwrap(), 1);
        let ticket = store.begin_fill(&super::name("other")).await.unwrap();
        assert!(store.add(&super::name("other"), b"", None).await.unwrap(), "in the place of the lease");
        assert_eq!(store.get(&super::name("other")).await.unwrap(), Some(vec![]), "a value of no bytes is one");
        assert!(!store.set_if(&super::name("other"), b"late", None, &ticket).await.unwrap());
    });
}

fn leases_for_no_time() {
    let (_server, store) = started();
    block_on(async {
        let name = name("key");
        let ticket = store.begin_fill(&name).await.unwrap();
        assert!(store.add(&name, b"value", Some(Duration::ZERO)).await.unwrap());
        assert!(!store.set_if(&name, b"late", None, &ticket).await.unwrap());
        let ticket = store.begin_fill(&name).await.unwrap();
        assert!(store.set_if(&name, b"value", Some(Duration::ZERO), &ticket).await.unwrap());
        assert!(!store.set_if(&name, b"late", None, &ticket).await.unwrap());
        assert_eq!(store.get(&name).await.unwrap(), None);
    });
}

fn touched_while_filled() {
    let (_server, store) = started();
    let store = Arc::new(store);
    // One thread: what is filled in is sent behind the first that the touch asks.
    Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let name = name("key");
        let ticket = store.begin_fill(&name).await.unwrap();
        let (own, touched) = (Arc::clone(&store), name.clone());
        let touch = tokio::spawn(async move { own.touch(&touched, Some(Duration::from_secs(9))).await });
        tokio::task::yield_now().await;
        assert!(store.set_if(&name, b"value", Some(Duration::from_secs(3)), &ticket).await.unwrap());
        assert!(!touch.await.unwrap().unwrap());
        let left = store.ttl(&name).await.unwrap();
        assert!(matches!(left, Some(Remaining::For(left)) if left.as_secs() <= 4), "{left:?}");
    });
}

fn runtimes() {
    let (_server, store) = started();
    let fill = async |key: &str| {
        let (name, value) = (name(key), key.as_bytes());
        let ticket = store.begin_fill(&name).await.unwrap();
        store.set_if(&name, value, None, &ticket).await.unwrap()
    };
    let runtimes = [(); 2].map(|()| Builder::new_current_thread().enable_all().build().expect("a runtime"));
    for round in 0..3 {
        for (number, runtime) in runtimes.iter().enumerate() {
            assert!(runtime.block_on(fill(&format!("{round} in {number}"))));
        }
        assert!(block_on(fill(&format!("{round} in none"))));
    }
}

fn digits() {
    let (_server, store) = started();
    block_on(async {
        for (number, delta) in [(100_i64, -1), (10, -10), (1_000, -999), (5, -5), (-1, 1), (99, 1), (-100, 100)] {
            let (name, time) = (name("number"), Some(Duration::from_secs(100)));
            store.set(&name, number.to_string().as_bytes(), time).await.unwrap();
            assert_eq!(store.incr(&name, delta).await.unwrap(), number + delta);
            let digits = (number + delta).to_string().into_bytes();
            assert_eq!(store.get(&name).await.unwrap(), Some(digits), "{number} and {delta}");
            let left = store.ttl(&name).await.unwrap();
            assert!(matches!(left, Some(Remaining::For(left)) if left.as_secs() > 90), "{left:?}");
        }
    });
}

fn lines(server: &Server, line: &str) -> Vec<String> {
    server.ask(line).expect("a server that is there")
}

fn stale() {
    let (server, store) = started();
    block_on(async {
        let name = name("key");
        store.set(&name, b"value", None).await.unwrap();
        assert_eq!(lines(&server, "md shop:1:key I T30"), ["HD"]);
        assert_eq!(store.get(&name).await.unwrap(), None);
        let ticket = store.begin_fill(&name).await.unwrap();
        assert!(store.set_if(&name, b"new", None, &ticket).await.unwrap());
        assert_eq!(store.get(&name).await.unwrap().as_deref(), Some(&b"new"[..]));
    });
}

fn guarded() {
    let server = Server::setup().guarded().start().expect("a server");
    let kind = |url: &str| block_on(store(url).get(&name("key"))).map_err(|error| (error.kind(), error.to_string()));
    assert_eq!(kind(&server.url()), Ok(None));
    let nobody =
        server.url().split_once('?').map(|(url, _)| url.to_owned()).expect("who asks stands behind the socket");
    for url in [server.url_of("larder", "guessed"), nobody] {
        let (kind, sentence) = kind(&url).unwrap_err();
        assert_eq!(kind, Kind::Configuration, "{sentence}");
        assert!(sentence.contains("password") && !sentence.contains("guessed"), "{sentence}");
    }
}

fn small() {
    let server = Server::setup().max_item(512).start().expect("a server");
    let (store, name, value) = (store(&server.url()), name("key"), vec![b'x'; 600 << 10]);
    block_on(async {
        store.set(&name, b"before", None).await.unwrap();
        let error = store.set(&name, &value, None).await.unwrap_err();
        assert!(error.kind() == Kind::TooLarge && error.to_string().contains("`-I`"), "{error}");
        assert_eq!(store.get(&name).await.unwrap(), None);
    });
}

fn uncounted() {
    let server = Server::setup().argument("-C").start().expect("a server");
    let store = store(&server.url());
    let error = block_on(store.begin_fill(&name("key"))).unwrap_err();
    assert!(error.kind() == Kind::Configuration && error.to_string().contains("`-C`"), "{error}");
    assert!(!block_on(store.set_if(&name("key"), b"value", None, &Ticket(vec![0; 16]))).unwrap());
}

fn unflushed() {
    let server = Server::setup().argument("-F").start().expect("a server");
    let error = block_on(store(&server.url()).clear_store()).unwrap_err();
    assert!(error.kind() == Kind::Configuration && error.to_string().contains("`-F`"), "{error}");
}

fn long() {
    let (server, store) = started();
    let day = Duration::from_secs(86_400);
    for time in [day * 29, day * 30, day * 31, day * 365_000, Duration::MAX] {
        block_on(store.set(&name("key"), b"value", Some(time))).unwrap();
        assert!(block_on(store.get(&name("key"))).unwrap().is_some(), "{time:?}");
        let Some(Remaining::For(left)) = block_on(store.ttl(&name("key"))).unwrap() else { panic!("{time:?}") };
        assert!(left + day > time.min(day * 3_650), "{left:?} of {time:?}");
    }
    drop(server);
}
