//! The patterns of `examples/patterns`, each without the fault that the code which goes round has.

#[path = "../../examples/patterns/ahead.rs"]
mod ahead;
#[path = "../../examples/patterns/aside.rs"]
mod aside;
#[path = "../../examples/patterns/db.rs"]
mod db;
#[path = "../../examples/patterns/invalidator.rs"]
mod invalidator;
#[path = "../../examples/patterns/keys.rs"]
mod keys;
#[path = "../../examples/patterns/lock.rs"]
mod lock;
#[path = "../../examples/patterns/namespace.rs"]
mod namespace;
#[path = "../../examples/patterns/times.rs"]
mod times;
#[path = "../../examples/patterns/together.rs"]
mod together;
#[path = "../../examples/patterns/versions.rs"]
mod versions;
#[path = "../../examples/patterns/watch.rs"]
mod watch;

use std::time::Duration;

use larder::backend::Capabilities;
use larder::clock::Clock;
use larder::key::KeyPart;
use larder::testing::{self, block_on};
use larder::{Key, Ttl};

use crate::shared_store::Shared;
use db::Db;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn zero_and_nobody_are_kept_like_any_other_value() {
    let (larder, db) = (testing::isolated(), Db::default());
    assert_eq!([(); 3].map(|()| aside::comments(&db, 7)), [0; 3]);
    assert_eq!((db.asked(), aside::comments(&db, 8)), (1, 12));
    let cache = larder.cache("default");
    assert_eq!([(); 3].map(|()| aside::moderator(&cache, &db, 7)), [const { None }; 3]);
    assert_eq!(db.asked(), 3);
}

#[test]
fn the_authors_of_a_page_are_asked_for_together_and_kept_one_by_one() {
    let (_larder, db) = (testing::isolated(), Db::default());
    assert_eq!(together::authors(&db, &[1, 2, 1, 3]).len(), 3);
    assert_eq!(together::authors(&db, &[3, 4, 4]).len(), 2);
    assert_eq!((together::authors::one(&db, 4).as_deref(), db.asked()), (Some("author 4"), 2));
    together::authors::invalidate(4);
    assert_eq!((together::authors(&db, &[1, 2, 3, 4]).len(), db.asked()), (4, 3));
}

#[test]
fn no_part_of_a_key_pretends_to_be_two() {
    let two: [(&str, &dyn KeyPart); 2] = [("page", &2), ("tag", &"a")];
    let turned: [(&str, &dyn KeyPart); 2] = [two[1], two[0]];
    assert_eq!((keys::blog(&two), keys::blog(&two).as_str()), (keys::blog(&turned), "blog:page=2:tag=a"));
    assert_ne!(keys::blog(&two).as_str(), keys::blog(&[("page", &"2:tag=a")]).as_str());
    assert_ne!(keys::dashboard(7, "a:b"), keys::dashboard(7, "a"));
    assert_eq!(keys::articles(17).as_str(), "articles:list:v2:author=17");
    assert_eq!(keys::posts(2, Some(""), None), keys::posts(2, None, None));
    assert_eq!(keys::posts(2, None, Some(0)).as_str(), "posts:page_2:per_page_10:likes=0");
}

#[test]
fn what_two_long_texts_have_in_common_is_not_their_key() {
    let (one, other) = (keys::search(&"x".repeat(1000)), keys::search(&"x".repeat(1001)));
    assert!(one != other && one.as_bytes().len() == 200 && other.as_bytes().len() == 200);
}

#[test]
fn a_namespace_that_was_forgotten_stays_so_even_if_its_version_is_lost() {
    let (clock, db) = (Clock::manual(), Db::default());
    let store = Shared::new(&clock, Capabilities::ALL, false);
    let (_larder, cache) = store.process(&clock);
    let ask = |blog| (namespace::title(&cache, &db, blog, 1), db.asked());
    assert_eq!((ask(1).1, ask(2).1, ask(1).1), (1, 2, 2));
    namespace::forget(&cache, 1).unwrap();
    assert_eq!((ask(1).1, ask(2).1), (3, 3), "the other blog is another one");
    for marker in store.markers() {
        block_on(larder::backend::Backend::delete(&store.inner, &marker)).unwrap();
    }
    let (title, asked) = ask(1);
    assert_eq!((title.as_str(), asked), ("post 1 of blog 1", 4), "nothing that was kept before is served");
}

