//! The layer around an app, a scope or a resource, as programs of actix put it there.

use std::cell::RefCell;
use std::future::{Ready, ready};
use std::rc::Rc;
use std::time::Duration;

use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LENGTH, ORIGIN};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, HttpMessage, HttpRequest, HttpResponse, web};
use larder::page::{CacheLayer, Language, cache_page};
use larder::{KeyPart, testing};

use crate::app::Count;

const SECOND: Duration = Duration::from_secs(1);

/// Asks an app for what a request asks for: its status, what the cache says of it, and its text.
macro_rules! visit {
    ($app:expr, $request:expr) => {{
        let answer = call_service(&$app, $request.insert_header(("host", "example.org")).to_request()).await;
        let said = answer.headers().get("cache-status").map(|said| said.to_str().unwrap().to_owned());
        (
            answer.status().as_u16(),
            said.unwrap_or_default(),
            String::from_utf8(read_body(answer).await.to_vec()).unwrap(),
        )
    }};
    ($app:expr) => {
        visit!($app, TestRequest::get()).2
    };
}

/// Returns a header of an answer.
fn header<B>(answer: &ServiceResponse<B>, name: &str) -> String {
    answer.headers().get(name).expect("a header").to_str().expect("a text").to_owned()
}

fn counting(count: &Count) -> impl Fn(HttpRequest) -> Ready<String> + Clone + 'static {
    let count = count.clone();
    move |request: HttpRequest| ready(format!("{} {}", request.uri(), count.one_more()))
}

#[actix_web::test]
async fn a_resource_a_scope_and_an_app_keep_pages_each_in_its_own_way() {
    let _larder = testing::isolated();
    let count = Count::default();
    let app = App::new()
        .service(web::resource("/").wrap(cache_page(60 * 15)).get(counting(&count)))
        .service(
            web::scope("/blog").wrap(CacheLayer::new().query(["page"])).route("/{id}", web::get().to(counting(&count))),
        )
        .route("/none", web::get().to(counting(&count)));
    let app = init_service(app).await;
    assert_eq!((visit!(app), visit!(app)), ("/ 1".to_owned(), "/ 1".to_owned()));
    let post = |path: &str| TestRequest::get().uri(path);
    assert_eq!(visit!(app, post("/blog/7?page=2&x=1")).2, "/blog/7?page=2 2");
    assert_eq!(
        visit!(app, post("/blog/7?x=2&page=2")),
        (200, "larder; hit; ttl=300".into(), "/blog/7?page=2 2".into())
    );
    assert_eq!(visit!(app, post("/blog/8?page=2")).2, "/blog/8?page=2 3");
    assert_eq!((visit!(app, post("/none")).2, visit!(app, post("/none")).2), ("/none 4".into(), "/none 5".into()));
}

#[actix_web::test]
async fn what_is_not_told_apart_is_hidden_from_handlers_and_seen_again_where_nothing_is_made() {
    let _larder = testing::isolated();
    let handler = async |request: HttpRequest| {
        let seen = |name| request.headers().get(name).map_or("-", |value| value.to_str().unwrap()).to_owned();
        format!("{} {} {}", seen("cookie"), seen("x-tenant"), seen("accept-language"))
    };
    let app = App::new().wrap(cache_page(60).vary("x-tenant").vary_cookie("theme")).default_service(web::to(handler));
    let app = init_service(app).await;
    let asks = |request: TestRequest| {
        request
            .insert_header(("cookie", "id=7; theme=dark"))
            .insert_header(("x-tenant", "a"))
            .insert_header(("accept-language", "de"))
    };
    assert_eq!(visit!(app, asks(TestRequest::get())).2, "theme=dark a -");
    assert!(visit!(app, asks(TestRequest::get())).1.starts_with("larder; hit"));
    assert_eq!(visit!(app, asks(TestRequest::post())).2, "id=7; theme=dark a de");
}

#[actix_web::test]
async fn what_middleware_outside_has_read_off_a_request_shows_no_handler_what_is_hidden() {
    let _larder = testing::isolated();
    let handler = async |request: HttpRequest| {
        let cookie = |name| request.cookie(name).map_or("-".to_owned(), |cookie| cookie.value().to_owned());
        let raw = request.cookies_raw().unwrap().len();
        let from = request.connection_info().realip_remote_addr().unwrap_or("-").to_owned();
        format!("{} {} {raw} {from}", cookie("id"), cookie("theme"))
    };
    let app = App::new().wrap(cache_page(60).vary_cookie("theme")).default_service(web::to(handler)).wrap_fn(
        |request, inner| {
            let known = (request.cookie("id").is_some(), request.cookies_raw().unwrap().len());
            assert_eq!((known, request.connection_info().realip_remote_addr()), ((true, 2), Some("10.0.0.7")));
            inner.call(request)
        },
    );
    let app = init_service(app).await;
    let asks =
        TestRequest::get().insert_header(("cookie", "id=7; theme=dark")).insert_header(("x-forwarded-for", "10.0.0.7"));
    assert_eq!(visit!(app, asks).2, "- dark 1 -");
}

