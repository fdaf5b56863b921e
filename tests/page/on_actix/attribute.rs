//! Handlers of actix that say themselves how their pages are kept.

use std::future::{Ready, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::dev::{Payload, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, Error, FromRequest, HttpRequest, HttpResponse, Responder, ResponseError, get, web};
use larder::actix::cache_page;
use larder::page::CacheLayer;
use larder::{entry, invalidates, testing};
use serde::Deserialize;

const SECOND: Duration = Duration::from_secs(1);

/// Asks an app: the status, what the cache says, and the text.
macro_rules! visit {
    ($app:expr, $path:expr $(, $name:literal: $value:expr)*) => {
        visit!(@ $app, TestRequest::get().uri($path)$(.insert_header(($name, $value)))*)
    };
    (@ $app:expr, $request:expr) => {{
        let request = $request.insert_header(("host", "example.org")).to_request();
        let answer = call_service(&$app, request).await;
        let said = |name: &str| answer.headers().get(name).map(|said| said.to_str().unwrap().to_owned());
        let (status, said) = (answer.status().as_u16(), said("cache-status").unwrap_or_default());
        (status, said, String::from_utf8(read_body(answer).await.to_vec()).unwrap())
    }};
}

/// Returns a header of an answer.
fn header<B>(answer: &ServiceResponse<B>, name: &str) -> String {
    answer.headers().get(name).expect("a header").to_str().expect("a text").to_owned()
}

/// How often something has run, which a test has for itself.
#[derive(Clone, Default)]
pub struct Runs(Arc<AtomicUsize>);

impl Runs {
    fn one_more(&self) -> usize {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

#[cache_page(60 * 15, key = "actix:article:<id>", tags = ["actix:all"])]
async fn article(id: web::Path<u64>, runs: web::Data<Runs>) -> String {
    entry::tag(format!("actix:author:{}", id.into_inner() % 2));
    runs.one_more().to_string()
}

#[invalidates(article(id))]
async fn rename(id: u64) {
    let _ = id;
}

#[actix_web::test]
async fn a_page_is_made_once_and_goes_by_its_name_its_tags_and_what_its_handler_says() {
    let _larder = testing::isolated();
    let runs = Runs::default();
    let app = App::new().app_data(web::Data::new(runs.clone())).route("/{id}", web::get().to(article));
    let app = init_service(app).await;
    assert_eq!(visit!(app, "/7"), (200, "larder; fwd=uri-miss; stored".into(), "1".into()));
    assert_eq!(visit!(app, "/7"), (200, "larder; hit; ttl=900".into(), "1".into()));
    assert_eq!(visit!(app, "/8").2, "2");
    article::invalidate(7).await;
    assert_eq!((visit!(app, "/7").2, visit!(app, "/8").2), ("3".into(), "2".into()));
    rename(7).await;
    assert_eq!(visit!(app, "/7").2, "4");
    larder::invalidate_tag("actix:author:1").await.unwrap();
    assert_eq!((visit!(app, "/7").2, visit!(app, "/8").2), ("5".into(), "2".into()));
    larder::invalidate_tag("actix:all").await.unwrap();
    assert_eq!((visit!(app, "/7").2, visit!(app, "/8").2), ("6".into(), "7".into()));
    assert_eq!(article::key(7).as_str(), "actix:article:7");
    assert_eq!((article::stats().hits, runs.get()), (article::site().stats().hits, 7));
}

/// A user, by what a cookie says; strangers are sent elsewhere.
struct User {
    id: u64,
}

#[derive(Debug)]
struct Stranger;

impl std::fmt::Display for Stranger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("who are you?")
    }
}

impl ResponseError for Stranger {
    fn status_code(&self) -> StatusCode {
        StatusCode::PERMANENT_REDIRECT
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::PermanentRedirect().insert_header((LOCATION, "/login")).finish()
    }
}

impl FromRequest for User {
    type Error = Stranger;
    type Future = Ready<Result<Self, Stranger>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id =
            request.headers().get("cookie").and_then(|line| line.to_str().ok()?.strip_prefix("user=")?.parse().ok());
        ready(id.map(|id| Self { id }).ok_or(Stranger))
    }
}

