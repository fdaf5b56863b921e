//! What is invalidated is gone, at whatever moment of a render that happens.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use http::Response;
use larder::backend::Memory;
use larder::clock::Clock;
use larder::page::{CacheLayer, Language, cache_page};
use larder::testing::{self, Isolated};
use larder::{Kind, Settings, page};

use super::app::{App, request, response};
use crate::play::{Gate, Pipe, Visitor, piped};

const SECOND: Duration = Duration::from_secs(1);

/// A site whose pages stand at a gate before their head, and whose bodies come when they are sent.
struct Site {
    app: App,
    gate: Gate,
    pipes: Arc<Mutex<Vec<Pipe>>>,
}

impl Site {
    fn new(layer: &CacheLayer) -> Self {
        let (gate, pipes) = (Gate::new(), Arc::new(Mutex::new(Vec::new())));
        let (held, sent) = (gate.clone(), Arc::clone(&pipes));
        let app = App::slow(layer, move |run, request| {
            let (held, sent) = (held.clone(), Arc::clone(&sent));
            async move {
                if request.method() != "GET" {
                    return response(200, &[("location", "/elsewhere")], "");
                }
                held.pass().await;
                let (pipe, body) = piped();
                pipe.send(&format!("{run}, "));
                sent.lock().unwrap().push(pipe);
                response(200, &[("surrogate-key", "news")], Body::new(body))
            }
        });
        Self { app, gate, pipes }
    }

    fn visitor(&self) -> Visitor {
        self.app.visitor("/a?b", &[("x", "1")])
    }

    fn send_heads(&self, visitor: &mut Visitor) {
        self.gate.let_go(1);
        visitor.go_on();
    }

    fn send_ends(&self, visitor: &mut Visitor) {
        self.pipes.lock().unwrap().drain(..).for_each(|pipe| pipe.send("end"));
        visitor.go_on();
    }
}

