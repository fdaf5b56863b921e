//! What loads tell whoever listens by `tracing`.

mod listener;
#[cfg(feature = "axum")]
mod pages;
mod words;

use std::collections::HashMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use larder::{Key, Options, after_commit_blocking, cached, entry, testing};
use listener::Listener;
use tracing::Level;

const MARKER: &str = "kNobodyMaySee";

/// Ends when it is looked at for the second time.
#[derive(Default)]
struct Later(bool);

impl Future for Later {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) { Poll::Ready(()) } else { Poll::Pending }
    }
}

fn say(what: &str) {
    tracing::debug!(target: "larder", "{what}");
}

#[cached(key = "tracing:square:<number>", ttl = 60)]
fn square(number: u64) -> u64 {
    say("in the body");
    number * number
}

#[cached(key = "tracing:later:<number>", ttl = 60)]
async fn later(number: u64) -> u64 {
    say("before");
    Later::default().await;
    say("behind");
    square(number)
}

#[test]
fn a_load_has_a_span_that_says_where_it_is_and_what_came_of_it() {
    let _larder = testing::isolated();
    let (listener, _listening) = Listener::begin(Level::DEBUG);
    square(3);
    let load = listener.loads().pop().expect("a load");
    let expected = [
        ("larder.cache", "default"),
        ("larder.outcome", "kept"),
        ("larder.pattern", "tracing:square:<number>"),
        ("larder.site", "tracing::square"),
    ];
    assert_eq!(load.fields, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    assert_eq!((load.name, load.level, load.entered), ("load", Level::DEBUG, 1));
    assert_eq!((listener.said(), listener.events()[0].within), (vec!["in the body".to_owned()], Some(0)));
    assert_eq!(listener.inside(), None);
}

#[test]
fn a_hit_says_nothing() {
    let _larder = testing::isolated();
    square(4);
    let (listener, _listening) = Listener::begin(Level::TRACE);
    assert_eq!((square(4), square::get(4)), (16, Some(16)));
    assert_eq!((listener.loads().len(), listener.events().len()), (0, 0));
}

#[test]
fn a_span_is_entered_while_its_body_runs_and_not_while_it_waits() {
    let _larder = testing::isolated();
    let (listener, _listening) = Listener::begin(Level::DEBUG);
    let mut call = pin!(later(5));
    let mut context = Context::from_waker(Waker::noop());
    assert!(call.as_mut().poll(&mut context).is_pending());
    assert_eq!(listener.inside(), None, "it waits");
    say("somebody else");
    assert!(call.as_mut().poll(&mut context).is_ready());
    let within: Vec<_> = listener.events().into_iter().map(|told| told.within).collect();
    assert_eq!(listener.said(), ["before", "somebody else", "behind", "in the body"]);
    assert_eq!(within, [Some(0), None, Some(0), Some(1)]);
    let loads = listener.loads();
    assert_eq!((loads[0].entered, loads[1].within), (2, Some(0)), "what a body loads stands inside");
}

/// What was told of the only load that this makes.
fn outcome(load: impl FnOnce()) -> (Option<String>, Option<String>) {
    let (listener, _listening) = Listener::begin(Level::DEBUG);
    load();
    let loads = listener.loads();
    assert_eq!(loads.len(), 1, "{loads:?}");
    let of = |name| loads[0].fields.get(name).cloned();
    (of("larder.outcome"), of("larder.rule"))
}

#[test]
fn what_is_not_kept_says_by_which_rule() {
    #[cached(key = "tracing:choosy:<number>", ttl = 60, when = |number: &u64| *number > 10)]
    fn choosy(number: u64) -> u64 {
        number
    }
    #[cached(key = "tracing:said:<number>", ttl = 60)]
    fn said(number: u64) -> Result<u64, String> {
        match number {
            0 => return Err("zero".to_owned()),
            1 => drop(entry::discard()),
            2 => drop(entry::keep_for(0)),
            3 => said::invalidate(3),
            _ => {}
        }
        Ok(number)
    }
    let larder = testing::isolated();
    let told = |outcome: &str, rule: Option<&str>| (Some(outcome.to_owned()), rule.map(str::to_owned));
    assert_eq!(outcome(|| drop(choosy(1).to_string())), told("not kept", Some("when")));
    assert_eq!(outcome(|| drop(said(0))), told("failed", None));
    assert_eq!(outcome(|| drop(said(1))), told("not kept", Some("discarded")));
    assert_eq!(outcome(|| drop(said(2))), told("not kept", Some("no time")));
    assert_eq!(outcome(|| drop(said(3))), told("superseded", None));
    assert_eq!(outcome(|| drop(said(4))), told("kept", None));
    larder.cache("default").switch_off();
    assert_eq!(outcome(|| drop(said(5))), told("not kept", Some("for its caller alone")));
}

#[cached(key = "tracing:many:<id>", each(id in ids), ttl = 60)]
fn many(ids: &[u64]) -> HashMap<u64, u64> {
    ids.iter().map(|id| (*id, *id)).collect()
}

#[test]
fn a_body_for_many_has_one_span_whatever_is_kept_of_it() {
    let larder = testing::isolated();
    let told = |outcome: &str, rule: Option<&str>| (Some(outcome.to_owned()), rule.map(str::to_owned));
    assert_eq!(outcome(|| drop(many(&[1, 2, 3]))), told("kept", None));
    larder.cache("default").switch_off();
    assert_eq!(outcome(|| drop(many(&[4, 5, 6]))), told("not kept", Some("for its caller alone")));
    larder.cache("default").switch_on();
    let in_work = |ids: &[u64]| {
        after_commit_blocking(|| {
            many::invalidate(2);
            many(ids);
        });
    };
    assert_eq!(outcome(|| in_work(&[1, 2, 7])), told("kept", None), "that of what is loaded");
    assert_eq!(outcome(|| in_work(&[1, 2])), told("not kept", Some("for its caller alone")));
    let (listener, _listening) = Listener::begin(Level::TRACE);
    many(&[1, 8, 9]);
    assert_eq!(listener.loads()[0].fields["larder.key"], "tracing:many:8", "the first that it is for");
}

#[test]
fn what_is_loaded_by_hand_has_no_site() {
    let larder = testing::isolated();
    let (listener, _listening) = Listener::begin(Level::DEBUG);
    larder.cache("default").blocking().get_or_load("key", Options::ttl(60), || 1_u8);
    let load = listener.loads().pop().expect("a load");
    let names: Vec<_> = load.fields.keys().map(String::as_str).collect();
    assert_eq!(names, ["larder.cache", "larder.outcome"]);
}

#[test]
fn stale_values_are_told_with_the_reason() {
    #[cached(key = "tracing:old:<number>", ttl = 60, stale_if_error = 600, ignore(fails))]
    fn old(number: u64, fails: &std::cell::Cell<bool>) -> Result<u64, String> {
        if fails.get() { Err("away".to_owned()) } else { Ok(number) }
    }
    let larder = testing::isolated();
    let fails = std::cell::Cell::new(false);
    old(1, &fails).unwrap();
    fails.set(true);
    larder.advance(Duration::from_secs(61));
    let (listener, _listening) = Listener::begin(Level::DEBUG);
    assert_eq!((old(1, &fails), old(1, &fails)), (Ok(1), Ok(1)));
    assert_eq!(listener.said(), ["served stale", "served stale"]);
    let why: Vec<_> = listener.events().iter().map(|told| told.fields["larder.why"].clone()).collect();
    assert_eq!(why, ["failed", "hushed"]);
    let (told, load) = (&listener.events()[0], &listener.loads()[0]);
    assert_eq!(told.fields["larder.site"], "tracing::old");
    assert_eq!((told.level, &*load.fields["larder.outcome"]), (Level::DEBUG, "failed"));
}

#[tokio::test]
async fn a_body_that_runs_beside_its_caller_has_a_span() {
    #[cached(key = "tracing:beside:<number>", ttl = 60, stale = 600)]
    async fn beside(number: u64) -> u64 {
        say("in the task");
        std::future::ready(number).await
    }
    let larder = testing::isolated();
    beside(1).await;
    larder.advance(Duration::from_secs(61));
    let (listener, _listening) = Listener::begin(Level::DEBUG);
    beside(1).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
        larder.run_tasks();
    }
    assert!(listener.said().contains(&"served stale".to_owned()), "{:?}", listener.said());
    let body = listener.events().into_iter().find(|told| told.fields["message"] == "in the task").expect("it ran");
    let load = &listener.loads()[body.within.expect("inside of its load")];
    assert_eq!(load.fields["larder.outcome"], "kept");
}