#[cache_page(60, key = "actix:inbox:<user.id: u64>")]
async fn inbox(user: User, runs: web::Data<Runs>) -> String {
    format!("{} {}", user.id, runs.one_more())
}

#[cache_page(60, shared(_user))]
async fn rates(_user: User, runs: web::Data<Runs>) -> String {
    runs.one_more().to_string()
}

#[cache_page(60, vary(user = "Cookie"))]
async fn orders(user: User, runs: web::Data<Runs>) -> String {
    format!("{} {}", user.id, runs.one_more())
}

#[actix_web::test]
async fn guards_run_on_every_request_and_no_page_of_one_user_reaches_another() {
    let _larder = testing::isolated();
    let app = App::new()
        .app_data(web::Data::new(Runs::default()))
        .route("/inbox", web::get().to(inbox))
        .route("/rates", web::get().to(rates))
        .route("/orders", web::get().to(orders));
    let app = init_service(app).await;
    for _ in 0..2 {
        assert_eq!(visit!(app, "/inbox", "cookie": "user=1").2, "1 1");
        assert_eq!(visit!(app, "/inbox", "cookie": "user=2").2, "2 2");
        assert_eq!(visit!(app, "/rates", "cookie": "user=1").2, "3");
        assert_eq!(visit!(app, "/rates", "cookie": "user=2").2, "3");
        assert_eq!(visit!(app, "/orders", "cookie": "user=1").2, "1 4");
        assert_eq!(visit!(app, "/orders", "cookie": "user=2").2, "2 5");
        for path in ["/inbox", "/rates", "/orders"] {
            let request = TestRequest::get().uri(path).insert_header(("host", "example.org")).to_request();
            let refusal = call_service(&app, request).await;
            assert_eq!((refusal.status().as_u16(), header(&refusal, "location")), (308, "/login".to_owned()));
            assert_eq!(header(&refusal, "cache-control"), "private, max-age=0");
        }
    }
    let request = TestRequest::get().uri("/rates").insert_header(("host", "example.org"));
    let page = call_service(&app, request.insert_header(("cookie", "user=1")).to_request()).await;
    assert_eq!(header(&page, "cache-control"), "private, max-age=0");
    inbox::invalidate(1).await;
    assert_eq!(visit!(app, "/inbox", "cookie": "user=1").2, "1 6");
    assert_eq!(visit!(app, "/inbox", "cookie": "user=2").2, "2 2");
    inbox::invalidate_all().await;
    assert_eq!(visit!(app, "/inbox", "cookie": "user=2").2, "2 7");
}

#[derive(Deserialize)]
struct Paging {
    page: Option<u32>,
    sort: Option<String>,
}

#[cache_page(60, query("page"))]
async fn list(paging: web::Query<Paging>, uri: actix_web::http::Uri, runs: web::Data<Runs>) -> String {
    let Paging { page, sort } = paging.into_inner();
    format!("{page:?} {sort:?} {uri} {}", runs.one_more())
}

#[actix_web::test]
async fn of_the_query_a_handler_sees_what_pages_are_told_apart_by() {
    let _larder = testing::isolated();
    let app = App::new().app_data(web::Data::new(Runs::default())).route("/list", web::get().to(list));
    let app = init_service(app).await;
    assert_eq!(visit!(app, "/list?sort=a&page=2").2, "Some(2) None /list?page=2 1");
    assert_eq!(visit!(app, "/list?page=2&sort=b").2, "Some(2) None /list?page=2 1");
    assert_eq!(visit!(app, "/list?sort=b").2, "None None /list 2");
}

#[cache_page(10, stale = 60)]
async fn news(runs: web::Data<Runs>) -> String {
    runs.one_more().to_string()
}

