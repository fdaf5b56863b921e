//! Attacks that are known by name, as far as nothing else here tries them: `SECURITY.md` has the list. On actix this is
//! compiled once more.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::Version;
use larder::backend::{Backend, Capabilities, Memory, Remaining};
use larder::clock::Clock;
use larder::key::Name;
use larder::page::{CacheLayer, cache_page};
use larder::testing::{self, Isolated};
use larder::{Error, Settings};

use super::app::{App, request, response};
use super::stack::{ask, counted, get, said};

#[test]
fn what_a_client_writes_of_encodings_is_read_by_nobody_who_gets_a_page() {
    for layer in [cache_page(60), CacheLayer::new(), cache_page(60).vary("accept-encoding")] {
        let _larder = testing::isolated();
        let (site, _) = counted(|request| response(200, &[], said(request, "accept-encoding")));
        let site = site.layer(layer);
        for evil in ["evil", "gzip;evil=1", "gzip;q=0.5, evil", "evil;q=1, br", "gzip evil", "evil\"><script>"] {
            let poisoned = get(&site, "/", &[("accept-encoding", evil)]);
            let other = get(&site, "/", &[]);
            assert!(!other.text().contains("evil"), "{evil}: {}", poisoned.text());
        }
    }
}

#[test]
fn the_version_of_http_that_one_client_speaks_shapes_no_page_of_another() {
    let _larder = testing::isolated();
    let (site, runs) = counted(|request| response(200, &[], format!("{:?}", request.version())));
    let site = site.layer(cache_page(60));
    let [old, new] = [Version::HTTP_10, Version::HTTP_11].map(|version| {
        let mut request = request("GET", "/", &[]);
        *request.version_mut() = version;
        testing::block_on(ask(&site, request))
    });
    assert_eq!((old.text(), runs.get()), (new.text(), 1));
    assert_eq!(new.text(), "HTTP/1.1");
}

/// A store that somebody else has changed: what it holds is handed out as they want it.
struct Tampered {
    inner: Memory,
    change: Mutex<Change>,
}

type Change = Box<dyn Fn(Vec<u8>) -> Vec<u8> + Send>;

impl Backend for Tampered {
    fn capabilities(&self) -> Capabilities {
        Capabilities::NONE
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        let found = self.inner.get(name).await?;
        Ok(found.map(|bytes| self.change.lock().expect("nobody panicked")(bytes)))
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        self.inner.set(name, value, time).await
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.inner.add(name, value, time).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        self.inner.delete(name).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.inner.ttl(name).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.inner.clear_store().await
    }
}

fn tampered() -> (Isolated, Arc<Tampered>) {
    let clock = Clock::manual();
    let store = Tampered { inner: Memory::new(clock.clone()), change: Mutex::new(Box::new(|bytes| bytes)) };
    let store = Arc::new(store);
    let settings = Settings::backend(Arc::clone(&store));
    (testing::isolated_at(clock, [("default", settings)]).expect("settings"), store)
}

impl Tampered {
    fn change(&self, change: impl Fn(Vec<u8>) -> Vec<u8> + Send + 'static) {
        *self.change.lock().expect("nobody panicked") = Box::new(change);
    }
}

/// Puts other bytes in the place of some.
fn replaced(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    match bytes.windows(old.len()).position(|window| window == old) {
        Some(at) => [&bytes[..at], new, &bytes[at + old.len()..]].concat(),
        None => bytes.to_vec(),
    }
}

#[test]
fn a_silent_layer_says_of_a_page_no_more_than_how_old_it_is() {
    let larder = testing::isolated();
    for (number, layer) in [cache_page(60).silent(), cache_page(60).silent().vary("x").stale(60)].iter().enumerate() {
        let app = App::new(layer, |_, _| response(200, &[], "page"));
        let path = format!("/{number}");
        let (made, kept) = (app.get(&path), app.get(&path));
        assert_eq!(app.runs.get(), 1);
        let plain = |mut visit: crate::visit::Visit| {
            visit.headers.remove("age");
            visit
        };
        assert_eq!(plain(made.clone()), plain(kept));
        larder.advance(Duration::from_secs(7));
        let older = app.get(&path);
        let named: Vec<_> = older.headers.keys().filter(|name| !made.headers.contains_key(*name)).collect();
        assert!(named.iter().all(|name| *name == "age"), "{named:?}");
    }
}

#[test]
fn a_kept_page_whose_headers_were_made_to_end_the_line_is_none() {
    for evil in [&b"\r\nset-cookie: a=1"[..], b"\nset-cookie: aa=1", b"\0set-cookie: aa=1", b"\rset-cookie: aa=1"] {
        let (_larder, store) = tampered();
        let app =
            App::new(&cache_page(60), |run, _| response(200, &[("x-mark", "0123456789abcdefg")], format!("{run}")));
        assert_eq!((app.get("/").text(), app.get("/").text()), ("1", "1"));
        assert_eq!(evil.len(), 17);
        store.change(move |bytes| replaced(&bytes, b"0123456789abcdefg", evil));
        let answer = app.get("/");
        assert_eq!((answer.text(), answer.header("set-cookie")), ("2", None), "{evil:?}");
    }
}

/// Writes thousands of headers in front of those of a page, as its record has them. What is no page stays as it is.
fn with_headers(bytes: &[u8], count: u32) -> Vec<u8> {
    let name = b"\xa7headers";
    let Some(at) = bytes.windows(name.len()).position(|window| window == name) else { return bytes.to_vec() };
    let at = at + name.len();
    let there = u32::from(bytes[at] & 0x0f);
    let mut all = [&bytes[..at], &[0xdd], &(there + count).to_be_bytes()].concat();
    for number in 0..count {
        all.extend([&[0x92, 0xa6][..], format!("x{number:05}").as_bytes(), b"\xc4\x01x"].concat());
    }
    [all, bytes[at + 1..].to_vec()].concat()
}

#[test]
fn a_kept_page_with_more_headers_than_any_can_have_is_none() {
    for (count, is_page) in [(1, true), (30_000, false), (70_000, false)] {
        let (_larder, store) = tampered();
        let app = App::new(&cache_page(60), |run, _| response(200, &[("x-mark", "a")], format!("{run}")));
        assert_eq!((app.get("/").text(), app.get("/").text()), ("1", "1"));
        store.change(move |bytes| with_headers(&bytes, count));
        let answer = app.get("/");
        assert_eq!((answer.text() == "1", answer.headers.contains_key("x00000")), (is_page, is_page), "{count}");
    }
}

#[test]
fn whatever_one_byte_of_a_kept_page_becomes_visitors_are_answered() {
    let (_larder, store) = tampered();
    let headers = [("etag", "\"1\""), ("last-modified", "Thu, 01 Jan 1970 00:00:00 GMT"), ("vary", "x"), ("age", "3")];
    let app = App::new(&cache_page(60).stale(60).vary("x"), move |_, _| response(200, &headers, "page"));
    app.get("/");
    let longest = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&longest);
    store.change(move |bytes| {
        let mut seen = seen.lock().expect("nobody panicked");
        *seen = bytes.len().max(*seen);
        bytes
    });
    app.get("/");
    let longest = *longest.lock().expect("nobody panicked");
    assert!(longest > 100, "{longest}");
    for at in 0..longest {
        for byte in [0xcf, 0xdd, 0xff] {
            store.change(move |mut bytes| {
                if let Some(there) = bytes.get_mut(at) {
                    *there = byte;
                }
                bytes
            });
            let answer = app.get("/");
            assert!(!answer.headers.contains_key("set-cookie"), "{at} {byte}");
        }
    }
}
