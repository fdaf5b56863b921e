//! What stands beside a handler with pages: other handlers of its route, layers around it, and a type that nobody sees.

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::get;
use http::StatusCode;
use larder::page::CacheLayer;
use larder::{cache_page, testing};

use crate::app::Count;
use crate::stack;

#[cache_page(60)]
async fn list(State(count): State<Count>) -> String {
    count.one_more().to_string()
}

/// Returns what is seen before and after a write to the same URL.
fn around_a_write(app: &Router) -> [String; 2] {
    let visit = || stack::get(app, "/posts?page=2", &[]).text().to_owned();
    let before = visit();
    stack::send(app, "POST", "/posts?page=2", &[]);
    [before, visit()]
}

#[test]
fn a_write_to_the_same_url_is_another_handlers_and_has_to_say_so_or_come_through_a_layer() {
    let app = || Router::new().route("/posts", get(list).post(async || "written")).with_state(Count::default());
    let alone = testing::isolated();
    assert_eq!(around_a_write(&app()), ["1", "1"]);
    drop(alone);
    let _behind_a_layer = testing::isolated();
    assert_eq!(around_a_write(&app().layer(CacheLayer::new())), ["1", "2"]);
}

/// What it returns is an error, and nobody can see that.
#[cache_page(60)]
async fn opaque(State(count): State<Count>) -> impl IntoResponse {
    Err::<(), _>((StatusCode::NOT_FOUND, count.one_more().to_string()))
}

#[test]
fn of_what_nobody_can_see_the_status_decides() {
    let _larder = testing::isolated();
    let app = Router::new().route("/", get(opaque)).with_state(Count::default());
    for _ in 0..2 {
        assert_eq!(stack::get(&app, "/", &[]).text(), "1");
    }
}
