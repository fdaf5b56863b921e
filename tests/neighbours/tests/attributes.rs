//! Attributes of others on handlers with pages.

use std::sync::{Arc, Mutex};

use ::tracing::span::{Attributes, Id, Record};
use ::tracing::{Event, Metadata, Subscriber};
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::{Router, routing};
use http::StatusCode;
use larder::{cache_page, testing};
use tower_http::compression::CompressionLayer;
use tower_http::cors::{Any, CorsLayer};
use tower_http::trace::TraceLayer;
use utoipa::OpenApi;

use crate::site::{Runs, get, send_to};

#[cache_page(60, key = "checked:<name>")]
#[axum::debug_handler]
async fn checked(Path(name): Path<String>) -> Result<String, StatusCode> {
    Ok(name)
}

#[cache_page(60)]
#[::tracing::instrument]
async fn traced_below(Path(name): Path<String>) -> impl IntoResponse {
    name
}

#[::tracing::instrument]
#[cache_page(60)]
async fn traced_above(Path(name): Path<String>) -> String {
    name
}

#[cache_page(60)]
#[utoipa::path(get, path = "/below/{name}")]
async fn described_below(Path(name): Path<String>) -> String {
    name
}

#[utoipa::path(get, path = "/above/{name}")]
#[cache_page(60)]
async fn described_above(Path(name): Path<String>) -> String {
    name
}

#[derive(OpenApi)]
#[openapi(paths(described_below, described_above))]
struct Api;

#[test]
fn attributes_of_others_stand_where_the_docs_say() {
    let all = [
        routing::get(checked),
        routing::get(traced_below),
        routing::get(traced_above),
        routing::get(described_below),
        routing::get(described_above),
    ];
    for route in all {
        let _larder = testing::isolated();
        let site = Router::new().route("/{name}", route);
        for is_hit in [false, true] {
            let visit = get(&site, &[]);
            assert_eq!((visit.text(), visit.is_hit()), ("page".to_owned(), is_hit));
        }
    }
}

#[test]
fn what_describes_a_handler_sees_the_arguments_that_were_written() {
    let paths = Api::openapi().paths.paths;
    for path in ["/below/{name}", "/above/{name}"] {
        let described = paths[path].get.as_ref().expect("a description");
        let names: Vec<_> = described.parameters.iter().flatten().map(|parameter| &*parameter.name).collect();
        assert_eq!(names, ["name"], "{path}");
    }
}

#[::tracing::instrument(skip_all)]
#[cache_page(60)]
async fn traced_with_a_state(State(runs): State<Runs>) -> String {
    runs.one_more().to_string()
}

#[cfg_attr(all(), cache_page(60))]
#[cfg_attr(all(), axum::debug_handler(state = Runs))]
#[cfg_attr(all(), ::tracing::instrument(skip_all))]
async fn on_condition(State(runs): State<Runs>) -> String {
    runs.one_more().to_string()
}

#[cfg_attr(any(), cache_page(60))]
async fn on_a_condition_that_is_not_met(State(runs): State<Runs>) -> String {
    runs.one_more().to_string()
}

struct Shelf;

impl Shelf {
    #[cache_page(60, associated)]
    #[::tracing::instrument(skip_all)]
    async fn traced(State(runs): State<Runs>) -> String {
        runs.one_more().to_string()
    }

    #[must_use]
    #[inline]
    #[cache_page(60, associated)]
    async fn plain(State(runs): State<Runs>) -> String {
        runs.one_more().to_string()
    }
}

#[test]
fn what_is_said_on_a_condition_and_in_an_impl_is_said() {
    let all = [
        (routing::get(traced_with_a_state), true),
        (routing::get(on_condition), true),
        (routing::get(on_a_condition_that_is_not_met), false),
        (routing::get(Shelf::traced), true),
        (routing::get(Shelf::plain), true),
    ];
    for (route, is_kept) in all {
        let _larder = testing::isolated();
        let site = Router::new().route("/page", route).with_state(Runs::default());
        let [first, second] = [(), ()].map(|()| get(&site, &[]).text());
        assert_eq!((&*first, first == second), ("1", is_kept));
    }
}

/// Notes which spans were begun.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<&'static str>>>);

impl Subscriber for Spans {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.target().starts_with("neighbours")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut spans = self.0.lock().expect("nobody panics here");
        spans.push(span.metadata().name());
        Id::from_u64(spans.len() as u64)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[test]
fn a_span_covers_the_making_of_a_page_and_no_hit() {
    let _larder = testing::isolated();
    let site = Router::new()
        .route("/above", routing::get(traced_with_a_state))
        .route("/on-condition", routing::get(on_condition))
        .route("/method", routing::get(Shelf::traced))
        .with_state(Runs::default());
    let spans = Spans::default();
    ::tracing::subscriber::with_default(spans.clone(), || {
        for path in ["/above", "/on-condition", "/method"] {
            for _ in 0..3 {
                send_to(&site, "GET", path, &[]);
            }
        }
    });
    let names = spans.0.lock().expect("nobody panics here").clone();
    assert_eq!(names, ["traced_with_a_state", "uncached", "traced_uncached"], "by where the attribute stands");
}

#[cache_page(60)]
async fn long(State(runs): State<Runs>) -> String {
    format!("{} page ", runs.one_more()).repeat(1_000)
}

#[test]
fn layers_around_a_handler_do_to_each_answer_what_they_do() {
    let _larder = testing::isolated();
    let runs = Runs::default();
    let site = Router::new().route("/page", routing::get(long)).with_state(runs.clone());
    let site = site.layer(CompressionLayer::new()).layer(CorsLayer::new().allow_origin(Any));
    let site = site.layer(TraceLayer::new_for_http());
    for _ in 0..2 {
        let zipped = get(&site, &[("accept-encoding", "gzip"), ("origin", "https://a.example")]);
        let plain = get(&site, &[]);
        assert_eq!((zipped.header("content-encoding"), plain.header("content-encoding")), (Some("gzip"), None));
        assert_eq!(zipped.header("access-control-allow-origin"), Some("*"));
        assert!(zipped.body.len() < 200 && zipped.text() == plain.text());
    }
    assert_eq!(runs.get(), 1);
}
