//! Nothing that a user has in scope can break the expansion of a handler, and it warns of nothing.

use axum::Router;
use axum::extract::FromRequestParts;
use axum::routing::get;
use http::StatusCode;
use http::request::Parts;
use larder::testing;

use crate::stack;

/// Everything around the handlers is named like something that their expansion uses.
#[deny(warnings, missing_docs, clippy::pedantic, unused_qualifications)]
#[expect(dead_code, unused_macros, non_camel_case_types, reason = "their only purpose is to be in the way")]
pub mod hostile {
    mod core {}
    mod std {}
    mod larder {}
    mod axum {}
    mod page {}
    mod primitive {}
    struct Option;
    struct Result;
    struct Some;
    struct None;
    struct Ok;
    struct Err;
    struct Key;
    struct String;
    struct Vec;
    struct After;
    struct Arrival;
    struct Outcome;
    struct Response;
    struct PageSite;
    struct u16;
    struct u64;
    struct usize;
    struct str;
    trait Fallback {}
    trait From {}
    trait Into {}
    trait Borrow {}
    trait Derived {}
    trait Send {}
    macro_rules! concat {
        () => {};
    }
    macro_rules! module_path {
        () => {};
    }
    macro_rules! page_verbs {
        () => {};
    }
    const PAGES: () = ();
    const ANSWER: () = ();
    const LIMIT: ::core::primitive::u64 = 1 << 20;

    /// A visitor.
    #[derive(Clone, ::larder::KeyPart)]
    pub struct Visitor(pub ::core::primitive::u64);

    /// Shows everything there is.
    ///
    /// # Errors
    ///
    /// Never.
    #[::larder::cache_page(
        60, browser = 5, stale = 5, stale_if_error = 5, key = "hygiene:all:<visitor>:<id>", version = 2, key_prefix = "hygiene",
        vary("Accept-Language", cookie("theme")), query("page"), see("X-Trace"), tags = ["id:<id>"], statuses(404 = 10, 410),
        keep_cookies, trust_client, etag, limit = LIMIT, variants = 4 * 4, layer = |layer| layer.keep_errors().keep_errors()
    )]
    pub async fn all(
        visitor: Visitor,
        ::axum::extract::Path(id): ::axum::extract::Path<::std::string::String>,
    ) -> ::core::result::Result<::std::string::String, ::http::StatusCode> {
        ::std::future::ready(()).await;
        ::core::result::Result::Ok(::std::format!("{} {id}", visitor.0))
    }

    /// Shows nothing.
    #[::larder::cache_page(LIMIT)]
    pub async fn nothing() -> &'static ::core::primitive::str {
        ::std::future::ready(()).await;
        ""
    }

    #[::larder::cache_page(60, companion = Hidden)]
    async fn hidden() -> &'static ::core::primitive::str {
        ::std::future::ready(()).await;
        "hidden"
    }

    /// Calls what is hidden.
    pub async fn shown() -> &'static ::core::primitive::str {
        Hidden::uncached().await
    }

    /// Returns what routers are given.
    pub fn routes() -> ::axum::Router {
        ::axum::Router::new().route("/", ::axum::routing::get(hidden))
    }

    impl Visitor {
        /// Shows a visitor.
        #[::larder::cache_page(60, key = "hygiene:show:<self.0>:<id>")]
        pub async fn show(
            self,
            ::axum::extract::Path(id): ::axum::extract::Path<::core::primitive::u64>,
        ) -> ::std::string::String {
            ::std::future::ready(()).await;
            ::std::format!("{} {id}", self.0)
        }

        #[::larder::cache_page(60, associated)]
        async fn about() -> &'static ::core::primitive::str {
            ::std::future::ready(()).await;
            "about"
        }

        /// Returns what routers are given.
        pub fn routes() -> ::axum::Router {
            ::axum::Router::new().route("/", ::axum::routing::get(Self::about))
        }
    }

    /// Saves something.
    #[::larder::invalidates(all(Visitor(1), "x"), Visitor::show(&Visitor(1), &7))]
    pub async fn save() {
        ::std::future::ready(()).await;
    }
}

