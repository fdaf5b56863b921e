//! Pages of handlers in a store outside the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{FromRequestParts, Path, State};
use axum::response::IntoResponse;
use axum::routing::get;
use http::StatusCode;
use http::request::Parts;
use larder::backend::Memory;
use larder::clock::Clock;
use larder::stores::file;
use larder::testing::{self, Isolated};
use larder::{Settings, cache_page, cached, entry, invalidates, page, sites};

use super::User;
use crate::app::Count;
use crate::stack::{self, send};

const SECOND: Duration = Duration::from_secs(1);

#[cache_page(60, key = "outside:<id>", tags = ["outsiders"], vary = "X-Kind", stale = 60)]
async fn article(Path(id): Path<u64>, State(count): State<Count>) -> impl IntoResponse {
    ([("surrogate-key", "articles new")], format!("{} of {id}", count.one_more()))
}

#[cache_page(60, key = "outside-mine:<user.id: u64>")]
async fn mine(user: User, State(count): State<Count>) -> String {
    format!("{} for {}", count.one_more(), user.id)
}

#[cache_page(60)]
async fn plain(State(count): State<Count>) -> String {
    count.one_more().to_string()
}

#[invalidates(article(id))]
async fn save(id: u64) {
    let _ = id;
}

/// Makes the caches of one process; both stand before one store.
fn process(clock: &Clock, store: &Arc<Memory>) -> Isolated {
    let settings = Settings::backend(Arc::clone(store));
    testing::isolated_at(clock.clone(), [("default", settings)]).unwrap()
}

fn outside() -> Isolated {
    let clock = Clock::manual();
    process(&clock, &Arc::new(Memory::new(clock.clone())))
}

fn app() -> Router {
    Router::new()
        .route("/a/{id}", get(article).post(article))
        .route("/mine", get(mine))
        .route("/", get(plain))
        .with_state(Count::default())
}

fn texts(app: &Router) -> [String; 4] {
    let ask = |path: &str, user: &str| stack::get(app, path, &[("cookie", user)]).text().to_owned();
    [ask("/a/1", ""), ask("/a/2", ""), ask("/mine", "user=1"), ask("/", "")]
}

#[test]
fn pages_of_handlers_are_kept_outside_too() {
    let larder = outside();
    let app = app();
    let before = texts(&app);
    assert_eq!(before, ["1 of 1", "2 of 2", "3 for 1", "4"]);
    larder.advance(SECOND);
    assert_eq!(texts(&app), before);
    assert!(stack::get(&app, "/", &[]).is_hit());
}

