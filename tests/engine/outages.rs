//! What the log says of a store that is away: once that it is, and once that it is back, however many calls there are.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use larder::backend::layer::{Call, Guard, around};
use larder::backend::{Answer, Memory};
use larder::clock::Clock;
use larder::{Error, Kind, Options, Settings, cached, invalidates, testing};

use crate::lines::lines;

/// Lets nothing through while it says so.
struct Down(Arc<Mutex<Option<Kind>>>);

impl Guard for Down {
    async fn around<'a, T: Send + 'a>(
        &'a self,
        _: Call,
        run: impl Fn() -> Answer<'a, Result<T, Error>> + Send + Sync + 'a,
    ) -> Result<T, Error> {
        let down = *self.0.lock().unwrap();
        match down {
            Some(kind) => Err(Error::new(kind, "the store is down")),
            None => run().await,
        }
    }
}

/// Returns what the log has said of a cache, and forgets it.
fn told(cache: &str) -> Vec<String> {
    let mut lines = lines().lock().unwrap();
    let (told, others) = lines.drain(..).partition(|line| line.contains(&format!("cache `{cache}`")));
    *lines = others;
    told
}

#[cached(key = "told:<id>", cache = "told-once")]
fn told_once(id: u64) -> u64 {
    id
}

#[test]
fn a_store_that_is_away_is_told_once_and_with_a_count_when_it_is_back() {
    lines();
    let (down, clock) = (Arc::new(Mutex::new(Some(Kind::Store))), Clock::manual());
    let store = Settings::backend(Memory::new(clock.clone())).layer(around(Down(Arc::clone(&down))));
    let larder = testing::isolated_at(clock, [("told-once", store)]).unwrap();
    let _here = larder.enter();
    let calls = |calls: u64| (0..calls).for_each(|id| assert_eq!(told_once(id), id));
    for outage in 0..2 {
        *down.lock().unwrap() = Some(Kind::Store);
        let before = larder.cache("told-once").stats().trouble;
        calls(40);
        larder.advance(Duration::from_secs(60));
        calls(10);
        let lines = told("told-once");
        let is_first =
            |line: &str| line.starts_with("WARN larder cache `told-once`, `") && line.contains("store is down");
        assert!(lines.len() == 1 && is_first(&lines[0]), "outage {outage}: {lines:?}");
        let failed = larder.cache("told-once").stats().trouble - before;
        assert!(failed >= 50, "{failed}");
        *down.lock().unwrap() = None;
        calls(5);
        assert_eq!(told("told-once"), [""; 0], "a part of it may still be away");
        larder.advance(Duration::from_secs(10));
        calls(10);
        let back =
            format!("INFO larder cache `told-once`: its store answers again: {failed} calls have failed in 60 s");
        assert_eq!(told("told-once"), [back]);
    }
}

#[cached(key = "parts:<id>", cache = "in-parts")]
fn in_parts(id: u64) -> u64 {
    id
}

#[test]
fn a_store_of_which_a_part_is_away_is_not_told_to_go_and_come_with_every_call() {
    lines();
    let (down, clock) = (Arc::new(Mutex::new(None)), Clock::manual());
    let store = Settings::backend(Memory::new(clock.clone())).layer(around(Down(Arc::clone(&down))));
    let larder = testing::isolated_at(clock, [("in-parts", store)]).unwrap();
    let _here = larder.enter();
    for id in 0..100 {
        *down.lock().unwrap() = (id % 2 == 0).then_some(Kind::Store);
        in_parts(id);
        larder.advance(Duration::from_secs(1));
    }
    assert_eq!(told("in-parts").len(), 1);
}

#[test]
fn a_process_that_only_writes_is_told_of_each_outage_and_of_its_end() {
    lines();
    let (down, clock) = (Arc::new(Mutex::new(None)), Clock::manual());
    let store = Settings::backend(Memory::new(clock.clone())).layer(around(Down(Arc::clone(&down))));
    let larder = testing::isolated_at(clock, [("writes", store)]).unwrap();
    let _here = larder.enter();
    let cache = larder.cache("writes");
    let writes: [&dyn Fn(); 5] = [
        &|| assert!(!cache.blocking().delete("key").unwrap()),
        &|| cache.blocking().set("key", 1, Options::ttl(60)).unwrap(),
        &|| assert!(cache.blocking().set_many([("key", 1)], Options::ttl(60)).is_empty()),
        &|| assert!(cache.blocking().add("count", 1_i64, Options::ttl(60)).unwrap()),
        &|| assert_eq!(cache.blocking().incr("count", 1).unwrap(), 2),
    ];
    for write in writes {
        *down.lock().unwrap() = Some(Kind::Store);
        written::invalidate(7);
        *down.lock().unwrap() = None;
        larder.advance(Duration::from_secs(10));
        write();
        let told = told("writes");
        let [gone, back] = &told[..] else { panic!("{told:?}") };
        assert!(
            gone.starts_with("WARN ") && back.ends_with(": its store answers again: 1 call has failed"),
            "{told:?}"
        );
    }
}

