//! Handlers of every form that axum has, with attributes that say something in headers.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{Router, any, get};
use http::header::CACHE_CONTROL;
use http::{Request, StatusCode};
use larder::{cache_control, etag, never_cache, testing, vary_on_cookie, vary_on_headers};

use crate::app::{Visit, request};
use crate::heads::ask;

fn look(router: &Router, path: &str) -> Visit {
    ask(router, request("GET", path, &[]))
}

mod handlers {
    use super::*;

    pub type Answer<T> = Result<T, (StatusCode, &'static str)>;

    #[derive(Clone)]
    pub struct Db(pub &'static str);

    /// Is documented, and stays so.
    ///
    /// # Errors
    ///
    /// Where the id is odd.
    #[cache_control(max_age = 1)]
    #[must_use]
    pub async fn with_a_question_mark(Path(id): Path<u64>, State(db): State<Db>) -> Answer<String> {
        let half = (id % 2 == 0).then_some(id / 2).ok_or((StatusCode::NOT_FOUND, "odd"))?;
        if half == 1 {
            return Ok("early".to_owned());
        }
        std::future::ready(()).await;
        Ok(format!("{} {half}", db.0))
    }

    /// Its error is nowhere but in its type.
    #[cache_control(max_age = 2)]
    pub async fn with_an_opaque_part(Path(id): Path<u64>) -> Result<impl IntoResponse, StatusCode> {
        let half = (id % 2 == 0).then_some(id / 2).ok_or(StatusCode::NOT_FOUND)?;
        Ok(Html(half.to_string()))
    }

    #[cache_control(max_age = 3)]
    #[vary_on_cookie]
    pub async fn generic<T, const N: usize>(Path(mut value): Path<T>, mut text: String) -> impl IntoResponse
    where
        T: ToString + Default + Send + 'static,
    {
        text += &value.to_string().repeat(N);
        value = T::default();
        text + &value.to_string()
    }

    #[cache_control(max_age = 4)]
    pub async fn of_any_argument(shown: impl std::fmt::Display + Send) -> String {
        shown.to_string()
    }

    #[cache_control(max_age = 5)]
    pub async fn of_nothing() {}

    #[cache_control(max_age = 6)]
    pub async fn of_parts() -> (StatusCode, [(&'static str, &'static str); 1], Html<&'static str>) {
        (StatusCode::ACCEPTED, [("x-a", "1")], Html("parts"))
    }

    #[cache_control(max_age = 7)]
    pub async fn borrowing(db: &Db, name: &str) -> Response {
        format!("{} {name}", db.0).into_response()
    }

    pub struct Api {
        pub name: &'static str,
    }

    impl Api {
        #[cache_control(max_age = 8)]
        pub async fn associated(Path(id): Path<u64>) -> Html<String> {
            Self::shown(id)
        }

        #[never_cache]
        pub async fn method(&self, id: u64) -> Html<String> {
            Html(format!("{} {}", self.name, Self::shown(id).0))
        }

        #[etag(self.name)]
        pub async fn known(&self) -> &'static str {
            self.name
        }

        const TIME: u64 = 9;

        #[cache_control(max_age = Self::TIME + N, s_maxage = 3)]
        pub async fn timed<const N: u64>() {}

        fn shown(id: u64) -> Html<String> {
            Html(format!("<b>{id}</b>"))
        }
    }
}

#[test]
fn handlers_of_every_form_keep_their_form() {
    use handlers::{Api, Db};

    let app: Router = Router::new()
        .route("/question/{id}", get(handlers::with_a_question_mark))
        .route("/opaque/{id}", get(handlers::with_an_opaque_part))
        .route("/generic/{value}", get(handlers::generic::<u8, 3>))
        .route("/nothing", get(handlers::of_nothing))
        .route("/parts", get(handlers::of_parts))
        .route("/associated/{id}", get(Api::associated))
        .route("/timed", get(Api::timed::<2>))
        .with_state(Db("db"));
    for (path, status, said, body) in [
        ("/question/8", 200, Some("max-age=1"), "db 4"),
        ("/question/2", 200, Some("max-age=1"), "early"),
        ("/question/7", 404, None, "odd"),
        ("/opaque/8", 200, Some("max-age=2"), "4"),
        ("/opaque/7", 404, None, ""),
        ("/generic/7", 200, Some("max-age=3"), "7770"),
        ("/nothing", 200, Some("max-age=5"), ""),
        ("/parts", 202, Some("max-age=6"), "parts"),
        ("/associated/7", 200, Some("max-age=8"), "<b>7</b>"),
        ("/timed", 200, Some("max-age=11, s-maxage=3"), ""),
    ] {
        let visit = look(&app, path);
        assert_eq!((visit.status.as_u16(), visit.text()), (status, body), "{path}");
        assert_eq!(visit.header("cache-control").as_deref(), said, "{path}");
    }
}

#[test]
fn what_is_no_handler_but_like_one_is_called_as_before_and_returns_a_response() {
    let (db, name) = (handlers::Db("db"), "a name".to_owned());
    let borrowed = testing::block_on(handlers::borrowing(&db, &name));
    assert_eq!(borrowed.headers()[CACHE_CONTROL], "max-age=7");
    let shown = testing::block_on(handlers::of_any_argument(7));
    assert_eq!(shown.headers()[CACHE_CONTROL], "max-age=4");
    let api = handlers::Api { name: "api" };
    let method = testing::block_on(api.method(7));
    assert!(method.headers()[CACHE_CONTROL].to_str().is_ok_and(|said| said.contains("no-store")));
    let known = testing::block_on(api.known(larder::page::Conditions::default()));
    assert_eq!(known.headers()["etag"], "\"api\"");
}

/// Everything around the handlers is named like something that an expansion uses.
#[deny(warnings, missing_docs, clippy::pedantic, unused_qualifications)]
#[expect(dead_code, non_camel_case_types, reason = "their only purpose is to be in the way")]
pub mod hostile {
    mod core {}
    mod std {}
    mod larder {}
    mod http {}
    mod axum {}
    struct Option;
    struct Some;
    struct None;
    struct Response;
    struct Conditions;
    struct CacheControl;
    trait IntoResponse {}
    struct u64;

