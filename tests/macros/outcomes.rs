//! Which outcomes are kept, and for how long.

use std::time::Duration;

use larder::{cached, entry, testing};

use crate::Runs;

#[derive(Clone, Debug, PartialEq)]
enum LoadError {
    NotFound,
    Down,
}

type Loaded<T> = Result<T, LoadError>;

#[cached(key = "outcomes:aliased:<id>", ignore(runs))]
async fn aliased(runs: &Runs, id: u64) -> Loaded<u64> {
    runs.next();
    if id == 0 { Err(LoadError::Down) } else { Ok(id) }
}

#[tokio::test]
async fn an_error_behind_an_alias_is_not_kept() {
    let _larder = testing::isolated();
    let runs = Runs::default();
    assert_eq!((aliased(&runs, 0).await, aliased(&runs, 0).await), (Err(LoadError::Down), Err(LoadError::Down)));
    assert_eq!(runs.count(), 2);
    assert_eq!((aliased(&runs, 1).await, aliased(&runs, 1).await), (Ok(1), Ok(1)));
    assert_eq!((runs.count(), aliased::get(1).await), (3, Some(1)));
}

mod io {
    pub type Result<T> = std::result::Result<T, String>;
}

#[cached(key = "outcomes:named_like_result:<n>", ignore(runs))]
fn named_like_result(runs: &Runs, n: u8) -> io::Result<u8> {
    runs.next();
    if n == 0 { Err(String::new()) } else { Ok(n) }
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Plain(u8);

#[cached(key = "outcomes:plain:<n>")]
fn plain(n: u8) -> Plain {
    Plain(n)
}

mod own {
    #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct Result<T>(pub T);
}

#[cached(key = "outcomes:own_result:<n>")]
fn own_result(n: u8) -> own::Result<u8> {
    own::Result(n)
}

#[test]
fn a_type_that_is_only_named_like_a_result_is_kept_whole() {
    let _larder = testing::isolated();
    assert_eq!((own_result(1), own_result::get(1)), (own::Result(1), Some(own::Result(1))));
}

#[test]
fn an_alias_named_result_and_a_type_of_ones_own_are_told_apart() {
    let _larder = testing::isolated();
    let runs = Runs::default();
    assert!(named_like_result(&runs, 0).is_err() && named_like_result(&runs, 0).is_err());
    assert_eq!(runs.count(), 2);
    assert_eq!((named_like_result(&runs, 1), named_like_result::get(1)), (Ok(1), Some(1)));
    assert_eq!((plain(1), plain::get(1)), (Plain(1), Some(Plain(1))));
}

#[cached(key = "outcomes:maybe:<id>", ttl = 60, none_ttl = 5, ignore(runs))]
fn maybe(runs: &Runs, id: u64) -> Option<u64> {
    runs.next();
    (id > 0).then_some(id)
}

#[cached(key = "outcomes:maybe_result:<id>", ttl = 60, none_ttl = Duration::from_secs(5), ignore(runs))]
fn maybe_result(runs: &Runs, id: u64) -> Result<Option<u64>, LoadError> {
    runs.next();
    Ok((id > 0).then_some(id))
}

#[test]
fn none_is_a_value_with_a_time_of_its_own() {
    let larder = testing::isolated();
    let runs = Runs::default();
    assert_eq!((maybe(&runs, 0), maybe(&runs, 0), maybe(&runs, 1)), (None, None, Some(1)));
    assert_eq!((maybe_result(&runs, 0), maybe_result(&runs, 0)), (Ok(None), Ok(None)));
    assert_eq!(runs.count(), 3);
    larder.advance(Duration::from_secs(6));
    assert_eq!((maybe(&runs, 0), maybe(&runs, 1), maybe_result(&runs, 0)), (None, Some(1), Ok(None)));
    assert_eq!(runs.count(), 5, "both `None`s have ended, and `Some` has not");
}

#[cached(key = "outcomes:chosen:<id>", error_ttl = |error| matches!(error, LoadError::NotFound).then_some(10), ignore(runs))]
fn chosen(runs: &Runs, id: u64) -> Result<u64, LoadError> {
    runs.next();
    Err(if id == 0 { LoadError::NotFound } else { LoadError::Down })
}

#[cached(key = "outcomes:all:<id>", error_ttl = 2 * 5, ignore(runs))]
async fn all(runs: &Runs, id: u64) -> Loaded<u64> {
    runs.next();
    Err(if id == 0 { LoadError::NotFound } else { LoadError::Down })
}

#[tokio::test]
async fn errors_are_kept_only_where_that_is_asked_for_and_only_briefly() {
    let larder = testing::isolated();
    let runs = Runs::default();
    assert_eq!((chosen(&runs, 0), chosen(&runs, 0)), (Err(LoadError::NotFound), Err(LoadError::NotFound)));
    assert_eq!(runs.count(), 1);
    assert_eq!((chosen(&runs, 1), chosen(&runs, 1)), (Err(LoadError::Down), Err(LoadError::Down)));
    assert_eq!(runs.count(), 3, "this one was not chosen");
    assert_eq!((all(&runs, 1).await, all(&runs, 1).await), (Err(LoadError::Down), Err(LoadError::Down)));
    assert_eq!(runs.count(), 4);
    larder.advance(Duration::from_secs(11));
    assert!(chosen(&runs, 0).is_err() && all(&runs, 1).await.is_err());
    assert_eq!(runs.count(), 6);
}

fn is_worth_it(value: &u64) -> bool {
    *value > 10
}

#[cached(key = "outcomes:when:<n>", when = |value| !value.is_empty(), ignore(runs))]
fn when_not_empty(runs: &Runs, n: usize) -> Vec<u8> {
    runs.next();
    vec![1; n]
}

#[cached(key = "outcomes:when_path:<n>", when = is_worth_it, ignore(runs))]
async fn when_worth_it(runs: &Runs, n: u64) -> Result<u64, LoadError> {
    runs.next();
    Ok(n)
}

#[tokio::test]
async fn a_condition_decides_what_is_kept() {
    let _larder = testing::isolated();
    let runs = Runs::default();
    assert_eq!((when_not_empty(&runs, 0), when_not_empty(&runs, 0)), (vec![], vec![]));
    assert_eq!((when_not_empty(&runs, 1), when_not_empty(&runs, 1)), (vec![1], vec![1]));
    assert_eq!(runs.count(), 3);
    assert_eq!((when_worth_it(&runs, 1).await, when_worth_it(&runs, 11).await), (Ok(1), Ok(11)));
    assert_eq!((when_worth_it::get(1).await, when_worth_it::get(11).await), (None, Some(11)));
}

fn as_long_as(value: &u64) -> Duration {
    Duration::from_secs(*value)
}

#[cached(key = "outcomes:ttl_with:<n>", ttl_with = |value| {
    if value.is_empty() {
        return 1;
    }
    60
})]
fn ttl_with(n: usize) -> Vec<u8> {
    vec![1; n]
}

