//! Addresses that are written in other ways, or that mean something else to the handler.

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, MatchedPath, Path, Request};
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{any, get as on_get};
use http::header::COOKIE;
use http::{HeaderMap, StatusCode, Uri};
use larder::page::CacheLayer;
use larder::{cache_page, testing};
use tower::Layer;
use tower_sessions::{MemoryStore, SessionManagerLayer};

use crate::site::{Runs, ask, get, request, send_to};
use crate::users::{MaybeUser, app};
use crate::wire::{self, Server};

fn cookie_in(headers: &HeaderMap) -> &str {
    headers.get(COOKIE).map_or("nobody", |line| line.to_str().expect("a text"))
}

struct User(String);

impl<S: Sync> FromRequestParts<S> for User {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let line = parts.headers.get(COOKIE).and_then(|line| line.to_str().ok());
        line.map(|line| Self(line.to_owned())).ok_or(StatusCode::UNAUTHORIZED)
    }
}

#[cache_page(60, key = "of:<user.0>")]
async fn of_user(user: User, uri: Uri) -> String {
    format!("{} at {uri}", user.0)
}

#[cache_page(60)]
async fn public(uri: Uri, headers: HeaderMap) -> String {
    format!("{uri} of {:?} for {}", headers.get("host"), cookie_in(&headers))
}

#[cache_page(60)]
async fn matched(path: MatchedPath, Path(id): Path<String>) -> String {
    format!("{} {id}", path.as_str())
}

#[test]
fn wherever_a_handler_stands_each_user_has_pages_of_their_own() {
    let _larder = testing::isolated();
    let inner = || Router::new().route("/page", on_get(of_user)).fallback(of_user);
    let site = Router::new()
        .nest("/a", inner())
        .nest("/b", Router::new().nest("/c", inner()))
        .nest_service("/d", inner())
        .route("/any", any(of_user))
        .fallback(of_user);
    for path in ["/a/page", "/a/else", "/b/c/page", "/b/else", "/d/page", "/d/else", "/any", "/else"] {
        let texts = |_round| ["ann", "bob"].map(|user| send_to(&site, "GET", path, &[("cookie", user)]).text());
        let [ann, bob] = texts(0);
        assert!(ann.starts_with("ann at ") && bob.starts_with("bob at "), "{path}: {ann}, {bob}");
        assert_eq!(texts(1), [ann, bob]);
        assert_eq!(send_to(&site, "GET", path, &[]).status, StatusCode::UNAUTHORIZED, "{path}");
    }
    for user in ["ann", "bob"] {
        let post = send_to(&site, "POST", "/any", &[("cookie", user)]);
        assert!(post.text().starts_with(user) && !post.is_hit());
    }
}

#[test]
fn one_handler_at_two_places_has_the_pages_of_each() {
    let _larder = testing::isolated();
    let users = Router::new().route("/{name}", on_get(matched));
    let site = Router::new().nest("/users", users).route("/groups/{name}", on_get(matched));
    for _ in 0..2 {
        assert_eq!(send_to(&site, "GET", "/users/ann", &[]).text(), "/users/{name} ann");
        assert_eq!(send_to(&site, "GET", "/groups/ann", &[]).text(), "/groups/{name} ann");
        assert_eq!(send_to(&site, "GET", "/groups/%61nn", &[]).text(), "/groups/{name} ann");
    }
}

/// Sends each user to a host of their own, which has the same paths.
async fn to_a_host_of_ones_own(mut request: Request, next: Next) -> Response {
    let user = cookie_in(request.headers());
    *request.uri_mut() = format!("http://{user}.example/page").parse().expect("an address");
    next.run(request).await
}

#[test]
fn a_host_that_a_layer_has_written_into_the_address_is_told_apart() {
    let _larder = testing::isolated();
    let inner = from_fn(to_a_host_of_ones_own).layer(Router::<()>::new().route("/page", on_get(public)));
    let site = Router::new().fallback_service(inner);
    for user in ["ann", "bob", "ann"] {
        assert!(get(&site, &[("cookie", user)]).text().starts_with(&format!("http://{user}.example/page ")));
    }
}

