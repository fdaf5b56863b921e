//! One render serves all who ask, and nobody waits in vain.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{Request, Response};
use larder::page::{CacheLayer, Language, TimeZone, cache_page};
use larder::{Cache, testing};
use tower::Layer;

use super::app::{App, Count, request, response};
use crate::play::{Gate, Pipe, Visitor, all_go_on, piped};

const SECOND: Duration = Duration::from_secs(1);

/// An application whose pages come as they are sent: of each run the pipe is put where the test finds it.
fn piping(layer: &CacheLayer, headers: &'static [(&str, &str)]) -> (App, Arc<Mutex<Vec<Pipe>>>) {
    let pipes = Arc::new(Mutex::new(Vec::new()));
    let found = Arc::clone(&pipes);
    let app = App::new(layer, move |_, _| {
        let (pipe, body) = piped();
        pipes.lock().unwrap().push(pipe);
        response(200, headers, Body::new(body))
    });
    (app, found)
}

fn visitors(app: &App, count: usize, path: &str, headers: &[(&str, &str)]) -> Vec<Visitor> {
    (0..count).map(|_| app.visitor(path, headers)).collect()
}

#[test]
fn a_thousand_callers_of_a_cold_page_run_its_handler_once_and_read_it_as_it_comes() {
    let _larder = testing::isolated();
    let (app, pipes) = piping(&cache_page(60), &[]);
    let mut all = visitors(&app, 1000, "/", &[]);
    all_go_on(&mut all);
    assert_eq!(app.runs.get(), 1);
    pipes.lock().unwrap()[0].send("first, ");
    all_go_on(&mut all);
    assert!(all.iter().all(|one| one.text == "first, " && one.end.is_none()), "nobody waits for the end");
    let mut late = app.visitor("/", &[]);
    assert_eq!(late.go_on().text, "first, ");
    pipes.lock().unwrap().pop().unwrap().send("last");
    all_go_on(&mut all);
    all.push(late);
    all_go_on(&mut all);
    assert!(all.iter().all(|one| one.page() == Some("first, last")));
    assert!(app.visitor("/", &[]).go_on().header("cache-status").unwrap().starts_with("larder; hit"));
    assert_eq!(app.runs.get(), 1);
}

#[test]
fn those_who_waited_for_a_handler_that_fails_are_let_go_together() {
    for status in [500, 503, 599] {
        let _larder = testing::isolated();
        let gate = Gate::new();
        let app = App::held(&cache_page(60), &gate, move |run, _| response(status, &[], format!("{run}")));
        let mut all = visitors(&app, 64, "/", &[]);
        all_go_on(&mut all);
        assert_eq!(gate.came(), 1);
        gate.let_go(1);
        all_go_on(&mut all);
        assert_eq!((gate.came(), all[0].status()), (64, Some(status)), "not one after another");
        gate.let_go(64);
        all_go_on(&mut all);
        assert!(all.iter().all(|one| one.status() == Some(status) && one.page().is_some()));
    }
}

#[test]
fn those_who_waited_for_a_handler_that_panics_are_let_go_together() {
    let _larder = testing::isolated();
    let gate = Gate::new();
    let app =
        App::held(&cache_page(60), &gate, |run, _| if run == 1 { panic!("by design") } else { response(200, &[], "") });
    let (mut first, mut others) = (app.visitor("/", &[]), visitors(&app, 64, "/", &[]));
    first.go_on();
    all_go_on(&mut others);
    gate.let_go(1);
    assert!(catch_unwind(AssertUnwindSafe(|| first.step())).is_err(), "whoever asked panics");
    all_go_on(&mut others);
    assert_eq!(gate.came(), 65);
    gate.let_go(64);
    all_go_on(&mut others);
    assert!(others.iter().all(|one| one.status() == Some(200)));
}

#[test]
fn a_handler_that_panics_before_it_returns_a_future_panics_for_whoever_asked() {
    #[derive(Clone)]
    struct Panics;
    impl tower::Service<Request<Body>> for Panics {
        type Response = Response<Body>;
        type Error = std::convert::Infallible;
        type Future = std::future::Ready<Result<Self::Response, Self::Error>>;
        fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Self::Error>> {
            std::task::Poll::Ready(Ok(()))
        }
        fn call(&mut self, _: Request<Body>) -> Self::Future {
            panic!("by design")
        }
    }
    let _larder = testing::isolated();
    let mut visitor = Visitor::new(&cache_page(60).layer(Panics), request("GET", "/", &[]));
    let panic = catch_unwind(AssertUnwindSafe(|| visitor.step())).expect_err("a panic");
    assert_eq!(panic.downcast_ref(), Some(&"by design"));
}

