//! Layers around layers of axum.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::{get, get_service};
use http::Request;
use larder::page::{CacheLayer, cache_page};
use larder::{entry, testing};

use crate::app::{App, response};
use crate::stack::{counted, get as visit, send};

const SECOND: Duration = Duration::from_secs(1);

/// An application with a layer around a layer.
fn layers(outer: &CacheLayer, inner: CacheLayer) -> App {
    App::of(outer, |runs| {
        let page = move |request: Request<Body>| {
            let cookie = request.headers().get("cookie").map_or("none", |value| value.to_str().unwrap()).to_owned();
            std::future::ready(format!("{cookie} {} {}", request.uri(), runs.one_more()))
        };
        Router::new().nest("/blog", Router::new().fallback(get(page).layer(inner)))
    })
}

#[test]
fn a_layer_behind_another_sees_what_it_tells_apart_and_keeps_the_page_alone() {
    let _larder = testing::isolated();
    let outer = CacheLayer::new().vary_cookie("a").query(["q"]);
    let app = layers(&outer, cache_page(60).vary_cookie("theme"));
    let visit = |path: &str, cookies: &str| app.get_with(path, &[("cookie", cookies)]).text().to_owned();
    assert_eq!(visit("/blog/1?q=2&r=3", "a=1; theme=dark; b=2"), "theme=dark /1?q=2&r=3 1");
    assert_eq!(visit("/blog/1?q=2&r=3", "a=1; theme=light"), "theme=light /1?q=2&r=3 2");
    assert_eq!(visit("/blog/1?q=2&r=3", "theme=dark"), "theme=dark /1?q=2&r=3 1");
    assert_eq!(visit("/blog/1?q=2&r=4", "theme=dark"), "theme=dark /1?q=2&r=4 3");
}

#[test]
fn a_layer_around_an_equal_one_does_not_wait_for_itself() {
    let _larder = testing::isolated();
    let app = layers(&cache_page(60), cache_page(60));
    assert_eq!((app.get("/blog/1").text(), app.get("/blog/1").text()), ("none /1 1", "none /1 1"));
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
fn a_write_empties_the_pages_of_a_cache_inside_too() {
    let _larder = testing::isolated();
    let nested = |app: Router| Router::new().nest("/blog", app).layer(CacheLayer::new());
    let (inner, runs) = counted(|_| response(200, &[], "page"));
    let page = get_service(inner).layer(cache_page(60)).post(async || "written");
    let site = nested(Router::new().route("/", page.clone()).route("/{id}", page));
    for path in ["/blog", "/blog/1"] {
        let before = runs.get();
        visit(&site, path, &[]);
        visit(&site, path, &[]);
        assert_eq!((send(&site, "POST", path, &[]).text(), runs.get()), ("written", before + 1));
        assert_eq!(visit(&site, path, &[]).text(), "page");
        assert_eq!(runs.get(), before + 2, "{path}");
    }
}
