//! Whatever the panel is asked, it answers in JSON or with its page, and no fault of who asks is called one of a store; and who
//! goes on from where an answer has ended meets each key. Each line of the input is a request: its method, its path with what
//! is asked, and behind a space what is sent.
#![no_main]

use std::collections::BTreeSet;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{Method, Request, StatusCode, Uri};
use larder::backend::Memory;
use larder::clock::Clock;
use larder::panel::Panel;
use larder::testing::Isolated;
use larder::{Options, Settings, cached, testing};
use serde_json::Value;
use tower::ServiceExt;

/// More than one answer tells.
const KEYS: u64 = 250;

#[cached(key = "square:<id>")]
fn square(id: u64) -> u64 {
    id * id
}

#[cached(cache = "outside", key = "far:<id>", ttl = 60, stale = 60, tags = ["far"])]
fn far(id: u64) -> String {
    format!("<{id}>")
}

struct Program {
    _larder: Isolated,
    panel: Router,
}

thread_local! {
    static PROGRAM: Program = Program::begin();
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| PROGRAM.with(|program| {
    for line in input.split(|byte| *byte == b'\n').take(16) {
        let mut words = line.splitn(3, |byte| *byte == b' ');
        let (Some(method), Some(path)) = (words.next(), words.next()) else { continue };
        let (Ok(method), Ok(uri)) = (Method::from_bytes(method), Uri::try_from(path)) else { continue };
        let request = Request::builder().method(method).uri(uri).header("host", "a.example");
        let sent = words.next().unwrap_or_default().to_vec();
        program.ask(request.header("content-type", "application/json").body(Body::from(sent)).expect("a request"));
    }
    if input.first() == Some(&b'w') {
        program.walk("default", &String::from_utf8_lossy(&input[1..]));
        program.walk("outside", &String::from_utf8_lossy(&input[1..]));
    }
}));

impl Program {
    fn begin() -> Self {
        let clock = Clock::manual();
        let outside = Settings::backend(Memory::new(clock.clone()));
        let larder =
            testing::isolated_at(clock, [("default", Settings::memory()), ("outside", outside)]).expect("caches");
        for id in 0..KEYS {
            square(id);
            far(id);
        }
        larder.cache("default").blocking().set("hand", 1, Options::ttl(60)).expect("it is in memory");
        Self { _larder: larder, panel: Router::new().fallback_service(Panel::guarded(|_| true).in_release()) }
    }

    /// Asks, and returns what is answered.
    fn ask(&self, request: Request<Body>) -> (StatusCode, Value) {
        let asked = format!("{request:?}");
        let is_page = request.uri().path().trim_matches('/').is_empty();
        let Ok(answer) = testing::block_on(self.panel.clone().oneshot(request));
        let (status, kind) = (answer.status(), answer.headers()["content-type"].clone());
        let bytes = testing::block_on(to_bytes(answer.into_body(), usize::MAX)).expect("a whole body");
        let expected = [200, 400, 403, 404, 409];
        assert!(expected.contains(&status.as_u16()), "{asked}: {status}");
        if is_page && status == StatusCode::OK {
            assert_eq!(kind, "text/html; charset=utf-8", "{asked}");
            return (status, Value::Null);
        }
        assert_eq!(kind, "application/json", "{asked}");
        assert!(!bytes.iter().any(|byte| b"<>&".contains(byte)), "{asked}: a sign of HTML");
        let json: Value = serde_json::from_slice(&bytes).expect("JSON");
        assert!(status == StatusCode::OK || json["error"].is_string(), "{asked}: {json}");
        (status, json)
    }

    fn get(&self, path: &str) -> Value {
        self.ask(Request::builder().uri(path).body(Body::empty()).expect("a request")).1
    }

    /// Goes on from where answers end, and holds the keys that are met against those that there are.
    fn walk(&self, cache: &str, start: &str) {
        let start: String = start.chars().filter(char::is_ascii_alphanumeric).collect();
        let (mut met, mut next) = (BTreeSet::new(), String::new());
        loop {
            let told = self.get(&format!("/api/keys?cache={cache}&start={start}{next}"));
            met.extend(told["keys"].as_array().expect("keys").iter().map(|key| key["key"].to_string()));
            let Some(place) = told["next"].as_str() else { break };
            next = format!("&next={place}");
        }
        let pattern = if cache == "default" { "square" } else { "far" };
        let all = (0..KEYS).map(|id| format!("{pattern}:{id}")).chain((cache == "default").then(|| "hand".to_owned()));
        let there: BTreeSet<_> = all.filter(|key| key.starts_with(&start)).map(|key| format!("\"{key}\"")).collect();
        assert_eq!(met, there, "{cache}, from {start}");
    }
}