#[test]
fn an_answer_that_is_private_is_handed_to_nobody_who_waited_and_for_a_while_nobody_waits() {
    let larder = testing::isolated();
    let gate = Gate::new();
    let app = App::held(&cache_page(60), &gate, |run, _| response(200, &[("set-cookie", "id=1")], format!("{run}")));
    let mut all = visitors(&app, 10, "/", &[]);
    all_go_on(&mut all);
    assert_eq!(gate.came(), 1);
    gate.let_go(10);
    all_go_on(&mut all);
    let mut texts: Vec<usize> = all.iter().map(|one| one.text.parse().unwrap()).collect();
    texts.sort_unstable();
    assert_eq!(texts, (1..=10).collect::<Vec<_>>(), "each has an answer of their own");
    let mut more = visitors(&app, 5, "/", &[]);
    all_go_on(&mut more);
    assert_eq!(gate.came(), 15, "nobody queues for what was not shared before");
    gate.let_go(5);
    all_go_on(&mut more);
    larder.advance(11 * SECOND);
    all_go_on(&mut visitors(&app, 5, "/", &[]));
    assert_eq!(gate.came(), 16, "and later it is tried again");
}

#[test]
fn those_who_wait_get_the_variant_that_is_theirs_and_each_is_made_once() {
    let _larder = testing::isolated();
    let gate = Gate::new();
    let app = App::held(&CacheLayer::new().see("accept-language"), &gate, |run, request| {
        let language = request.headers()["accept-language"].to_str().unwrap();
        response(200, &[("vary", "accept-language")], format!("{language} {run}"))
    });
    let languages = ["de", "en", "fr", "de", "en", "fr", "de"];
    let mut all: Vec<_> = languages.iter().map(|one| app.visitor("/", &[("accept-language", one)])).collect();
    gate.let_go(10);
    all_go_on(&mut all);
    all_go_on(&mut all);
    for (visitor, language) in all.iter().zip(languages) {
        assert!(visitor.page().unwrap().starts_with(language), "{language}: {}", visitor.text);
    }
    assert_eq!(app.runs.get(), 3);
}

#[test]
fn a_client_who_leaves_before_the_handler_has_answered_leaves_the_others_their_page() {
    let larder = testing::isolated();
    let gate = Gate::new();
    let app = App::held(&cache_page(60), &gate, |run, _| response(200, &[], format!("{run}")));
    let mut all = visitors(&app, 3, "/", &[]);
    all_go_on(&mut all);
    drop(all.remove(0));
    drop(all.remove(0));
    gate.let_go(1);
    assert_eq!(all[0].go_on().page(), Some("1"));
    larder.run_tasks();
    assert!(app.visitor("/", &[]).go_on().header("cache-status").unwrap().starts_with("larder; hit"));
    let mut alone = app.visitor("/alone", &[]);
    alone.go_on();
    drop(alone);
    gate.let_go(1);
    larder.run_tasks();
    assert_eq!(app.visitor("/alone", &[]).go_on().page(), Some("2"), "it was kept although nobody was there any more");
}

#[test]
fn a_body_that_breaks_off_breaks_off_for_all_and_is_not_kept() {
    let larder = testing::isolated();
    let (app, pipes) = piping(&cache_page(60), &[]);
    let mut all = visitors(&app, 5, "/", &[]);
    all_go_on(&mut all);
    let pipe = pipes.lock().unwrap().pop().unwrap();
    pipe.send("some");
    all_go_on(&mut all);
    drop(all.pop());
    pipe.break_off();
    all_go_on(&mut all);
    assert!(all.iter().all(|one| one.text == "some" && matches!(one.end, Some(Err(_)))));
    larder.run_tasks();
    assert_eq!(app.visitor("/", &[]).go_on().text, "");
    assert_eq!(app.runs.get(), 2);
}

#[test]
fn whoever_comes_when_a_page_has_outgrown_its_limit_shares_another_render() {
    let _larder = testing::isolated();
    let (app, pipes) = piping(&cache_page(60).limit(10), &[]);
    let mut first = app.visitor("/", &[]);
    first.go_on();
    pipes.lock().unwrap()[0].send("more than ten bytes");
    assert_eq!(first.go_on().text, "more than ten bytes");
    let mut late = visitors(&app, 10, "/", &[]);
    all_go_on(&mut late);
    assert_eq!(app.runs.get(), 2);
    pipes.lock().unwrap()[1].send("a few");
    all_go_on(&mut late);
    assert!(late.iter().all(|one| one.text == "a few"));
}

