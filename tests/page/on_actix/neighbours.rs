//! Middleware that people put around a cache of actix, as it is written there: CORS, which reads the request of an answer, and
//! sessions, on either side.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue, ORIGIN, SET_COOKIE, VARY};
use actix_web::middleware::{Next, from_fn};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, Error, HttpMessage, HttpRequest, web};
use larder::page::{CacheLayer, cache_page};
use larder::testing;

use crate::visit::{Count, Who};

const ALLOWED: [&str; 2] = ["https://a.example", "https://b.example"];
const EVIL: &str = "https://evil.example";

/// Allows two origins, by the request that it finds in an answer.
async fn cors<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    let mut answer = next.call(request).await?;
    let origin = answer.request().headers().get(ORIGIN).cloned();
    if let Some(origin) = origin.filter(|origin| ALLOWED.iter().any(|allowed| origin == allowed)) {
        answer.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    answer.headers_mut().append(VARY, HeaderValue::from_static("Origin"));
    Ok(answer)
}

/// Hands on who has a session, and begins one for whoever has none.
async fn session<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    let known = request.cookie("id").map(|cookie| cookie.value().to_owned());
    let is_new = known.is_none();
    request.extensions_mut().insert(Who(known.unwrap_or_else(|| "new".to_owned())));
    let mut answer = next.call(request).await?;
    if is_new {
        answer.headers_mut().append(SET_COOKIE, HeaderValue::from_static("id=begun"));
    }
    Ok(answer)
}

/// Greets who has a session, where anybody has told of one.
fn greeting(count: &Count) -> impl Fn(HttpRequest) -> std::future::Ready<String> + Clone + 'static {
    let count = count.clone();
    move |request: HttpRequest| {
        count.one_more();
        let who = request.extensions().get().map_or("nobody".to_owned(), |Who(name)| name.clone());
        std::future::ready(who)
    }
}

/// Asks with these headers: one of the answer, and its text.
macro_rules! ask {
    ($app:expr, $name:expr $(, $header:literal: $value:expr)*) => {{
        let request = TestRequest::get().insert_header(("host", "example.org"))$(.insert_header(($header, $value)))*;
        let answer = call_service(&$app, request.to_request()).await;
        let said = answer.headers().get($name).map(|said| said.to_str().unwrap().to_owned());
        (said, String::from_utf8(read_body(answer).await.to_vec()).unwrap())
    }};
}

/// Makes an app of a page with these around it, the innermost first.
macro_rules! app {
    ($count:expr $(, $around:expr)*) => {
        init_service(App::new()$(.wrap($around))*.default_service(web::to(greeting($count)))).await
    };
}

#[actix_web::test]
async fn cors_outside_of_a_layer_that_sees_the_origin_gives_each_its_own_answer_of_one_page() {
    let _larder = testing::isolated();
    let count = Count::default();
    let app = app!(&count, cache_page(60).see("Origin"), from_fn(cors));
    for _ in 0..2 {
        for origin in ALLOWED {
            assert_eq!(ask!(app, ACCESS_CONTROL_ALLOW_ORIGIN, "origin": origin).0.as_deref(), Some(origin));
        }
        assert_eq!(ask!(app, ACCESS_CONTROL_ALLOW_ORIGIN, "origin": EVIL).0, None);
        assert_eq!(ask!(app, ACCESS_CONTROL_ALLOW_ORIGIN).0, None);
    }
    assert_eq!(count.get(), 1);
}

/// actix hands a request back with its answer, and the page was made for one without an origin.
#[actix_web::test]
async fn cors_outside_of_a_layer_that_hides_the_origin_finds_none_where_a_page_was_made_and_never_anothers() {
    let _larder = testing::isolated();
    let count = Count::default();
    let app = app!(&count, cache_page(60), from_fn(cors));
    assert_eq!(ask!(app, ACCESS_CONTROL_ALLOW_ORIGIN, "origin": ALLOWED[0]).0, None, "made for it");
    for origin in ALLOWED {
        assert_eq!(ask!(app, ACCESS_CONTROL_ALLOW_ORIGIN, "origin": origin).0.as_deref(), Some(origin), "kept");
    }
    assert_eq!(ask!(app, ACCESS_CONTROL_ALLOW_ORIGIN, "origin": EVIL).0, None);
    assert_eq!(count.get(), 1);
}

#[actix_web::test]
async fn cors_behind_a_layer_sees_nobody_unless_the_origin_is_named() {
    let _larder = testing::isolated();
    let count = Count::default();
    let hidden = app!(&count, from_fn(cors), cache_page(60).key_prefix("hidden"));
    for origin in ALLOWED {
        assert_eq!(ask!(hidden, ACCESS_CONTROL_ALLOW_ORIGIN, "origin": origin).0, None);
    }
    assert_eq!(count.get(), 1);
    let named = app!(&count, from_fn(cors), cache_page(60).vary("Origin"));
    for _ in 0..2 {
        for origin in ALLOWED {
            assert_eq!(ask!(named, ACCESS_CONTROL_ALLOW_ORIGIN, "origin": origin).0.as_deref(), Some(origin));
        }
        assert_eq!(ask!(named, ACCESS_CONTROL_ALLOW_ORIGIN, "origin": EVIL).0, None);
    }
    assert_eq!(count.get(), 4);
}

#[actix_web::test]
async fn a_session_behind_a_layer_is_a_strangers_unless_its_cookie_is_named_and_one_that_begins_is_not_kept() {
    let _larder = testing::isolated();
    let count = Count::default();
    let hidden = app!(&count, from_fn(session), CacheLayer::new().key_prefix("hidden"));
    for user in ["id=ann", "id=bob"] {
        let visit = ask!(hidden, SET_COOKIE, "cookie": user);
        assert_eq!(visit, (Some("id=begun".into()), "new".into()), "each begins one");
    }
    assert_eq!(count.get(), 2);
    let named = app!(&count, from_fn(session), CacheLayer::new().vary_cookie("id"));
    for user in ["ann", "bob", "ann", "bob"] {
        assert_eq!(ask!(named, SET_COOKIE, "cookie": format!("x=1; id={user}")), (None, user.to_owned()));
    }
    assert_eq!(count.get(), 4);
    for _ in 0..2 {
        assert_eq!(ask!(named, SET_COOKIE), (Some("id=begun".into()), "new".into()));
    }
    assert_eq!(count.get(), 6);
}

#[actix_web::test]
async fn a_session_outside_of_a_layer_is_told_apart_where_that_is_named_and_its_cookie_is_kept_for_nobody() {
    let _larder = testing::isolated();
    for layer in [cache_page(60).vary_extension::<Who>(), cache_page(60).vary_cookie("id")] {
        let count = Count::default();
        let app = app!(&count, layer, from_fn(session));
        for user in ["ann", "bob", "ann", "bob"] {
            assert_eq!(ask!(app, SET_COOKIE, "cookie": format!("id={user}")), (None, user.to_owned()));
        }
        for _ in 0..2 {
            assert_eq!(ask!(app, SET_COOKIE), (Some("id=begun".into()), "new".into()), "each begins one");
        }
        assert_eq!(count.get(), 3, "strangers share a page, and no cookie");
    }
}
