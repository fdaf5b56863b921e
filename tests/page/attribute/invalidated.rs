//! What writes empty, by name, by tag and by pattern.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::handler::Handler;
use axum::routing::get;
use http::HeaderMap;
use larder::page::Language;
use larder::{cache_page, invalidates, page, testing};

use super::User;
use crate::app::{Count, request};
use crate::play::{Gate, Visitor};
use crate::stack;

#[cache_page(60, key = "story:<id>", vary = "X-Kind")]
async fn story(Path(id): Path<u64>, State(count): State<Count>) -> String {
    format!("{} of {id}", count.one_more())
}

#[cache_page(60)]
async fn stories(State(count): State<Count>) -> String {
    count.one_more().to_string()
}

struct Post {
    id: u64,
}

#[invalidates(story(post.id), stories())]
async fn save(post: &Post) -> Result<u64, &'static str> {
    if post.id == 0 { Err("nothing to save") } else { Ok(post.id) }
}

#[invalidates(|post| story(post.id))]
async fn create(id: u64) -> Post {
    Post { id: id + 1 }
}

#[invalidates(story(id))]
fn save_blocking(id: u64) {
    let _ = id;
}

#[invalidates(story(id))]
async fn save_slowly(id: u64, gate: Gate) {
    let _ = id;
    gate.pass().await;
}

struct Shop;

impl Shop {
    #[cache_page(60, associated, key = "shelf:<shop>:<item>")]
    async fn item(Path((shop, item)): Path<(u64, String)>, State(count): State<Count>) -> String {
        format!("{} of {item} in {shop}", count.one_more())
    }

    #[cache_page(60, associated)]
    async fn index(State(count): State<Count>) -> String {
        count.one_more().to_string()
    }

    #[invalidates(Shop::item(shop, item), Shop::index())]
    async fn sell(shop: u64, item: &str) {
        let _ = (shop, item);
    }
}

#[cache_page(60, key = "inbox:<user.id: u64>")]
async fn inbox(user: User, State(count): State<Count>) -> String {
    format!("{} for {}", count.one_more(), user.id)
}

#[invalidates(inbox(to), tag = "mail:<to>")]
async fn send(to: u64) {
    let _ = to;
}

fn routed<H: Handler<T, Count>, T: 'static>(path: &str, handler: H) -> Router {
    Router::new().route(path, get(handler)).with_state(Count::default())
}

fn app() -> Router {
    Router::new()
        .route("/story/{id}", get(story))
        .route("/tale/{id}", get(story))
        .route("/stories", get(stories))
        .with_state(Count::default())
}

fn run(app: &Router, path: &str, headers: &[(&str, &str)]) -> usize {
    let visit = stack::get(app, path, headers);
    visit.text().split(' ').next().and_then(|run| run.parse().ok()).expect("a run")
}

/// Asks twice for each, and returns which were made anew in between.
fn made_anew<const N: usize>(app: &Router, paths: [&str; N], between: impl FnOnce()) -> [bool; N] {
    let before = paths.map(|path| run(app, path, &[]));
    assert_eq!(paths.map(|path| run(app, path, &[])), before, "they are kept");
    between();
    let after = paths.map(|path| run(app, path, &[]));
    std::array::from_fn(|index| before[index] != after[index])
}

const PATHS: [&str; 5] = ["/story/1", "/story/1?again", "/tale/1", "/story/2", "/stories"];

#[test]
fn a_name_is_that_of_all_its_urls() {
    let _larder = testing::isolated();
    let app = app();
    let anew = |between: fn()| made_anew(&app, PATHS, between);
    assert_eq!(anew(|| testing::block_on(story::invalidate(1))), [true, true, true, false, false]);
    assert_eq!(anew(|| story::invalidate_blocking(2)), [false, false, false, true, false]);
    assert_eq!(anew(|| testing::block_on(story::invalidate_all())), [true, true, true, true, false]);
    assert_eq!(anew(|| testing::block_on(stories::invalidate())), [false, false, false, false, true]);
    assert_eq!(anew(|| larder::invalidate_tag_blocking(story::key(2)).unwrap()), [false, false, false, true, false]);
    assert_eq!(anew(|| page::invalidate_blocking("/story/*").unwrap()), [true, true, false, true, false]);
    assert_eq!(anew(|| page::invalidate_blocking("/story/1?again").unwrap()), [false, true, false, false, false]);
    assert_eq!(anew(|| testing::block_on(story::invalidate(3))), [false; 5]);
}

