//! What a change invalidates, in one place. A list of keys that is kept by hand drifts from those that are read: it
//! deletes `posts:all:1` where readers ask for `posts:all:1:date`. Companions and tags are named, and a wrong name does
//! not compile.

use larder::{cached, changed, invalidate_tag, on_change};
use tokio::task::yield_now;

use super::db::Db;

/// A post, as it is written.
#[derive(Clone)]
pub struct Post {
    /// Its number.
    pub id: u64,
}

/// A page of the list: one of many, by whatever it is sorted.
#[cached(key = "posts:<page>:<order>", tags = ["posts"], ignore(db))]
pub async fn posts(db: &Db, page: u64, order: &str) -> String {
    yield_now().await;
    db.answer(format!("page {page} by {order}"))
}

/// The text of a post.
#[cached(key = "text:<id>", ignore(db))]
pub async fn text(db: &Db, id: u64) -> String {
    yield_now().await;
    db.answer(format!("post {id}"))
}

/// Called once, where the program starts.
pub fn listen() {
    on_change::<Post>(async |post| {
        text::invalidate(post.id).await;
        // Where its store is away it is owed, and this process serves nothing of it until the store is told.
        let _ = invalidate_tag("posts").await;
    });
}

/// Whoever writes says what has changed, and nothing of who shows it.
pub async fn save(db: &Db, post: &Post) {
    db.answer(());
    changed(post).await;
}
