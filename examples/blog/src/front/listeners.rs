//! What each change invalidates: all of it stands here, and nowhere else.
//!
//! Writes say what they change, by `larder::changed` and its like, and know nothing of pages. What stands here are
//! calls of companions: a page that is told apart by one more argument does not compile here until that is said.
//!
//! Data goes before the pages that show it. The other way round a page could be made anew in between, of what is about
//! to go, and would be kept.
//!
//! Nothing here is of axum: `examples/blog-actix` takes this file as it is, for companions of its own.

use blog::comments::{self, Comment};
use blog::posts::{self, Post};
use blog::users::{self, User};
use larder::on_change;

use super::{dashboard::dashboard, detail::detail, list::list, search::search};

/// Called once, where the program starts.
pub fn listen() {
    on_change::<Post>(async |post| {
        posts::forget(&post).await;

        detail::invalidate(post.id).await;
        dashboard::invalidate(post.author).await;
        search::invalidate().await;
        for author in [None, Some(post.author)] {
            list::invalidate(author, None).await;
            for tag in &post.tags {
                list::invalidate(author, Some(tag)).await;
            }
        }
    });
    on_change::<Comment>(async |comment| {
        comments::forget(&comment).await;

        detail::invalidate(comment.post).await;
        dashboard::invalidate(comment.post_author).await;
    });
    // By a tag, that of all which shows a name: pages too.
    on_change::<User>(async |user| users::forget(&user).await);
}
