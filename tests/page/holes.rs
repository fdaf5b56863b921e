//! What differs from visitor to visitor is filled in a page that is kept.

use std::fmt::Debug;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use bytes::Bytes;
use http::Request;
use http::request::Parts;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use larder::backend::Memory;
use larder::clock::Clock;
use larder::page::{CacheLayer, Fill, Hole, cache_page};
use larder::{Settings, testing};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::app::{App, Visit, request, response};

pub static NAME: Hole = Hole::new("name");
static NONCE: Hole = Hole::new("nonce");
/// Some layer fills it, but not the one around these pages.
static ELSEWHERE: Hole = Hole::new("elsewhere");
static NOWHERE: Hole = Hole::new("nowhere");

/// The visitor's name, which no handler sees.
fn name(request: &Parts) -> String {
    let name = request.headers.get("x-user").map_or(&b"nobody"[..], |name| name.as_bytes());
    String::from_utf8(name.to_vec()).expect("a text")
}

pub fn layer() -> CacheLayer {
    cache_page(60).fill(&NAME, name)
}

pub fn greeting(run: usize) -> String {
    format!("<p>{run}: {NAME}, hello {NAME}</p>")
}

fn greets(layer: &CacheLayer, headers: &'static [(&'static str, &'static str)]) -> App {
    App::new(layer, move |run, _| response(200, headers, greeting(run)))
}

pub fn visit(app: &App, user: &str) -> Visit {
    app.get_with("/", &[("x-user", user)])
}

#[test]
fn each_visitor_of_a_kept_page_gets_their_own() {
    let _larder = testing::isolated();
    let app = App::new(&layer(), |run, request| {
        assert!(!request.headers().contains_key("x-user"), "what a page is not told apart by shapes no page");
        response(200, &[], greeting(run))
    });
    assert_eq!(visit(&app, "ann").text(), "<p>1: ann, hello ann</p>");
    let second = visit(&app, "benedict");
    assert_eq!(second.text(), "<p>1: benedict, hello benedict</p>");
    assert!(second.is_hit());
    assert_eq!(second.header("content-length").as_deref(), Some("34"));
    assert_eq!(app.get("/").text(), "<p>1: nobody, hello nobody</p>");
}

#[test]
fn a_hole_is_filled_for_whoever_a_layer_outside_has_found() {
    let _larder = testing::isolated();
    let found = |id: Option<&u32>| id.map_or("nobody".to_owned(), |id| format!("user {id}"));
    let app = greets(&cache_page(60).fill_for(&NAME, found), &[]);
    for (id, name) in [(Some(7_u32), "user 7"), (None, "nobody"), (Some(8), "user 8"), (Some(7), "user 7")] {
        let mut request = request("GET", "/", &[]);
        id.map(|id| request.extensions_mut().insert(id));
        let page = testing::block_on(app.ask(request));
        assert_eq!(page.text(), format!("<p>1: {name}, hello {name}</p>"), "one page for all");
    }
}

#[test]
fn a_text_is_escaped_unless_it_is_said_to_be_raw() {
    let _larder = testing::isolated();
    let raw = cache_page(60).fill(&NAME, |_| Fill::raw("<b>&amp;</b>"));
    let odd = cache_page(60).fill(&NAME, |_| Some("<a href=\"'&"));
    let none = cache_page(60).fill(&NAME, |_| None::<String>);
    let cases = [(raw, "<b>&amp;</b>"), (odd, "&lt;a href=&quot;&#39;&amp;"), (none, "")];
    for (layer, text) in cases.iter().map(|(layer, text)| (layer.clone().key_prefix(*text), *text)) {
        let app = greets(&layer, &[]);
        for _ in 0..2 {
            assert_eq!(app.get("/").text(), format!("<p>1: {text}, hello {text}</p>"));
        }
    }
}

