//! What is made of other things, over two levels: what is near may be old for a moment, and nothing is made of it that
//! is kept for longer.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use larder::backend::Capabilities;
use larder::clock::Clock;
use larder::testing::{Isolated, block_on};
use larder::{Options, Settings, cached, invalidate_tag, testing};

use crate::levels::Two;
use crate::shared_store::Shared;

#[cached(key = "levels:comments:<post>", ttl = 600, tags = ["levels:said"], ignore(database))]
async fn comments(database: &AtomicU64, post: u64) -> (u64, u64) {
    std::future::ready((post, database.load(Ordering::SeqCst))).await
}

#[cached(key = "levels:page:<post>", ttl = 600, tags = ["levels:said"], ignore(database))]
async fn page(database: &AtomicU64, post: u64) -> String {
    let (post, comments) = comments(database, post).await;
    format!("post {post} with {comments} comments")
}

fn within<T>(larder: &Isolated, future: impl Future<Output = T>) -> T {
    let larder = larder.handle();
    let _entered = larder.enter();
    block_on(future)
}

/// One process has something near, another one changes it, and the first one makes something of it before it has heard.
fn made_of_it_meanwhile(tells: bool, change: impl AsyncFnOnce()) {
    let (two, database) = (Two::new(tells), AtomicU64::new(1));
    let (one, other) = (&two.one.0, &two.other.0);
    for _ in 0..3 {
        assert_eq!(within(one, comments(&database, 7)), (7, 1));
    }
    two.hush();
    database.store(2, Ordering::SeqCst);
    within(other, change());
    for larder in [one, other] {
        assert_eq!(within(larder, page(&database, 7)), "post 7 with 2 comments");
    }
    two.clock.advance(Duration::from_secs(5));
    assert_eq!(within(one, page(&database, 7)), "post 7 with 2 comments");
}

#[test]
fn nothing_is_made_of_what_is_near_where_the_store_does_not_tell() {
    made_of_it_meanwhile(false, async || {
        comments::invalidate(7).await;
        page::invalidate(7).await;
    });
}

#[test]
fn nothing_is_made_of_what_is_near_while_the_word_that_it_has_changed_is_on_its_way() {
    made_of_it_meanwhile(true, async || {
        comments::invalidate(7).await;
        page::invalidate(7).await;
    });
}

#[test]
fn nothing_is_made_by_what_a_tag_was_before_the_word_that_it_went_has_come() {
    made_of_it_meanwhile(true, async || invalidate_tag("levels:said").await.expect("the store is there"));
}

#[test]
fn what_is_near_is_no_older_than_it_may_be_however_long_the_store_took_to_answer() {
    let clock = Clock::manual();
    let store = Shared::new(&clock, Capabilities::ALL, true);
    let process = || {
        let settings = Settings::backend(Arc::clone(&store)).near(60);
        testing::isolated_at(clock.clone(), [("default", settings)]).expect("settings that can work")
    };
    let [one, other] = [process(), process()].map(|larder| larder.cache("default"));
    let set = |value: i32| block_on(other.set("key", value, Options::forever())).expect("the store is there");
    set(1);
    let mut asked = Box::pin(async { one.get::<i32>("key").await.expect("the store is there") });
    let mut poll = || asked.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(poll().is_pending(), "the store is asked");
    assert!(poll().is_pending(), "it has read, and its answer is on its way");
    clock.advance(Duration::from_secs(50));
    assert_eq!(poll(), Poll::Ready(Some(1)));
    set(2);
    let get = || block_on(one.get::<i32>("key")).expect("the store is there");
    clock.advance(Duration::from_secs(9));
    assert_eq!(get(), Some(1), "near");
    clock.advance(Duration::from_secs(1));
    assert_eq!(get(), Some(2));
}
