//! Guards: each request has its own, whoever makes the page.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{FromRef, FromRequestParts, State};
use axum::routing::get;
use http::StatusCode;
use http::request::Parts;
use larder::{cache_page, testing};

use super::User;
use crate::app::{Count, request};
use crate::play::{Gate, Visitor, all_go_on};

/// What guards and handlers read, and where they stand still.
#[derive(Clone)]
struct Stage {
    name: Arc<Mutex<&'static str>>,
    guards: Count,
    pages: Count,
    door: Gate,
    desk: Gate,
}

/// Whoever comes through the door, with the name that was read before.
struct Guest(&'static str);

/// Whoever is not let in.
struct Barred;

impl<S: Sync> FromRequestParts<S> for Barred {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        match parts.headers.get("x-guest").map(http::HeaderValue::as_bytes) {
            Some(b"barred") => Err(StatusCode::FORBIDDEN),
            Some(b"wild") => panic!("by design"),
            _ => Ok(Self),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Guest
where
    Stage: FromRef<S>,
{
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StatusCode> {
        let all = Stage::from_ref(state);
        all.guards.one_more();
        let name = *all.name.lock().unwrap();
        if parts.headers.contains_key("x-slow") {
            all.door.pass().await;
        }
        Ok(Self(name))
    }
}

#[cache_page(60, stale = 60, key = "guest:<user.id: u64>", tags = ["guests"], shared(_barred, guest))]
async fn page(_barred: Barred, user: User, guest: Guest, State(stage): State<Stage>) -> String {
    let run = stage.pages.one_more();
    stage.desk.pass().await;
    format!("{run} for {} by {}", user.id, guest.0)
}

struct Site {
    app: Router,
    stage: Stage,
}

impl Site {
    fn new() -> Self {
        let stage = Stage {
            name: Arc::new(Mutex::new("old")),
            guards: Count::default(),
            pages: Count::default(),
            door: Gate::new(),
            desk: Gate::new(),
        };
        Self { app: Router::new().route("/", get(page).post(page)).with_state(stage.clone()), stage }
    }

    /// With a desk at which nobody stands still.
    fn open() -> Self {
        let site = Self::new();
        site.stage.desk.let_go(1000);
        site
    }

    fn visitor(&self, headers: &[(&str, &str)]) -> Visitor {
        let mut visitor = Visitor::at(&self.app, request("GET", "/", &[&[("cookie", "user=1")], headers].concat()));
        visitor.go_on();
        visitor
    }

    fn page(&self, headers: &[(&str, &str)]) -> String {
        self.visitor(headers).page().expect("a page").to_owned()
    }
}

#[test]
fn twenty_visitors_at_once_run_twenty_guards_and_one_body() {
    let _larder = testing::isolated();
    let site = Site::new();
    let mut all: Vec<_> = (0..20).map(|_| site.visitor(&[])).collect();
    *site.stage.name.lock().unwrap() = "new";
    let mut late = site.visitor(&[]);
    site.stage.desk.let_go(1);
    all_go_on(&mut all);
    late.go_on();
    assert!(all.iter().chain([&late]).all(|one| one.page() == Some("1 for 1 by old")));
    assert_eq!((site.stage.guards.get(), site.stage.pages.get()), (21, 1));
}

#[test]
fn each_visitor_is_looked_at_exactly_once_whatever_becomes_of_the_request() {
    let larder = testing::isolated();
    let site = Site::open();
    let looked = |what: &str, visit: &dyn Fn()| {
        let before = site.stage.guards.get();
        visit();
        assert_eq!(site.stage.guards.get() - before, 1, "{what}");
    };
    let visit = || drop(site.page(&[]));
    looked("a page that is made", &visit);
    looked("one that is there", &visit);
    larder.advance(Duration::from_secs(61));
    looked("one that is past its time", &visit);
    larder.run_tasks();
    assert_eq!(
        (site.stage.guards.get(), site.stage.pages.get()),
        (3, 2),
        "nobody is for a page that is made behind it"
    );
}

#[test]
fn a_refusal_does_not_wait_and_stops_nobody() {
    let _larder = testing::isolated();
    let site = Site::new();
    let (mut first, mut second) = (site.visitor(&[]), site.visitor(&[]));
    let refused = site.visitor(&[("x-guest", "barred")]);
    assert_eq!((refused.status(), first.status()), (Some(403), None));
    assert!(catch_unwind(AssertUnwindSafe(|| site.visitor(&[("x-guest", "wild")]))).is_err(), "as without a cache");
    site.stage.desk.let_go(1);
    all_go_on([&mut first, &mut second]);
    assert_eq!((first.page(), second.page()), (Some("1 for 1 by old"), Some("1 for 1 by old")));
    assert_eq!(site.stage.guards.get(), 2, "who is refused first is looked at no further");
}

#[test]
fn a_guard_that_takes_its_time_holds_nobody_else() {
    let _larder = testing::isolated();
    let site = Site::open();
    let mut slow = site.visitor(&[("x-slow", "")]);
    assert_eq!(site.page(&[]), "1 for 1 by old");
    assert_eq!(slow.go_on().status(), None, "not before it was let in, though the page is there");
    site.stage.door.let_go(1);
    assert_eq!(slow.go_on().page(), Some("1 for 1 by old"));
}

/// A way to say that what guards read is not what it was any more.
type Way = (&'static str, fn(&Site));

const WAYS: [Way; 5] = [
    ("its name", |_| testing::block_on(page::invalidate(1))),
    ("all pages", |_| testing::block_on(page::invalidate_all())),
    ("a tag", |_| larder::invalidate_tag_blocking("guests").unwrap()),
    ("a pattern", |_| larder::page::invalidate_blocking("/").unwrap()),
    ("a write", |site| {
        let mut write = Visitor::at(&site.app, request("POST", "/", &[("cookie", "user=2")]));
        site.stage.desk.let_go(1);
        assert_eq!(write.go_on().status(), Some(200));
    }),
];

#[test]
fn what_a_guard_has_read_before_an_invalidation_is_not_kept() {
    for (name, way) in WAYS {
        let larder = testing::isolated();
        let site = Site::open();
        let mut slow = site.visitor(&[("x-slow", "")]);
        larder.advance(Duration::from_secs(1));
        *site.stage.name.lock().unwrap() = "new";
        way(&site);
        larder.advance(Duration::from_secs(1));
        site.stage.door.let_go(1);
        assert!(
            slow.go_on().page().is_some_and(|page| page.ends_with("old")),
            "{name}: it is the answer to that request"
        );
        assert!(site.page(&[]).ends_with("new"), "{name}");
    }
}

#[test]
fn nobody_joins_a_page_whose_guard_has_read_before_an_invalidation() {
    for (name, way) in WAYS {
        let larder = testing::isolated();
        let site = Site::new();
        let mut slow = site.visitor(&[("x-slow", "")]);
        larder.advance(Duration::from_secs(1));
        *site.stage.name.lock().unwrap() = "new";
        way(&site);
        larder.advance(Duration::from_secs(1));
        site.stage.door.let_go(1);
        slow.go_on();
        let mut late = site.visitor(&[]);
        site.stage.desk.let_go(2);
        all_go_on([&mut slow, &mut late]);
        assert!(late.page().is_some_and(|page| page.ends_with("new")), "{name}: {:?}", late.page());
    }
}

#[test]
fn what_a_guard_reads_after_an_invalidation_is_kept() {
    let larder = testing::isolated();
    let site = Site::open();
    for (name, way) in WAYS {
        larder.advance(Duration::from_secs(1));
        way(&site);
        larder.advance(Duration::from_secs(1));
        let page = site.page(&[]);
        assert_eq!(site.page(&[]), page, "{name}");
    }
}