#[test]
fn a_render_that_does_not_come_to_an_answer_is_not_waited_for_by_those_who_come_much_later() {
    let larder = testing::isolated();
    let gate = Gate::new();
    let app = App::held(&cache_page(60), &gate, |run, _| response(200, &[], format!("{run}")));
    let mut first = app.visitor("/", &[]);
    first.go_on();
    larder.advance(9 * SECOND);
    let mut second = app.visitor("/", &[]);
    second.go_on();
    assert_eq!(gate.came(), 1);
    larder.advance(SECOND);
    let mut late = visitors(&app, 3, "/", &[]);
    all_go_on(&mut late);
    assert_eq!(gate.came(), 2, "one more is tried");
}

#[test]
fn a_body_that_does_not_end_is_not_joined_when_its_time_is_over() {
    let larder = testing::isolated();
    let (app, pipes) = piping(&cache_page(60), &[]);
    let mut first = app.visitor("/", &[]);
    first.go_on();
    pipes.lock().unwrap()[0].send("old");
    larder.advance(59 * SECOND);
    assert_eq!(app.visitor("/", &[]).go_on().text, "old");
    larder.advance(SECOND);
    assert_eq!(app.visitor("/", &[]).go_on().text, "");
    assert_eq!(app.runs.get(), 2);
}

#[test]
fn whoever_waits_for_a_first_variant_that_is_not_kept_does_not_wait_for_its_end() {
    let larder = testing::isolated();
    let (app, pipes) = piping(&CacheLayer::new().see("x"), &[("vary", "x")]);
    let mut first = app.visitor("/", &[("x", "1")]);
    first.go_on();
    testing::block_on(larder.cache("default").clear()).unwrap();
    pipes.lock().unwrap()[0].send("1");
    first.go_on();
    let mut second = app.visitor("/", &[("x", "1")]);
    second.go_on();
    assert_eq!(app.runs.get(), 2);
    assert_eq!(second.status(), Some(200));
}

#[test]
fn an_answer_to_a_client_with_credentials_is_for_this_client_alone() {
    let _larder = testing::isolated();
    let gate = Gate::new();
    let app = App::held(&cache_page(60), &gate, |run, request| {
        let who = request.headers().get("authorization").map_or("nobody", |line| line.to_str().unwrap());
        response(200, &[], format!("{who} {run}"))
    });
    let mut all = visitors(&app, 2, "/", &[("authorization", "me")]);
    all.extend(visitors(&app, 2, "/", &[]));
    all_go_on(&mut all);
    gate.let_go(4);
    all_go_on(&mut all);
    let whose: Vec<_> = all.iter().map(|one| one.page().unwrap().split(' ').next().unwrap()).collect();
    assert_eq!((whose, app.runs.get()), (vec!["me", "me", "nobody", "nobody"], 3));
}

#[test]
fn head_of_a_cold_page_waits_for_nobody_and_keeps_nothing() {
    let _larder = testing::isolated();
    let gate = Gate::new();
    let app = App::held(&cache_page(60), &gate, |run, request| {
        response(200, &[("x-method", request.method().as_str())], format!("{run}"))
    });
    let mut page = app.visitor("/", &[]);
    page.go_on();
    let mut head = app.visitor_with(request("HEAD", "/", &[]));
    head.go_on();
    assert_eq!(gate.came(), 2);
    gate.let_go(2);
    all_go_on([&mut page, &mut head]);
    assert_eq!(head.header("x-method"), Some("HEAD"));
    let again = app.send("HEAD", "/", &[]);
    assert!(again.is_hit() && again.body.is_empty());
    assert_eq!(
        (again.header("x-method").as_deref(), again.header("content-length").as_deref()),
        (Some("GET"), Some("1"))
    );
}

pub fn program_cache() -> Cache {
    larder::cache("default").expect("the usual cache")
}

/// Outside of every runtime, with the program's own cache.
fn without_runtime<T>(test: impl FnOnce(&CacheLayer) -> T) -> T {
    test(&cache_page(60).in_cache(&program_cache()).key_prefix(format!("{:?}", std::thread::current().id())))
}

#[test]
fn without_a_runtime_pages_are_made_and_kept_by_whoever_asks() {
    without_runtime(|layer| {
        let app = App::new(layer, |run, _| response(200, &[], format!("{run}")));
        assert_eq!((app.get("/").text(), app.get("/").text()), ("1", "1"));
    });
}

#[test]
fn without_a_runtime_nobody_waits_for_a_client_who_does_not_read() {
    without_runtime(|layer| {
        let (app, pipes) = piping(layer, &[]);
        let mut idle = app.visitor("/", &[]);
        idle.go_on();
        let mut second = app.visitor("/", &[]);
        second.go_on();
        for pipe in pipes.lock().unwrap().drain(..) {
            pipe.send("all of it");
        }
        assert_eq!(second.go_on().page(), Some("all of it"));
        assert_eq!(idle.go_on().page(), Some("all of it"));
    });
}