/// A way to say that a page is not what it was any more.
type Way = (&'static str, fn(&Isolated, &App));

const WAYS: [Way; 7] = [
    ("a write", |_, app| drop(app.send("POST", "/a?b", &[]))),
    ("a write that fails over", |_, app| drop(app.send("DELETE", "/a?b", &[("x", "2")]))),
    ("a pattern", |_, _| page::invalidate_blocking("/a").unwrap()),
    ("a pattern with a star", |_, _| page::invalidate_blocking("/*").unwrap()),
    ("a tag of the site", |_, _| larder::invalidate_tag_blocking("site").unwrap()),
    ("a tag of the page", |_, _| larder::invalidate_tag_blocking("news").unwrap()),
    ("all of the cache", |larder, _| larder.cache("default").blocking().clear().unwrap()),
];

fn layers() -> [CacheLayer; 2] {
    [cache_page(60).tag("site"), cache_page(60).tag("site").vary("x")]
}

/// Lets this happen at each moment of a render, and runs the rest of it.
fn at_every_moment(test: impl Fn(&Isolated, &Site, &mut Visitor, Way, &str)) {
    for layer in layers() {
        for way in WAYS {
            for known in [false, true] {
                for moment in ["before the head", "in the body", "before the end"] {
                    let larder = testing::isolated();
                    let site = Site::new(&layer);
                    if known {
                        // Another variant of it, so that what they are told apart by is known.
                        let mut other = site.app.visitor("/a?b", &[("x", "other")]);
                        site.send_heads(&mut other);
                        site.send_ends(&mut other);
                        page::invalidate_blocking("/nothing").unwrap();
                        larder.advance(61 * SECOND);
                    }
                    let mut visitor = site.visitor();
                    visitor.go_on();
                    if moment != "before the head" {
                        site.send_heads(&mut visitor);
                    }
                    if moment == "before the end" {
                        site.pipes.lock().unwrap().iter().for_each(|pipe| pipe.send("more, "));
                        visitor.go_on();
                    }
                    test(&larder, &site, &mut visitor, way, moment);
                }
            }
        }
    }
}

#[test]
fn what_is_invalidated_at_any_moment_of_a_render_is_not_kept() {
    at_every_moment(|larder, site, visitor, (name, way), moment| {
        way(larder, &site.app);
        let before = site.gate.came();
        site.send_heads(visitor);
        site.send_ends(visitor);
        assert!(visitor.page().is_some(), "{name} {moment}: whoever came before is answered");
        let mut next = site.visitor();
        next.go_on();
        assert_eq!(site.gate.came(), before + 1, "{name} {moment}");
    });
}

#[test]
fn what_is_kept_is_gone_when_it_is_invalidated() {
    for layer in layers() {
        for (name, way) in WAYS {
            let larder = testing::isolated();
            let site = Site::new(&layer);
            let mut first = site.visitor();
            site.send_heads(&mut first);
            site.send_ends(&mut first);
            let mut hit = site.visitor();
            assert_eq!((hit.go_on().page(), site.gate.came()), (first.page(), 1), "{name}");
            way(&larder, &site.app);
            site.visitor().go_on();
            assert_eq!(site.gate.came(), 2, "{name}");
        }
    }
}

#[test]
fn whoever_asks_after_an_invalidation_does_not_read_what_was_begun_before() {
    at_every_moment(|larder, site, visitor, (name, way), moment| {
        way(larder, &site.app);
        let before = site.gate.came();
        let mut late = site.visitor();
        late.go_on();
        assert_eq!((site.gate.came(), late.status()), (before + 1, None), "{name} {moment}");
        let mut later = site.visitor();
        later.go_on();
        assert_eq!(site.gate.came(), before + 1, "{name} {moment}: those who come after are together again");
        site.gate.let_go(2);
        visitor.go_on();
        late.go_on();
        later.go_on();
        site.send_ends(visitor);
        assert_eq!(late.go_on().page(), later.go_on().page(), "{name} {moment}");
        assert!(late.page().is_some_and(|page| Some(page) != visitor.page()), "{name} {moment}");
        let mut hit = site.visitor();
        assert_eq!(hit.go_on().page(), late.page(), "{name} {moment}: and it is kept");
    });
}

#[test]
fn what_is_invalidated_elsewhere_is_no_reason_to_make_a_page_twice() {
    let _larder = testing::isolated();
    let site = Site::new(&cache_page(60));
    let mut first = site.visitor();
    first.go_on();
    page::invalidate_blocking("/other/*").unwrap();
    site.app.send("POST", "/other", &[]);
    site.visitor().go_on();
    assert_eq!(site.gate.came(), 1);
    site.send_heads(&mut first);
    site.send_ends(&mut first);
    assert!(site.visitor().go_on().page().is_some());
}

/// A page that counts, in the language of its reader, and takes writes.
fn polyglot(layer: &CacheLayer) -> App {
    App::new(layer, |run, request| {
        response(200, &[], if request.method() == "GET" { format!("{run}") } else { String::new() })
    })
}

fn ask_in(app: &App, method: &str, language: &str) -> String {
    let mut request = request(method, "/a", &[]);
    if !language.is_empty() {
        request.extensions_mut().insert(Language(language.to_owned()));
    }
    app.visitor_with(request).go_on().text.clone()
}

#[test]
fn a_write_in_one_language_empties_the_page_in_all_of_them() {
    for many in [false, true] {
        let larder = testing::isolated();
        let app = polyglot(&cache_page(60));
        if many {
            for number in 0..200 {
                ask_in(&app, "GET", &format!("language {number}"));
            }
        }
        let before: Vec<_> = ["", "de", "en"].iter().map(|one| ask_in(&app, "GET", one)).collect();
        assert_eq!(before, ["", "de", "en"].map(|one| ask_in(&app, "GET", one)));
        ask_in(&app, "POST", "de");
        larder.advance(SECOND);
        for (language, before) in ["", "de", "en"].iter().zip(before) {
            let after = ask_in(&app, "GET", language);
            assert!(after.parse::<u32>().unwrap() > before.parse().unwrap(), "{many} {language}");
            assert_eq!(ask_in(&app, "GET", language), after);
        }
    }
}

/// A page that counts, and a write that is held after it has changed something.
fn written(layer: &CacheLayer, gate: &Gate, panics: bool) -> App {
    let gate = gate.clone();
    App::slow(layer, move |run, request| {
        let gate = gate.clone();
        async move {
            if request.method() == "POST" {
                gate.pass().await;
                assert!(!panics, "by design");
            }
            response(200, &[], format!("{run}"))
        }
    })
}

/// A cache in memory, and one in a store that takes bytes.
fn kinds() -> impl Iterator<Item = Isolated> {
    [false, true].into_iter().map(|is_outside| {
        let clock = Clock::manual();
        let store = if is_outside { Settings::backend(Memory::new(clock.clone())) } else { Settings::memory() };
        testing::isolated_at(clock, [("default", store)]).unwrap()
    })
}

#[test]
fn a_writer_who_leaves_before_the_answer_empties_the_page_all_the_same() {
    for larder in kinds() {
        let gate = Gate::new();
        let app = written(&cache_page(60), &gate, false);
        assert_eq!(
            (app.visitor("/", &[]).go_on().page(), app.visitor("/", &[]).go_on().page()),
            (Some("1"), Some("1"))
        );
        let mut writer = app.visitor_with(request("POST", "/", &[]));
        writer.go_on();
        assert_eq!(gate.came(), 1);
        drop(writer);
        larder.run_tasks();
        assert_eq!(app.visitor("/", &[]).go_on().page(), Some("3"));
    }
}

#[test]
fn a_write_that_panics_empties_the_page_since_nobody_knows_what_it_has_done() {
    for larder in kinds() {
        let gate = Gate::new();
        gate.let_go(1);
        let app = written(&cache_page(60), &gate, true);
        app.visitor("/", &[]).go_on();
        let mut writer = app.visitor_with(request("POST", "/", &[]));
        assert!(catch_unwind(AssertUnwindSafe(|| writer.step())).is_err());
        drop(writer);
        larder.run_tasks();
        assert_eq!(app.visitor("/", &[]).go_on().page(), Some("3"));
    }
}

#[test]
fn a_write_that_says_that_it_failed_empties_nothing() {
    let _larder = testing::isolated();
    let app = App::new(&cache_page(60), |run, request| {
        response(if request.method() == "GET" { 200 } else { 409 }, &[], format!("{run}"))
    });
    app.get("/");
    assert_eq!(app.send("PUT", "/", &[]).status, 409);
    assert_eq!(app.get("/").text(), "1");
}

#[test]
fn outside_a_page_that_was_made_after_a_pattern_was_invalidated_answers_again() {
    let clock = Clock::manual();
    let store = Settings::backend(Memory::new(clock.clone()));
    let larder = testing::isolated_at(clock, [("default", store)]).unwrap();
    let app = App::new(&cache_page(60), |run, _| response(200, &[], format!("{run}")));
    assert_eq!((app.get("/a").text(), app.get("/a").text(), app.get("/b").text()), ("1", "1", "2"));
    larder.advance(SECOND);
    page::invalidate_blocking("/a").unwrap();
    larder.advance(SECOND);
    assert_eq!((app.get("/a").text(), app.get("/b").text()), ("3", "2"));
    assert_eq!((app.get("/a").text(), app.get("/b").text()), ("3", "2"));
}

#[test]
fn a_list_that_is_learned_while_another_variant_is_made_takes_neither_away() {
    let _larder = testing::isolated();
    let gate = Gate::new();
    let held = gate.clone();
    let app = App::slow(&CacheLayer::new().see("a").see("b"), move |run, request| {
        let held = held.clone();
        async move {
            let by = if request.headers().contains_key("b") { "b" } else { "a" };
            if request.headers().contains_key("slow") {
                held.pass().await;
            }
            held.pass().await;
            Response::builder().header("vary", by).body(Body::from(format!("{by}{run}"))).unwrap()
        }
    });
    gate.let_go(1);
    assert_eq!(app.visitor("/", &[("a", "1")]).go_on().page(), Some("a1"));
    let mut slow = app.visitor("/", &[("a", "2")]);
    slow.go_on();
    let mut other = app.visitor("/", &[("b", "1"), ("a", "3")]);
    other.go_on();
    assert_eq!(gate.came(), 3);
    gate.let_go(2);
    assert_eq!(other.go_on().page(), Some("b3"));
    assert_eq!(slow.go_on().page(), Some("a2"));
    let mut texts = Vec::new();
    for headers in [&[("a", "1")][..], &[("a", "2")], &[("b", "1")]] {
        texts.push(app.visitor("/", headers).go_on().text.clone());
    }
    assert_eq!((texts, gate.came()), (vec!["a1".to_owned(), "a2".to_owned(), "b3".to_owned()], 3));
}

#[test]
fn no_more_variants_of_a_url_are_kept_than_were_allowed() {
    let larder = testing::isolated();
    let app = App::new(&cache_page(60).vary("x").variants(4), |run, _| response(200, &[], format!("{run}")));
    for number in 0..100 {
        app.get_with("/", &[("x", &number.to_string())]);
    }
    assert!(larder.cache("default").stats().entries <= 6, "four, and two that speak of them");
    assert_eq!(app.get_with("/", &[("x", "99")]).text(), "100");
    assert_eq!(app.get_with("/", &[("x", "0")]).text(), "101");
}

#[test]
fn no_more_variants_are_kept_that_are_told_apart_by_long_headers() {
    let larder = testing::isolated();
    let app = App::new(&cache_page(60).vary("x").variants(4), |run, _| response(200, &[], format!("{run}")));
    for number in 0..20 {
        app.get_with("/", &[("x", &format!("{}{number}", "long".repeat(100)))]);
    }
    assert!(larder.cache("default").stats().entries <= 6, "four, and two that speak of them");
}

#[test]
fn variants_whose_list_was_driven_out_are_made_anew_and_nothing_else_goes_wrong() {
    let larder = testing::isolated_with([("default", Settings::memory().max_entries(8))]).unwrap();
    let app = App::new(&cache_page(60).vary("x"), |run, _| response(200, &[], format!("{run}")));
    for round in 0..50 {
        let path = format!("/{}", round % 7);
        for x in ["1", "2", "3"] {
            let made = app.get_with(&path, &[("x", x)]);
            assert_eq!(made.status, 200);
        }
    }
    assert!(larder.cache("default").stats().entries <= 8);
}

#[test]
fn a_write_empties_a_page_whatever_layers_have_put_into_the_requests_for_it() {
    let _larder = testing::isolated();
    let app = polyglot(&cache_page(60).vary_extension::<u32>());
    let visit = |method, tenant: u32| {
        let mut request = request(method, "/a", &[]);
        request.extensions_mut().insert(tenant);
        app.visitor_with(request).go_on().text.clone()
    };
    assert_eq!([visit("GET", 1), visit("GET", 2), visit("GET", 1)], ["1", "2", "1"]);
    visit("POST", 1);
    assert_eq!([visit("GET", 1), visit("GET", 2)], ["4", "5"]);
}

#[test]
fn a_pattern_that_means_no_path_is_refused_with_what_to_write() {
    let larder = testing::isolated();
    for (pattern, repair) in [
        ("articles/*", "write `/articles/*`"),
        ("http://shop.example/articles/7", "write `/articles/7`"),
        ("", "write `/`"),
    ] {
        for refused in
            [page::invalidate_blocking(pattern), page::invalidate_in_blocking(&larder.cache("default"), pattern)]
        {
            let error = refused.expect_err("it means no path");
            assert!(error.kind() == Kind::Configuration && error.to_string().contains(repair), "{error}");
        }
    }
    assert!(page::invalidate_blocking("*").is_ok() && page::invalidate_blocking("*.css").is_ok());
}