#[test]
fn no_text_of_a_visitor_becomes_a_hole() {
    let _larder = testing::isolated();
    let looks_alike = format!("Z{}", "0".repeat(47));
    let comment = looks_alike.clone();
    let app = App::new(&layer(), move |_, _| response(200, &[], format!("<p>{comment}</p>{NAME}")));
    for _ in 0..2 {
        assert_eq!(visit(&app, "ann").text(), format!("<p>{looks_alike}</p>ann"));
    }
    let mark = NAME.to_string();
    assert!(mark.bytes().all(|byte| byte.is_ascii_alphanumeric()), "no template escapes `{mark}`");
    assert_eq!(mark.len(), looks_alike.len());
    assert!(!NONCE.to_string().starts_with(&mark[..16]), "one says nothing of another");
    for _ in 0..2 {
        assert!(!visit(&app, "ann").text().contains(&mark), "and no visitor gets to see one");
    }
}

#[test]
fn what_a_hole_is_filled_with_is_not_looked_into() {
    let _larder = testing::isolated();
    let app = greets(&layer(), &[]);
    let mark = NAME.to_string();
    for _ in 0..2 {
        assert_eq!(visit(&app, &mark).text(), format!("<p>1: {mark}, hello {mark}</p>"));
    }
}

#[test]
fn nobody_downstream_keeps_what_was_filled_for_one() {
    let _larder = testing::isolated();
    let said = &[
        ("cache-control", "public, max-age=600, s-maxage=50, no-transform"),
        ("cdn-cache-control", "max-age=600"),
        ("surrogate-control", "max-age=600"),
        ("expires", "Sun, 06 Nov 2094 08:49:37 GMT"),
        ("etag", "\"v1\""),
        ("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("accept-ranges", "bytes"),
        ("content-digest", "sha-256=:AAAA:"),
        ("x-else", "stays"),
    ];
    let app = greets(&layer().browser(30), said);
    for is_hit in [false, true] {
        let visit = visit(&app, "ann");
        assert_eq!(visit.is_hit(), is_hit);
        assert_eq!(visit.header("cache-control").as_deref(), Some("private, no-cache, no-transform"));
        for (name, _) in &said[1..8] {
            assert_eq!(visit.header(name), None, "{name}");
        }
        assert_eq!(visit.header("x-else").as_deref(), Some("stays"));
    }
}

#[test]
fn a_page_with_holes_is_never_a_part_and_never_unmodified() {
    let _larder = testing::isolated();
    let headers = &[("etag", "\"v1\""), ("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT")];
    let app = greets(&layer(), headers);
    let conditions = [
        ("if-none-match", "\"v1\""),
        ("if-none-match", "*"),
        ("if-modified-since", "Sun, 06 Nov 2094 08:49:37 GMT"),
        ("if-match", "\"v2\""),
        ("range", "bytes=0-3"),
    ];
    for (name, value) in conditions {
        for is_hit in [false, true] {
            let visit = app.get_with(&format!("/{name}/{}", value.len()), &[("x-user", "ann"), (name, value)]);
            assert_eq!((visit.status.as_u16(), visit.is_hit()), (200, is_hit), "{name}: {value}");
            assert!(visit.text().ends_with(": ann, hello ann</p>"), "{name}: {value}");
        }
    }
}

#[test]
fn a_page_without_holes_is_a_page_like_any_other_behind_a_layer_that_fills_them() {
    let _larder = testing::isolated();
    let app = App::new(&layer(), |run, _| response(200, &[("etag", "\"v1\"")], format!("{run} and no hole")));
    assert_eq!(app.get("/").text(), "1 and no hole");
    let hit = app.get("/");
    assert_eq!((hit.text(), hit.header("etag").as_deref()), ("1 and no hole", Some("\"v1\"")));
    assert_eq!(hit.header("cache-control").as_deref(), Some("max-age=60"));
    assert_eq!(app.get_with("/", &[("if-none-match", "\"v1\"")]).status, 304);
    assert_eq!(app.get_with("/", &[("range", "bytes=0-2")]).text(), "1 a");
}

#[test]
fn a_picture_is_not_looked_into() {
    let _larder = testing::isolated();
    let headers = &[("content-type", "image/png"), ("etag", "\"v1\""), ("content-length", "4")];
    let app = App::new(&layer(), |_, _| response(200, headers, "GIF?"));
    for _ in 0..2 {
        let visit = app.get("/");
        let found = ["etag", "content-length", "cache-control"].map(|name| visit.header(name).unwrap_or_default());
        assert_eq!(found, ["\"v1\"", "4", "max-age=60"]);
    }
}

#[test]
fn a_head_says_how_long_the_page_of_this_visitor_is() {
    let _larder = testing::isolated();
    let app = greets(&layer(), &[("etag", "\"v1\"")]);
    let head = |user| app.send("HEAD", "/", &[("x-user", user)]);
    assert_eq!((head("ann").header("content-length"), head("ann").header("etag")), (None, None), "nobody knows yet");
    visit(&app, "ann");
    let known = head("benedict");
    assert_eq!((known.header("content-length").as_deref(), known.text()), (Some("34"), ""));
    assert_eq!(known.header("etag"), None);
}

#[test]
fn a_nonce_is_the_same_in_the_headers_and_in_the_page() {
    let _larder = testing::isolated();
    let layer = cache_page(60).fill(&NONCE, |request| format!("{}+/&", name(request)));
    let app = App::new(&layer, |_, _| {
        let policy = format!("script-src 'nonce-{NONCE}'");
        response(200, &[("content-security-policy", &policy)], format!("<script nonce='{NONCE}'></script>"))
    });
    for user in ["ann", "ben", "a\u{fc}"] {
        let visit = visit(&app, user);
        let policy = visit.headers["content-security-policy"].as_bytes().to_vec();
        assert_eq!(String::from_utf8(policy).unwrap(), format!("script-src 'nonce-{user}+/&'"));
        assert_eq!(visit.text(), format!("<script nonce='{user}+/&amp;'></script>"));
    }
    assert_eq!(app.runs.get(), 1);
}

#[test]
fn what_cannot_stand_in_a_header_does_not() {
    let _larder = testing::isolated();
    let app = App::new(&cache_page(60).fill(&NONCE, |_| "a\r\nset-cookie: b=c"), |_, _| {
        response(200, &[("x-nonce", &format!("<{NONCE}>"))], format!("{NONCE}"))
    });
    for _ in 0..2 {
        let visit = app.get("/");
        assert_eq!((visit.header("x-nonce").as_deref(), visit.header("set-cookie")), (Some("<>"), None));
        assert_eq!(visit.text(), "a\r\nset-cookie: b=c");
    }
}

#[test]
fn a_hole_that_the_layer_does_not_fill_is_replaced_by_nothing_and_its_page_not_kept() {
    let _larder = testing::isolated();
    drop(cache_page(60).fill(&ELSEWHERE, |_| "filled"));
    let app = App::new(&layer(), |run, _| response(200, &[], format!("{run}<{ELSEWHERE}>{NAME}")));
    assert_eq!((visit(&app, "ann").text(), visit(&app, "ben").text()), ("1<>ann", "2<>ben"));
}

#[test]
fn a_hole_that_no_layer_fills_writes_nothing() {
    let _larder = testing::isolated();
    let app = App::new(&layer(), |run, _| response(200, &[], format!("{run}<{NOWHERE}>{NAME}")));
    assert_eq!((visit(&app, "ann").text(), visit(&app, "ben").text()), ("1<>ann", "1<>ben"));
    assert_eq!(NOWHERE.to_string(), "");
}

#[test]
fn a_layer_that_fills_nothing_looks_for_nothing() {
    let _larder = testing::isolated();
    drop(layer());
    let app = App::new(&cache_page(60), |_, request| {
        assert_eq!(request.headers()["accept-encoding"], "gzip");
        response(200, &[("etag", "\"v1\"")], NAME.to_string())
    });
    for _ in 0..2 {
        let visit = app.get_with("/", &[("accept-encoding", "gzip")]);
        assert_eq!((visit.text(), visit.header("etag").as_deref()), (&*NAME.to_string(), Some("\"v1\"")));
    }
}

#[test]
fn whatever_is_not_kept_is_filled_as_well() {
    let _larder = testing::isolated();
    let app = greets(&layer(), &[("set-cookie", "a=b"), ("etag", "\"v1\""), ("content-length", "126")]);
    let refused = visit(&app, "ann");
    assert_eq!((refused.text(), refused.header("etag")), ("<p>1: ann, hello ann</p>", None));
    let posted = app.send("POST", "/", &[("x-user", "ann")]);
    assert_eq!(posted.text(), "<p>2: ann, hello ann</p>");
    let found = ["etag", "content-length", "cache-control"].map(|name| posted.header(name));
    assert_eq!(found, [Some("\"v1\"".to_owned()), None, Some("private, no-cache".to_owned())]);
    let nowhere = greets(&layer().cache("nowhere"), &[]);
    assert_eq!(visit(&nowhere, "ann").text(), "<p>1: ann, hello ann</p>");
}

#[test]
fn a_page_over_the_limit_is_filled_on_its_way() {
    let _larder = testing::isolated();
    let long = "x".repeat(300);
    let app = App::new(&layer().limit(200), move |run, _| {
        let pieces = [format!("{run}: {NAME} "), long.clone(), format!("{NAME}.")];
        let frames = pieces.map(|piece| Ok::<_, std::io::Error>(Frame::data(Bytes::from(piece))));
        response(200, &[], Body::new(StreamBody::new(futures_util::stream::iter(frames))))
    });
    for (run, user) in [(1, "ann"), (2, "ben")] {
        assert_eq!(visit(&app, user).text(), format!("{run}: {user} {}{user}.", "x".repeat(300)));
    }
}

#[test]
fn handlers_are_not_asked_for_what_cannot_be_looked_into() {
    let _larder = testing::isolated();
    for layer in [layer(), CacheLayer::rfc().fill(&NAME, name)] {
        let app = App::new(&layer, |run, request| {
            for name in ["accept-encoding", "range", "if-range"] {
                assert!(!request.headers().contains_key(name), "{name}");
            }
            response(200, &[("vary", "accept-encoding"), ("cache-control", "max-age=60")], greeting(run))
        });
        let asks = [("accept-encoding", "gzip"), ("range", "bytes=0-3"), ("if-range", "\"v1\""), ("x-user", "ann")];
        for run in ["GET", "POST"] {
            assert!(app.send(run, "/", &asks).text().ends_with(": ann, hello ann</p>"));
        }
        let once = (app.get("/").text().to_owned(), app.get_with("/", &[("accept-encoding", "br")]));
        assert_eq!(once.0, once.1.text(), "one variant for all encodings");
    }
}

#[test]
fn a_page_that_a_layer_behind_this_one_keeps_is_filled_too() {
    let _larder = testing::isolated();
    for inner in [cache_page(60), cache_page(60).vary("accept-encoding"), cache_page(60).fill(&NAME, name)] {
        let app = App::of(&layer(), |runs| {
            let page = move |request: Request<Body>| {
                assert!(!request.headers().contains_key("accept-encoding"), "the outer one cannot look into it");
                std::future::ready(greeting(runs.one_more()))
            };
            Router::new().route("/", get(page).layer(inner))
        });
        for user in ["ann", "ben"] {
            let asks = [("accept-encoding", "gzip"), ("x-user", user), ("range", "bytes=0-3")];
            let visit = app.get_with("/", &asks);
            assert_eq!(visit.text(), format!("<p>1: {user}, hello {user}</p>"));
            assert_eq!(visit.header("cache-control").as_deref(), Some("private, no-cache"));
        }
    }
}

#[test]
fn what_is_compressed_all_the_same_is_handed_on_and_not_kept() {
    let _larder = testing::isolated();
    let app = greets(&layer(), &[("content-encoding", "gzip"), ("etag", "\"v1\"")]);
    for run in [1, 2] {
        let visit = visit(&app, "ann");
        assert_eq!((visit.text(), visit.header("etag").as_deref()), (&*greeting(run), Some("\"v1\"")));
    }
}

#[test]
fn who_panics_hurts_one_answer_and_no_other() {
    let _larder = testing::isolated();
    let layer = cache_page(60).fill(&NAME, |request| {
        let name = name(request);
        assert_ne!(name, "eve", "a panic that is part of the test");
        name
    });
    let app = greets(&layer, &[]);
    let broken = testing::block_on(async {
        let response = app.open(request("GET", "/", &[("x-user", "eve")])).await;
        response.into_body().collect().await.is_err()
    });
    assert!(broken, "what has begun breaks off, and is no shorter page");
    assert_eq!(visit(&app, "ann").text(), "<p>1: ann, hello ann</p>", "the page was made for all the others");
    let failed = visit(&app, "eve");
    assert_eq!((failed.status.as_u16(), failed.text()), (500, ""));
    assert_eq!(failed.header("cache-control").as_deref(), Some("no-store"));
    assert_eq!(visit(&app, "ann").text(), "<p>1: ann, hello ann</p>");
}

#[test]
fn a_page_outside_takes_its_holes_along() {
    let clock = Clock::manual();
    let store = Settings::backend(Memory::new(clock.clone()));
    let _larder = testing::isolated_at(clock, [("default", store)]).expect("settings that can work");
    let app = greets(&layer(), &[]);
    for user in ["ann", "ben"] {
        assert_eq!(visit(&app, user).text(), format!("<p>1: {user}, hello {user}</p>"));
    }
    assert!(visit(&app, "ann").is_hit());
}

/// An application whose page is written by hand, frame by frame.
fn written() -> (App, UnboundedSender<Bytes>) {
    let (pen, paper) = unbounded_channel();
    let paper = Arc::new(Mutex::new(Some(paper)));
    let app = App::new(&layer(), move |_, _| {
        let paper: UnboundedReceiver<Bytes> = paper.lock().unwrap().take().expect("one page");
        let frames = futures_util::stream::unfold(paper, async |mut paper| {
            let data = paper.recv().await?;
            Some((Ok::<_, std::io::Error>(Frame::data(data)), paper))
        });
        let frames: Pin<Box<dyn futures_util::Stream<Item = _> + Send>> = Box::pin(frames);
        response(200, &[], Body::new(StreamBody::new(frames)))
    });
    (app, pen)
}

fn asks(user: &str) -> Request<Body> {
    request("GET", "/", &[("x-user", user)])
}

/// Reads all that has come.
fn read(body: &mut (impl http_body::Body<Data = Bytes, Error: Debug> + Unpin)) -> String {
    let mut all = Vec::new();
    let mut context = Context::from_waker(Waker::noop());
    // The driver gives way between two frames: whoever polls once more lets it go on.
    for _ in 0..10 {
        while let Poll::Ready(Some(frame)) = Pin::new(&mut *body).poll_frame(&mut context) {
            all.extend_from_slice(frame.expect("no error").data_ref().expect("data"));
        }
    }
    String::from_utf8(all).expect("a text")
}

#[test]
fn who_reads_along_gets_their_own_and_a_mark_may_come_in_pieces() {
    let _larder = testing::isolated();
    let (app, pen) = written();
    let mark = NAME.to_string();
    let write = |text: &str| pen.send(Bytes::from(text.to_owned())).expect("somebody reads");
    let open = |user| testing::block_on(app.open(asks(user)));
    let mut ann = open("ann");
    write("<p>");
    assert_eq!(read(ann.body_mut()), "<p>", "the first byte waits for nothing");
    let mut ben = open("ben");
    for piece in [&mark[..1], &mark[1..20], &mark[20..47]] {
        write(piece);
        assert_eq!(read(ann.body_mut()), "");
    }
    write(&format!("{}, {}", &mark[47..], &mark[..30]));
    assert_eq!((read(ann.body_mut()), read(ben.body_mut())), ("ann, ".to_owned(), "<p>ben, ".to_owned()));
    write("no mark");
    assert_eq!(read(ann.body_mut()), format!("{}no mark", &mark[..30]), "what had begun was none");
    write(&format!("{mark}{mark}.{}", &mark[..5]));
    drop(pen);
    assert_eq!(read(ann.body_mut()), format!("annann.{}", &mark[..5]));
    assert_eq!(read(ben.body_mut()), format!("{}no markbenben.{}", &mark[..30], &mark[..5]));
    let kept = visit(&app, "eve");
    assert!(kept.is_hit());
    assert_eq!(kept.text(), format!("<p>eve, {}no markeveeve.{}", &mark[..30], &mark[..5]));
    assert_eq!(app.runs.get(), 1);
}