#[actix_web::test]
async fn a_layer_behind_another_sees_what_it_tells_apart_and_keeps_the_page_alone() {
    let _larder = testing::isolated();
    let count = Count::default();
    let runs = count.clone();
    let page = move |request: HttpRequest| {
        let cookie = request.headers().get("cookie").map_or("none", |value| value.to_str().unwrap()).to_owned();
        ready(format!("{cookie} {} {}", request.uri(), runs.one_more()))
    };
    let inner = web::scope("/blog").wrap(cache_page(60).vary_cookie("theme")).route("/{id}", web::get().to(page));
    let outer = CacheLayer::new().vary_cookie("a").query(["q"]);
    let app = init_service(App::new().wrap(outer).service(inner)).await;
    let asks = |path: &str, cookies: &'static str| TestRequest::get().uri(path).insert_header(("cookie", cookies));
    assert_eq!(visit!(app, asks("/blog/1?q=2&r=3", "a=1; theme=dark; b=2")).2, "theme=dark /blog/1?q=2&r=3 1");
    assert_eq!(visit!(app, asks("/blog/1?q=2&r=3", "a=1; theme=light")).2, "theme=light /blog/1?q=2&r=3 2");
    assert_eq!(visit!(app, asks("/blog/1?q=2&r=3", "theme=dark")).2, "theme=dark /blog/1?q=2&r=3 1");
    assert_eq!(visit!(app, asks("/blog/1?q=2&r=4", "theme=dark")).2, "theme=dark /blog/1?q=2&r=4 3");
    assert_eq!(count.get(), 3);
}

#[actix_web::test]
async fn a_layer_around_an_equal_one_does_not_wait_for_itself() {
    let _larder = testing::isolated();
    let count = Count::default();
    let inner = web::resource("/").wrap(cache_page(60)).get(counting(&count));
    let app = init_service(App::new().wrap(cache_page(60)).service(inner)).await;
    assert_eq!((visit!(app), visit!(app)), ("/ 1".to_owned(), "/ 1".to_owned()));
}

#[derive(Clone, KeyPart)]
struct User(u64);

#[actix_web::test]
async fn what_middleware_outside_says_of_who_asks_tells_pages_apart() {
    let _larder = testing::isolated();
    let count = Count::default();
    let app = App::new()
        .wrap(cache_page(60).vary_extension::<User>())
        .wrap_fn(|request, inner| {
            let said = |name| request.headers().get(name).and_then(|said| said.to_str().ok()).map(str::to_owned);
            let (user, language) = (said("x-user").and_then(|user| user.parse().ok()), said("x-language"));
            request.extensions_mut().insert(User(user.unwrap_or(0)));
            if let Some(language) = language {
                request.extensions_mut().insert(Language(language));
            }
            inner.call(request)
        })
        .default_service(web::to(counting(&count)));
    let app = init_service(app).await;
    let asks = |user: u64, language: &'static str| {
        TestRequest::get().insert_header(("x-user", user.to_string())).insert_header(("x-language", language))
    };
    let pages = [visit!(app, asks(1, "de")).2, visit!(app, asks(2, "de")).2, visit!(app, asks(1, "en")).2];
    assert_eq!(pages, ["/ 1", "/ 2", "/ 3"]);
    assert_eq!(visit!(app, asks(1, "de")).2, "/ 1");
}