/// A way to invalidate something, and which of the pages are gone then.
type Way = (&'static str, fn(&Router), [bool; 4]);

#[test]
fn outside_pages_are_invalidated_by_whatever_names_them() {
    let ways: [Way; 10] = [
        ("a name", |_| testing::block_on(article::invalidate(1)), [true, false, false, false]),
        ("a write", |_| testing::block_on(save(2)), [false, true, false, false]),
        ("all of a handler", |_| testing::block_on(article::invalidate_all()), [true, true, false, false]),
        ("a tag", |_| larder::invalidate_tag_blocking("outsiders").unwrap(), [true, true, false, false]),
        ("a tag of the response", |_| larder::invalidate_tag_blocking("new").unwrap(), [true, true, false, false]),
        ("a user's name", |_| testing::block_on(mine::invalidate(1)), [false, false, true, false]),
        ("another user's name", |_| testing::block_on(mine::invalidate(2)), [false; 4]),
        ("a handler without a name", |_| testing::block_on(plain::invalidate()), [false, false, false, true]),
        ("a pattern", |_| page::invalidate_blocking("/a/*").unwrap(), [true, true, false, false]),
        ("a POST", |app| drop(send(app, "POST", "/a/1", &[])), [true, false, false, false]),
    ];
    let larder = outside();
    let app = app();
    for (name, way, gone) in ways {
        let before = texts(&app);
        larder.advance(SECOND);
        assert_eq!(texts(&app), before, "before {name}");
        way(&app);
        larder.advance(SECOND);
        let after = texts(&app);
        assert_eq!([0, 1, 2, 3].map(|index| before[index] != after[index]), gone, "{name}");
        assert_eq!(texts(&app), after, "after {name}: what is made anew is kept");
        larder.advance(SECOND);
    }
}

#[test]
fn outside_a_page_that_is_invalidated_while_it_is_past_its_time_does_not_answer() {
    let larder = outside();
    let app = app();
    let before = texts(&app);
    larder.advance(61 * SECOND);
    testing::block_on(article::invalidate(1));
    let after = texts(&app);
    assert_ne!(after[0], before[0]);
    assert_eq!(after[1], before[1], "this one is stale, and is answered with");
}

#[test]
fn a_page_of_one_process_answers_in_another() {
    let clock = Clock::manual();
    let store = Arc::new(Memory::new(clock.clone()));
    let app = app();
    let first = process(&clock, &store);
    let before = texts(&app);
    drop(first);
    let second = process(&clock, &store);
    second.advance(SECOND);
    assert_eq!(texts(&app), before);
    testing::block_on(article::invalidate(1));
    second.advance(SECOND);
    let after = texts(&app);
    assert_eq!([0, 1, 2, 3].map(|index| before[index] != after[index]), [true, false, false, false]);
}

#[test]
fn nothing_is_wrong_with_a_handler_whose_cache_lives_outside() {
    let _larder = outside();
    let site = sites().find(|site| site.name() == "plain" && site.module().ends_with("outside")).expect("a site");
    assert!(site.is_page() && !site.needs_memory());
    let problems = larder::check().err().map(|problems| problems.to_string()).unwrap_or_default();
    assert!(!problems.contains("attribute::outside"), "{problems}");
}

/// What a guard has read.
struct Title(u64);

#[cached(key = "outside:title", tags = ["outside:titles"], ignore(database))]
async fn title(database: &AtomicU64) -> u64 {
    std::future::ready(database.load(Ordering::SeqCst)).await
}

impl FromRequestParts<Arc<AtomicU64>> for Title {
    type Rejection = StatusCode;

    async fn from_request_parts(_: &mut Parts, database: &Arc<AtomicU64>) -> Result<Self, StatusCode> {
        Ok(Self(title(database).await))
    }
}

#[cache_page(600, key = "outside-titled", shared(title))]
async fn titled(title: Title) -> String {
    entry::tag("outside:titles");
    title.0.to_string()
}

#[cache_page(600, key = "outside-untold", shared(title))]
async fn untold(title: Title) -> String {
    title.0.to_string()
}

#[test]
fn a_page_goes_by_the_tags_of_what_its_guards_have_read_as_that_was_when_they_read_it() {
    for near in [5, 0] {
        let (clock, database) = (Clock::manual(), Arc::new(AtomicU64::new(1)));
        // One that does not tell.
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = [(); 2].map(|()| {
            let store = file::File::new(file::Config::new(folder.path()).clock(clock.clone())).unwrap();
            let settings = Settings::backend(store);
            let settings = if near > 0 { settings.near(near) } else { settings };
            testing::isolated_at(clock.clone(), [("default", settings)]).unwrap()
        });
        let routes = Router::new().route("/titled", get(titled)).route("/untold", get(untold));
        let app = routes.with_state(Arc::clone(&database));
        let larder = one.handle();
        let _entered = larder.enter();
        let ask = |path| stack::get(&app, path, &[]).text().to_owned();
        for _ in 0..3 {
            assert_eq!(testing::block_on(title(&database)), 1);
        }
        database.store(2, Ordering::SeqCst);
        testing::block_on(other.handle().scope(larder::invalidate_tag("outside:titles"))).unwrap();
        let first = ["/titled", "/untold"].map(ask);
        assert_eq!(first, [if near > 0 { "1" } else { "2" }; 2], "a guard reads what is near");
        clock.advance(SECOND * 6);
        assert_eq!(["/titled", "/untold"].map(ask), ["2"; 2], "near: {near}");
        assert!(stack::get(&app, "/untold", &[]).is_hit());
        database.store(3, Ordering::SeqCst);
        larder::invalidate_tag_blocking("outside:titles").unwrap();
        assert_eq!(["/titled", "/untold"].map(ask), ["3"; 2]);
    }
}
