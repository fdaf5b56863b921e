//! The code of the README that is about pages, line by line.

use std::error::Error;

use axum::Router;
use axum::extract::{FromRequestParts, Path, State};
use axum::response::Html;
use axum::routing::get;
use http::StatusCode;
use http::request::Parts;
use http_body_util::BodyExt;
use larder::page::{self, CacheLayer};
use larder::testing;
use larder::{cache_page, invalidates};
use tower::ServiceExt;

use crate::app::{Count, request};
use crate::stack;

type DbError = StatusCode;

#[derive(Clone, Default)]
struct Db(Count);

#[expect(clippy::unused_async, reason = "a database is asked, and not this one")]
impl Db {
    async fn article(&self, id: u64) -> Result<String, DbError> {
        if id == 0 { Err(StatusCode::NOT_FOUND) } else { Ok(format!("{} of {id}", self.0.one_more())) }
    }

    async fn mail(&self, user: u64) -> String {
        format!("{} for {user}", self.0.one_more())
    }

    async fn save(&self, _: u64, _: String) -> Result<(), DbError> {
        Ok(())
    }
}

struct User {
    id: u64,
}

impl<S: Sync> FromRequestParts<S> for User {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let id = parts.headers.get("x-user").and_then(|id| id.to_str().ok()?.parse().ok());
        id.map(|id| Self { id }).ok_or(StatusCode::UNAUTHORIZED)
    }
}

#[cache_page(60 * 15, key = "article:<id>", browser = 0)]
async fn article(Path(id): Path<u64>, State(db): State<Db>) -> Result<Html<String>, DbError> {
    db.article(id).await.map(Html)
}

#[cache_page(60, key = "inbox:<user.id: u64>")]
async fn inbox(user: User, State(db): State<Db>) -> Html<String> {
    Html(db.mail(user.id).await)
}

#[invalidates(article(id))]
async fn edit(Path(id): Path<u64>, State(db): State<Db>, text: String) -> Result<(), DbError> {
    db.save(id, text).await
}

#[test]
fn the_handlers_of_the_readme_make_their_pages_once_and_a_write_is_seen() {
    let _larder = testing::isolated();
    let app = {
        let app = Router::new().route("/articles/{id}", get(article).post(edit)).route("/inbox", get(inbox));
        app.with_state(Db::default())
    };
    let ask = |method: &str, path: &str, user: &str| {
        let visit = stack::send(&app, method, path, &[("x-user", user)]);
        (visit.status.as_u16(), visit.text().to_owned())
    };
    let answer = |status, text: &str| (status, text.to_owned());
    for _ in 0..2 {
        assert_eq!(ask("GET", "/articles/7", ""), answer(200, "1 of 7"));
        assert_eq!(ask("GET", "/inbox", "1"), answer(200, "2 for 1"));
        assert_eq!(ask("GET", "/inbox", "2"), answer(200, "3 for 2"));
        assert_eq!(ask("GET", "/inbox", ""), answer(401, ""));
        assert_eq!(ask("GET", "/articles/0", ""), answer(404, ""));
    }
    assert_eq!(ask("POST", "/articles/7", "1").0, 200);
    assert_eq!(ask("GET", "/articles/7", ""), answer(200, "4 of 7"));
    testing::block_on(async { article::invalidate(7).await });
    assert_eq!(ask("GET", "/articles/7", ""), answer(200, "5 of 7"));
}

#[test]
fn the_pages_of_the_readme_are_made_once_and_invalidated() -> Result<(), Box<dyn Error>> {
    use page::cache_page;

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
    testing::block_on(async {
        page::invalidate("/blog/*").await?;
        Ok::<(), larder::Error>(())
    })?;
    assert_eq!((&*visit("/blog/1", ""), &*visit("/search?q=a", "")), (&b"5"[..], &b"2"[..]));
    testing::block_on(app.clone().oneshot(request("POST", "/blog/1", &[])))?;
    assert_eq!(&*visit("/blog/1", ""), b"6");
    Ok(())
}

#[cfg(feature = "panel")]
#[test]
fn the_panel_of_the_readme_is_there_for_an_admin() {
    use larder::panel::Panel;

    fn is_admin(request: &Parts) -> bool {
        request.headers.contains_key("x-admin")
    }

    let _larder = testing::isolated();
    let app = Router::new().nest_service("/larder", Panel::guarded(is_admin).writable());
    let ask = |headers: &[(&str, &str)]| {
        let asking = app.clone().oneshot(request("GET", "/larder/api/now", headers));
        testing::block_on(asking).expect("no error can happen").status()
    };
    assert_eq!((ask(&[]).as_u16(), ask(&[("x-admin", "1")]).as_u16()), (404, 200));
}
