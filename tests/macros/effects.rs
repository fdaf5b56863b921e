//! `#[invalidates]` and `#[updates]`.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use larder::{cached, invalidates, testing, updates};
use tokio::sync::Notify;

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Profile {
    id: u64,
    name: String,
}

impl Profile {
    fn of(id: u64, name: &str) -> Self {
        Self { id, name: name.to_owned() }
    }
}

struct User {
    id: u64,
}

#[cached(key = "effects:profile:<id>")]
async fn profile(id: u64) -> Result<Profile, String> {
    Ok(Profile::of(id, "loaded"))
}

#[cached(key = "effects:list:<kind>")]
fn list(kind: String) -> Vec<u64> {
    vec![kind.len() as u64]
}

#[cached(key = "effects:row:<T>:<id>")]
fn row<T: larder::KeyName>(id: u64) -> u64 {
    id
}

mod deep {
    pub mod down {
        #[larder::cached(key = "effects:deep:<n>")]
        pub fn deep(n: u8) -> u8 {
            n
        }
    }
}

#[invalidates(profile(user.id), list("a"), row::<u8>(user.id), deep::down::deep(1))]
async fn save(user: &User, works: bool) -> Result<u64, String> {
    if works { Ok(user.id) } else { Err("refused".to_owned()) }
}

async fn fill() {
    profile(1).await.unwrap();
    profile(2).await.unwrap();
    list("a".to_owned());
    row::<u8>(1);
    row::<u16>(1);
    deep::down::deep(1);
}

#[tokio::test]
async fn a_write_that_succeeds_invalidates_what_it_names() {
    let _larder = testing::isolated();
    fill().await;
    assert_eq!(save(&User { id: 1 }, true).await, Ok(1));
    assert_eq!(
        (profile::get(1).await, list::get("a"), row::get::<u8>(1), deep::down::deep::get(1)),
        (None, None, None, None)
    );
    assert!(profile::get(2).await.is_some() && row::get::<u16>(1).is_some(), "and nothing else");
}

#[tokio::test]
async fn a_write_that_fails_leaves_everything() {
    let _larder = testing::isolated();
    fill().await;
    assert!(save(&User { id: 1 }, false).await.is_err());
    assert!(profile::get(1).await.is_some() && list::get("a").is_some() && row::get::<u8>(1).is_some());
}

#[invalidates(profile(user.id), list(&format!("{}", user.id)))]
fn consume(user: User) -> u64 {
    let User { id } = user;
    id
}

#[invalidates(list("a"))]
fn quiet() {}

#[test]
fn a_body_that_blocks_invalidates_and_may_consume_its_arguments() {
    let _larder = testing::isolated();
    profile::put_blocking(3, Profile::of(3, ""));
    list("3".to_owned());
    list("a".to_owned());
    assert_eq!(consume(User { id: 3 }), 3);
    quiet();
    assert_eq!((profile::get_blocking(3), list::get("3"), list::get("a")), (None, None, None));
}

#[derive(Default)]
struct Books {
    ids: Vec<u64>,
}

impl Books {
    #[invalidates(list("a"))]
    fn first(&mut self) -> &mut u64 {
        &mut self.ids[0]
    }

    #[invalidates(list("a"), |book| row::<u8>(book.as_ref().map_or(0, |id| **id)))]
    async fn add(&mut self, id: u64) -> Option<&mut u64> {
        self.ids.push(id);
        self.ids.last_mut()
    }

    #[invalidates(list("a"), before)]
    async fn find<'a>(&'a mut self, id: &u64) -> Result<&'a mut u64, String> {
        self.ids.iter_mut().find(|other| *other == id).ok_or_else(String::new)
    }
}

#[tokio::test]
async fn a_body_may_hand_out_what_it_borrows_from_an_argument_that_it_changes() {
    let _larder = testing::isolated();
    let mut books = Books::default();
    fill().await;
    *books.add(1).await.unwrap() += 1;
    *books.find(&2).await.unwrap() += 1;
    *books.first() += 1;
    assert_eq!((books.ids, list::get("a")), (vec![4], None));
}

#[invalidates(|saved| profile(saved.id), |saved: &Profile| list(&saved.name), row::<u8>(1))]
async fn create(id: u64) -> Result<Profile, String> {
    if id == 0 {
        return Err("refused".to_owned());
    }
    Ok(Profile::of(id, "a"))
}

#[tokio::test]
async fn a_closure_sees_what_was_written() {
    let _larder = testing::isolated();
    fill().await;
    create(0).await.unwrap_err();
    assert!(profile::get(1).await.is_some() && list::get("a").is_some() && row::get::<u8>(1).is_some());
    create(1).await.unwrap();
    assert_eq!((profile::get(1).await, list::get("a"), row::get::<u8>(1)), (None, None, None));
    assert!(profile::get(2).await.is_some());
}

#[invalidates(|id| row::<u8>(*id))]
fn numbered(id: u64) -> u64 {
    id
}

type Saved = Result<Profile, String>;

