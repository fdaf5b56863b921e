//! Work that takes effect at one moment: what it invalidates is invalidated once more after that.

use std::cell::RefCell;
use std::future::{Future, pending};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};

use larder::backend::Memory;
use larder::clock::Clock;
use larder::stores::file;
use larder::{Key, Options, Settings, after_commit, after_commit_blocking, cached, invalidates, testing};

/// A database in which what a transaction writes is seen by others at its commit.
struct Database {
    committed: Mutex<&'static str>,
}

static SHOP: Database = Database { committed: Mutex::new("") };

thread_local! {
    static WRITTEN: RefCell<Option<&'static str>> = const { RefCell::new(None) };
}

impl Database {
    fn read(&self) -> &'static str {
        WRITTEN.with_borrow(|written| *written).unwrap_or_else(|| *self.committed.lock().unwrap())
    }

    fn write(value: &'static str) {
        WRITTEN.set(Some(value));
    }

    fn commit(&self) {
        *self.committed.lock().unwrap() = WRITTEN.take().expect("a transaction");
    }

    fn roll_back() {
        WRITTEN.take();
    }
}

#[cached(key = "commits:name:<id>")]
fn name(id: u8) -> String {
    assert_eq!(id, 1, "there is one name");
    SHOP.read().to_owned()
}

#[invalidates(name(id))]
fn rename(id: u8, to: &'static str) {
    Database::write(to);
}

/// Somebody else, who reads what is committed and keeps it.
fn another_reader(larder: &testing::Larder) -> String {
    let _inside = larder.enter();
    name(1)
}

fn everywhere(test: impl Fn(&testing::Larder)) {
    let clock = Clock::manual();
    let folder = tempfile::tempdir().expect("a folder");
    let config = file::Config::new(folder.path()).clock(clock.clone());
    let in_place = Settings::backend(file::File::new(config).expect("a folder of one's own"));
    for settings in [Settings::memory(), Settings::backend(Memory::new(clock.clone())), in_place] {
        *SHOP.committed.lock().unwrap() = "before";
        let larder = testing::isolated_at(clock.clone(), [("default", settings)]).expect("a cache");
        test(&larder);
    }
}

// One test: the shop is one.
#[test]
fn what_others_keep_between_a_write_and_its_commit_is_gone_after_it() {
    everywhere(|larder| {
        assert_eq!(name(1), "before");
        after_commit_blocking(|| {
            rename(1, "after");
            let other = std::thread::scope(|scope| scope.spawn(|| another_reader(larder)).join().unwrap());
            assert_eq!(other, "before", "it is not committed");
            SHOP.commit();
        });
        assert_eq!(name(1), "after");
    });
    everywhere(|larder| {
        let rolled_back: Result<(), String> = after_commit_blocking(|| {
            rename(1, "never");
            let read = name(1);
            let other = std::thread::scope(|scope| scope.spawn(|| another_reader(larder)).join().unwrap());
            assert_eq!(other, "before", "what is read in a transaction is nobody else's");
            Database::roll_back();
            Err(read)
        });
        assert_eq!((rolled_back, name(1).as_str()), (Err("never".to_owned()), "before"));
    });
}

#[test]
fn it_is_invalidated_too_where_the_work_is_left_half_way_or_panics() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let keep = || cache.blocking().set("key", 1_u8, Options::forever()).unwrap();
    {
        let mut work = pin!(after_commit(async {
            cache.delete("key").await.unwrap();
            pending::<()>().await;
        }));
        assert!(work.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        keep();
        assert!(cache.blocking().has("key").unwrap());
    }
    larder.run_tasks();
    assert!(!cache.blocking().has("key").unwrap(), "its caller has left");

    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        after_commit_blocking::<()>(|| {
            cache.blocking().delete("key").unwrap();
            std::thread::scope(|scope| scope.spawn(keep).join().unwrap());
            panic!("half-way");
        });
    }));
    larder.run_tasks();
    assert!(panicked.is_err() && !cache.blocking().has("key").unwrap());
}

/// A value that panics where it is dropped.
struct Fragile;

impl Drop for Fragile {
    fn drop(&mut self) {
        panic!("it was dropped");
    }
}

#[cached(key = "commits:fragile", local)]
fn fragile() -> Arc<Fragile> {
    Arc::new(Fragile)
}

#[test]
fn what_panics_after_the_commit_takes_nothing_else_along() {
    let larder = testing::isolated();
    let (cache, handle) = (larder.cache("default"), larder.handle());
    let keep = || {
        let _inside = handle.enter();
        fragile();
        cache.blocking().set("key", 1_u8, Options::forever()).unwrap();
    };
    let done: Result<u8, ()> = after_commit_blocking(|| {
        fragile::invalidate();
        cache.blocking().delete("key").unwrap();
        std::thread::scope(|scope| scope.spawn(keep).join().unwrap());
        Ok(7)
    });
    assert_eq!(done, Ok(7));
    assert!(!cache.blocking().has("key").unwrap());
}

#[test]
fn whole_caches_and_work_within_work_count_and_nothing_else_does() {
    let larder = testing::isolated();
    let (cache, other) = (larder.cache("default"), larder.cache("other"));
    let keep = || {
        for key in ["named", "left", "counted"] {
            cache.blocking().set(key, 1_i64, Options::forever()).unwrap();
            other.blocking().set(key, 1_i64, Options::forever()).unwrap();
        }
    };
    after_commit_blocking(|| {
        after_commit_blocking(|| cache.blocking().delete("named")).unwrap();
        other.blocking().clear().unwrap();
        std::thread::scope(|scope| scope.spawn(keep).join().unwrap());
        cache.blocking().incr("counted", 1).unwrap();
    });
    let there = |key| (cache.blocking().has(key).unwrap(), other.blocking().has(key).unwrap());
    assert_eq!(["named", "left", "counted"].map(there), [(false, false), (true, false), (true, false)]);
}

#[test]
fn tags_and_namespaces_are_invalidated_once_more_too() {
    everywhere(|larder| {
        let (cache, users) = (larder.cache("default"), larder.cache("default").namespace("users"));
        let tagged = || Key::from("tagged").tagged(["team:1"]);
        let keep = || {
            cache.blocking().set(tagged(), 1_u8, Options::forever()).unwrap();
            users.blocking().set("ann", 1_u8, Options::forever()).unwrap();
        };
        after_commit_blocking(|| {
            after_commit_blocking(|| larder::invalidate_tag_blocking("team:1").unwrap());
            users.invalidate_blocking().unwrap();
            std::thread::scope(|scope| scope.spawn(keep).join().unwrap());
            assert!(cache.blocking().has(tagged()).unwrap() && users.blocking().has("ann").unwrap());
        });
        assert!(!cache.blocking().has(tagged()).unwrap() && !users.blocking().has("ann").unwrap());
    });
}
