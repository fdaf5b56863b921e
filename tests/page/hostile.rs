//! Stores that fail, bodies that lie, clients who leave, read slowly or hide a request in another: pages are answered, and
//! nobody is handed what is not theirs.

use std::convert::Infallible;
use std::future::{Future, pending};
use std::panic::panic_any;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::{Router, routing};
use bytes::Bytes;
use futures_util::future::join_all;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::BodyExt;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use larder::backend::{Backend, Capabilities, Memory, Remaining};
use larder::clock::Clock;
use larder::key::Name;
use larder::page::{CacheLayer, CacheService, cache_page};
use larder::testing::{self, Isolated};
use larder::{Error, Kind, Settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower::{Layer, ServiceExt};

use crate::app::{App, Count, request, response};
use crate::lines::lines;
use crate::play::{Gate, all_go_on};

const SECOND: Duration = Duration::from_secs(1);

/// A store that can be down, hold garbage, or never end a write.
struct Odd {
    inner: Memory,
    is_down: AtomicBool,
    is_garbage: AtomicBool,
    hangs: AtomicBool,
}

impl Odd {
    fn open(&self) -> Result<&Memory, Error> {
        if self.is_down.load(Ordering::SeqCst) { Err(Error::new(Kind::Store, "it is down")) } else { Ok(&self.inner) }
    }

    async fn write(&self) -> Result<&Memory, Error> {
        if self.hangs.load(Ordering::SeqCst) {
            pending::<()>().await;
        }
        self.open()
    }
}

impl Backend for Odd {
    fn capabilities(&self) -> Capabilities {
        Capabilities::NONE
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        let found = self.open()?.get(name).await?;
        let is_garbage = self.is_garbage.load(Ordering::SeqCst);
        Ok(found.map(|bytes| if is_garbage { bytes.iter().rev().copied().collect() } else { bytes }))
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        self.write().await?.set(name, value, time).await
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.write().await?.add(name, value, time).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        self.write().await?.delete(name).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.open()?.ttl(name).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.write().await?.clear_store().await
    }
}

fn odd() -> (Isolated, Arc<Odd>) {
    let clock = Clock::manual();
    let no = || AtomicBool::new(false);
    let store = Odd { inner: Memory::new(clock.clone()), is_down: no(), is_garbage: no(), hangs: no() };
    let store = Arc::new(store);
    let settings = Settings::backend(Arc::clone(&store));
    (testing::isolated_at(clock, [("default", settings)]).unwrap(), store)
}

fn layers() -> [CacheLayer; 2] {
    [cache_page(60).stale(60), cache_page(60).stale(60).vary("x")]
}

fn counting(layer: &CacheLayer) -> App {
    App::new(layer, |run, _| response(200, &[], format!("{run}")))
}

#[test]
fn a_store_that_is_down_costs_time_and_no_page() {
    for layer in layers() {
        let (larder, store) = odd();
        let app = counting(&layer);
        assert_eq!((app.get("/").text(), app.get("/").text()), ("1", "1"));
        store.is_down.store(true, Ordering::SeqCst);
        assert_eq!((app.get("/").text(), app.get("/").text()), ("2", "3"));
        assert_eq!(app.send("POST", "/", &[]).text(), "4");
        larder.advance(SECOND);
        store.is_down.store(false, Ordering::SeqCst);
        assert_eq!(app.get("/").text(), "5", "what was written to meanwhile is not served");
        assert_eq!(app.get("/").text(), "5");
    }
}

#[test]
fn garbage_in_a_store_is_nothing() {
    for layer in layers() {
        let (_larder, store) = odd();
        let app = counting(&layer);
        assert_eq!((app.get("/").text(), app.get("/").text()), ("1", "1"));
        store.is_garbage.store(true, Ordering::SeqCst);
        assert_eq!((app.get("/").text(), app.get("/").text()), ("2", "3"));
        store.is_garbage.store(false, Ordering::SeqCst);
        assert_eq!(app.get("/").text(), app.get("/").text());
    }
}

#[test]
fn a_store_that_never_ends_a_write_keeps_nobody_waiting_for_a_page() {
    for layer in layers() {
        let (_larder, store) = odd();
        store.hangs.store(true, Ordering::SeqCst);
        let app = counting(&layer);
        let mut first = app.visitor("/", &[]);
        assert_eq!(first.go_on().page(), Some("1"));
        let mut all: Vec<_> = (0..3).map(|_| app.visitor("/", &[])).collect();
        all_go_on(&mut all);
        assert!(all.iter().all(|one| one.page().is_some()));
    }
}

#[test]
fn a_store_that_never_ends_a_write_does_not_hold_back_what_is_not_kept() {
    let (_larder, store) = odd();
    store.hangs.store(true, Ordering::SeqCst);
    let gate = Gate::new();
    let app =
        App::held(&cache_page(60), &gate, |run, _| response(200, &[("cache-control", "private")], format!("{run}")));
    let mut all: Vec<_> = (0..3).map(|_| app.visitor("/", &[])).collect();
    all_go_on(&mut all);
    gate.let_go(3);
    all_go_on(&mut all);
    assert!(all.iter().all(|one| one.page().is_some()));
}

#[test]
fn a_cache_that_does_not_exist_is_named_in_one_line_of_the_log_and_pages_are_answered() {
    let lines = lines();
    let app = counting(&cache_page(60).cache("nobody has made this one"));
    assert_eq!((app.get("/").text(), app.get("/").text()), ("1", "2"));
    assert_eq!(
        app.send("POST", "/", &[]).header("cache-status").unwrap(),
        "larder; fwd=bypass; detail=\"no such cache\""
    );
    let lines = lines.lock().unwrap();
    let lines: Vec<_> = lines.iter().filter(|line| line.contains("nobody has made this one")).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
}

/// A body that says one length and has another, or none and panics.
struct Odder {
    frames: Vec<&'static str>,
    panics: bool,
}

impl http_body::Body for Odder {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.frames.pop() {
            Some(text) => Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(text.as_bytes()))))),
            None if self.panics => panic_any("by design"),
            None => Poll::Ready(None),
        }
    }
}