#[invalidates(|saved| profile(saved.id))]
fn aliased(id: u64) -> Saved {
    if id == 0 { Err(String::new()) } else { Ok(Profile::of(id, "")) }
}

#[test]
fn a_closure_sees_a_plain_value_or_the_value_of_a_result_behind_an_alias() {
    let _larder = testing::isolated();
    row::<u8>(7);
    numbered(7);
    assert_eq!(row::get::<u8>(7), None);
    profile::put_blocking(7, Profile::of(7, ""));
    aliased(0).unwrap_err();
    aliased(7).unwrap();
    assert_eq!(profile::get_blocking(7), None);
}

mod own {
    #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct Result<T>(pub T);
}

mod io {
    pub type Result<T> = std::result::Result<T, String>;
}

#[cached(key = "effects:own_result:<id>")]
fn own_result(id: u64) -> own::Result<u64> {
    own::Result(id)
}

#[invalidates(|saved| list(&saved.0.to_string()))]
fn save_own_result(id: u64) -> own::Result<u64> {
    own::Result(id)
}

#[updates(own_result(id))]
fn update_own_result(id: u64, to: u64) -> own::Result<u64> {
    own::Result(to)
}

#[updates(|saved| list(&saved.len().to_string()))]
fn update_if(works: bool) -> io::Result<Vec<u64>> {
    if works { Ok(vec![7]) } else { Err(String::new()) }
}

#[invalidates(|name| list(name))]
fn first<'a>(names: &[&'a str]) -> io::Result<&'a str> {
    names.first().copied().ok_or_else(String::new)
}

#[test]
fn a_type_that_is_only_named_like_a_result_is_kept_whole_by_effects_too() {
    let _larder = testing::isolated();
    list("7".to_owned());
    save_own_result(7);
    assert_eq!(list::get("7"), None);
    own_result(1);
    update_own_result(1, 2);
    assert_eq!(own_result::get(1), Some(own::Result(2)));
    assert!(update_if(false).is_err());
    assert_eq!(list::get("1"), None);
    update_if(true).unwrap();
    assert_eq!(list::get("1"), Some(vec![7]));
    assert_eq!(first(&["1"]), Ok("1"));
    assert_eq!(list::get("1"), None);
}

#[invalidates(profile(id), before)]
async fn read_through(id: u64) -> Option<Profile> {
    profile::get(id).await
}

#[invalidates(list("a"), before)]
fn read_through_list() -> Option<Vec<u64>> {
    list::get("a")
}

#[tokio::test]
async fn an_invalidation_can_come_before_the_body() {
    let _larder = testing::isolated();
    fill().await;
    assert_eq!((read_through(1).await, read_through_list()), (None, None));
}

#[invalidates(profile(id))]
async fn slow_save(id: u64, gate: &Notify) -> Result<(), String> {
    gate.notified().await;
    let _ = id;
    Ok(())
}

#[test]
fn a_write_whose_caller_leaves_invalidates_still() {
    let _larder = testing::isolated();
    profile::put_blocking(1, Profile::of(1, ""));
    let gate = Notify::new();
    {
        let mut write = pin!(slow_save(1, &gate));
        assert!(matches!(write.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending));
        assert!(profile::get_blocking(1).is_some());
    }
    assert_eq!(profile::get_blocking(1), None, "nobody knows how far the write came");
}

#[invalidates(profile(id))]
fn failing_save(id: u64) {
    assert!(id != 1, "the body panics");
}

#[test]
fn a_write_that_panics_invalidates_still() {
    let _larder = testing::isolated();
    profile::put_blocking(1, Profile::of(1, ""));
    std::panic::catch_unwind(|| failing_save(1)).unwrap_err();
    assert_eq!(profile::get_blocking(1), None);
}

#[updates(profile(id))]
async fn rename(id: u64, name: &str) -> Result<Profile, String> {
    if name.is_empty() {
        Err("a name, please")?;
    }
    Ok(Profile::of(id, name))
}

#[updates(profile(id), profile(id + 1))]
fn reset(id: u64) -> Profile {
    Profile::of(id, "reset")
}

#[updates(|saved| profile(saved.id))]
fn insert(name: String) -> Saved {
    Ok(Profile { id: name.len() as u64, name })
}

#[cached(key = "effects:double:<number>")]
fn double(number: u64) -> u64 {
    number * 2
}

#[cached(key = "effects:half:<number>")]
fn half(number: u64) -> u64 {
    number / 2
}

/// Both entries are of this number; each result is a number of its own.
#[updates(double(number), |_| half(number))]
fn write_both(number: u64) -> u64 {
    number + 1
}

/// Changes are noted for groups of names, and some of these pairs are in one group.
#[test]
fn an_update_of_two_entries_keeps_both_whatever_their_names_are() {
    let _larder = testing::isolated();
    for number in 0..1_000 {
        write_both(number);
        assert_eq!((double::get(number), half::get(number)), (Some(number + 1), Some(number + 1)));
    }
}

