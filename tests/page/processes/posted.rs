//! An answer to `POST` is kept as the page of its URL, unless another process has changed that meanwhile.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use larder::Settings;
use larder::backend::Memory;
use larder::clock::Clock;
use larder::page::CacheLayer;
use larder::testing::{self, Isolated};

use super::super::app::{App, request, response};
use super::memory;
use crate::play::{Gate, Pipe, Piped, Visitor, piped};

const HEADERS: &[(&str, &str)] = &[("content-location", "/"), ("cache-control", "max-age=60")];

/// A process whose answers to `POST` are pages.
struct Process {
    _larder: Isolated,
    app: App,
    gate: Gate,
    body: Pipe,
}

impl Process {
    fn new(name: &'static str, clock: &Clock, store: &Arc<Memory>) -> Self {
        let settings = Settings::backend(Arc::clone(store));
        let larder = testing::isolated_at(clock.clone(), [("default", settings)]).unwrap();
        let (gate, (body, paper)) = (Gate::new(), piped());
        let (held, paper) = (gate.clone(), Arc::new(Mutex::new(Some(paper))));
        let app = App::slow(&CacheLayer::rfc().in_cache(&larder.cache("default")), move |run, request| {
            let (held, paper) = (held.clone(), Arc::clone(&paper));
            async move {
                if request.headers().contains_key("slow") {
                    held.pass().await;
                    let paper: Piped = paper.lock().unwrap().take().expect("one is slow");
                    return response(200, HEADERS, Body::new(paper));
                }
                response(200, HEADERS, format!("{name}{run}"))
            }
        });
        Self { _larder: larder, app, gate, body }
    }

    fn get(&self) -> String {
        self.app.get("/").text().to_owned()
    }

    fn post(&self) -> String {
        self.app.send("POST", "/", &[]).text().to_owned()
    }

    fn slow_post(&self) -> Visitor {
        let mut visitor = self.app.visitor_with(request("POST", "/", &[("slow", "1")]));
        visitor.go_on();
        visitor
    }

    /// Has the answer of the slow handler begin.
    fn begin(&self, visitor: &mut Visitor) {
        self.gate.let_go(1);
        self.body.send("slow");
        visitor.go_on();
        assert_eq!(visitor.text, "slow");
    }

    /// Has it end.
    fn end(self, mut visitor: Visitor) -> App {
        drop(self.body);
        visitor.go_on();
        assert_eq!(visitor.end, Some(Ok(())));
        self.app
    }
}

fn two() -> [Process; 2] {
    let (clock, store) = memory();
    let processes = ["a", "b"].map(|name| Process::new(name, &clock, &store));
    // So that all go by one list of purges.
    assert_eq!(processes.each_ref().map(|process| process.app.get("/other").text().to_owned()), ["a1", "a1"]);
    processes
}

#[test]
fn an_answer_to_post_is_the_page_of_its_url_in_all_processes() {
    let [a, b] = two();
    assert_eq!([b.get(), a.get()], ["b1", "b1"]);
    assert_eq!([a.post(), b.get(), a.get()], ["a2", "a2", "a2"]);
    let mut slow = a.slow_post();
    assert_eq!(b.get(), "a2", "nothing has changed yet");
    a.begin(&mut slow);
    let a = a.end(slow);
    assert_eq!([b.get(), a.get("/").text().to_owned()], ["slow", "slow"]);
}

#[test]
fn what_another_process_has_changed_while_an_answer_to_post_was_made_wins() {
    let [a, b] = two();
    let mut slow = a.slow_post();
    assert_eq!([b.post(), b.get()], ["b1", "b1"]);
    a.begin(&mut slow);
    let a = a.end(slow);
    assert_eq!([b.get(), a.get("/").text().to_owned()], ["b2", "b2"]);
}

#[test]
fn what_another_process_has_changed_while_an_answer_to_post_was_sent_wins() {
    let [a, b] = two();
    let mut slow = a.slow_post();
    a.begin(&mut slow);
    assert_eq!(b.post(), "b1");
    let a = a.end(slow);
    assert_eq!([b.get(), a.get("/").text().to_owned()], ["b1", "b1"]);
}