#[test]
fn on_a_socket_no_way_to_write_an_address_brings_another_ones_page() {
    let _larder = testing::isolated();
    let heads = [
        "GET /page HTTP/1.0\r\n",
        "GET /page HTTP/1.1\r\nHost: a.example\r\n",
        "GET /page HTTP/1.1\r\nHost: b.example\r\n",
        "GET /page HTTP/1.1\r\nHost: A.EXAMPLE\r\n",
        "GET /page HTTP/1.1\r\nHost: a.example:80\r\n",
        "GET http://a.example/page HTTP/1.1\r\nHost: a.example\r\n",
        "GET https://a.example/page HTTP/1.1\r\nHost: a.example\r\n",
        "GET http://b.example/page HTTP/1.1\r\nHost: a.example\r\n",
        "GET http://a.example/page HTTP/1.0\r\n",
        "GET /page HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n",
        "GET /page HTTP/1.1\r\nHost: a.example\r\nX-Forwarded-Host: b.example\r\n",
        "GET //page HTTP/1.1\r\nHost: a.example\r\n",
        "GET /page?user=ann HTTP/1.1\r\nHost: a.example\r\n",
    ];
    wire::run(async {
        let server = Server::of(Router::new().route("/page", on_get(public)).fallback(of_user)).await;
        for round in 0..2 {
            let mut seen = std::collections::BTreeMap::new();
            for (index, head) in heads.iter().enumerate() {
                for user in ["ann", "bob"] {
                    let answer = server.raw(&format!("{head}Cookie: {user}\r\nConnection: close\r\n\r\n")).await;
                    let (_, text) = answer.split_once("\r\n\r\n").expect("a body");
                    let is_own = text.contains(user) && answer.contains("fwd=bypass");
                    let is_guarded = head.contains("//page ") && text.starts_with(user);
                    assert!(text.ends_with("for nobody") || is_own || is_guarded, "{round}: {head}{answer}");
                    if answer.contains("larder; hit") && !is_guarded {
                        seen.entry(text.to_owned()).or_insert(index);
                    }
                }
            }
            // A line that nobody sees makes no difference, nor who says the host that is said twice.
            assert_eq!(seen.len(), 8, "{seen:?}");
        }
    });
}

#[cache_page(60, vary(user = cookie("id")))]
async fn of_session(user: MaybeUser) -> String {
    user.name()
}

const WAYS_TO_WRITE_ID: [&str; 8] = ["id", "i%64", "%69d", "%69%64", " id ", "id\t", "\u{a0}id", "id%20"];

/// A layer of sessions decodes the names of cookies, and reads `i%64` as `id`.
#[test]
fn however_a_cookie_is_written_that_a_session_is_found_by_it_tells_pages_apart() {
    let handler = on_get(async |user: MaybeUser| user.name());
    let mut found = 0;
    for name in WAYS_TO_WRITE_ID {
        for page in [on_get(of_session), handler.clone().layer(CacheLayer::new().vary_cookie("id"))] {
            let _larder = testing::isolated();
            let sessions = SessionManagerLayer::new(MemoryStore::default()).with_secure(false);
            let site = app::with_logins(Router::new().route("/page", page)).layer(sessions);
            let site = site.with_state(Runs::default());
            let ask_with = |cookie: &str| get(&site, &[("cookie", cookie)]).text();
            let id = session_of_ann(&site);
            found += usize::from(ask_with(&format!("{name}={id}")) == "ann");
            assert_eq!(get(&site, &[]).text(), "nobody", "after `{name}`");
            assert_eq!(ask_with(&format!("{name}=another")), "nobody", "after `{name}`");
            assert_eq!(ask_with("id=another"), "nobody", "after `{name}`");
        }
    }
    assert_eq!(found, 14, "all but one are names of the same cookie");
}

fn session_of_ann(site: &Router) -> String {
    let mut login = request("POST", "/login", &[("content-type", "application/x-www-form-urlencoded")]);
    *login.body_mut() = Body::from("name=ann");
    let login = testing::block_on(ask(site, login));
    let mut cookies = login.headers.get_all("set-cookie").iter().map(|line| line.to_str().expect("a text"));
    let id = cookies.find_map(|line| line.strip_prefix("id=")).expect("a session");
    id.split(';').next().expect("an id").to_owned()
}
