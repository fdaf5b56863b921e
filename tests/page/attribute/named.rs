//! By what pages are named, and where they are kept.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::handler::Handler;
use axum::routing::get;
use larder::{KeyPart, cache_page, testing};
use serde::Deserialize;

use super::{Site, User, page};
use crate::app::Count;
use crate::stack;

page!(usual: 60);
page!(special: 60, cache = "special");
page!(of_version_two: 60, version = 2);
page!(of_site_one: 60, key_prefix = "site1");
page!(renamed: 60, companion = Renamed);

#[test]
fn pages_are_kept_in_the_cache_that_is_named() {
    let larder = testing::isolated();
    let (usual, special) = (Site::of(usual), Site::of(special));
    for site in [&usual, &special] {
        assert_eq!([site.text("/"), site.text("/")], ["1", "1"]);
    }
    larder.cache("special").blocking().clear().unwrap();
    assert_eq!((usual.text("/"), special.text("/")), ("1".into(), "2".into()));
    assert_eq!((special::site().cache_name(), usual::site().cache_name()), ("special", "default"));
}

#[test]
fn pages_of_another_version_are_others() {
    let larder = testing::isolated();
    let site = Site::of(of_version_two);
    assert_eq!([site.text("/"), site.text("/")], ["1", "1"]);
    assert_eq!(of_version_two::site().own_version(), Some("2"));
    assert_eq!(larder.cache("default").stats().entries, 1);
    testing::block_on(of_version_two::invalidate());
    assert_eq!(site.text("/"), "2");
}

#[test]
fn a_prefix_stands_in_all_keys() {
    let _larder = testing::isolated();
    let site = Site::of(of_site_one);
    assert_eq!([site.text("/"), site.text("/")], ["1", "1"]);
    testing::block_on(of_site_one::invalidate());
    assert_eq!(site.text("/"), "2");
}

#[test]
fn a_companion_may_have_another_name() {
    let _larder = testing::isolated();
    let site = Site::of(renamed);
    assert_eq!([site.text("/"), site.text("/")], ["1", "1"]);
    testing::block_on(Renamed::invalidate());
    assert_eq!((site.text("/"), Renamed::stats().invalidated), ("2".into(), 1));
}

#[derive(Clone, Deserialize, KeyPart)]
struct Paging {
    page: u32,
}

#[cache_page(60, key = "whole:<user>")]
async fn by_user(user: User, State(count): State<Count>) -> String {
    format!("{} for {}", count.one_more(), user.id)
}

#[cache_page(60, key = "odd:<user.is_odd(): bool>")]
async fn by_method(user: User, State(count): State<Count>) -> String {
    format!("{} for {}", count.one_more(), user.is_odd())
}

#[cache_page(60, key = "pair:<shop>:<item>")]
async fn by_pair(Path((shop, item)): Path<(u64, String)>, State(count): State<Count>) -> String {
    format!("{} of {item} in {shop}", count.one_more())
}

#[cache_page(60, key = "list:<paging.page: u32>")]
async fn by_query(Query(paging): Query<Paging>, State(count): State<Count>) -> String {
    format!("{} of {}", count.one_more(), paging.page)
}

#[cache_page(60, key = "opened:<page: u32>")]
async fn by_opened(Query(Paging { page }): Query<Paging>, State(count): State<Count>) -> String {
    format!("{} of {page}", count.one_more())
}

#[cache_page(60, key = "fixed")]
async fn by_word(State(count): State<Count>) -> String {
    count.one_more().to_string()
}

#[cache_page(60, key = "both:<user.id: u64>:<id>")]
async fn by_both(Path(id): Path<u64>, user: User, State(count): State<Count>) -> String {
    format!("{} of {id} for {}", count.one_more(), user.id)
}

fn routed<H: Handler<T, Count>, T: 'static>(path: &str, handler: H) -> Router {
    Router::new().route(path, get(handler)).with_state(Count::default())
}

