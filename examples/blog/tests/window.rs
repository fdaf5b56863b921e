//! Somebody's real browser, with all that it keeps: Chromium, which is told what to do as `WebDriver` has it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use larder::testing::Larder;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::servers::Chromium;

/// How long anything may take. What is not so by then never will be.
const PATIENCE: Duration = Duration::from_secs(60);

/// The name that `WebDriver` has for what it has found.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

pub struct Window {
    driver: String,
    session: String,
    site: SocketAddr,
    larder: Larder,
    /// What it has said of its requests.
    log: Vec<Value>,
}

/// How its page came to a window.
#[derive(Debug, PartialEq, Eq)]
pub struct Arrival {
    pub status: u64,
    pub is_hit: bool,
}

impl Window {
    pub async fn open(chromium: &Chromium, person: &str, site: SocketAddr, larder: Larder) -> Self {
        let (driver, log) = (chromium.address(), Vec::new());
        let window = Self { driver, session: String::new(), site, larder, log };
        let options = json!({"binary": chromium.program, "args": chromium.arguments(person)});
        let wanted =
            json!({"goog:chromeOptions": options, "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"}});
        let begun = window.send("POST", "/session", json!({"capabilities": {"alwaysMatch": wanted}})).await;
        let begun = begun.expect("a browser that starts");
        Self { session: begun["sessionId"].as_str().expect("a session").to_owned(), ..window }
    }

    pub async fn go(&mut self, path: &str) -> Arrival {
        let address = format!("http://{}{path}", self.site);
        self.tell("/url", json!({"url": address})).await;
        self.arrival().await
    }

    pub async fn reload(&mut self) -> Arrival {
        self.tell("/refresh", json!({})).await;
        self.arrival().await
    }

    /// Presses the button that goes back, and waits until it is somewhere else.
    pub async fn go_back(&self) {
        let (from, begun) = (self.path().await, Instant::now());
        self.tell("/back", json!({})).await;
        while self.path().await == from {
            assert!(begun.elapsed() < PATIENCE, "there is no way back from {from}");
        }
    }

    /// Clicks on a link or a button, by what stands on it.
    pub async fn click(&self, text: &str) {
        self.click_in("//body", text).await;
    }

    /// Clicks on a link or a button in one part of the page.
    pub async fn click_in(&self, part: &str, text: &str) {
        let path = format!("{part}//*[self::a or self::button][normalize-space() = '{text}']");
        let element = self.find(&path).await;
        self.tell(&format!("/element/{element}/click"), json!({})).await;
    }

    /// Clicks on what stands at this place of the page, as `XPath` has it.
    pub async fn click_at(&self, path: &str) {
        let element = self.find(path).await;
        self.tell(&format!("/element/{element}/click"), json!({})).await;
    }

    /// Presses keys, one after the other, on whatever has the focus.
    pub async fn press(&self, keys: &str) {
        let strokes: Vec<_> = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|what| json!({"type": what, "value": key.to_string()})))
            .collect();
        self.tell("/actions", json!({"actions": [{"type": "key", "id": "keys", "actions": strokes}]})).await;
    }

    /// Waits until a script of one expression says something that a test wants to hear, and returns that.
    pub async fn hear(&self, what: &str, expression: &str, is_it: impl Fn(&str) -> bool) -> String {
        let begun = Instant::now();
        loop {
            let said = self.ask(&format!("return String({expression})")).await;
            if is_it(&said) {
                return said;
            }
            assert!(begun.elapsed() < PATIENCE, "{what}: {said:?}, at {}: {}", self.path().await, self.text().await);
        }
    }

    /// Returns what the console says that has gone wrong.
    pub async fn complaints(&self) -> Vec<Value> {
        let entries = self.tell("/se/log", json!({"type": "browser"})).await;
        let entries = entries.as_array().expect("entries");
        entries.iter().filter(|entry| entry["level"] == "SEVERE").cloned().collect()
    }

    /// Writes into a field, in the place of what stands there.
    pub async fn write(&self, field: &str, text: &str) {
        let element = self.find(&format!("//main//*[@name = '{field}']")).await;
        self.tell(&format!("/element/{element}/clear"), json!({})).await;
        self.tell(&format!("/element/{element}/value"), json!({"text": text})).await;
    }

    /// Waits until it is at an address where this is to be read. Its page has arrived by then.
    pub async fn until(&self, path: &str, text: &str) {
        let begun = Instant::now();
        while !(self.path().await == path && self.shows(text).await) {
            let shown = self.text().await;
            assert!(begun.elapsed() < PATIENCE, "no {text:?} at {path}, but at {}: {shown}", self.path().await);
        }
    }

    /// Returns whether this is to be read on its page.
    pub async fn shows(&self, text: &str) -> bool {
        self.text().await.contains(text)
    }

    /// Returns what is to be read on its page.
    pub async fn text(&self) -> String {
        self.ask("return document.body ? document.body.innerText : ''").await
    }

    pub async fn title(&self) -> String {
        self.ask("return document.title").await
    }

    /// Returns the address in the page itself, since it says which page answers.
    pub async fn path(&self) -> String {
        self.ask("return location.pathname + location.search + location.hash").await
    }

    async fn ask(&self, script: &str) -> String {
        let said = self.tell("/execute/sync", json!({"script": script, "args": []})).await;
        said.as_str().expect("a text").to_owned()
    }

    async fn find(&self, path: &str) -> String {
        let begun = Instant::now();
        loop {
            let wanted = json!({"using": "xpath", "value": path});
            let found = self.send("POST", &format!("/session/{}/element", self.session), wanted).await;
            match found {
                Ok(found) => return found[ELEMENT].as_str().expect("an element").to_owned(),
                Err(why) => assert!(begun.elapsed() < PATIENCE, "{path}: {why}, but: {}", self.text().await),
            }
        }
    }

    /// Says how the last page came, by the headers that were on the wire: those of a 304 too.
    async fn arrival(&mut self) -> Arrival {
        let begun = Instant::now();
        loop {
            self.read_log().await;
            if let Some(arrival) = arrival(&self.log) {
                return arrival;
            }
            assert!(begun.elapsed() < PATIENCE, "nothing has arrived");
        }
    }

    async fn read_log(&mut self) {
        let entries = self.tell("/se/log", json!({"type": "performance"})).await;
        for entry in entries.as_array().expect("entries") {
            let message: Value = serde_json::from_str(entry["message"].as_str().expect("a message")).expect("JSON");
            self.log.push(message["message"].clone());
        }
    }

    async fn tell(&self, what: &str, body: Value) -> Value {
        let told = self.send("POST", &format!("/session/{}{what}", self.session), body).await;
        told.unwrap_or_else(|why| panic!("{what}: {why}"))
    }

    async fn send(&self, method: &str, path: &str, body: Value) -> Result<Value, String> {
        let answer = tokio::time::timeout(PATIENCE, self.exchange(method, path, body)).await.expect("an answer");
        // What the page is made of may still be on its way to the store.
        self.larder.settle().await;
        let value = answer["value"].clone();
        value["error"].as_str().map_or(Ok(value.clone()), |error| Err(format!("{error}, {}", value["message"])))
    }

    async fn exchange(&self, method: &str, path: &str, body: Value) -> Value {
        let request = Request::builder().method(method).uri(path).header("host", &self.driver);
        let request = request.header("content-type", "application/json; charset=utf-8");
        let request = request.body(Full::new(Bytes::from(body.to_string()))).expect("a request");
        let stream = TcpStream::connect(&self.driver).await.expect("a driver that listens");
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("HTTP");
        tokio::spawn(connection);
        let body = sender.send_request(request).await.expect("an answer").into_body();
        serde_json::from_slice(&body.collect().await.expect("a whole body").to_bytes()).expect("JSON")
    }
}

/// Finds out about the last page that was asked for. Each redirection on the way to it is asked for under one number.
fn arrival(log: &[Value]) -> Option<Arrival> {
    let is = |event: &Value, method: &str| event["method"] == method;
    let asked = |event: &&Value| is(event, "Network.requestWillBeSent") && event["params"]["type"] == "Document";
    let request = &log.iter().rfind(asked)?["params"]["requestId"];
    let of_it = |event: &&Value| event["params"]["requestId"] == *request;
    let answers: Vec<_> =
        log.iter().filter(|event| is(event, "Network.responseReceivedExtraInfo")).filter(of_it).collect();
    let is_whole = answers.len() == log.iter().filter(asked).filter(of_it).count();
    let answer = &answers.last().filter(|_| is_whole)?["params"];
    let headers = answer["headers"].as_object()?;
    let cache = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("cache-status"));
    let is_hit = cache.is_some_and(|(_, said)| said.as_str().is_some_and(|said| said.starts_with("larder; hit")));
    Some(Arrival { status: answer["statusCode"].as_u64()?, is_hit })
}
