//! Pages of an app, asked for as browsers do: a miss and a hit, a guard, a page past its time, and a write.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use axum::extract::{FromRequestParts, Path, Request};
use axum::http::{StatusCode, request::Parts};
use axum::{Router, body, routing::get};
use larder::{cache_page, invalidates, testing};
use tower::ServiceExt;

static RUNS: AtomicU32 = AtomicU32::new(1);

#[cache_page(60, key = "article:<id>", stale = 600)]
async fn article(Path(id): Path<u64>) -> String {
    format!("article {id}, run {}", RUNS.fetch_add(1, Relaxed))
}

#[invalidates(article(id))]
async fn edit(Path(id): Path<u64>) {}

#[cache_page(60, key = "inbox:<user.0: String>")]
async fn inbox(user: User) -> String {
    format!("inbox of {}, run {}", user.0, RUNS.fetch_add(1, Relaxed))
}

struct User(String); // a guard: it runs on every request

impl<S: Sync> FromRequestParts<S> for User {
    type Rejection = StatusCode;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let name = parts.headers.get("x-user").and_then(|name| name.to_str().ok()).filter(|name| !name.is_empty());
        name.map(|name| Self(name.to_owned())).ok_or(StatusCode::UNAUTHORIZED)
    }
}

async fn ask(app: &Router, method: &str, path: &str, user: &str) {
    let request = Request::builder().method(method).uri(path).header("host", "example.org").header("x-user", user);
    let (head, body) = app.clone().oneshot(request.body(body::Body::empty()).unwrap()).await.unwrap().into_parts();
    let body = String::from_utf8(body::to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
    let said = head.headers.get("cache-status").map_or("", |said| said.to_str().unwrap());
    println!("{}", format!("{method:<5}{path:<12}{user:<5}{:<5}{body:<21}{said}", head.status.as_u16()).trim_end());
}

fn main() {
    let app = Router::new().route("/article/{id}", get(article).post(edit)).route("/inbox", get(inbox));
    let larder = testing::isolated(); // a clock that is moved by hand
    testing::block_on(async {
        ask(&app, "GET", "/article/7", "").await;
        ask(&app, "GET", "/article/7", "ann").await;
        for user in ["", "ann", "ben", "ann"] {
            ask(&app, "GET", "/inbox", user).await;
        }
        larder.advance(std::time::Duration::from_secs(70));
        ask(&app, "GET", "/article/7", "").await; // past its time: it is made anew behind this answer
        larder.settle().await;
        for method in ["GET", "POST", "GET"] {
            ask(&app, method, "/article/7", "ann").await;
        }
    });
}