#[cached(key = "written:<id>", cache = "writes")]
fn written(id: u64) -> u64 {
    id
}

#[test]
fn an_outage_that_begins_long_after_another_is_told_also_where_nobody_has_asked_in_between() {
    lines();
    let (down, clock) = (Arc::new(Mutex::new(Some(Kind::Store))), Clock::manual());
    let store = Settings::backend(Memory::new(clock.clone())).layer(around(Down(Arc::clone(&down))));
    let larder = testing::isolated_at(clock, [("idle", store)]).unwrap();
    let _here = larder.enter();
    for _ in 0..2 {
        (0..3).for_each(|_| seldom::invalidate(7));
        assert_eq!(told("idle").len(), 1);
        larder.advance(Duration::from_secs(86_400));
    }
    (0..3).for_each(|_| seldom::invalidate(7));
    *down.lock().unwrap() = None;
    larder.advance(Duration::from_secs(10));
    seldom::invalidate(7);
    let told = told("idle");
    assert!(told.len() == 2 && told[1].ends_with(": its store answers again: 3 calls have failed"), "{told:?}");
}

#[cached(key = "seldom:<id>", cache = "idle")]
fn seldom(id: u64) -> u64 {
    id
}

#[cached(key = "refused:<id>", cache = "refused")]
fn refused(id: u64) -> u64 {
    id
}

#[test]
fn a_wrong_password_that_follows_an_outage_is_told_too() {
    lines();
    let (down, clock) = (Arc::new(Mutex::new(Some(Kind::Store))), Clock::manual());
    let store = Settings::backend(Memory::new(clock.clone())).layer(around(Down(Arc::clone(&down))));
    let larder = testing::isolated_at(clock, [("refused", store)]).unwrap();
    let _here = larder.enter();
    for kind in [Kind::Store, Kind::Configuration, Kind::Timeout, Kind::Configuration] {
        *down.lock().unwrap() = Some(kind);
        (0..10).for_each(|id| assert_eq!(refused(id), id));
    }
    assert_eq!(told("refused").len(), 2, "one line for what passes, and one for what somebody has to change");
}

#[cached(key = "here:<id>", cache = "stays-here", local)]
fn stays_here(id: u64) -> u64 {
    id
}

#[test]
fn a_value_that_stays_in_the_process_is_no_trouble_of_its_store() {
    lines();
    let clock = Clock::manual();
    let larder = testing::isolated_at(clock.clone(), [("stays-here", Settings::backend(Memory::new(clock)))]).unwrap();
    let _here = larder.enter();
    for id in 0..3 {
        stays_here(id);
        larder.advance(Duration::from_secs(10));
        larder.cache("stays-here").blocking().has("anything").unwrap();
    }
    for id in 0..3 {
        stays_here::put(id, 7);
        larder.advance(Duration::from_secs(10));
        larder.cache("stays-here").blocking().has("anything").unwrap();
    }
    let told = told("stays-here");
    assert!(told.len() >= 6 && told.iter().all(|line| line.contains("for this process only")), "{told:?}");
}

#[cached(key = "post:<id>", cache = "invalidated-away", ignore(text))]
fn post(id: u64, text: &str) -> String {
    format!("{id}: {text}")
}

#[invalidates(post(id))]
fn edit(id: u64) -> Result<u64, Error> {
    Ok(id)
}

#[test]
fn what_is_invalidated_while_the_store_is_away_succeeds_and_is_owed() {
    let (down, clock) = (Arc::new(Mutex::new(None)), Clock::manual());
    let store = Settings::backend(Memory::new(clock.clone())).layer(around(Down(Arc::clone(&down))));
    let larder = testing::isolated_at(clock, [("invalidated-away", store)]).unwrap();
    let _here = larder.enter();
    assert_eq!([post(7, "old"), post(7, "new")], ["7: old", "7: old"]);
    *down.lock().unwrap() = Some(Kind::Store);
    assert_eq!(edit(7).unwrap(), 7, "the function has done its work");
    assert!(larder.cache("invalidated-away").stats().trouble > 0);
    assert!(larder.cache("invalidated-away").blocking().delete("other").is_err(), "who asks by hand is told");
    *down.lock().unwrap() = None;
    assert_eq!([post(7, "new"), post(7, "newer")], ["7: new", "7: new"], "the store was told before it was asked");
}