#[test]
fn without_a_runtime_a_client_who_leaves_takes_nobodys_page_along() {
    without_runtime(|layer| {
        let (app, pipes) = piping(layer, &[]);
        let (mut first, mut second) = (app.visitor("/", &[]), app.visitor("/", &[]));
        first.go_on();
        second.go_on();
        drop(first);
        for pipe in pipes.lock().unwrap().drain(..) {
            pipe.send("all of it");
        }
        assert_eq!(second.go_on().page(), Some("all of it"));
    });
}

#[test]
fn two_layers_around_one_route_do_not_wait_for_each_other() {
    let larder = testing::isolated();
    let runs = Count::default();
    let count = runs.clone();
    let handler = move || std::future::ready(format!("{}", count.one_more()));
    let inner = Router::new().route("/", get(handler).post(async || ()).layer(cache_page(60)));
    let service = CacheLayer::new().time(10).layer(inner);
    let visit = |method| {
        let mut visitor = Visitor::new(&service, request(method, "/", &[]));
        visitor.go_on().page().map(str::to_owned)
    };
    assert_eq!(visit("GET").as_deref(), Some("1"));
    assert_eq!(visit("GET").as_deref(), Some("1"));
    larder.advance(10 * SECOND);
    assert_eq!(visit("GET").as_deref(), Some("1"), "of the inner one");
    assert_eq!(visit("POST").as_deref(), Some(""));
    assert_eq!(visit("GET").as_deref(), Some("2"), "a write empties both");
}

#[test]
fn pages_in_two_languages_or_for_two_zones_are_two_and_no_language_is_none_of_them() {
    let _larder = testing::isolated();
    let app = App::new(&cache_page(60), |run, _| response(200, &[], format!("{run}")));
    let visit = |language: Option<&str>, zone: Option<&str>| {
        let mut request = request("GET", "/", &[]);
        if let Some(language) = language {
            request.extensions_mut().insert(Language(language.to_owned()));
        }
        if let Some(zone) = zone {
            request.extensions_mut().insert(TimeZone(zone.to_owned()));
        }
        app.visitor_with(request).go_on().text.clone()
    };
    let asked = [(None, None), (Some(""), None), (Some("de"), None), (None, Some("de")), (Some("de"), Some("UTC"))];
    for _ in 0..2 {
        let texts = asked.map(|(language, zone)| visit(language, zone));
        assert_eq!(texts, ["1", "2", "3", "4", "5"]);
    }
}

#[test]
fn one_variant_that_is_private_leaves_the_other_variants_of_its_url_where_they_are() {
    let _larder = testing::isolated();
    let gate = Gate::new();
    let app = App::held(&cache_page(60).vary("x-kind"), &gate, |run, request| {
        let private = request.headers()["x-kind"] == "private";
        let headers: &[_] = if private { &[("cache-control", "private")] } else { &[] };
        response(200, headers, format!("{run}"))
    });
    gate.let_go(1);
    assert_eq!(app.get_with("/", &[("x-kind", "public")]).text(), "1");
    let mut two = visitors(&app, 2, "/", &[("x-kind", "private")]);
    all_go_on(&mut two);
    assert_eq!(gate.came(), 2);
    gate.let_go(2);
    all_go_on(&mut two);
    assert!(two.iter().all(|one| one.page().is_some()));
    assert_eq!(app.visitor("/", &[("x-kind", "public")]).go_on().page(), Some("1"));
    all_go_on(&mut visitors(&app, 3, "/", &[("x-kind", "private")]));
    assert_eq!(gate.came(), 6, "that one is not waited for");
}

#[test]
fn whoever_looked_before_the_list_of_variants_was_known_joins_the_render_of_their_own() {
    let _larder = testing::isolated();
    let gate = Gate::new();
    let app = App::held(&cache_page(60).vary("x"), &gate, |run, _| response(200, &[], format!("{run}")));
    let mut early = app.visitor("/", &[("x", "2")]);
    gate.let_go(1);
    assert_eq!(app.visitor("/", &[("x", "1")]).go_on().page(), Some("1"));
    let mut maker = app.visitor("/", &[("x", "2")]);
    maker.go_on();
    early.go_on();
    assert_eq!(gate.came(), 2);
    gate.let_go(1);
    all_go_on([&mut maker, &mut early]);
    assert_eq!((maker.page(), early.page()), (Some("2"), Some("2")));
}
