//! The companion of a function: typed by the arguments that are in the key.

use larder::{cached, testing};

use crate::Runs;

#[derive(Clone, Debug, PartialEq)]
struct User {
    id: u64,
    team: String,
}

#[cached(key = "companions:profile:<id>", ignore(runs))]
async fn profile(runs: &Runs, id: u64) -> Result<String, u8> {
    let run = runs.next();
    if id == 0 { Err(1) } else { Ok(format!("{id}/{run}")) }
}

#[tokio::test]
async fn an_async_function_has_every_verb() {
    let _larder = testing::isolated();
    let runs = Runs::default();
    assert_eq!(profile::key(42).as_str(), "companions:profile:42");
    assert_eq!(profile::get(42).await, None);
    assert_eq!(profile(&runs, 42).await.as_deref(), Ok("42/1"));
    assert_eq!(profile::get(42).await.as_deref(), Some("42/1"));
    assert_eq!(profile::uncached(&runs, 42).await.as_deref(), Ok("42/2"));
    assert_eq!(profile::get(42).await.as_deref(), Some("42/1"));
    assert_eq!(profile::refresh(&runs, 42).await.as_deref(), Ok("42/3"));
    assert_eq!(profile::get(42).await.as_deref(), Some("42/3"));
    profile::put(42, "put".to_owned()).await;
    assert_eq!(profile(&runs, 42).await.as_deref(), Ok("put"));
    profile::invalidate(42).await;
    assert_eq!(profile::get(42).await, None);
}

#[cached(key = "companions:counted:<n>")]
fn counted(n: u8) -> u8 {
    n
}

#[test]
fn stats_count_what_the_site_did() {
    let _larder = testing::isolated();
    assert_eq!((counted(1), counted(1), counted(2)), (1, 1, 2));
    counted::invalidate(1);
    let stats = counted::stats();
    assert_eq!((stats.hits, stats.loads, stats.invalidated), (1, 2, 1));
}

#[test]
fn an_async_function_has_blocking_twins() {
    let _larder = testing::isolated();
    profile::put_blocking(1, "put".to_owned());
    assert_eq!(profile::get_blocking(1).as_deref(), Some("put"));
    profile::invalidate_blocking(1);
    assert_eq!(profile::get_blocking(1), None);
}

#[cached(key = "companions:square:<n>")]
fn square(n: u32) -> u32 {
    n * n
}

#[tokio::test]
async fn a_function_that_blocks_has_async_twins() {
    let _larder = testing::isolated();
    assert_eq!(square(3), 9);
    assert_eq!((square::get(3), square::get_async(3).await), (Some(9), Some(9)));
    square::put_async(3, 10).await;
    assert_eq!(square(3), 10);
    square::invalidate_async(3).await;
    assert_eq!(square::get(3), None);
    square::put(3, 11);
    assert_eq!((square(3), square::refresh(3), square::uncached(4)), (11, 9, 16));
    square::invalidate(3);
    assert_eq!(square::get(3), None);
}

#[cached(key = "companions:whole:<user.id>,<user.team>")]
fn whole(user: &User) -> u64 {
    user.id
}

#[cached(key = "companions:part:<user.id: u64>,<user.team: String>")]
fn part(user: &User) -> u64 {
    user.id
}

#[cached(key = "companions:owned:<user.id>,<name>,<tags>")]
fn owned(user: User, name: String, tags: Vec<String>) -> usize {
    name.len() + tags.len() + user.team.len()
}

#[test]
fn a_companion_takes_the_whole_argument_or_the_part_whose_type_is_written() {
    let _larder = testing::isolated();
    let user = User { id: 5, team: "a".to_owned() };
    assert_eq!((whole(&user), whole::get(&user)), (5, Some(5)));
    assert_eq!((part(&user), part::get(5, "a")), (5, Some(5)));
    assert_eq!(part::key(5, "a").as_str(), "companions:part:5,a");
}