#[test]
fn a_page_is_named_by_a_whole_guard_or_by_what_one_says() {
    let _larder = testing::isolated();
    let (whole, method) = (Site::of(by_user), Site::of(by_method));
    let ask = |site: &Site, id: u64| site.text_with("/", &[("cookie", &format!("user={id}"))]);
    assert_eq!([ask(&whole, 1), ask(&whole, 2), ask(&whole, 1)], ["1 for 1", "2 for 2", "1 for 1"]);
    assert_eq!([ask(&method, 1), ask(&method, 2), ask(&method, 3)], ["1 for true", "2 for false", "1 for true"]);
    assert_eq!(
        (by_user::key(&User { id: 1 }).to_string(), by_method::key(true).to_string()),
        ("whole:<id=1>".into(), "odd:true".into())
    );
    testing::block_on(by_user::invalidate(&User { id: 1 }));
    testing::block_on(by_method::invalidate(true));
    assert_eq!([ask(&whole, 1), ask(&whole, 2)], ["3 for 1", "2 for 2"]);
    assert_eq!([ask(&method, 3), ask(&method, 2)], ["3 for true", "2 for false"]);
}

#[test]
fn a_page_is_named_by_parts_of_its_address() {
    let _larder = testing::isolated();
    let app = routed("/{shop}/{item}", by_pair);
    let ask = |path: &str| stack::get(&app, path, &[]).text().to_owned();
    let all = || ["/1/tea", "/1/rice", "/2/tea", "/1/tea?again"].map(ask);
    assert_eq!(all(), ["1 of tea in 1", "2 of rice in 1", "3 of tea in 2", "4 of tea in 1"]);
    assert_eq!(by_pair::key(1, "tea").as_str(), "pair:1:tea");
    testing::block_on(by_pair::invalidate(1, "tea"));
    assert_eq!(all(), ["5 of tea in 1", "2 of rice in 1", "3 of tea in 2", "6 of tea in 1"], "two URLs of one name");
}

#[test]
fn a_page_is_named_by_parts_of_its_query() {
    let _larder = testing::isolated();
    for (app, invalidate) in [
        (routed("/", by_query), (|page| testing::block_on(by_query::invalidate(page))) as fn(u32)),
        (routed("/", by_opened), |page| testing::block_on(by_opened::invalidate(page))),
    ] {
        let ask = |path: &str| stack::get(&app, path, &[]).text().to_owned();
        assert_eq!(["/?page=1", "/?page=2", "/?page=1"].map(ask), ["1 of 1", "2 of 2", "1 of 1"]);
        invalidate(2);
        assert_eq!(["/?page=1", "/?page=2"].map(ask), ["1 of 1", "3 of 2"]);
        assert_eq!(stack::get(&app, "/?page=x", &[]).status, 400, "as without a cache");
    }
}

#[test]
fn a_page_is_named_by_a_word_or_by_the_address_and_a_guard() {
    let _larder = testing::isolated();
    let site = Site::of(by_word);
    assert_eq!([site.text("/"), site.text("/a"), site.text("/")], ["1", "2", "1"], "the URL counts all the same");
    testing::block_on(by_word::invalidate());
    assert_eq!([site.text("/"), site.text("/a")], ["3", "4"]);
    let app = routed("/{id}", by_both);
    let ask = |path: &str, user: &str| stack::get(&app, path, &[("cookie", user)]).text().to_owned();
    assert_eq!(
        [ask("/7", "user=1"), ask("/7", "user=2"), ask("/7", "user=1")],
        ["1 of 7 for 1", "2 of 7 for 2", "1 of 7 for 1"]
    );
    testing::block_on(by_both::invalidate(7, 2));
    assert_eq!([ask("/7", "user=1"), ask("/7", "user=2")], ["1 of 7 for 1", "3 of 7 for 2"]);
}

/// What a shop sells.
trait Goods: Clone + Send + Sync + 'static {
    const NAME: &'static str;
}

#[derive(Clone, larder::KeyName)]
struct Tea(Count);

#[derive(Clone, larder::KeyName)]
struct Rice(Count);

impl Goods for Tea {
    const NAME: &'static str = "tea";
}

impl Goods for Rice {
    const NAME: &'static str = "rice";
}

trait Counted {
    fn count(&self) -> &Count;
}

impl Counted for Tea {
    fn count(&self) -> &Count {
        &self.0
    }
}

impl Counted for Rice {
    fn count(&self) -> &Count {
        &self.0
    }
}

#[cache_page(60, key = "goods:<T>")]
async fn of_goods<T: Goods + Counted + larder::KeyName>(State(goods): State<T>) -> String {
    format!("{} {}", goods.count().one_more(), T::NAME)
}