#[actix_web::test]
async fn past_its_time_a_page_is_made_anew_behind_the_answer() {
    let larder = testing::isolated();
    let app = App::new().app_data(web::Data::new(Runs::default())).route("/", web::get().to(news));
    let app = init_service(app).await;
    assert_eq!(visit!(app, "/").2, "1");
    larder.advance(20 * SECOND);
    assert_eq!(visit!(app, "/"), (200, "larder; hit; ttl=-10".into(), "1".into()));
    for _ in 0..16 {
        larder.run_tasks();
        tokio::task::yield_now().await;
    }
    assert_eq!(visit!(app, "/"), (200, "larder; hit; ttl=10".into(), "2".into()));
}

#[cache_page(60, statuses(404 = 10))]
async fn found(path: web::Path<u16>, runs: web::Data<Runs>) -> Result<String, Error> {
    let run = runs.one_more().to_string();
    match path.into_inner() {
        404 => Err(actix_web::error::ErrorNotFound(run)),
        410 => Err(actix_web::error::ErrorGone(run)),
        500 => Err(actix_web::error::ErrorInternalServerError(run)),
        _ => Ok(run),
    }
}

#[actix_web::test]
async fn of_a_result_only_what_is_ok_is_kept_unless_its_status_is_named() {
    let _larder = testing::isolated();
    let app = App::new().app_data(web::Data::new(Runs::default())).route("/{status}", web::get().to(found));
    let app = init_service(app).await;
    for (path, answers) in [("/200", ["1", "1"]), ("/404", ["2", "2"]), ("/410", ["3", "4"]), ("/500", ["5", "6"])] {
        assert_eq!([visit!(app, path).2, visit!(app, path).2], answers, "{path}");
    }
    assert_eq!(visit!(app, "/410").1, "larder; fwd=uri-miss; detail=\"an error of the handler\"");
    assert_eq!(visit!(app, "/no-number").0, 404, "as the extractor refuses it");
}

/// Says the time.
#[cache_page(60)]
#[get("/route/{id}")]
pub async fn routed(id: web::Path<u64>, runs: web::Data<Runs>) -> impl Responder {
    format!("{id} {}", runs.one_more())
}

#[actix_web::test]
async fn a_route_below_has_the_companion_of_its_handler() {
    let _larder = testing::isolated();
    let app = App::new().app_data(web::Data::new(Runs::default())).service(routed);
    let app = init_service(app).await;
    assert_eq!((visit!(app, "/route/7").2, visit!(app, "/route/7").2), ("7 1".into(), "7 1".into()));
    routed::invalidate().await;
    assert_eq!(visit!(app, "/route/7").2, "7 2");
}

struct Api {
    region: &'static str,
}

impl Api {
    #[cache_page(60, key = "actix:price:<self.region: str>:<id>")]
    async fn price(self: Arc<Self>, id: web::Path<u64>, runs: web::Data<Runs>) -> String {
        format!("{} {id} {}", self.region, runs.one_more())
    }
}

#[actix_web::test]
async fn methods_have_pages_too() {
    let _larder = testing::isolated();
    let [eu, us] = ["eu", "us"].map(|region| Arc::new(Api { region }));
    let app = App::new()
        .app_data(web::Data::new(Runs::default()))
        .route("/eu/{id}", web::get().to(move |arrival: larder::actix::Arrival<_, _>| Arc::clone(&eu).price(arrival)))
        .route("/us/{id}", web::get().to(move |arrival: larder::actix::Arrival<_, _>| Arc::clone(&us).price(arrival)));
    let app = init_service(app).await;
    assert_eq!(
        [visit!(app, "/eu/1").2, visit!(app, "/us/1").2, visit!(app, "/eu/1").2],
        ["eu 1 1", "us 1 2", "eu 1 1"]
    );
    Api::price_site().invalidate("eu", 1).await;
    assert_eq!([visit!(app, "/eu/1").2, visit!(app, "/us/1").2], ["eu 1 3", "us 1 2"]);
}

