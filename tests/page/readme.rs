//! The code of the README that is about pages, line by line.

use std::error::Error;

use axum::Router;
use axum::routing::get;
use http_body_util::BodyExt;
use larder::page::{self, CacheLayer, cache_page};
use larder::testing;
use tower::ServiceExt;

use crate::app::{Count, request};

#[test]
fn the_pages_of_the_readme_are_made_once_and_invalidated() -> Result<(), Box<dyn Error>> {
    let _larder = testing::isolated();
    let runs = Count::default();
    let count = || {
        let runs = runs.clone();
        async move || format!("{}", runs.one_more())
    };
    let (article, comment, search, front) = (count(), async || "thank you", count(), count());
    #[rustfmt::skip]
    let app = {
let app = Router::new()
    .route("/blog/{id}", get(article).post(comment).layer(cache_page(60 * 15).browser(0)))  // each browser asks again
    .route("/search", get(search).layer(cache_page(60).query(["q", "page"])))               // no other parameter counts
    .route("/", get(front).layer(cache_page(60).vary_cookie("theme").stale(300)))
    .layer(CacheLayer::new().explicit_only().vary_cookie("session"));     // around a site; browsers are told the times too
        app
    };
    let visit = |path: &str, cookie: &str| {
        let asked = app.clone().oneshot(request("GET", path, &[("cookie", cookie)]));
        testing::block_on(async {
            let body = asked.await.expect("no error can happen").into_body();
            body.collect().await.expect("a whole body").to_bytes()
        })
    };
    assert_eq!((&*visit("/blog/1", ""), &*visit("/blog/1", "")), (&b"1"[..], &b"1"[..]));
    assert_eq!((&*visit("/search?q=a", ""), &*visit("/search?q=a&utm=1", "")), (&b"2"[..], &b"2"[..]));
    assert_eq!((&*visit("/", "theme=dark; a=b"), &*visit("/", "theme=light")), (&b"3"[..], &b"4"[..]));
    assert_eq!(&*visit("/", "theme=dark; a=c"), b"3");
    page::invalidate("/blog/*")?;
    assert_eq!((&*visit("/blog/1", ""), &*visit("/search?q=a", "")), (&b"5"[..], &b"2"[..]));
    testing::block_on(app.clone().oneshot(request("POST", "/blog/1", &[])))?;
    assert_eq!(&*visit("/blog/1", ""), b"6");
    Ok(())
}
