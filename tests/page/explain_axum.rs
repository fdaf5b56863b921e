//! Why a request was answered as it was: what only handlers of axum, routers and layers around them can show.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::routing::get;
use larder::explain::page::{Pass, Refusal};
use larder::explain::{Alone, Done, Found, Kept, NotKept, Story, Unasked};
use larder::page::CacheService;
use larder::report::ReportLayer;
use larder::{cache_page, cached, explain, testing};
use tower::{Layer, ServiceExt};

use crate::app::{App, request};
use crate::explain::{only, saying, usual, visit};
use crate::lines::lines;

#[cached(key = "explain:of-a-page:<id>", ttl = 60)]
fn part(id: u64) -> u64 {
    id
}

#[cache_page(60)]
async fn shown() -> String {
    part(7).to_string()
}

#[test]
fn the_page_of_a_handler_says_where_that_stands() {
    let _larder = testing::isolated();
    let app = Router::new().route("/shown", get(shown));
    let ask = || testing::block_on(explain(app.clone().oneshot(request("GET", "/shown", &[])))).1;
    let first = only(&ask());
    let place = first.place.expect("a handler");
    assert_eq!((place.name, place.file.ends_with("tests/page/explain_axum.rs")), ("shown", true));
    assert_eq!(first.inside.len(), 1, "{first}");
}

#[test]
fn a_place_within_itself_says_so() {
    let _larder = testing::isolated();
    let layer = usual();
    let app = App::of(&layer, |_| Router::new().route("/", get(async || "a page").layer(usual())));
    let asked = visit(&app);
    assert_eq!(asked.inside[0].found, Found::Unasked(Unasked::Page(Pass::Inside)), "{asked}");
}

#[test]
fn pages_of_a_cache_that_nobody_configured_say_so() {
    let _larder = testing::isolated();
    let layer = usual().cache("nobody's");
    let app = saying(&layer, 200, &[]);
    let asked = std::thread::spawn(move || visit(&app)).join().unwrap();
    let Found::Unasked(Unasked::NoCache { error }) = &asked.found else { panic!("{asked}") };
    assert!(error.contains("nobody's") && asked.cache == "nobody's", "{error}");
}

#[test]
fn a_layer_nearer_to_the_handler_keeps_the_page_and_says_so() {
    let _larder = testing::isolated();
    let inner = usual().stale(1);
    let app = App::of(&usual(), |_| Router::new().route("/", get(async || "a page").layer(inner)));
    let asked = visit(&app);
    assert_eq!(asked.kept, Some(Kept::Not(NotKept::Page(Refusal::Nearer))), "{asked}");
    assert!(matches!(asked.inside[0].kept, Some(Kept::Page { .. })), "{asked}");
}

#[cache_page(60)]
async fn failing() -> Result<String, (http::StatusCode, &'static str)> {
    Err((http::StatusCode::NOT_FOUND, "no such page"))
}

#[test]
fn what_a_handler_calls_an_error_is_not_kept_and_says_so() {
    let _larder = testing::isolated();
    let app = Router::new().route("/failing", get(failing));
    let story = testing::block_on(explain(app.oneshot(request("GET", "/failing", &[])))).1;
    assert_eq!(only(&story).kept, Some(Kept::Not(NotKept::Page(Refusal::Failed))));
}

#[test]
fn a_layer_that_is_asked_to_puts_a_story_beside_each_response_and_into_the_log() {
    lines();
    let _larder = testing::isolated();
    let app = Router::new().route("/told", get(async || part(1).to_string()).layer(usual()));
    let ask = |layer: ReportLayer| {
        let response = testing::block_on(layer.layer(app.clone()).oneshot(request("GET", "/told", &[]))).unwrap();
        let story = response.extensions().get::<Story>().cloned();
        testing::block_on(http_body_util::BodyExt::collect(response.into_body())).unwrap();
        story
    };
    let story = ask(ReportLayer::new().explain()).expect("it was asked for");
    let keys: Vec<_> = story.all().map(|asked| (asked.is_page, asked.is_hit())).collect();
    assert_eq!(keys, [(true, false), (false, false)], "{story}");
    assert!(only(&ask(ReportLayer::new().explain()).unwrap()).is_hit());
    assert_eq!(ask(ReportLayer::new()), None);
    let log = lines().lock().unwrap().join("\n");
    assert!(log.contains("TRACE larder::explain GET /told: 200\n"), "{log}");
    assert!(log.contains("a hit in memory: 0 ms old, 1 min left"), "{log}");
}

#[test]
fn a_page_that_asks_for_itself_is_told() {
    let _larder = testing::isolated();
    let service: Arc<OnceLock<CacheService<Router>>> = Arc::default();
    let itself = Arc::clone(&service);
    let page = move || {
        let service = itself.get().expect("it is there").clone();
        async move {
            static RUNS: AtomicUsize = AtomicUsize::new(0);
            if RUNS.fetch_add(1, Ordering::Relaxed) == 0 {
                let inner = service.oneshot(request("GET", "/", &[])).await.expect("no error can happen");
                assert_eq!(inner.status(), 200);
            }
            "a page"
        }
    };
    let service = service.get_or_init(|| usual().layer(Router::new().route("/", get(page)))).clone();
    let (_, story) = testing::block_on(explain(service.oneshot(request("GET", "/", &[]))));
    let inner = &only(&story).inside[0];
    assert_eq!(inner.done[0], Done::Alone(Alone::Circle), "{story}");
    assert_eq!(inner.kept, Some(Kept::Not(NotKept::Page(Refusal::Inside))), "{story}");
}
