//! What is made of other things, over two levels: what is near may be old, and nothing is made of it that is kept for longer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use larder::backend::Capabilities;
use larder::clock::Clock;
use larder::testing::{Isolated, block_on};
use larder::{Settings, cached, testing};

use crate::shared_store::Shared;

const SILENT: Capabilities = Capabilities { tells: false, ..Capabilities::ALL };

#[cached(key = "levels:comments:<post>", ttl = 600, ignore(database))]
async fn comments(database: &AtomicU64, post: u64) -> (u64, u64) {
    (post, database.load(Ordering::SeqCst))
}

#[cached(key = "levels:page:<post>", ttl = 600, ignore(database))]
async fn page(database: &AtomicU64, post: u64) -> String {
    let (post, comments) = comments(database, post).await;
    format!("post {post} with {comments} comments")
}

fn process(clock: &Clock, store: &Arc<Shared>) -> Isolated {
    let settings = Settings::backend(Arc::clone(store)).near(5);
    testing::isolated_at(clock.clone(), [("default", settings)]).expect("settings that can work")
}

#[test]
fn nothing_is_made_of_what_is_near_where_the_store_does_not_tell() {
    let (clock, database) = (Clock::manual(), AtomicU64::new(1));
    let store = Shared::new(&clock, SILENT, false);
    let (one, other) = (process(&clock, &store), process(&clock, &store));
    let in_process = |larder: &Isolated| {
        let larder = larder.handle();
        let _entered = larder.enter();
        block_on(page(&database, 7))
    };
    {
        let larder = one.handle();
        let _entered = larder.enter();
        for _ in 0..3 {
            assert_eq!(block_on(comments(&database, 7)), (7, 1));
        }
    }
    {
        let larder = other.handle();
        let _entered = larder.enter();
        database.store(2, Ordering::SeqCst);
        block_on(async {
            comments::invalidate(7).await;
            page::invalidate(7).await;
        });
    }
    // What it has near is old, as it may be for a while; a page that is made of it would be for as long as a page is kept,
    // and in all processes.
    for larder in [&one, &other] {
        assert_eq!(in_process(larder), "post 7 with 2 comments");
    }
    clock.advance(Duration::from_secs(5));
    assert_eq!(in_process(&one), "post 7 with 2 comments");
}