#[test]
fn keys_and_tags_are_for_those_alone_who_hear_all() {
    #[cached(key = "tracing:person:<name>", ttl = 60, tags = ["person:<name>"])]
    fn person(name: &str) -> String {
        name.to_owned()
    }
    let larder = testing::isolated();
    let all = || {
        person(MARKER);
        larder::invalidate_tag_blocking(&*format!("person:{MARKER}")).unwrap();
        larder.cache("default").namespace(MARKER).invalidate_blocking().unwrap();
        larder.cache("default").blocking().get_or_load(Key::from(MARKER), Options::ttl(60), || 1_u8);
    };
    let (listener, listening) = Listener::begin(Level::DEBUG);
    all();
    assert_eq!(listener.said(), ["a tag is invalidated", "a tag is invalidated"]);
    assert!(listener.loads().len() == 2 && !listener.text().contains(MARKER), "{}", listener.text());
    drop(listening);
    larder.cache("default").blocking().delete(MARKER).unwrap();
    let (listener, _listening) = Listener::begin(Level::TRACE);
    all();
    assert_eq!(listener.loads()[0].fields["larder.key"], format!("tracing:person:{MARKER}"));
    let tags: Vec<_> = listener.events().iter().filter_map(|told| told.fields.get("larder.tag").cloned()).collect();
    assert_eq!(tags, [format!("tag `person:{MARKER}`"), format!("namespace `{MARKER}`")]);
}

#[test]
fn who_hears_all_is_told_who_was_handed_what() {
    let _larder = testing::isolated();
    let (listener, _listening) = Listener::begin(Level::TRACE);
    let (mut one, mut other) = (pin!(later(9)), pin!(later(9)));
    let mut context = Context::from_waker(Waker::noop());
    assert!(one.as_mut().poll(&mut context).is_pending() && other.as_mut().poll(&mut context).is_pending());
    assert_eq!(one.as_mut().poll(&mut context), Poll::Ready(81));
    assert_eq!(other.as_mut().poll(&mut context), Poll::Ready(81));
    assert_eq!(listener.said().pop().as_deref(), Some("handed out what another caller has loaded"));
    assert_eq!(listener.loads().len(), 2, "one for each body");
}

#[test]
fn a_body_that_panics_leaves_its_span() {
    #[cached(key = "tracing:panics:<number>", ttl = 60)]
    fn panics(number: u64) -> u64 {
        assert!(number == 0, "it panics");
        number
    }
    let _larder = testing::isolated();
    let (listener, _listening) = Listener::begin(Level::DEBUG);
    std::panic::catch_unwind(|| panics(1)).unwrap_err();
    assert_eq!((listener.inside(), listener.loads()[0].fields.get("larder.outcome")), (None, None));
}