#[test]
fn a_page_is_named_by_a_type() {
    let _larder = testing::isolated();
    let tea = Router::new().route("/", get(of_goods::<Tea>)).with_state(Tea(Count::default()));
    let rice = Router::new().route("/", get(of_goods::<Rice>)).with_state(Rice(Count::default()));
    let ask = |app: &Router| stack::get(app, "/", &[]).text().to_owned();
    assert_eq!([ask(&tea), ask(&rice), ask(&tea)], ["1 tea", "1 rice", "1 tea"]);
    testing::block_on(of_goods::invalidate::<Tea>());
    assert_eq!([ask(&tea), ask(&rice)], ["2 tea", "1 rice"]);
}

struct Shop {
    id: u64,
    count: Count,
}

impl Shop {
    #[cache_page(60, key = "stall:<self.id: u64>:<item>", tags = ["stall:<self.id>"])]
    async fn item(self: Arc<Self>, Path(item): Path<String>) -> String {
        format!("{} of {item} in {}", self.count.one_more(), self.id)
    }

    #[cache_page(60, shared(self))]
    async fn motto(self: Arc<Self>) -> String {
        self.count.one_more().to_string()
    }
}

#[test]
fn a_method_names_its_pages_by_what_it_is_called_on() {
    let _larder = testing::isolated();
    let routed = |id| {
        let shop = Arc::new(Shop { id, count: Count::default() });
        Router::<()>::new().route("/{item}", get(move |arrival| shop.item(arrival)))
    };
    let (one, two) = (routed(1), routed(2));
    let ask = |app: &Router, path: &str| stack::get(app, path, &[]).text().to_owned();
    let all = || [ask(&one, "/tea"), ask(&two, "/tea"), ask(&one, "/rice")];
    assert_eq!(all(), ["1 of tea in 1", "1 of tea in 2", "2 of rice in 1"]);
    assert_eq!(Shop::item_site().key(1, "tea").as_str(), "stall:1:tea");
    testing::block_on(Shop::item_site().invalidate(1, "tea"));
    assert_eq!(all(), ["3 of tea in 1", "1 of tea in 2", "2 of rice in 1"]);
    larder::invalidate_tag_blocking("stall:1").unwrap();
    assert_eq!(all(), ["4 of tea in 1", "1 of tea in 2", "5 of rice in 1"]);
}

#[test]
fn a_method_may_say_that_its_pages_are_the_same_for_all_values() {
    let _larder = testing::isolated();
    let routed = || {
        let shop = Arc::new(Shop { id: 1, count: Count::default() });
        Router::<()>::new().route("/", get(move |arrival| shop.motto(arrival)))
    };
    let (one, two) = (routed(), routed());
    let ask = |app: &Router| stack::get(app, "/", &[]).is_hit();
    assert!(!ask(&one) && ask(&two));
    testing::block_on(Shop::motto_site().invalidate());
    assert!(!ask(&two));
}

#[cache_page(60, tags = ["tagged:all", "tagged:<shop>", "tagged:<user.id>"], shared(user))]
async fn tagged(user: User, Path(shop): Path<u64>, State(count): State<Count>) -> String {
    let _ = user;
    format!("{} of {shop}", count.one_more())
}

#[test]
fn pages_have_the_tags_that_are_named() {
    let _larder = testing::isolated();
    let app = routed("/{shop}", tagged);
    let ask = |path: &str| stack::get(&app, path, &[("cookie", "user=9")]).text().to_owned();
    let all = || ["/1", "/2"].map(ask);
    assert_eq!(all(), ["1 of 1", "2 of 2"]);
    larder::invalidate_tag_blocking("tagged:1").unwrap();
    assert_eq!(all(), ["3 of 1", "2 of 2"]);
    larder::invalidate_tag_blocking("tagged:all").unwrap();
    assert_eq!(all(), ["4 of 1", "5 of 2"]);
    larder::invalidate_tag_blocking("tagged:9").unwrap();
    assert_eq!(all(), ["6 of 1", "7 of 2"]);
    larder::invalidate_tag_blocking("tagged:3").unwrap();
    assert_eq!(all(), ["6 of 1", "7 of 2"]);
}