#[test]
fn a_companion_takes_owned_arguments_by_value_or_by_reference() {
    let _larder = testing::isolated();
    let (user, tags) = (User { id: 5, team: String::new() }, vec!["t".to_owned()]);
    assert_eq!(owned(user.clone(), "abc".to_owned(), tags.clone()), 4);
    assert_eq!(owned::get(&user, "abc", &tags), Some(4));
    assert_eq!(owned::get(user, "abc", tags), Some(4));
}

#[cached(key = "companions:optional:<name>,<id>")]
fn optional(name: Option<&str>, id: Option<u64>) -> usize {
    name.map_or(0, str::len) + usize::try_from(id.unwrap_or(0)).unwrap_or(0)
}

#[test]
fn optional_and_borrowing_arguments_work() {
    let _larder = testing::isolated();
    assert_eq!((optional(Some("ab"), None), optional::get(Some("ab"), None)), (2, Some(2)));
    assert_eq!(optional::get(None, Some(1)), None);
}

#[cached(key = "companions:optional-owned:<name>,<id>")]
fn optional_owned(name: Option<String>, id: Option<u64>) -> usize {
    name.map_or(0, |name| name.len()) + usize::try_from(id.unwrap_or(0)).unwrap_or(0)
}

struct Shelf;

impl Shelf {
    #[cached(key = "companions:shelf:<name>", ignore(self))]
    pub fn books(&self, name: Option<String>) -> usize {
        name.map_or(0, |name| name.len())
    }
}

#[larder::invalidates(optional_owned(name.as_deref(), None), Shelf::books(name.as_deref()))]
fn forget(name: Option<String>) {
    drop(name);
}

#[test]
fn a_companion_takes_a_text_that_may_be_missing_without_a_copy_of_it() {
    let _larder = testing::isolated();
    let line = "name=abc".to_owned();
    let name = line.strip_prefix("name=");
    assert_eq!((optional_owned(name.map(str::to_owned), None), optional_owned::get(name, None)), (3, Some(3)));
    assert_eq!(optional_owned::get(None, None), None);
    assert_eq!((optional_owned::refresh(None, None), optional_owned::get(None, None)), (0, Some(0)));
    assert_eq!((Shelf.books(Some("abc".to_owned())), Shelf::books_site().get(name)), (3, Some(3)));
    forget(name.map(str::to_owned));
    assert_eq!((optional_owned::get(name, None), Shelf::books_site().get(name)), (None, None));
    assert_eq!(optional_owned::get(None, None), Some(0));
}

#[cached(key = "companions:renamed:<n>", companion = squares)]
fn renamed(n: u32) -> u32 {
    n * n
}

mod renamed {}

#[test]
fn a_companion_can_be_renamed() {
    let _larder = testing::isolated();
    assert_eq!((renamed(2), squares::get(2)), (4, Some(4)));
}

mod inner {
    use larder::cached;

    #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Private(u8);

    #[cached(key = "companions:private:<n>")]
    fn private(n: u8) -> Private {
        Private(n)
    }

    pub fn through(n: u8) -> (u8, bool) {
        (private(n).0, private::get(n).is_some())
    }

    #[cached(key = "companions:exported:<n>")]
    pub fn exported(n: u8) -> u8 {
        n
    }
}

pub use inner::exported;

#[test]
fn one_use_brings_the_function_and_its_companion() {
    let _larder = testing::isolated();
    assert_eq!((exported(1), exported::get(1)), (1, Some(1)));
    assert_eq!(inner::through(1), (1, true));
}

#[cached(key = "companions:value:<value>,<key>")]
fn value(value: u8, key: u8) -> u8 {
    value + key
}

#[test]
fn arguments_may_have_the_names_that_the_companion_uses() {
    let _larder = testing::isolated();
    value::put(1, 2, 9);
    assert_eq!((value(1, 2), value::get(1, 2)), (9, Some(9)));
}