fn lying(length: &str, frames: &[&'static str], panics: bool) -> Response<Body> {
    let body = Odder { frames: frames.to_vec(), panics };
    Response::builder().header("content-length", length).body(Body::new(body)).unwrap()
}

#[test]
fn a_body_of_another_length_than_its_head_says_is_not_kept_and_does_not_end_well() {
    let _larder = testing::isolated();
    for (length, frames) in [("10", &["short"][..]), ("3", &["long", "er"]), ("10", &[])] {
        let app = App::new(&cache_page(60), move |_, _| lying(length, frames, false));
        for runs in 1..3 {
            let mut visitor = app.visitor("/", &[]);
            visitor.go_on();
            assert_eq!(app.runs.get(), runs, "{length}");
            assert!(length == "3" || visitor.end.as_ref().is_some_and(Result::is_err), "{length}");
        }
    }
}

#[test]
fn a_head_that_lies_about_a_body_whose_length_is_known_is_not_kept() {
    let _larder = testing::isolated();
    for lines in [&["10"][..], &["3"], &["five"], &["+5"], &["5, 5"], &["5", "6"]] {
        let app = App::new(&cache_page(60), move |_, _| {
            let mut response = response(200, &[], "12345");
            for line in lines {
                response.headers_mut().append("content-length", line.parse().unwrap());
            }
            response
        });
        for runs in 1..3 {
            app.visitor("/", &[]).go_on();
            assert_eq!(app.runs.get(), runs, "{lines:?}");
        }
    }
}

/// A server on the loopback, with the program's own cache and a real clock.
struct Server {
    address: std::net::SocketAddr,
    runs: Count,
}

impl Server {
    async fn start<F, A>(layer: CacheLayer, name: &str, handler: F) -> Self
    where
        F: Fn(usize, Request<Body>) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Response<Body>> + Send + 'static,
    {
        let (service, runs) = program_app(layer, name, handler);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let service = TowerToHyperService::new(service.clone());
                let connection =
                    http1::Builder::new().pipeline_flush(true).serve_connection(TokioIo::new(stream), service);
                tokio::spawn(async { drop(connection.await) });
            }
        });
        Self { address, runs }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends this on a connection of its own, and returns all that comes until that is closed.
    async fn say(&self, text: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer).await);
        String::from_utf8_lossy(&answer).into_owned()
    }
}

