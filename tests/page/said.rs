//! What a handler says of its own page counts for the page.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use bytes::Bytes;
use http::{Request, Response};
use http_body::Frame;
use larder::backend::Memory;
use larder::clock::Clock;
use larder::page::{CacheLayer, Language, cache_page};
use larder::testing::{self, Isolated};
use larder::{Settings, cached, entry, invalidate_tag, invalidates};
use tower::{Layer, ServiceExt};

use crate::app::{App, Visit, request, response};
use crate::play::{Gate, Pipe, Piped, Visitor, all_go_on, piped};

const SECOND: Duration = Duration::from_secs(1);

/// An application that says something, and then counts.
fn saying(layer: &CacheLayer, says: impl Fn(&Request<Body>) + Clone + Send + Sync + 'static) -> App {
    App::new(layer, move |run, request| {
        says(&request);
        response(200, &[], format!("{run}"))
    })
}

fn times(visit: &Visit) -> (Option<String>, Option<String>) {
    (visit.header("cache-control"), visit.header("expires"))
}

mod tags {
    use super::*;

    #[invalidates(tag = "said:author:<author>")]
    fn write(author: u64) {
        let _ = author;
    }

    fn ask(app: &App, path: &str, language: &str, x: &str) -> String {
        let mut request = request("GET", path, &[("x", x)]);
        request.extensions_mut().insert(Language(language.to_owned()));
        app.visitor_with(request).go_on().text.clone()
    }

    #[test]
    fn a_write_empties_the_pages_whose_handlers_said_its_tag_in_all_languages_and_variants_and_no_others() {
        let _larder = testing::isolated();
        let app = saying(&cache_page(60).vary("x"), |request| {
            let author = request.uri().path().trim_start_matches('/').to_owned();
            assert!(entry::tag(format!("said:author:{author}")));
        });
        let all = || {
            let mut texts = Vec::new();
            for path in ["/7", "/8"] {
                for language in ["de", "en"] {
                    texts.extend(["1", "2"].map(|x| ask(&app, path, language, x)));
                }
            }
            texts
        };
        let before = all();
        assert_eq!((all(), app.runs.get()), (before.clone(), 8));
        write(7);
        let after = all();
        assert!(before.iter().zip(&after).take(4).all(|(before, after)| before != after), "{before:?} {after:?}");
        assert_eq!((&before[4..], app.runs.get()), (&after[4..], 12));
    }

    #[test]
    fn a_tag_is_a_text_of_any_length_and_with_whatever_is_in_it() {
        let _larder = testing::isolated();
        for tag in ["two words".to_owned(), "100 %".to_owned(), "é:%20".to_owned(), "long ".repeat(1000)] {
            let said = tag.clone();
            let app = saying(&cache_page(60).key_prefix(&tag), move |_| assert!(entry::tag(&said)));
            assert_eq!((app.get("/").text(), app.get("/").text()), ("1", "1"));
            invalidate_tag("other").unwrap();
            assert_eq!(app.get("/").text(), "1");
            invalidate_tag(&tag).unwrap();
            assert_eq!(app.get("/").text(), "2", "{tag}");
        }
    }

    #[test]
    fn a_tag_that_is_said_stands_beside_those_of_the_response_and_of_the_layer() {
        let _larder = testing::isolated();
        let app = App::new(&cache_page(60).tag("site"), |run, _| {
            assert!(entry::tag("said"));
            response(200, &[("surrogate-key", "word")], format!("{run}"))
        });
        for (number, tag) in ["site", "word", "said"].into_iter().enumerate() {
            assert_eq!(app.get("/").text(), format!("{}", number + 1));
            invalidate_tag(tag).unwrap();
        }
        assert_eq!(app.get("/").text(), "4");
    }