#[test]
fn a_change_takes_all_pages_of_a_list_along_by_whatever_they_are_sorted() {
    let (_larder, db) = (testing::isolated(), Db::default());
    invalidator::listen();
    block_on(async {
        let read = async || {
            let before = db.asked();
            invalidator::text(&db, 1).await;
            invalidator::text(&db, 2).await;
            for order in ["date", "title"] {
                invalidator::posts(&db, 1, order).await;
            }
            db.asked() - before
        };
        assert_eq!((read().await, read().await), (4, 0));
        invalidator::save(&db, &invalidator::Post { id: 1 }).await;
        assert_eq!((read().await, read().await), (3, 0), "both lists, and one text of two");
    });
}

#[test]
fn of_a_hundred_who_come_near_the_end_of_a_value_none_waits_and_one_has_it_made_anew() {
    let (larder, db) = (testing::isolated(), Db::default());
    block_on(async {
        let before = ahead::rate::stats();
        let ask = || ahead::rate(db.clone(), "EUR");
        assert_eq!(ask().await, "EUR by list 1");
        larder.advance(81 * SECOND);
        for _ in 0..100 {
            assert_eq!(ask().await, "EUR by list 1");
        }
        larder.settle().await;
        assert_eq!((ask().await.as_str(), db.asked()), ("EUR by list 2", 2));
        let stats = ahead::rate::stats();
        assert_eq!((stats.misses - before.misses, stats.hits - before.hits), (1, 101), "whoever was served was served");
        larder.advance(79 * SECOND);
        assert_eq!(ask().await, "EUR by list 2", "it has a whole time of its own");
    });
}

#[test]
fn what_is_asked_for_and_what_comes_of_it_decide_how_long_it_is_kept() {
    let (larder, db) = (testing::isolated(), Db::default());
    let time = |key: Key| larder.cache("default").blocking().ttl(key).unwrap();
    let _ = (times::books(&db, None), times::books(&db, Some("rust")), times::stock(&db, 7), times::stock(&db, 8));
    let kept = [times::books::key(None), times::books::key(Some("rust")), times::stock::key(7), times::stock::key(8)];
    assert_eq!(kept.map(time), [1800, 600, 10, 600].map(|seconds| Some(Ttl::For(Duration::from_secs(seconds)))));
}

#[test]
fn a_version_that_goes_up_leaves_behind_what_was_kept() {
    let (larder, db) = (testing::isolated(), Db::default());
    assert_eq!(versions::card(&db, 7), "book 7, 1815");
    let has = |version| larder.cache("default").at_version(version).unwrap().blocking().has(versions::card::key(7));
    assert_eq!((has(1).unwrap(), has(2).unwrap()), (false, true));
}

#[test]
fn of_two_processes_one_asks_and_the_other_one_has_the_value_of_the_first() {
    let (clock, db) = (Clock::manual(), Db::default());
    let store = Shared::new(&clock, Capabilities::ALL, false);
    let ((one, _), (other, cache)) = (store.process(&clock), store.process(&clock));
    let turn = async {
        for _ in 0..100 {
            tokio::task::yield_now().await;
            other.advance(Duration::from_millis(10));
        }
    };
    let (ours, theirs) = (one.scope(lock::report(db.clone(), 7)), other.scope(lock::report(db.clone(), 7)));
    let (ours, theirs, ()) = block_on(async { tokio::join!(ours, theirs, turn) });
    assert_eq!((ours.as_str(), theirs.as_str(), db.asked()), ("report of month 7", "report of month 7", 1));
    assert_eq!(cache.stats().locked, 1);
}

#[test]
fn the_figures_of_a_function_are_raised_by_its_cache() {
    let (_larder, db) = (testing::isolated(), Db::default());
    let _ = [(); 2].map(|()| versions::card(&db, 9));
    let figures = watch::figures();
    let line = figures.lines().find(|line| line.starts_with("card:<book> ")).expect("its line");
    let stats = versions::card::stats();
    let counted = [stats.hits, stats.misses].map(|count| count.to_string());
    assert_eq!(line.split_whitespace().skip(1).take(2).collect::<Vec<_>>(), counted);
    assert!(stats.hits > 0 && stats.misses > 0);
}
