//! The patterns that people build around caches, each in a file of about ten lines, and what happens when they are
//! used.

mod ahead;
mod aside;
mod db;
mod invalidator;
mod keys;
mod lock;
mod namespace;
mod times;
mod together;
mod users;
mod versions;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use larder::backend::Memory;
use larder::clock::Clock;
use larder::report::Report;
use larder::testing::{self, block_on};
use larder::{Error, Key, Settings, Ttl};
use tower::ServiceExt;

use db::Db;

fn say(pattern: &str, what: &str, came: impl std::fmt::Display) {
    println!("{pattern:<16}{what:<44}{came}");
}

fn asked(db: &Db) -> String {
    format!("{} to the database", db.asked())
}

fn main() -> Result<(), Error> {
    show_aside();
    show_together();
    show_keys();
    show_namespace()?;
    show_invalidator();
    show_ahead();
    show_times();
    show_versions()?;
    show_lock()?;
    show_users();
    print!("\nfunction               hits  misses     rate\n{}", watch::figures());
    Ok(())
}

fn show_aside() {
    let (larder, db) = (testing::isolated(), Db::default());
    let counts = [(); 3].map(|()| aside::comments(&db, 7));
    say("cache-aside", "three calls, 0 comments", asked(&db));
    let nobody = [(); 3].map(|()| aside::moderator(&larder.cache("default"), &db, 7));
    say("", "and three for a moderator, who is nobody", asked(&db));
    assert!(counts == [0; 3] && nobody == [const { None }; 3]);
}

fn show_together() {
    let (_larder, db) = (testing::isolated(), Db::default());
    let (first, second) = ([1, 2, 3].repeat(5), [3, 4, 5].repeat(5));
    assert_eq!(together::authors(&db, &first).len(), 3);
    say("many at once", "authors of 15 posts, 3 of them", asked(&db));
    assert_eq!(together::authors(&db, &second).len(), 3);
    say("", "of 15 more, 2 of them new", asked(&db));
    assert_eq!(together::authors::one(&db, 5).as_deref(), Some("author 5"));
    say("", "and one of those by itself", asked(&db));
}

fn show_keys() {
    say("keys", "parameters in any order", keys::blog(&[("tag", &"rust"), ("page", &2)]));
    say("", "a tag that looks like a parameter", keys::blog(&[("tag", &"a:page=2")]));
    say("", "by its name", keys::articles(17));
    say("", "of a user", keys::dashboard(7, "stars"));
    say("", "a page; no tag, and 0 likes", keys::posts(2, Some(""), Some(0)));
    say("", "1,000 letters", format!("{} bytes", keys::search(&"x".repeat(1000)).as_bytes().len()));
}

fn show_namespace() -> Result<(), Error> {
    let (larder, db) = (testing::isolated(), Db::default());
    let (cache, ask) = (larder.cache("default"), |blog| namespace::title(&larder.cache("default"), &db, blog, 1));
    let _ = (ask(1), ask(2));
    namespace::forget(&cache, 1)?;
    let _ = (ask(1), ask(2));
    say("namespaces", "two blogs, one forgotten, both asked again", asked(&db));
    Ok(())
}

fn show_invalidator() {
    let (_larder, db) = (testing::isolated(), Db::default());
    invalidator::listen();
    block_on(async {
        for round in ["read", "again", "after it was saved"] {
            let before = db.asked();
            invalidator::text(&db, 1).await;
            invalidator::posts(&db, 1, "date").await;
            say(["invalidator", ""][usize::from(before > 0)], round, format!("{} made", db.asked() - before));
            if round == "again" {
                invalidator::save(&db, &invalidator::Post { id: 1 }).await;
            }
        }
    });
}

fn show_ahead() {
    let (larder, db) = (testing::isolated(), Db::default());
    block_on(async {
        ahead::rate(db.clone(), "EUR").await;
        for (second, pattern) in [(79, "refresh ahead"), (2, "")] {
            larder.advance(Duration::from_secs(second));
            for _ in 0..100 {
                ahead::rate(db.clone(), "EUR").await;
            }
            larder.settle().await;
            say(pattern, &format!("a hundred calls, {second} s later"), asked(&db));
        }
        say("", "and the next one", ahead::rate(db.clone(), "EUR").await);
    });
}

fn show_times() {
    let (larder, db) = (testing::isolated(), Db::default());
    let cache = larder.cache("default");
    let time = |key: Key| match cache.blocking().ttl(key) {
        Ok(Some(Ttl::For(time))) => format!("kept for {time:?}"),
        other => format!("{other:?}"),
    };
    let _ = (times::books(&db, None), times::books(&db, Some("rust")), times::stock(&db, 7), times::stock(&db, 8));
    say("times", "a list", time(times::books::key(None)));
    say("", "a list of one tag", time(times::books::key(Some("rust"))));
    say("", "3 in stock", time(times::stock::key(8)));
    say("", "none in stock", time(times::stock::key(7)));
}

fn show_versions() -> Result<(), Error> {
    let (larder, db) = (testing::isolated(), Db::default());
    versions::card(&db, 7);
    for version in [1, 2] {
        let cache = larder.cache("default").at_version(version)?;
        let there = cache.blocking().has(versions::card::key(7))?;
        say(
            ["versions", ""][version - 1],
            &format!("a card, looked for by version {version}"),
            ["nothing", "found"][usize::from(there)],
        );
    }
    Ok(())
}

fn show_lock() -> Result<(), Error> {
    let (clock, db) = (Clock::manual(), Db::default());
    let store = Arc::new(Memory::new(clock.clone())); // in the place of a server that both share
    let process = || testing::isolated_at(clock.clone(), [("default", Settings::backend(Arc::clone(&store)))]);
    let (one, other) = (process()?, process()?);
    let turn = async {
        for _ in 0..100 {
            tokio::task::yield_now().await;
            other.advance(Duration::from_millis(10)); // which the one who waits is looking at
        }
    };
    let (ours, theirs) = (one.scope(lock::report(db.clone(), 7)), other.scope(lock::report(db.clone(), 7)));
    let (ours, theirs, ()) = block_on(async { tokio::join!(ours, theirs, turn) });
    assert_eq!(ours, theirs);
    say("lock", "two processes at once", asked(&db));
    Ok(())
}

fn show_users() {
    let _larder = testing::isolated();
    let site = users::site(Db::default());
    let ask = async |pattern, user: &str, path: &str| {
        let request = Request::get(path).header("host", "example.org").header("x-user", user);
        let answer = site.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer");
        let (head, body) = answer.into_parts();
        let body = to_bytes(body, 1024).await.expect("a body");
        let seen = head.extensions.get::<Report>().expect("the layer says it").seen;
        let came = format!("{} {}", head.status.as_u16(), String::from_utf8_lossy(&body));
        let came = format!("{:<21} hits {} misses {}", came.trim(), seen.hits, seen.misses);
        say(pattern, &format!("user {user} asks for {path}"), came);
    };
    block_on(async {
        ask("pages of users", "1", "/mail").await;
        ask("", "1", "/mail").await;
        ask("", "2", "/mail").await;
        ask("", "nobody", "/mail").await;
        ask("a report each", "1", "/counts").await;
        ask("", "1", "/counts").await;
    });
}