impl<S: Sync> FromRequestParts<S> for hostile::Visitor {
    type Rejection = StatusCode;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        Ok(Self(1))
    }
}

fn twice(app: &Router, path: &str) -> String {
    stack::get(app, path, &[]);
    let visit = stack::get(app, path, &[]);
    assert!(visit.is_hit(), "{path}: {visit:?}");
    visit.text().to_owned()
}

#[test]
fn names_of_the_user_do_not_meet_those_of_the_expansion() {
    use hostile::{Visitor, all, nothing};
    let _larder = testing::isolated();
    let app = Router::<()>::new()
        .route("/a/{id}", get(all))
        .route("/n", get(nothing))
        .route("/v/{id}", get(|arrival| Visitor(1).show(arrival)))
        .nest("/h", hostile::routes())
        .nest("/b", Visitor::routes());
    assert_eq!(
        (twice(&app, "/a/x"), twice(&app, "/n"), twice(&app, "/v/7")),
        ("1 x".into(), String::new(), "1 7".into())
    );
    assert_eq!((twice(&app, "/h"), twice(&app, "/b")), ("hidden".into(), "about".into()));
    testing::block_on(hostile::save());
    assert!(!stack::get(&app, "/a/x", &[]).is_hit() && !stack::get(&app, "/v/7", &[]).is_hit());
    assert!(stack::get(&app, "/n", &[]).is_hit());
    assert_eq!(testing::block_on(hostile::shown()), "hidden");
}

/// A crate that hands larder on, as its users see it.
mod reexporter {
    pub mod nested {
        pub use larder as cache;
    }
}

mod user_of_the_reexporter {
    mod larder {}

    use super::reexporter::nested::cache;
    use axum::extract::Path;

    #[cache::cache_page(60, key = "hygiene:reexported:<id: u64>", browser = 2 * 5, crate = crate::hygiene::reexporter::nested::cache)]
    pub async fn reexported(Path(id): Path<u64>) -> String {
        id.to_string()
    }

    #[cache::invalidates(reexported(id), crate = cache)]
    pub async fn save(id: u64) {
        let _ = id;
    }

    #[expect(unused_imports, reason = "the empty module is there to be in the way")]
    use larder as _;
}

#[test]
fn the_crate_can_be_reached_by_another_path() {
    let _larder = testing::isolated();
    let app = Router::<()>::new().route("/{id}", get(user_of_the_reexporter::reexported));
    assert_eq!(twice(&app, "/7"), "7");
    testing::block_on(user_of_the_reexporter::save(7));
    assert!(!stack::get(&app, "/7", &[]).is_hit());
}

macro_rules! by_a_macro {
    (
        $name:ident, $argument:ident: $ty:ty, $key:literal, $header:literal, $cookie:literal, $cache:literal, $time:expr, $stale:literal,
        $status:literal, $tag:literal, $limit:expr, $parameter:expr, $see:literal
    ) => {
        #[larder::cache_page(
            $time, key = $key, vary($header, cookie($cookie)), cache = $cache, stale = $stale, statuses($status = $stale),
            tags = [$tag], limit = $limit, query($parameter), see($see)
        )]
        async fn $name(axum::extract::Path($argument): axum::extract::Path<$ty>) -> String {
            let local = $argument;
            local.to_string()
        }
    };
}

by_a_macro!(
    from_a_macro,
    id: u64,
    "hygiene:macro:<id>",
    "X-Theme",
    "session",
    "default",
    60 * 2,
    5,
    404,
    "tag:<id>",
    1 << 10,
    "page",
    "X-Trace"
);

macro_rules! guarded_by_a_macro {
    ($name:ident, $guard:ident) => {
        #[larder::cache_page(60, shared($guard))]
        async fn $name($guard: hostile::Visitor) -> String {
            $guard.0.to_string()
        }
    };
}

guarded_by_a_macro!(guarded, visitor);