#[cached(key = "outcomes:ttl_with_path:<n>", ttl_with = as_long_as)]
fn ttl_with_path(n: u64) -> u64 {
    n
}

#[test]
fn a_value_can_decide_its_own_time() {
    let larder = testing::isolated();
    let _ = (ttl_with(0), ttl_with(1), ttl_with_path(1), ttl_with_path(30));
    larder.advance(Duration::from_secs(2));
    assert_eq!((ttl_with::get(0), ttl_with::get(1)), (None, Some(vec![1])));
    assert_eq!((ttl_with_path::get(1), ttl_with_path::get(30)), (None, Some(30)));
}

#[cached(key = "outcomes:wishes:<n>")]
fn wishes(n: u64) -> u64 {
    match n {
        0 => {
            entry::discard();
        }
        n => {
            entry::keep_for(n);
        }
    }
    n
}

#[cached(key = "outcomes:wishes_async:<n>")]
async fn wishes_async(n: u64) -> Result<u64, LoadError> {
    tokio::task::yield_now().await;
    if n == 0 {
        entry::discard()
    } else {
        entry::keep_for(n)
    };
    Ok(n)
}

#[tokio::test]
async fn a_body_can_set_the_time_of_its_result_or_keep_it_out() {
    let larder = testing::isolated();
    let _ = (wishes(0), wishes(1), wishes(30));
    for n in [0, 1, 30] {
        wishes_async(n).await.unwrap();
    }
    assert_eq!((wishes::get(0), wishes::get(1)), (None, Some(1)));
    larder.advance(Duration::from_secs(2));
    assert_eq!((wishes::get(1), wishes::get(30)), (None, Some(30)));
    assert_eq!((wishes_async::get(1).await, wishes_async::get(30).await), (None, Some(30)));
}

/// Neither serde's traits nor `Debug`.
#[derive(Clone)]
struct Handle;

#[cached(key = "outcomes:handle", local)]
fn handle() -> Handle {
    Handle
}

#[cached(key = "outcomes:handles:<n>", local, ignore(runs))]
async fn handles(runs: &Runs, n: usize) -> Result<Vec<Handle>, LoadError> {
    runs.next();
    Ok(vec![Handle; n])
}

#[tokio::test]
async fn a_local_value_needs_no_serde() {
    let _larder = testing::isolated();
    let runs = Runs::default();
    let (_one, _two) = (handle(), handle());
    assert_eq!(handles(&runs, 2).await.unwrap().len(), 2);
    assert_eq!(handles(&runs, 2).await.unwrap().len(), 2);
    assert_eq!((runs.count(), handle::stats().loads), (1, 1));
}