    type Answer = ::core::result::Result<::std::string::String, ::http::StatusCode>;

    /// Greets.
    ///
    /// # Errors
    ///
    /// Never.
    #[::larder::cache_control(max_age = 60, no_cache("a"))]
    #[::larder::vary_on_cookie]
    #[::larder::etag(__conditions.as_str())]
    #[::larder::last_modified(::core::option::Option::Some(5_u64))]
    #[::larder::vary_on_headers("x")]
    pub async fn greeting(__conditions: ::std::string::String) -> Answer {
        let __known = __conditions;
        ::core::result::Result::Ok(__known)
    }

    /// Says nothing.
    #[::larder::never_cache]
    pub async fn silence() {}
}

mod elsewhere {
    pub mod framework {
        pub use larder as cache;
    }

    use framework::cache;

    #[cache::cache_control(max_age = 60, crate = framework::cache)]
    #[cache::vary_on_headers("A", crate = framework::cache)]
    #[cache::vary_on_cookie(crate = framework::cache)]
    #[cache::etag(1, crate = framework::cache)]
    #[cache::last_modified(crate = framework::cache, 5_u64)]
    pub async fn page() -> &'static str {
        "fine"
    }

    #[cache::never_cache(crate = framework::cache)]
    pub async fn never() {}
}

macro_rules! written_by_a_macro {
    ($name:ident, $time:expr, $header:literal, $tag:expr, $answer:ty) => {
        #[cache_control(max_age = $time)]
        #[vary_on_headers($header)]
        #[etag($tag)]
        async fn $name() -> $answer {
            Ok("fine")
        }
    };
}

written_by_a_macro!(from_a_macro, 30 * 2, "X-A", "v".to_owned() + "1", Result<&'static str, StatusCode>);

#[test]
fn nothing_around_a_handler_is_in_the_way() {
    let app = Router::new()
        .route("/hostile", any(hostile::greeting))
        .route("/silence", get(hostile::silence))
        .route("/elsewhere", get(elsewhere::page))
        .route("/never", get(elsewhere::never))
        .route("/macro", get(from_a_macro));
    let greeting = ask(&app, Request::post("/hostile").body(Body::from("hello")).expect("a request"));
    assert_eq!((greeting.text(), greeting.header("vary").as_deref()), ("hello", Some("cookie, x")));
    assert_eq!(greeting.header("cache-control").as_deref(), Some("max-age=60, no-cache=\"a\""));
    for (path, name, value) in [
        ("/silence", "cache-control", "max-age=0, no-cache, no-store, must-revalidate, private"),
        ("/elsewhere", "vary", "a, cookie"),
        ("/elsewhere", "etag", "\"1\""),
        ("/elsewhere", "last-modified", "Thu, 01 Jan 1970 00:00:05 GMT"),
        ("/elsewhere", "cache-control", "max-age=60"),
        ("/never", "cache-control", "max-age=0, no-cache, no-store, must-revalidate, private"),
        ("/macro", "cache-control", "max-age=60"),
        ("/macro", "vary", "x-a"),
        ("/macro", "etag", "\"v1\""),
    ] {
        assert_eq!(look(&app, path).header(name).as_deref(), Some(value), "{path}");
    }
}

/// Fifteen arguments of its own, which leave room for one.
#[etag(u.to_string())]
#[rustfmt::skip]
#[expect(clippy::too_many_arguments, reason = "this is what is tested")]
async fn with_many(
    State(()): State<()>, _b: http::Method, _c: http::Uri, _d: http::Version, _e: http::HeaderMap, _f: http::Method,
    _g: http::Uri, _h: http::Version, _i: http::Method, _j: http::Method, _k: http::Method, _l: http::Method,
    _m: http::Method, u: http::Uri, _body: Request<axum::body::Body>,
) -> String {
    u.to_string()
}

#[test]
fn a_handler_of_fifteen_arguments_has_room_for_one_more() {
    let visit = ask(&Router::new().route("/a", any(with_many)), request("GET", "/a", &[("if-none-match", "\"/a\"")]));
    assert_eq!(visit.status, 304);
}