#[test]
fn functions_that_write_empty_what_they_name_if_they_succeed() {
    let _larder = testing::isolated();
    let app = app();
    let anew = |between: fn()| made_anew(&app, PATHS, between);
    let saving = |id| testing::block_on(save(&Post { id })).is_ok();
    assert_eq!(made_anew(&app, PATHS, || assert!(saving(1))), [true, true, true, false, true]);
    assert_eq!(made_anew(&app, PATHS, || assert!(!saving(0))), [false; 5]);
    assert_eq!(anew(|| assert_eq!(testing::block_on(create(1)).id, 2)), [false, false, false, true, false]);
    assert_eq!(anew(|| save_blocking(1)), [true, true, true, false, false]);
}

#[test]
fn a_writer_who_leaves_empties_all_the_same() {
    let _larder = testing::isolated();
    let app = app();
    let anew = made_anew(&app, PATHS, || {
        let gate = Gate::new();
        let mut saving = Box::pin(save_slowly(2, gate.clone()));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(saving.as_mut().poll(&mut context).is_pending());
        assert_eq!(gate.came(), 1);
        drop(saving);
    });
    assert_eq!(anew, [false, false, false, true, false]);
}

#[test]
fn methods_are_named_behind_their_type() {
    let _larder = testing::isolated();
    let app = Router::new()
        .route("/{shop}/{item}", get(Shop::item))
        .route("/", get(Shop::index))
        .with_state(Count::default());
    let paths = ["/1/tea", "/2/tea", "/"];
    assert_eq!(made_anew(&app, paths, || testing::block_on(Shop::sell(1, "tea"))), [true, false, true]);
    assert_eq!(made_anew(&app, paths, || Shop::item_site().invalidate_blocking(2, "tea")), [false, true, false]);
    assert_eq!((Shop::item_site().stats().invalidated, Shop::item_site().site().name()), (2, "item"));
}

#[test]
fn a_write_for_one_user_leaves_the_pages_of_the_others() {
    let _larder = testing::isolated();
    let app = routed("/", inbox);
    let ask = |user: &str| run(&app, "/", &[("cookie", user)]);
    assert_eq!([ask("user=1"), ask("user=2")], [1, 2]);
    testing::block_on(send(2));
    assert_eq!([ask("user=1"), ask("user=2")], [1, 3]);
}

#[test]
fn all_variants_of_a_page_and_all_its_languages_go_together() {
    let _larder = testing::isolated();
    let app = app();
    let ask = |kind: &str, language: &str| {
        let mut request = request("GET", "/story/1", &[("x-kind", kind)]);
        request.extensions_mut().insert(Language(language.to_owned()));
        testing::block_on(stack::ask(&app, request)).text().to_owned()
    };
    let all = || [ask("a", "de"), ask("b", "de"), ask("a", "en"), ask("b", "en")];
    let ways: [fn(); 4] = [
        || testing::block_on(story::invalidate(1)),
        || testing::block_on(story::invalidate_all()),
        || page::invalidate_blocking("/story/1").unwrap(),
        || page::invalidate_blocking("*").unwrap(),
    ];
    for (number, way) in ways.into_iter().enumerate() {
        let before = all();
        assert_eq!(all(), before);
        way();
        assert!(all().iter().zip(before).all(|(after, before)| *after != before), "{number}");
    }
}

#[derive(Clone)]
struct Held(Arc<Gate>, Count);

#[cache_page(60, key = "held:<id>", vary = "X-Kind")]
async fn held(Path(id): Path<u64>, headers: HeaderMap, State(Held(gate, count)): State<Held>) -> String {
    let run = count.one_more();
    gate.pass().await;
    format!("{run} of {id} {:?}", headers.get("x-kind"))
}

#[test]
fn what_is_invalidated_while_it_is_made_is_not_kept_and_joined_by_nobody() {
    let _larder = testing::isolated();
    let ways: [fn(); 4] = [
        || testing::block_on(held::invalidate(1)),
        || testing::block_on(held::invalidate_all()),
        || page::invalidate_blocking("/*").unwrap(),
        || larder::invalidate_tag_blocking("held:1").unwrap(),
    ];
    for (number, way) in ways.into_iter().enumerate() {
        let (gate, count) = (Arc::new(Gate::new()), Count::default());
        let app = Router::new().route("/{id}", get(held)).with_state(Held(Arc::clone(&gate), count.clone()));
        let visitor = |kind: &str| {
            let mut visitor = Visitor::at(&app, request("GET", "/1", &[("x-kind", kind)]));
            visitor.go_on();
            visitor
        };
        let mut early = visitor("a");
        way();
        let mut late = visitor("a");
        assert_eq!(gate.came(), 2, "{number}");
        gate.let_go(2);
        assert_eq!(early.go_on().page(), Some("1 of 1 Some(\"a\")"), "{number}");
        assert_eq!(late.go_on().page(), Some("2 of 1 Some(\"a\")"), "{number}");
        assert_eq!(visitor("a").page(), Some("2 of 1 Some(\"a\")"), "{number}: what was begun later is kept");
        testing::block_on(held::invalidate(1));
    }
}
