//! A function from many keys to many values: it runs once, with those that are missing.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use larder::{KeyName, Value, cached, invalidate_tag_blocking, invalidates, testing, updates};

/// What the bodies were asked for, a line a run.
#[derive(Default)]
pub struct Asked(std::sync::Mutex<Vec<String>>);

impl Asked {
    fn note(&self, ids: &[impl std::fmt::Debug]) {
        self.0.lock().unwrap().push(format!("{ids:?}"));
    }

    fn lines(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// each `id` in `ids` is one entry
#[cached(key = "many:user:<id>", each(id in ids), ttl = 300, ignore(asked))]
async fn users(asked: &Asked, ids: &[u64]) -> Result<HashMap<u64, String>, String> {
    asked.note(ids);
    if ids.contains(&13) {
        return Err("thirteen".to_owned());
    }
    Ok(ids.iter().filter(|id| **id < 100).map(|id| (*id, format!("user {id}"))).collect())
}

fn people<const N: usize>(ids: [u64; N]) -> HashMap<u64, String> {
    ids.into_iter().map(|id| (id, format!("user {id}"))).collect()
}

#[tokio::test]
async fn the_body_runs_once_with_those_that_are_missing() {
    let _larder = testing::isolated();
    let asked = Asked::default();
    assert_eq!(users(&asked, &[3, 1, 2, 1]).await, Ok(people([1, 2, 3])));
    assert_eq!(users(&asked, &[1, 5, 2, 4]).await, Ok(people([1, 2, 4, 5])));
    assert_eq!(asked.lines(), ["[3, 1, 2]", "[5, 4]"]);
    assert_eq!(users(&asked, &[]).await, Ok(people([])));
    assert_eq!(users(&asked, &[1, 2, 3, 4, 5]).await, Ok(people([1, 2, 3, 4, 5])));
    assert_eq!(asked.lines(), [""; 0]);
}

#[tokio::test]
async fn one_shares_its_entry_with_what_is_asked_for_together() {
    let _larder = testing::isolated();
    let asked = Asked::default();
    assert_eq!(users::one(&asked, 7).await, Ok(Some("user 7".to_owned())));
    assert_eq!(users(&asked, &[7, 8]).await, Ok(people([7, 8])));
    assert_eq!(users::one(&asked, 8).await, Ok(Some("user 8".to_owned())));
    assert_eq!(asked.lines(), ["[7]", "[8]"]);
    assert_eq!(users::key(7).as_str(), "many:user:7");
}

#[tokio::test]
async fn the_verbs_of_its_companion_are_about_one() {
    let _larder = testing::isolated();
    let asked = Asked::default();
    assert_eq!(users::get(1).await, None);
    users::put(1, "by hand".to_owned()).await;
    assert_eq!(users::get(1).await.as_deref(), Some("by hand"));
    assert_eq!(users(&asked, &[1]).await, Ok(HashMap::from([(1, "by hand".to_owned())])));
    users::invalidate(1).await;
    assert_eq!(users(&asked, &[1, 2]).await, Ok(people([1, 2])));
    assert_eq!(users::refresh(&asked, 2).await, Ok(Some("user 2".to_owned())));
    assert_eq!(users::uncached(&asked, &[1, 2]).await, Ok(people([1, 2])));
    assert_eq!(asked.lines(), ["[1, 2]", "[2]", "[1, 2]"]);
    assert_eq!(users::get_blocking(2).as_deref(), Some("user 2"));
}

#[tokio::test]
async fn what_the_body_does_not_return_is_missing_and_asked_for_again() {
    let larder = testing::isolated();
    let asked = Asked::default();
    assert_eq!(users(&asked, &[1, 100]).await, Ok(people([1])));
    assert_eq!(users(&asked, &[1, 100]).await, Ok(people([1])));
    assert_eq!(users::one(&asked, 100).await, Ok(None));
    assert_eq!(asked.lines(), ["[1, 100]", "[100]", "[100]"]);
    let stats = larder.cache("default").stats();
    assert_eq!((stats.hits, stats.misses, stats.loads, stats.refused), (1, 4, 3, 0));
}

#[tokio::test]
async fn an_error_is_that_of_the_call_and_keeps_nothing() {
    let larder = testing::isolated();
    let asked = Asked::default();
    assert_eq!(users(&asked, &[1]).await, Ok(people([1])));
    assert_eq!(users(&asked, &[1, 2, 13]).await, Err("thirteen".to_owned()));
    assert_eq!(users(&asked, &[1, 2]).await, Ok(people([1, 2])));
    assert_eq!(asked.lines(), ["[1]", "[2, 13]", "[2]"]);
    let stats = larder.cache("default").stats();
    assert_eq!((stats.failed, stats.loads), (1, 3));
}

#[cached(key = "many:known:<id>", each(id in ids), ttl = 300, none_ttl = 10, ignore(asked))]
fn known(asked: &Asked, ids: &[u64]) -> HashMap<u64, u64> {
    asked.note(ids);
    ids.iter().filter(|id| **id < 100).map(|id| (*id, id * 2)).collect()
}

#[test]
fn that_there_is_none_can_be_kept_too_for_as_long_as_is_said() {
    let larder = testing::isolated();
    let asked = Asked::default();
    assert_eq!(known(&asked, &[1, 100, 101]), HashMap::from([(1, 2)]));
    assert_eq!(known(&asked, &[101, 1, 100]), HashMap::from([(1, 2)]));
    assert_eq!(known::one(&asked, 100), None);
    assert_eq!(known::get(100), None);
    assert_eq!(asked.lines(), ["[1, 100, 101]"]);
    larder.clock().advance(Duration::from_secs(10));
    assert_eq!((known::one(&asked, 1), known::one(&asked, 100)), (Some(2), None));
    assert_eq!(known(&asked, &[1, 100, 101]), HashMap::from([(1, 2)]));
    assert_eq!(asked.lines(), ["[100]", "[101]"]);
}

/// A connection, as most of them are handed on.
struct Connection(Vec<String>);

mod forms {
    use super::*;

    type Loaded<T> = Result<T, String>;

    #[cached(key = "many:vec:<id>", each(id in ids), ignore(db))]
    pub async fn vec(db: &mut Connection, ids: Vec<u32>) -> Loaded<Vec<(u32, u32)>> {
        db.0.push(format!("{ids:?}"));
        Ok(ids.into_iter().rev().map(|id| (id, id + 1)).collect())
    }

    #[cached(key = "many:set:<id>", each(id in ids))]
    pub fn set(mut ids: HashSet<u32>) -> BTreeMap<u32, u32> {
        ids.drain().map(|id| (id, id + 2)).collect()
    }

    #[cached(key = "many:lent_set:<id>", each(id in ids))]
    pub fn lent_set(ids: &BTreeSet<String>) -> BTreeMap<String, usize> {
        ids.iter().map(|id| (id.clone(), id.len())).collect()
    }

    #[cached(key = "many:lent_vec:<name>", each(name in names), ignore(pool))]
    pub fn lent_vec(pool: Arc<str>, names: &Vec<String>) -> HashMap<String, String> {
        names.iter().map(|name| (name.clone(), format!("{pool} {name}"))).collect()
    }

    #[cached(key = "many:texts:<name>", each(name in names))]
    pub fn texts(names: &[&str]) -> HashMap<String, usize> {
        names.iter().map(|name| ((*name).to_owned(), name.len())).collect()
    }

    #[cached(key = "many:prices:<currency>:<id>", each(id in ids), tags = ["product:<id>"])]
    pub fn prices(currency: &str, ids: &[u32]) -> HashMap<u32, String> {
        ids.iter().map(|id| (*id, format!("{id} {currency}"))).collect()
    }

    #[cached(each(id in ids))]
    pub fn without_a_key(scale: u32, ids: &[u32]) -> HashMap<u32, u32> {
        ids.iter().map(|id| (*id, id * scale)).collect()
    }

    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    pub struct Place {
        pub shelf: u8,
        pub label: &'static str,
    }

    #[cached(key = "many:shelf:<place.shelf>", each(place in places), ignore(asked))]
    pub fn shelves(asked: &Asked, places: &[Place]) -> HashMap<Place, u8> {
        asked.note(&places.iter().map(|place| place.shelf).collect::<Vec<_>>());
        places.iter().map(|place| (place.clone(), place.shelf)).collect()
    }

    #[cached(key = "many:of:<T>:<id>", each(id in ids))]
    pub fn of<T>(ids: &[u32]) -> Vec<(u32, T)>
    where
        T: KeyName + Default + Clone,
        Option<T>: Value,
    {
        ids.iter().map(|id| (*id, T::default())).collect()
    }

    #[cached(key = "many:chosen:<id>", each(id in ids), when = |value| value.is_multiple_of(2), ttl_with = |value| *value)]
    pub fn chosen(ids: &[u64]) -> HashMap<u64, u64> {
        ids.iter().map(|id| (*id, *id)).collect()
    }

    #[derive(Clone, PartialEq, Debug)]
    pub struct Unwritten(pub u8);

    #[cached(key = "many:local:<id>", each(id in ids), local, version = 2, jitter = 0.1, ttl = 60)]
    pub fn local(ids: &[u8]) -> HashMap<u8, Unwritten> {
        ids.iter().map(|id| (*id, Unwritten(*id))).collect()
    }
}

#[tokio::test]
async fn all_may_come_in_every_form_that_a_body_can_be_handed_less_of() {
    let _larder = testing::isolated();
    let mut db = Connection(Vec::new());
    assert_eq!(forms::vec(&mut db, vec![3, 1, 3, 2]).await, Ok(vec![(3, 4), (1, 2), (2, 3)]));
    assert_eq!(
        forms::vec(&mut db, vec![2, 2, 5]).await,
        Ok(vec![(2, 3), (5, 6)]),
        "in the order in which they were asked for"
    );
    assert_eq!(db.0, ["[3, 1, 2]", "[5]"]);
    assert_eq!(forms::vec::one(&mut db, 9).await, Ok(Some(10)));
    assert_eq!(forms::set(HashSet::from([1, 2])), BTreeMap::from([(1, 3), (2, 4)]));
    assert_eq!((forms::set::get(1), forms::set::one(1)), (Some(3), Some(3)));
    let names = BTreeSet::from(["a".to_owned(), "bc".to_owned()]);
    assert_eq!(forms::lent_set(&names), BTreeMap::from([("a".to_owned(), 1), ("bc".to_owned(), 2)]));
    assert_eq!(forms::lent_set::get("bc"), Some(2));
    let found = forms::lent_vec("pool".into(), &vec!["x".to_owned()]);
    assert_eq!(found, HashMap::from([("x".to_owned(), "pool x".to_owned())]));
    assert_eq!(forms::texts(&["a", "bcd"]), HashMap::from([("a".to_owned(), 1), ("bcd".to_owned(), 3)]));
    assert_eq!((forms::texts::get("bcd"), forms::texts::one("bcd")), (Some(3), Some(3)));
    assert_eq!(forms::of::<u32>(&[1, 1]), [(1, 0)]);
    assert_eq!((forms::of::get::<u32>(1), forms::of::get::<u64>(1)), (Some(0), None));
}

#[test]
fn other_parts_of_the_key_are_the_same_for_all() {
    let _larder = testing::isolated();
    assert_eq!(forms::prices("EUR", &[1, 2])[&2], "2 EUR");
    assert_eq!(forms::prices("USD", &[2])[&2], "2 USD");
    assert_eq!(forms::prices::key("EUR", 1).as_str(), "many:prices:EUR:1");
    assert_eq!(forms::prices::get("EUR", 1).as_deref(), Some("1 EUR"));
    assert_eq!(forms::without_a_key(3, &[5]), HashMap::from([(5, 15)]));
    assert_eq!(forms::without_a_key::get(3, 5), Some(15));
}

#[test]
fn each_has_tags_of_its_own() {
    let _larder = testing::isolated();
    forms::prices("EUR", &[1, 2]);
    invalidate_tag_blocking("product:1").unwrap();
    assert_eq!((forms::prices::get("EUR", 1), forms::prices::get("EUR", 2)), (None, Some("2 EUR".to_owned())));
}

#[test]
fn those_that_have_one_entry_are_asked_for_once_and_all_are_answered() {
    let _larder = testing::isolated();
    let asked = Asked::default();
    let place = |shelf, label| forms::Place { shelf, label };
    let places = [place(1, "a"), place(1, "b"), place(2, "c"), place(1, "b")];
    let found = forms::shelves(&asked, &places);
    assert_eq!(found.into_values().map(usize::from).sum::<usize>(), 4, "a, b and c");
    assert_eq!(asked.lines(), ["[1, 2]"]);
}

#[test]
fn rules_of_what_is_kept_are_about_one_value() {
    let larder = testing::isolated();
    assert_eq!(forms::chosen(&[1, 2, 40]), HashMap::from([(1, 1), (2, 2), (40, 40)]));
    assert_eq!([1, 2, 40].map(forms::chosen::get), [None, Some(2), Some(40)]);
    assert_eq!(forms::chosen::stats().refused, 1);
    larder.clock().advance(Duration::from_secs(3));
    assert_eq!([1, 2, 40].map(forms::chosen::get), [None, None, Some(40)]);
    assert_eq!(forms::local(&[1]), HashMap::from([(1, forms::Unwritten(1))]));
    assert_eq!(forms::local::get(1), Some(forms::Unwritten(1)));
}

struct Shop {
    id: u8,
    asked: Asked,
}

impl Shop {
    #[cached(key = "many:shop:<self.id>:<id>", each(id in ids))]
    pub async fn stock(&self, ids: &[u32]) -> Result<HashMap<u32, String>, String> {
        self.asked.note(ids);
        Ok(ids.iter().map(|id| (*id, format!("{id} in {}", self.id))).collect())
    }

    #[cached(key = "many:private_shop:<self.id>:<id>", each(id in ids), companion = counts)]
    fn count(&self, ids: &[u32]) -> HashMap<u32, u32> {
        self.asked.note(ids);
        ids.iter().map(|id| (*id, id + 1)).collect()
    }

    #[invalidates(Shop::stock(self, id))]
    async fn sell(&self, id: u32) {
        self.asked.note(&[id]);
    }
}

#[tokio::test]
async fn a_method_can_be_asked_for_many() {
    let _larder = testing::isolated();
    let shop = Shop { id: 4, asked: Asked::default() };
    assert_eq!(shop.stock(&[1, 2]).await.unwrap().len(), 2);
    assert_eq!(shop.stock_one(2).await, Ok(Some("2 in 4".to_owned())));
    assert_eq!(Shop::stock_site().get(&shop, 2).await.as_deref(), Some("2 in 4"));
    shop.sell(2).await;
    assert_eq!(shop.stock(&[1, 2]).await.unwrap().len(), 2);
    assert_eq!(shop.asked.lines(), ["[1, 2]", "[2]", "[2]"]);
    assert_eq!((shop.count(&[1])[&1], shop.counts_one(1)), (2, Some(2)));
    assert_eq!(Shop::counts_site().get(&shop, 1), Some(2));
}

#[invalidates(users(id))]
async fn rename(id: u64) {}

#[updates(users(id))]
async fn write(id: u64, name: &str) -> Result<String, String> {
    Ok(name.to_owned())
}

#[tokio::test]
async fn writes_invalidate_and_update_one() {
    let _larder = testing::isolated();
    let asked = Asked::default();
    users(&asked, &[1, 2]).await.unwrap();
    rename(1).await;
    write(2, "written").await.unwrap();
    assert_eq!((users::get(1).await, users::get(2).await), (None, Some("written".to_owned())));
    let found = users(&asked, &[1, 2]).await.unwrap();
    assert_eq!((&*found[&1], &*found[&2]), ("user 1", "written"));
    assert_eq!(asked.lines(), ["[1, 2]", "[1]"]);
}

#[tokio::test]
async fn a_future_for_many_can_be_sent() {
    fn sent<F: Future + Send>(future: F) -> F {
        future
    }
    let _larder = testing::isolated();
    let asked = Asked::default();
    assert_eq!(sent(users(&asked, &[1])).await, Ok(people([1])));
    assert_eq!(sent(users::one(&asked, 1)).await, Ok(Some("user 1".to_owned())));
}

#[test]
fn what_is_switched_off_runs_its_body_once_for_all() {
    let larder = testing::isolated();
    let asked = Asked::default();
    larder.cache("default").switch_off();
    assert_eq!(known(&asked, &[1, 2, 1]), HashMap::from([(1, 2), (2, 4)]));
    assert_eq!(known(&asked, &[1]), HashMap::from([(1, 2)]));
    assert_eq!(asked.lines(), ["[1, 2]", "[1]"]);
}

/// Tags that speak of none of what is asked for, and of something else.
#[deny(unused)]
mod tags_of_all {
    use super::HashMap;
    use larder::cached;

    #[cached(key = "many:all:<id>", each(id in ids), tags = ["many:all"])]
    pub fn all(ids: &[u64]) -> HashMap<u64, u64> {
        ids.iter().map(|id| (*id, id * 2)).collect()
    }

    #[cached(key = "many:shelf:<shelf>:<id>", each(id in ids), tags = ["many:all", "many:shelf:<shelf>"])]
    pub fn shelf(shelf: &str, ids: Vec<u64>) -> HashMap<u64, usize> {
        ids.into_iter().map(|id| (id, shelf.len())).collect()
    }
}

#[test]
fn tags_that_do_not_speak_of_each_warn_of_nothing_and_withdraw_all() {
    let _larder = testing::isolated();
    let kept = || (tags_of_all::all::get(1).is_some(), tags_of_all::shelf::get("a", 2).is_some());
    tags_of_all::all(&[1]);
    tags_of_all::shelf("a", vec![2]);
    assert_eq!(kept(), (true, true));
    invalidate_tag_blocking("many:shelf:a").unwrap();
    assert_eq!(kept(), (true, false));
    tags_of_all::shelf("a", vec![2]);
    invalidate_tag_blocking("many:all").unwrap();
    assert_eq!(kept(), (false, false));
}