#[cache_page(60, see("x-trace"))]
async fn traced(request: HttpRequest, runs: web::Data<Runs>) -> String {
    format!("{} {}", request.headers().contains_key("x-trace"), runs.one_more())
}

#[actix_web::test]
async fn a_handler_that_says_what_it_sees_takes_the_whole_request() {
    let _larder = testing::isolated();
    let app = App::new().app_data(web::Data::new(Runs::default())).route("/", web::get().to(traced));
    let app = init_service(app).await;
    assert_eq!(visit!(app, "/", "x-trace": "1").2, "true 1");
    assert_eq!(visit!(app, "/").2, "true 1");
}

#[actix_web::test]
async fn behind_a_layer_a_handler_keeps_its_own_page_and_the_layer_none() {
    let _larder = testing::isolated();
    let scope =
        web::scope("/in").wrap(CacheLayer::new().see("cookie").time(600)).route("/orders", web::get().to(orders));
    let app = init_service(App::new().app_data(web::Data::new(Runs::default())).service(scope)).await;
    for _ in 0..2 {
        assert_eq!(visit!(app, "/in/orders", "cookie": "user=1").2, "1 1");
        assert_eq!(visit!(app, "/in/orders", "cookie": "user=2").2, "2 2");
    }
    orders::invalidate().await;
    assert_eq!(visit!(app, "/in/orders", "cookie": "user=1").2, "1 3");
}

#[cache_page(60)]
async fn sent(body: String, runs: web::Data<Runs>) -> String {
    format!("<{body}> {}", runs.one_more())
}

#[actix_web::test]
async fn what_is_sent_is_read_where_nothing_is_kept() {
    let _larder = testing::isolated();
    let app = App::new().app_data(web::Data::new(Runs::default())).route("/", web::route().to(sent));
    let app = init_service(app).await;
    assert_eq!(visit!(app, "/").2, "<> 1");
    assert_eq!(visit!(@ app, TestRequest::post().uri("/").set_payload("a")).2, "<a> 2");
    assert_eq!(visit!(@ app, TestRequest::get().uri("/").set_payload("b")).2, "<b> 3");
    assert_eq!(visit!(app, "/").2, "<> 4", "a `POST` may have changed it");
    assert_eq!(sent::uncached("c".into(), web::Data::new(Runs::default())).await, "<c> 1");
}

/// Those who hand larder on, with names around it that an expansion must not meet.
mod framework {
    #![deny(clippy::pedantic, missing_docs, unused)]
    #![allow(clippy::unused_async, reason = "handlers are, whether they wait or not")]
    #[allow(unused)]
    mod core {}
    #[allow(unused)]
    mod std {}
    #[allow(unused)]
    mod actix_web {}

    pub use ::larder as cache;

    /// A handler of theirs.
    #[cache::actix::cache_page(60, crate = crate::on_actix::attribute::framework::cache)]
    #[cache::actix::vary_on_headers("x-tenant", crate = crate::on_actix::attribute::framework::cache)]
    #[cache::actix::etag("v1", crate = crate::on_actix::attribute::framework::cache)]
    pub async fn handed_on(id: ::actix_web::web::Path<u64>) -> ::std::string::String {
        ::std::format!("page {id}")
    }
}

#[actix_web::test]
async fn larder_may_be_reached_through_another_crate() {
    let _larder = testing::isolated();
    let app = init_service(App::new().route("/{id}", web::get().to(framework::handed_on))).await;
    assert_eq!(visit!(app, "/7", "x-tenant": "a").1, "larder; fwd=uri-miss; stored");
    assert_eq!(visit!(app, "/7", "x-tenant": "a"), (200, "larder; hit; ttl=60".into(), "page 7".into()));
    framework::handed_on::invalidate().await;
    assert_eq!(visit!(app, "/7", "x-tenant": "a").1, "larder; fwd=vary-miss; stored");
}
