//! What each change invalidates: all of it stands here, and nowhere else.
//!
//! Writes say what they change, by `larder::changed` and its like, and know nothing of pages. What stands here are calls of
//! companions: a page that is told apart by one more argument does not compile here until that is said.
//!
//! Data goes before the pages that show it. The other way round a page could be made anew in between, of what is about to go,
//! and would be kept.

use larder::{invalidate_tag, on_change};

use crate::comments::{self, Comment};
use crate::pages::{dashboard::dashboard, detail::detail, list::list, search::search};
use crate::posts::{self, Post};
use crate::users::{self, User};

/// Called once, where the program starts.
pub(crate) fn listen() {
    on_change::<Post>(async |post| {
        posts::post::invalidate(post.id).await;
        comments::on::invalidate(post.id).await;
        // A store that is away is told later, before anything is served from it again: `stats().trouble` counts it.
        let _ = invalidate_tag("posts").await;

        detail::invalidate(post.id).await;
        dashboard::invalidate(post.author).await;
        search::invalidate().await;
        for author in [None, Some(post.author)] {
            list::invalidate(author, None::<String>).await;
            for tag in &post.tags {
                list::invalidate(author, Some(tag.clone())).await;
            }
        }
    });
    on_change::<Comment>(async |comment| {
        comments::on::invalidate(comment.post).await;

        detail::invalidate(comment.post).await;
        dashboard::invalidate(comment.post_author).await;
    });
    // A name is shown in more places than anybody can list: each of them says so by a tag.
    on_change::<User>(async |user| {
        let _ = invalidate_tag(users::tag(user.id)).await;
    });
}