    #[test]
    fn a_tag_that_is_said_goes_along_into_a_store_outside() {
        let clock = Clock::manual();
        let store = Settings::backend(Memory::new(clock.clone()));
        let larder = testing::isolated_at(clock, [("default", store)]).unwrap();
        let app =
            saying(&cache_page(60), |request| assert!(request.uri().path() != "/tagged" || entry::tag("two words")));
        let texts = || ["/", "/tagged"].map(|path| app.get(path).text().to_owned());
        assert_eq!((texts(), texts()), (["1", "2"].map(Into::into), ["1", "2"].map(Into::into)));
        larder.advance(SECOND);
        invalidate_tag("two words").unwrap();
        larder.advance(SECOND);
        assert_eq!((texts(), texts()), (["1", "3"].map(Into::into), ["1", "3"].map(Into::into)));
    }
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
                        invalidate_tag("tag").unwrap();
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
    invalidate_tag("tag").unwrap();
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
    let ends_after: [(fn(), u64); 4] = [
        (nothing, 60),
        (|| assert!(entry::keep_for(5)), 5),
        (|| assert!(entry::keep_for(600)), 60),
        (|| assert!(entry::keep_for(0)), 0),
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

mod discarded {
    use super::*;

    #[test]
    fn those_who_wait_for_a_page_that_is_discarded_are_let_go_together_and_the_next_do_not_wait() {
        let _larder = testing::isolated();
        let gate = Gate::new();
        let app = App::held(&cache_page(60), &gate, |run, _| {
            discard();
            response(200, &[], format!("{run}"))
        });
        let mut all: Vec<_> = (0..20).map(|_| app.visitor("/", &[])).collect();
        all_go_on(&mut all);
        assert_eq!(gate.came(), 1);
        gate.let_go(1);
        all_go_on(&mut all);
        assert_eq!((gate.came(), all[0].page()), (20, Some("1")), "not one after another");
        let told = all[0].header("cache-status").unwrap();
        assert_eq!(told, r#"larder; fwd=uri-miss; detail="discarded by its handler""#);
        let mut next = [app.visitor("/", &[]), app.visitor("/", &[])];
        all_go_on(&mut next);
        assert_eq!(gate.came(), 22);
        gate.let_go(21);
        all_go_on(&mut all);
        let mut pages: Vec<_> = all.iter().map(|one| one.page().expect("a page").to_owned()).collect();
        pages.sort();
        pages.dedup();
        assert_eq!(pages.len(), 20, "each has their own");
    }

    #[test]
    fn one_of_many_who_discards_takes_nothing_from_the_others() {
        let _larder = testing::isolated();
        let gate = Gate::new();
        let app = App::held(&cache_page(60), &gate, |run, _| {
            if run == 1 {
                discard();
            }
            response(200, &[], format!("{run}"))
        });
        let mut all: Vec<_> = (0..20).map(|_| app.visitor("/", &[])).collect();
        all_go_on(&mut all);
        gate.let_go(20);
        all_go_on(&mut all);
        assert!(all.iter().all(|one| one.status() == Some(200) && one.page().is_some()));
        assert_eq!(all.iter().filter(|one| one.page() == Some("1")).count(), 1);
    }

    /// Makes a page, lets it get so old, asks for another one that is discarded, and says what is answered then.
    fn after(larder: &Isolated, layer: &CacheLayer, age: u32, headers: &'static [(&str, &str)]) -> [String; 3] {
        let app = App::new(layer, move |run, request| {
            if run > 1 {
                discard();
            }
            let is_known = request.headers().contains_key("if-none-match");
            response(if is_known { 304 } else { 200 }, headers, if is_known { String::new() } else { format!("{run}") })
        });
        app.get("/");
        larder.advance(age * SECOND);
        [0, 1, 2].map(|_| {
            let text = app.get("/").text().to_owned();
            larder.run_tasks();
            format!("{text} of {}", app.runs.get())
        })
    }

    #[test]
    fn what_was_there_before_stays_as_it_was() {
        let layer = cache_page(10).stale(60);
        assert_eq!(after(&testing::isolated(), &layer, 20, &[]), ["1 of 2"; 3], "and is not made anew by everybody");
        let tagged = &[("etag", "\"a\"")];
        assert_eq!(after(&testing::isolated(), &layer, 20, tagged), ["1 of 2"; 3]);
        let layer = cache_page(10).stale_if_error(60);
        assert_eq!(after(&testing::isolated(), &layer, 20, &[]), ["2 of 2", "1 of 2", "1 of 2"]);
    }

    #[test]
    fn a_304_that_is_discarded_confirms_a_page_for_one_client_only() {
        let larder = testing::isolated();
        let texts = after(&larder, &cache_page(10), 20, &[("etag", "\"a\"")]);
        assert_eq!(texts, ["1 of 2", "1 of 3", "1 of 4"]);
    }

    #[test]
    fn an_answer_to_head_that_is_discarded_says_nothing_of_the_page() {
        let larder = testing::isolated();
        let app = App::new(&cache_page(10).stale_if_error(60), |run, request| {
            let is_head = request.method() == "HEAD" && discard_it();
            response(200, &[("etag", if is_head { "\"b\"" } else { "\"a\"" })], format!("{run}"))
        });
        app.get("/");
        larder.advance(5 * SECOND);
        assert!(app.send("HEAD", "/", &[]).is_hit());
        larder.advance(15 * SECOND);
        assert_eq!(app.send("HEAD", "/", &[]).header("etag").as_deref(), Some("\"b\""));
        let spare = app.get("/");
        assert_eq!((spare.header("etag").as_deref(), app.runs.get()), (Some("\"a\""), 3));
    }

    fn discard_it() -> bool {
        discard();
        true
    }

    #[test]
    fn those_downstream_do_not_keep_it_either_unless_it_says_so_itself() {
        let _larder = testing::isolated();
        let told = |layer: &CacheLayer, headers: &'static [(&str, &str)]| {
            let app = App::new(layer, move |_, _| {
                discard();
                response(200, headers, "")
            });
            app.get("/").header("cache-control")
        };
        for layer in [CacheLayer::new(), cache_page(60), cache_page(60).browser(600)] {
            assert_eq!(told(&layer, &[]).as_deref(), Some("max-age=0"));
            let own = &[("cache-control", "private, max-age=9")];
            assert_eq!(told(&layer, own).as_deref(), Some("private, max-age=9"));
        }
    }
}

mod kept_for {
    use super::*;

    /// Returns how long a page is kept, and what those downstream are told.
    fn kept(layer: &CacheLayer, time: Duration, headers: &'static [(&str, &str)]) -> (u32, Option<String>) {
        let larder = testing::isolated();
        let app = App::new(layer, move |run, _| {
            assert!(entry::keep_for(time));
            response(200, headers, format!("{run}"))
        });
        let told = app.get("/").header("cache-control");
        for seconds in 0..10_000 {
            let visit = app.get("/");
            if visit.text() != "1" {
                return (seconds, told);
            }
            larder.advance(SECOND);
        }
        panic!("it never ends");
    }

    #[test]
    fn what_a_handler_says_comes_before_the_time_of_the_layer_and_the_response_can_only_shorten_it() {
        let max_age = |text: &str| Some(format!("max-age={text}"));
        let table: [(CacheLayer, u32, &'static [_], u32, &str); 9] = [
            (cache_page(60), 600, &[], 600, "600"),
            (cache_page(60), 5, &[], 5, "5"),
            (CacheLayer::new(), 5, &[], 5, "5"),
            (CacheLayer::new().explicit_only(), 5, &[], 5, "5"),
            (cache_page(60), 600, &[("cache-control", "max-age=9")], 9, "9"),
            (CacheLayer::new(), 5, &[("cache-control", "max-age=9")], 5, "5"),
            (CacheLayer::new(), 600, &[("cache-control", "max-age=9")], 9, "9"),
            (cache_page(60).browser(0), 600, &[], 600, "0"),
            (cache_page(60).browser(600), 5, &[], 5, "600"),
        ];
        for (number, (layer, time, headers, seconds, told)) in table.into_iter().enumerate() {
            assert_eq!(kept(&layer, time * SECOND, headers), (seconds, max_age(told)), "{number}");
        }
    }

    #[test]
    fn a_part_of_a_second_is_kept_and_told_to_nobody() {
        assert_eq!(kept(&cache_page(60), Duration::from_millis(1500), &[]), (2, Some("max-age=1".to_owned())));
    }

    #[test]
    fn zero_keeps_nothing_not_even_to_ask_or_to_be_stale() {
        let layer = cache_page(60).stale(60).stale_if_error(60);
        for headers in [&[][..], &[("etag", "\"a\"")]] {
            assert_eq!(kept(&layer, Duration::ZERO, headers), (0, Some("max-age=0".to_owned())));
        }
    }

    #[test]
    fn a_page_without_end_is_no_trouble() {
        let larder = testing::isolated();
        let app = saying(&cache_page(60), |_| assert!(entry::keep_for(Duration::MAX)));
        assert_eq!(app.get("/").text(), "1");
        larder.advance(Duration::from_secs(1 << 33));
        assert_eq!(app.get("/").text(), "1");
    }

    #[test]
    fn a_page_that_is_made_anew_behind_an_answer_has_what_is_said_then() {
        let larder = testing::isolated();
        let app = saying(&cache_page(10).stale(60), |_| {
            assert!(entry::keep_for(100) && entry::tag("tag"));
        });
        let first = app.get("/");
        assert_eq!(times(&first).0.as_deref(), Some("max-age=100"));
        larder.advance(120 * SECOND);
        assert_eq!(app.get("/").text(), "1", "stale");
        larder.run_tasks();
        larder.advance(99 * SECOND);
        assert_eq!((app.get("/").text(), app.runs.get()), ("2", 2));
        invalidate_tag("tag").unwrap();
        assert_eq!(app.get("/").text(), "3");
    }
}

mod confirmed {
    use super::*;

    type Says = fn(usize);

    /// An application that makes its page once and says from then on that it has not changed.
    fn app(layer: &CacheLayer, says: impl Fn(usize) + Clone + Send + Sync + 'static) -> App {
        App::new(layer, move |run, request| {
            says(run);
            let is_known = request.headers().contains_key("if-none-match");
            let text = if is_known { String::new() } else { format!("{run}") };
            response(if is_known { 304 } else { 200 }, &[("etag", "\"a\"")], text)
        })
    }

    #[test]
    fn a_page_that_a_304_keeps_for_longer_has_the_tags_of_both() {
        for (tag, method) in [("run:1", "GET"), ("run:2", "GET"), ("run:1", "HEAD"), ("run:2", "HEAD")] {
            let larder = testing::isolated();
            let app = app(&cache_page(10), |run| assert!(entry::tag(format!("run:{run}"))));
            app.get("/");
            larder.advance(20 * SECOND);
            app.send(method, "/", &[]);
            assert_eq!((app.get("/").text(), app.runs.get()), ("1", 2), "{method}");
            invalidate_tag(tag).unwrap();
            assert_eq!(app.get("/").text(), "3", "{tag} {method}");
        }
    }

    #[test]
    fn a_tag_that_was_invalidated_while_the_page_was_confirmed_wins() {
        for tag in ["run:1", "run:2"] {
            let larder = testing::isolated();
            let app = app(&cache_page(10), move |run| {
                assert!(entry::tag(format!("run:{run}")));
                if run == 2 {
                    invalidate_tag(tag).unwrap();
                }
            });
            app.get("/");
            larder.advance(20 * SECOND);
            app.get("/");
            app.get("/");
            assert_eq!(app.runs.get(), 3, "{tag}");
        }
    }

    #[test]
    fn a_304_can_say_a_time_of_its_own() {
        let cases: [(CacheLayer, Says, [u32; 2]); 5] = [
            (cache_page(60), |run| assert!(run != 2 || entry::keep_for(5)), [60, 5]),
            (cache_page(60), |run| assert!(run != 1 || entry::keep_for(5)), [5, 5]),
            (cache_page(60), |run| assert!(run != 1 || entry::keep_for(600)), [600, 60]),
            (cache_page(60).browser(0), |run| assert!(run != 1 || entry::keep_for(600)), [600, 60]),
            (cache_page(60).browser(0), |run| assert!(run != 2 || entry::keep_for(5)), [60, 5]),
        ];
        for (number, (layer, says, seconds)) in cases.into_iter().enumerate() {
            let larder = testing::isolated();
            let app = app(&layer, says);
            app.get("/");
            for (run, seconds) in (1..).zip(seconds) {
                larder.advance((seconds - 1) * SECOND);
                assert_eq!((app.get("/").text(), app.runs.get()), ("1", run), "{number}");
                larder.advance(SECOND);
                assert_eq!((app.get("/").text(), app.runs.get()), ("1", run + 1), "{number}");
            }
        }
    }
}

mod elsewhere {
    use super::*;

    #[test]
    fn a_handler_that_the_cache_has_nothing_to_do_with_has_nothing_to_say() {
        let _larder = testing::isolated();
        let app = App::new(&cache_page(60), |_, request| {
            let is_heard = entry::tag("tag") | entry::keep_for(5) | entry::discard();
            assert_eq!(is_heard, request.method() == "GET" && request.headers().get("range").is_none());
            response(200, &[], "")
        });
        app.send("POST", "/", &[]);
        app.send("OPTIONS", "/", &[]);
        app.get_with("/part", &[("range", "bytes=0-1")]);
        app.get("/");
        assert_eq!(app.runs.get(), 4);
        assert!(!entry::tag("tag"), "nothing is being loaded here");
    }

    #[test]
    fn a_body_that_is_handed_to_one_client_has_nothing_to_say() {
        let _larder = testing::isolated();
        let app = App::new(&cache_page(60), |_, _| {
            let (pipe, body) = piped();
            pipe.send("private");
            response(200, &[("cache-control", "private")], Body::new(Speaking(body, || assert!(!entry::tag("tag")))))
        });
        assert_eq!(app.get("/").text(), "private");
    }

    #[cached(key = "said:inner:<id>")]
    async fn inner(id: u64) -> u64 {
        std::future::ready(()).await;
        assert!(entry::tag("said:inner"));
        id
    }

    #[test]
    fn a_function_speaks_of_its_own_result_and_the_handler_around_it_of_the_page() {
        let _larder = testing::isolated();
        let app = App::slow(&cache_page(60), |run, _| async move {
            let inner = inner(7).await;
            assert!(entry::tag("said:outer"));
            response(200, &[], format!("{run} {inner}"))
        });
        let kept = || testing::block_on(inner::get(7));
        assert_eq!((app.get("/").text(), kept()), ("1 7", Some(7)));
        invalidate_tag("said:inner").unwrap();
        assert_eq!((app.get("/").text(), kept()), ("1 7", None), "the page has tags of its own");
        invalidate_tag("said:outer").unwrap();
        assert_eq!((app.get("/").text(), kept()), ("2 7", Some(7)));
        invalidate_tag("said:outer").unwrap();
        assert_eq!((app.get("/").text(), kept()), ("3 7", Some(7)));
    }

    #[test]
    fn of_a_layer_around_a_layer_the_inner_one_is_spoken_of() {
        let larder = testing::isolated();
        let inner = get(async || {
            assert!(entry::keep_for(600) && entry::tag("tag"));
            "a page"
        });
        let router = Router::new().route("/", inner.layer(cache_page(60).key_prefix("inner")));
        let app = cache_page(60).key_prefix("outer").layer(router);
        let ask = || {
            let asked = app.clone().oneshot(request("GET", "/", &[]));
            let answer = testing::block_on(asked).expect("no error can happen");
            answer.headers()["cache-status"].to_str().unwrap().to_owned()
        };
        assert!(!ask().contains("hit"));
        larder.run_tasks();
        larder.advance(500 * SECOND);
        assert!(ask().contains("hit"));
        invalidate_tag("tag").unwrap();
        assert!(!ask().contains("hit"));
    }

    #[test]
    fn a_layer_within_itself_speaks_of_the_one_page_that_there_is() {
        let larder = testing::isolated();
        let layer = cache_page(60);
        let app = App::of(&layer, |runs| {
            let handler = get(async move || {
                assert!(entry::keep_for(600));
                format!("{}", runs.one_more())
            });
            Router::new().route("/", handler.layer(layer.clone()))
        });
        app.get("/");
        larder.advance(500 * SECOND);
        assert_eq!(app.get("/").text(), "1");
    }

    #[test]
    fn answers_to_post_that_are_kept_are_spoken_of_too() {
        let larder = testing::isolated();
        let layer = cache_page(60).posts(1 << 10);
        let search = post(async |question: String| {
            assert!(entry::tag(format!("about {question}")) && entry::keep_for(600));
            question
        });
        let service = layer.layer(Router::new().route("/", search));
        let is_hit = |question: &'static str| {
            let request = Request::post("/").header("host", "example.org").body(Body::from(question)).unwrap();
            let answer: Response<_> = testing::block_on(service.clone().oneshot(request)).unwrap();
            let is_hit = answer.headers()["cache-status"].to_str().unwrap().contains("hit");
            drop(answer);
            larder.run_tasks();
            is_hit
        };
        assert_eq!([is_hit("tea"), is_hit("tea"), is_hit("milk"), is_hit("milk")], [false, true, false, true]);
        larder.advance(500 * SECOND);
        invalidate_tag("about tea").unwrap();
        assert_eq!([is_hit("tea"), is_hit("milk")], [false, true]);
    }

    #[test]
    fn an_answer_to_post_that_is_the_page_of_its_url_is_spoken_of_as_that() {
        let _larder = testing::isolated();
        let headers = &[("content-location", "/"), ("cache-control", "max-age=60")];
        let app = App::new(&CacheLayer::rfc(), move |run, request| {
            assert!(entry::tag("tag"));
            if request.headers().contains_key("x-guess") {
                discard();
            }
            response(200, headers, format!("{run}"))
        });
        assert_eq!((app.send("POST", "/", &[]).text(), app.get("/").text()), ("1", "1"));
        invalidate_tag("tag").unwrap();
        assert_eq!(app.get("/").text(), "2");
        assert_eq!((app.send("POST", "/", &[("x-guess", "1")]).text(), app.get("/").text()), ("3", "4"));
    }

    #[test]
    fn a_part_of_a_page_is_spoken_of_as_the_page_is() {
        let _larder = testing::isolated();
        let app = App::new(&cache_page(60).keep_parts(), |run, _| {
            assert!(entry::tag("tag"));
            let headers = [("content-range", "bytes 0-0/2"), ("cache-control", "max-age=60")];
            response(206, &headers, format!("{run}"))
        });
        let part = || app.get_with("/", &[("range", "bytes=0-0")]).text().to_owned();
        assert_eq!([part(), part()], ["1", "1"]);
        invalidate_tag("tag").unwrap();
        assert_eq!(part(), "2");
    }
}
