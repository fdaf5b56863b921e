//! What a handler says of its own page counts for the page.

mod confirmed;
pub mod discarded;
mod elsewhere;
mod inherited;
mod kept_for;
mod tags;

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::Request;
use http_body::Frame;
use larder::page::{CacheLayer, cache_page};
use larder::{entry, invalidate_tag_blocking, testing};

use super::app::{App, response};
use crate::play::{Gate, Pipe, Piped, Visitor, all_go_on, piped};

const SECOND: Duration = Duration::from_secs(1);

/// An application that says something, and then counts.
pub fn saying(layer: &CacheLayer, says: impl Fn(&Request<Body>) + Clone + Send + Sync + 'static) -> App {
    App::new(layer, move |run, request| {
        says(&request);
        response(200, &[], format!("{run}"))
    })
}

/// A body that says something whenever a piece of it comes.
struct Speaking(Piped, fn());

impl http_body::Body for Speaking {
    type Data = Bytes;
    type Error = String;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, String>>> {
        let frame = Pin::new(&mut self.0).poll_frame(context);
        if let Poll::Ready(Some(_)) = frame {
            self.1();
        }
        frame
    }
}

/// A site whose pages stand at a gate before their head, and say something before it, after it, and while they are sent.
struct Site {
    app: App,
    gate: Gate,
    pipes: Arc<Mutex<Vec<Pipe>>>,
}

impl Site {
    fn new(layer: &CacheLayer, says: [fn(); 3]) -> Self {
        let (gate, pipes) = (Gate::new(), Arc::new(Mutex::new(Vec::new())));
        let (held, sent) = (gate.clone(), Arc::clone(&pipes));
        let app = App::slow(layer, move |run, _| {
            let (held, sent) = (held.clone(), Arc::clone(&sent));
            async move {
                says[0]();
                held.pass().await;
                says[1]();
                let (pipe, body) = piped();
                pipe.send(&format!("{run}"));
                sent.lock().unwrap().push(pipe);
                response(200, &[], Body::new(Speaking(body, says[2])))
            }
        });
        Self { app, gate, pipes }
    }

    fn visitor(&self) -> Visitor {
        let mut visitor = self.app.visitor("/", &[("x", "1")]);
        visitor.go_on();
        visitor
    }

    fn send_head(&self, visitor: &mut Visitor) {
        self.gate.let_go(1);
        visitor.go_on();
    }

    fn send_end(&self, visitor: &mut Visitor) {
        self.pipes.lock().unwrap().clear();
        visitor.go_on();
    }

    /// Returns one page from its beginning to its end.
    fn page(&self) -> String {
        let mut visitor = self.visitor();
        if visitor.page().is_none() {
            self.send_head(&mut visitor);
            self.send_end(&mut visitor);
        }
        visitor.page().expect("a whole page").to_owned()
    }
}

fn nothing() {}

fn tag() {
    assert!(entry::tag("tag"), "something is being loaded here");
}

fn discard() {
    assert!(entry::discard(), "something is being loaded here");
}

#[test]
fn a_tag_counts_from_when_the_page_was_begun_whenever_it_is_said() {
    for says in [[tag, nothing, nothing], [nothing, tag, nothing], [nothing, nothing, tag]] {
        for layer in [cache_page(60), cache_page(60).vary("x")] {
            for moment in 0..4 {
                let _larder = testing::isolated();
                let site = Site::new(&layer, says);
                let invalidate = |at: usize| {
                    if at == moment {
                        invalidate_tag_blocking("tag").unwrap();
                    }
                };
                let mut visitor = site.visitor();
                invalidate(0);
                site.send_head(&mut visitor);
                invalidate(1);
                site.send_end(&mut visitor);
                invalidate(2);
                assert_eq!(visitor.page(), Some("1"));
                let expected = if moment == 3 { "1" } else { "2" };
                assert_eq!(site.page(), expected, "{moment}");
            }
        }
    }
}

#[test]
fn a_page_that_was_begun_before_its_tag_was_invalidated_does_not_drive_out_a_newer_one() {
    let _larder = testing::isolated();
    let site = Site::new(&cache_page(60), [nothing, tag, nothing]);
    let mut first = site.visitor();
    invalidate_tag_blocking("tag").unwrap();
    let mut second = site.visitor();
    assert_eq!(site.gate.came(), 2, "who comes after the invalidation does not wait for what was begun before it");
    site.gate.let_go(2);
    second.go_on();
    site.send_end(&mut second);
    first.go_on();
    site.send_end(&mut first);
    assert_eq!((site.page().as_str(), second.page()), ("2", Some("2")));
}

#[test]
fn a_page_that_is_discarded_while_it_is_sent_is_read_by_all_and_not_kept() {
    let _larder = testing::isolated();
    let site = Site::new(&cache_page(60), [nothing, nothing, discard]);
    let mut all = [site.visitor(), site.visitor()];
    site.gate.let_go(1);
    all_go_on(&mut all);
    site.pipes.lock().unwrap().clear();
    all_go_on(&mut all);
    assert_eq!(all.map(|one| one.page().map(str::to_owned)), [Some("1".to_owned()), Some("1".to_owned())]);
    assert_eq!(site.page(), "2");
}

#[test]
fn while_a_page_is_sent_its_time_can_only_be_said_shorter() {
    let ends_after: [(fn(), u64); 6] = [
        (nothing, 60),
        (|| assert!(entry::keep_for(5)), 5),
        (|| assert!(entry::keep_for(600)), 60),
        (|| assert!(entry::keep_for(0)), 0),
        (|| assert!(entry::keep_at_most(5)), 5),
        (|| assert!(entry::keep_at_most(600)), 60),
    ];
    for (says, seconds) in ends_after {
        let larder = testing::isolated();
        let site = Site::new(&cache_page(60), [nothing, nothing, says]);
        assert_eq!(site.page(), "1");
        if let Some(before) = seconds.checked_sub(1) {
            larder.advance(u32::try_from(before).unwrap() * SECOND);
            let hit = site.visitor();
            assert_eq!((hit.page(), hit.header("age")), (Some("1"), Some(&*before.to_string())), "{seconds}");
            assert_eq!(hit.header("cache-control"), Some(&*format!("max-age={seconds}")), "nobody keeps it for longer");
            let span = date(hit.header("expires")) - date(hit.header("date"));
            assert_eq!(span, seconds);
            larder.advance(SECOND);
        }
        assert_eq!(site.page(), "2", "{seconds}");
    }
}

/// Returns the seconds since midnight that a date says.
fn date(header: Option<&str>) -> u64 {
    let time = header.and_then(|date| date.split(' ').nth(4)).expect("a date");
    time.split(':').fold(0, |sum, digits| sum * 60 + digits.parse::<u64>().unwrap())
}