#[tokio::test]
async fn an_update_keeps_what_was_written() {
    let _larder = testing::isolated();
    profile(1).await.unwrap();
    rename(1, "").await.unwrap_err();
    assert_eq!(profile::get(1).await.unwrap().name, "loaded", "a failed write leaves what is kept");
    rename(1, "Ada").await.unwrap();
    assert_eq!(profile(1).await.unwrap().name, "Ada");
    reset(1);
    assert_eq!((profile(1).await.unwrap().name, profile(2).await.unwrap().name), ("reset".into(), "reset".into()));
    insert("abc".to_owned()).unwrap();
    assert_eq!(profile(3).await.unwrap().name, "abc");
}

#[invalidates(row::<u8>(id))]
#[updates(profile(id))]
#[must_use]
async fn both(id: u64) -> Profile {
    Profile::of(id, "both")
}

#[tokio::test]
async fn several_attributes_work_together() {
    let _larder = testing::isolated();
    row::<u8>(1);
    assert_eq!(both(1).await.name, "both");
    assert_eq!((row::get::<u8>(1), profile::get(1).await.map(|profile| profile.name)), (None, Some("both".to_owned())));
}

#[invalidates(list("a"))]
async fn shown(n: u64) -> impl std::fmt::Display {
    n
}

#[invalidates(list(name))]
fn borrowed<'a>(name: &'a str, mut rest: Vec<&'a str>) -> Option<&'a str> {
    rest.push(name);
    rest.pop()
}

struct Counter {
    count: u64,
}

impl Counter {
    #[invalidates(list("a"), |now| row::<u8>(*now))]
    fn up(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    #[invalidates(list("a"))]
    async fn up_later(&mut self) -> Result<u64, String> {
        self.count += 1;
        tokio::task::yield_now().await;
        Ok(self.count)
    }
}

struct Shelf<T>(T);

impl<T: std::fmt::Display> Shelf<T> {
    #[invalidates(|saved| list(&saved.to_string()))]
    fn save(value: T) -> io::Result<T> {
        Ok(value)
    }

    #[invalidates(|saved| list(&saved.to_string()))]
    fn unpack(self) -> io::Result<T> {
        Ok(self.0)
    }
}

#[test]
fn functions_of_generic_types_can_have_effects() {
    let _larder = testing::isolated();
    list("1".to_owned());
    assert_eq!((Shelf::save(1), list::get("1")), (Ok(1), None));
    list("1".to_owned());
    assert_eq!((Shelf(1).unpack(), list::get("1")), (Ok(1), None));
}

#[tokio::test]
async fn functions_of_every_form_can_have_effects() {
    let _larder = testing::isolated();
    let mut counter = Counter { count: 0 };
    list("a".to_owned());
    assert_eq!(shown(5).await.to_string(), "5");
    assert_eq!(list::get("a"), None);
    list("a".to_owned());
    assert_eq!(borrowed("a", vec![]), Some("a"));
    assert_eq!(list::get("a"), None);
    list("a".to_owned());
    row::<u8>(1);
    assert_eq!(counter.up(), 1);
    assert_eq!((list::get("a"), row::get::<u8>(1)), (None, None));
    list("a".to_owned());
    assert_eq!(counter.up_later().await, Ok(2));
    assert_eq!(list::get("a"), None);
}

#[test]
fn the_future_of_a_write_can_go_to_another_thread() {
    fn is_send<T: Send>(_: T) {}
    is_send(save(&User { id: 1 }, true));
    is_send(create(1));
    is_send(rename(1, "a"));
    is_send(both(1));
}

mod users {
    #[larder::cached(key = "effects:users:get:<n>")]
    pub fn get(n: u8) -> u8 {
        n
    }

    #[larder::cached(key = "effects:users:stats")]
    pub fn stats() -> u8 {
        1
    }
}

#[invalidates(users::get(n), users::stats())]
fn save_user(n: u8) -> u8 {
    n
}

#[test]
fn a_cached_function_may_have_the_name_of_a_verb() {
    let _larder = testing::isolated();
    let _ = (users::get(1), users::stats());
    save_user(1);
    assert_eq!((users::get::get(1), users::stats::get()), (None, None));
}

#[cached(key = "effects:choosy:<id>", when = |value| *value > 0, ttl_with = |value| *value)]
fn choosy(id: u64) -> u64 {
    id
}

#[updates(choosy(id))]
fn write_choosy(id: u64, value: u64) -> u64 {
    let _ = id;
    value
}

#[test]
fn what_is_written_is_kept_by_the_rules_of_the_function_it_is_kept_for() {
    let larder = testing::isolated();
    assert_eq!((choosy(10), write_choosy(10, 0)), (10, 0));
    assert_eq!(choosy::get(10), None, "neither the old value nor one that is not worth keeping");
    for keep in [|id| choosy::put(id, 5), |id| assert_eq!(write_choosy(id, 5), 5)] {
        keep(10);
        larder.advance(Duration::from_secs(4));
        assert_eq!(choosy::get(10), Some(5));
        larder.advance(Duration::from_secs(1));
        assert_eq!(choosy::get(10), None, "its time follows from the value");
    }
}