#[test]
fn a_handler_that_a_macro_wrote_is_one_like_any_other() {
    let _larder = testing::isolated();
    let app = Router::<()>::new().route("/{id}", get(from_a_macro)).route("/", get(guarded));
    assert_eq!(
        (twice(&app, "/7"), twice(&app, "/"), from_a_macro::key(7).as_str()),
        ("7".into(), "1".into(), "hygiene:macro:7")
    );
}

#[larder::cache_page(60, key = "hygiene:underscores:<__key>,<__arrival>,<__arg0>,<__layer>")]
async fn underscores(
    axum::extract::Path((__key, __arrival, __arg0, __layer)): axum::extract::Path<(u8, u8, u8, u8)>,
) -> String {
    format!("{__key}{__arrival}{__arg0}{__layer}")
}

#[test]
fn names_with_underscores_belong_to_the_user() {
    let _larder = testing::isolated();
    let app = Router::<()>::new().route("/{a}/{b}/{c}/{d}", get(underscores));
    assert_eq!(
        (twice(&app, "/1/2/3/4"), underscores::key(1, 2, 3, 4).as_str()),
        ("1234".into(), "hygiene:underscores:1,2,3,4")
    );
}

/// What an expansion does not allow cannot meet a `forbid`.
#[forbid(unused, dead_code, unused_variables, unused_mut, non_camel_case_types, non_snake_case)]
mod forbidding {
    use axum::Router;
    use axum::extract::{Path, State};
    use axum::routing::get;
    use larder::cache_page;

    #[cache_page(60, key = "hygiene:forbidding:<a>")]
    async fn handler(Path((a, _)): Path<(u64, u64)>, State(mut n): State<u64>) -> String {
        n += a;
        n.to_string()
    }

    struct Shop;

    impl Shop {
        #[cache_page(60, associated, key = "hygiene:forbidding:method:<b>")]
        async fn item(Path((_, b)): Path<(u64, u64)>) -> String {
            b.to_string()
        }
    }

    pub fn routes() -> Router {
        Router::new().route("/h/{a}/{b}", get(handler)).route("/s/{a}/{b}", get(Shop::item)).with_state(1)
    }
}

#[test]
fn an_expansion_allows_nothing_that_could_be_forbidden() {
    let _larder = testing::isolated();
    let app = forbidding::routes();
    assert_eq!((twice(&app, "/h/1/2"), twice(&app, "/s/1/2")), ("2".into(), "2".into()));
}

/// An expectation is met where it can be, at the handler or in its body, and leaves none unfulfilled.
#[deny(unfulfilled_lint_expectations, unused)]
mod expecting {
    use larder::cache_page;

    #[expect(dead_code)]
    #[cache_page(60)]
    async fn dead() -> &'static str {
        "dead"
    }

    #[cache_page(60)]
    #[expect(unused_variables, reason = "it is")]
    pub async fn unused() -> &'static str {
        let not_used = 5;
        "unused"
    }

    #[cache_page(60)]
    #[cfg_attr(all(), expect(unused_variables))]
    pub async fn conditional() -> &'static str {
        let not_used = 5;
        "conditional"
    }
}

#[test]
fn lints_can_be_expected() {
    let _larder = testing::isolated();
    let app = Router::<()>::new().route("/u", get(expecting::unused)).route("/c", get(expecting::conditional));
    assert_eq!((twice(&app, "/u"), twice(&app, "/c")), ("unused".into(), "conditional".into()));
}

#[larder::cache_page(60)]
#[axum::debug_handler]
async fn debugged(
    axum::extract::Path(id): axum::extract::Path<u64>,
    axum::extract::State(n): axum::extract::State<u64>,
) -> String {
    (id + n).to_string()
}

#[test]
fn axums_debug_handler_stands_below_and_looks_at_what_was_written() {
    let _larder = testing::isolated();
    let app = Router::new().route("/{id}", get(debugged)).with_state(1);
    assert_eq!(twice(&app, "/7"), "8");
}
