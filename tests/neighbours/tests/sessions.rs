//! Sessions, by `tower_sessions`.

use axum::Router;
use axum::routing::{get as on_get, post};
use larder::page::{CacheLayer, cache_page};
use larder::testing;
use tower_sessions::{MemoryStore, Session, SessionManagerLayer};

use crate::site::{Visit, get, send};

fn sessions() -> SessionManagerLayer<MemoryStore> {
    SessionManagerLayer::new(MemoryStore::default()).with_secure(false)
}

async fn greet(session: Session) -> String {
    let name: Option<String> = session.get("name").await.expect("a store in memory");
    name.map_or_else(|| "who are you?".to_owned(), |name| format!("hello {name}"))
}

async fn count(session: Session) -> String {
    let visits = session.get::<u64>("visits").await.expect("a store in memory").unwrap_or_default() + 1;
    session.insert("visits", visits).await.expect("a store in memory");
    visits.to_string()
}

/// Logs in who names himself.
async fn log_in(session: Session, headers: http::HeaderMap) {
    let name = headers["x-name"].to_str().expect("a name");
    session.insert("name", name).await.expect("a store in memory");
}

fn app(page: axum::routing::MethodRouter) -> Router {
    Router::new().route("/page", page.merge(post(log_in)))
}

fn cookie_of(visit: &Visit) -> Option<String> {
    visit.header("set-cookie").and_then(|cookie| cookie.split(';').next()).map(ToOwned::to_owned)
}

/// Logs two users in, and returns their cookies.
fn two_users(site: &Router) -> [String; 2] {
    ["ann", "bob"].map(|name| cookie_of(&send(site, "POST", &[("x-name", name)])).expect("a session"))
}

#[test]
fn behind_the_cache_a_session_is_found_where_its_cookie_is_named() {
    let _larder = testing::isolated();
    let site = app(on_get(greet)).layer(sessions()).layer(cache_page(60).vary_cookie("id"));
    let [ann, bob] = two_users(&site);
    for is_hit in [false, true] {
        for (cookie, text) in [(&ann, "hello ann"), (&bob, "hello bob")] {
            let page = get(&site, &[("cookie", cookie)]);
            assert_eq!((&*page.text(), page.is_hit()), (text, is_hit));
        }
        assert_eq!(get(&site, &[]).text(), "who are you?");
    }
}

#[test]
fn behind_the_cache_no_session_is_found_where_its_cookie_is_not_named() {
    let _larder = testing::isolated();
    let site = app(on_get(greet)).layer(sessions()).layer(cache_page(60));
    let [ann, bob] = two_users(&site);
    for cookie in [&ann, &bob] {
        assert_eq!(get(&site, &[("cookie", cookie)]).text(), "who are you?");
    }
}

#[test]
fn behind_the_cache_a_page_that_begins_or_changes_a_session_is_not_kept() {
    for layer in [cache_page(60), cache_page(60).vary_cookie("id"), CacheLayer::new().see("Cookie")] {
        let _larder = testing::isolated();
        let site = app(on_get(count)).layer(sessions()).layer(layer);
        let first = get(&site, &[]);
        let second = get(&site, &[]);
        assert!(!second.is_hit() && second.text() == "1");
        assert_ne!(cookie_of(&first), cookie_of(&second), "nobody is handed another's session");
    }
}

#[test]
fn before_the_cache_a_session_that_the_handler_reads_is_shared_so_it_does_not_belong_there() {
    let _larder = testing::isolated();
    let site = app(on_get(greet)).layer(cache_page(60)).layer(sessions());
    let [ann, bob] = two_users(&site);
    assert_eq!(get(&site, &[("cookie", &ann)]).text(), "hello ann");
    assert_eq!(get(&site, &[("cookie", &bob)]).text(), "hello ann", "what the manual warns of");
}

#[test]
fn before_the_cache_a_session_is_told_apart_where_its_cookie_is_named() {
    let _larder = testing::isolated();
    let site = app(on_get(greet)).layer(cache_page(60).vary_cookie("id")).layer(sessions());
    let [ann, bob] = two_users(&site);
    for is_hit in [false, true] {
        for (cookie, text) in [(&ann, "hello ann"), (&bob, "hello bob")] {
            let page = get(&site, &[("cookie", cookie)]);
            assert_eq!((&*page.text(), page.is_hit()), (text, is_hit));
        }
    }
}