fn program_app<F, A>(layer: CacheLayer, name: &str, handler: F) -> (CacheService<Router>, Count)
where
    F: Fn(usize, Request<Body>) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Response<Body>> + Send + 'static,
{
    let runs = Count::default();
    let count = runs.clone();
    let answer = move |request: Request<Body>| handler(count.one_more(), request);
    let router = Router::new().fallback(routing::any(answer));
    let layer = layer.in_cache(&larder::cache("default").unwrap()).key_prefix(name);
    (layer.layer(router), runs)
}

const CLOSE: &str = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_with_bodies_do_not_bring_one_connection_out_of_step() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let paths = Arc::clone(&seen);
    let server = Server::start(cache_page(60), "in step", move |_, request| {
        paths.lock().unwrap().push(request.uri().path().to_owned());
        let path = request.uri().path().to_owned();
        async move { response(200, &[("x-path", &path)], format!("<{path}>")) }
    });
    let server = server.await;
    let hidden = "GET /hidden HTTP/1.1\r\nhost: a\r\n\r\n";
    let with_body =
        |line: &str| format!("{line} HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n{hidden}", hidden.len());
    let chunked = format!(
        "GET /chunked HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{hidden}\r\n0\r\n\r\n",
        hidden.len()
    );
    let plain = |line: &str| format!("{line} HTTP/1.1\r\nhost: a\r\n\r\n");
    let all = [
        plain("GET /a"),
        with_body("GET /a"),
        plain("GET /a"),
        with_body("POST /b"),
        plain("HEAD /a"),
        chunked.clone(),
        plain("GET /a"),
        with_body("GET /a"),
        chunked,
        plain("GET /c"),
        with_body("DELETE /c"),
        plain("GET /c"),
        CLOSE.to_owned(),
    ];
    let answers = server.say(&all.concat()).await;
    let order: Vec<_> = answers.lines().filter_map(|line| line.strip_prefix("x-path: ")).collect();
    assert_eq!(order, ["/a", "/a", "/a", "/b", "/a", "/chunked", "/a", "/a", "/chunked", "/c", "/c", "/c", "/"]);
    assert_eq!(answers.matches("HTTP/1.1 200").count(), all.len());
    assert!(!seen.lock().unwrap().iter().any(|path| path == "/hidden"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_who_hangs_up_leaves_the_others_their_page_and_it_is_kept() {
    let gate = Gate::new();
    let held = gate.clone();
    let (arrived, mut arrivals) = tokio::sync::mpsc::unbounded_channel();
    let server = Server::start(cache_page(60), "hangs up", move |run, _| {
        let (held, arrived) = (held.clone(), arrived.clone());
        async move {
            arrived.send(run).unwrap();
            held.pass().await;
            response(200, &[], format!("page {run}"))
        }
    });
    let server = server.await;
    let mut leaver = server.connect().await;
    leaver.write_all(CLOSE.as_bytes()).await.unwrap();
    arrivals.recv().await;
    drop(leaver);
    let others = join_all((0..50).map(|_| server.say(CLOSE)));
    let (answers, ()) = tokio::join!(others, async { gate.let_go(1) });
    assert!(answers.iter().all(|answer| answer.ends_with("page 1")));
    assert!(server.say(CLOSE).await.contains("larder; hit"));
    assert_eq!(server.runs.get(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_that_lie_or_panic_break_their_own_connection_and_nothing_else() {
    let server = Server::start(cache_page(60), "lies", |run, request| async move {
        match request.uri().path() {
            "/short" => lying("10", &["short"], false),
            "/long" => lying("3", &["longer"], false),
            "/panics" => Response::new(Body::new(Odder { frames: vec!["some"], panics: true })),
            _ => response(200, &[], format!("page {run}")),
        }
    });
    let server = server.await;
    for path in ["/short", "/long", "/panics"] {
        let ask = CLOSE.replace("GET /", &format!("GET {path}"));
        let first = server.say(&ask).await;
        let runs = server.runs.get();
        let second = server.say(&ask).await;
        assert_eq!(server.runs.get(), runs + 1, "{path} is not kept");
        assert!(!second.contains("larder; hit"), "{path}: {first} {second}");
        assert!(!first.ends_with("0\r\n\r\n"), "{path} does not seem whole: {first}");
    }
    assert!(server.say(CLOSE).await.contains("page"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_who_does_not_read_holds_nobody_up() {
    const SIZE: usize = 16 << 20;
    let server = Server::start(cache_page(60).limit(2 * SIZE as u64), "slow reader", |_, _| async {
        response(200, &[], vec![b'x'; SIZE])
    });
    let server = server.await;
    let mut slow = server.connect().await;
    slow.write_all(CLOSE.as_bytes()).await.unwrap();
    let mut first = [0; 1];
    slow.read_exact(&mut first).await.unwrap();
    for _ in 0..3 {
        assert!(server.say(CLOSE).await.len() > SIZE);
    }
    let mut rest = Vec::new();
    slow.read_to_end(&mut rest).await.unwrap();
    assert!(rest.len() > SIZE);
    assert_eq!(server.runs.get(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_at_once_get_each_page_from_one_run() {
    let (service, runs) = program_app(CacheLayer::new().vary("x"), "thousands", |_, request| {
        let text = format!("{} {:?}", request.uri().path(), request.headers().get("x"));
        async move {
            tokio::task::yield_now().await;
            response(200, &[], text)
        }
    });
    let asked: Vec<_> = (0..4000).map(|number| (format!("/{}", number % 10), (number / 10 % 3).to_string())).collect();
    let tasks = asked.iter().map(|(path, x)| {
        let asking = service.clone().oneshot(request("GET", path, &[("x", x)]));
        tokio::spawn(async move { asking.await.unwrap().into_body().collect().await.unwrap().to_bytes() })
    });
    for ((path, x), text) in asked.iter().zip(join_all(tasks).await) {
        assert_eq!(text.unwrap(), format!("{path} Some({x:?})"));
    }
    assert_eq!(runs.get(), 30);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_and_reads_at_once_never_show_what_was_written_over() {
    let value = Arc::new(AtomicUsize::new(0));
    let (service, _) = program_app(CacheLayer::new().vary("x"), "written over", move |_, request| {
        let value = Arc::clone(&value);
        async move {
            let mut read = value.load(Ordering::SeqCst);
            tokio::task::yield_now().await;
            if request.method() == "POST" {
                read = value.fetch_add(1, Ordering::SeqCst) + 1;
                tokio::task::yield_now().await;
            }
            response(200, &[], format!("{read}"))
        }
    });
    let ask = move |method: &'static str, x: String| {
        let asking = service.clone().oneshot(request(method, "/", &[("x", &x)]));
        async move {
            let text = asking.await.unwrap().into_body().collect().await.unwrap().to_bytes();
            std::str::from_utf8(&text).unwrap().parse::<usize>().unwrap()
        }
    };
    let readers = (0..8).map(|number| {
        let ask = ask.clone();
        tokio::spawn(async move {
            for _ in 0..200 {
                let written = if number % 2 == 0 { ask("POST", String::new()).await } else { 0 };
                let read = ask("GET", (number % 3).to_string()).await;
                assert!(read >= written, "{read} after {written}");
            }
        })
    });
    for reader in join_all(readers).await {
        reader.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_runtime_a_service_that_panics_at_once_panics_for_whoever_asked() {
    let service = tower::service_fn(|_: Request<Body>| -> std::future::Ready<Result<Response<Body>, Infallible>> {
        panic_any("by design")
    });
    let layer = cache_page(60).in_cache(&larder::cache("default").unwrap()).key_prefix("panics at once");
    let asking = layer.layer(service).oneshot(request("GET", "/", &[]));
    let panic = tokio::spawn(asking).await.expect_err("a panic").into_panic();
    assert_eq!(panic.downcast_ref(), Some(&"by design"));
}

#[test]
fn strangers_do_not_fill_memory_with_queries_variants_or_languages() {
    let larder = testing::isolated_with([("default", Settings::memory().max_entries(100))]).unwrap();
    let app = counting(&cache_page(60).vary("x").variants(10));
    for number in 0..5000 {
        let (path, x) = (format!("/?{}", number % 700), number.to_string());
        let mut request = request("GET", &path, &[("x", &x)]);
        request.extensions_mut().insert(larder::page::Language(x));
        assert_eq!(testing::block_on(app.ask(request)).status, 200);
    }
    assert!(larder.cache("default").stats().entries <= 100);
}