#[actix_web::test]
async fn past_its_time_the_first_caller_waits_for_a_new_page_and_the_others_get_the_old_one() {
    let larder = testing::isolated();
    let (gate, count) = (crate::play::Gate::new(), Count::default());
    let (held, runs) = (gate.clone(), count.clone());
    let handler = move || {
        let (held, runs) = (held.clone(), runs.clone());
        async move {
            held.pass().await;
            runs.one_more().to_string()
        }
    };
    let app = App::new().wrap(cache_page(10).stale(60)).default_service(web::to(handler));
    let app = Rc::new(init_service(app).await);
    gate.let_go(1);
    assert_eq!(visit!(app), "1");
    larder.advance(20 * SECOND);
    let (first, inside) = (Rc::new(RefCell::new(None)), Rc::clone(&app));
    let told = Rc::clone(&first);
    let waiting = actix_web::rt::spawn(async move { *told.borrow_mut() = Some(visit!(inside)) });
    while gate.came() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(visit!(app), "1");
    let (_, said, text) = visit!(app, TestRequest::get());
    assert_eq!((&*said, &*text, count.get()), ("larder; hit; ttl=-10", "1", 1));
    assert_eq!(*first.borrow(), None, "it waits");
    gate.let_go(1);
    waiting.await.unwrap();
    assert_eq!(first.borrow().as_deref(), Some("2"));
    assert_eq!(visit!(app), "2");
}

#[actix_web::test]
async fn an_answer_has_the_request_that_asked_for_it_and_what_is_in_no_header() {
    #[derive(Clone)]
    struct Mark;
    let _larder = testing::isolated();
    let handler = async || {
        let mut response = HttpResponse::Ok().body("text");
        response.extensions_mut().insert(Mark);
        response
    };
    let seen = Rc::new(RefCell::new(Vec::new()));
    let noted = Rc::clone(&seen);
    let app = App::new().wrap(cache_page(60).see("origin")).default_service(web::to(handler)).wrap_fn(
        move |request, inner| {
            let (asking, noted) = (inner.call(request), Rc::clone(&noted));
            async move {
                let answer: ServiceResponse<_> = asking.await?;
                let origin = answer.request().headers().get(ORIGIN).cloned();
                noted.borrow_mut().push((origin.is_some(), answer.response().extensions().get::<Mark>().is_some()));
                Ok(answer)
            }
        },
    );
    let app = init_service(app).await;
    for _ in 0..2 {
        visit!(app, TestRequest::get().insert_header((ORIGIN, "https://example.org")));
    }
    assert_eq!(*seen.borrow(), [(true, true), (true, false)], "made, and kept");
}

#[actix_web::test]
async fn an_error_of_middleware_behind_is_the_error_of_the_request_unless_a_page_stands_in() {
    let larder = testing::isolated();
    let fails = Rc::new(RefCell::new(false));
    let does = Rc::clone(&fails);
    let app = App::new()
        .wrap_fn(move |request, inner| {
            let (fails, asking) = (*does.borrow(), inner.call(request));
            async move { if fails { Err(actix_web::error::ErrorImATeapot("by design")) } else { asking.await } }
        })
        .wrap(cache_page(10).stale_if_error(60))
        .default_service(web::to(async || "text"));
    let app = init_service(app).await;
    let ask = async |path: &str| {
        let request = TestRequest::get().uri(path).insert_header(("host", "example.org")).to_request();
        match app.call(request).await {
            Ok(answer) => (answer.status(), String::from_utf8(read_body(answer).await.to_vec()).unwrap()),
            Err(error) => {
                let answer = error.error_response();
                let (status, body) = (answer.status(), answer.into_body());
                let text = actix_web::body::to_bytes(body).await.unwrap_or_default();
                (status, String::from_utf8(text.to_vec()).unwrap())
            }
        }
    };
    assert_eq!(ask("/").await, (StatusCode::OK, "text".to_owned()));
    *fails.borrow_mut() = true;
    larder.advance(20 * SECOND);
    assert_eq!(ask("/").await, (StatusCode::OK, "text".to_owned()), "a page stands in");
    assert_eq!(ask("/other").await, (StatusCode::IM_A_TEAPOT, "by design".to_owned()));
}

#[actix_web::test]
async fn a_body_that_a_request_does_not_tell_of_is_read_by_nobody_who_makes_a_page() {
    let _larder = testing::isolated();
    let app = App::new().wrap(cache_page(60)).default_service(web::to(async |body: String| format!("<{body}>")));
    let app = init_service(app).await;
    let sent = |path: &str| {
        TestRequest::get().uri(path).insert_header(("host", "example.org")).set_payload("secret").to_request()
    };
    let told = call_service(&app, sent("/told")).await;
    assert_eq!(header(&told, "cache-status"), "larder; fwd=bypass; detail=\"a request with a body\"");
    assert_eq!(read_body(told).await, "<secret>");
    let mut request = sent("/");
    request.headers_mut().remove(CONTENT_LENGTH);
    let untold = call_service(&app, request).await;
    assert_eq!(header(&untold, "cache-status"), "larder; fwd=uri-miss; stored");
    assert_eq!((read_body(untold).await, visit!(app)), ("<>".into(), "<>".to_owned()));
}
