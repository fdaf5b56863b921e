//! What several pages show.

use super::markup::{Markup, html};
use crate::posts::{Listed, Post};
use crate::users;

/// Returns somebody's name. The page that is being made says by that whom it shows, and goes when that name changes.
pub fn name(user: i64, name: &str) -> Markup {
    users::are_shown([user]);
    html! { "<a href=\"/?author=" (user) "\">" (name) "</a>" }
}

/// Returns who has written a post, when, and about what.
pub fn byline(post: &Post) -> Markup {
    let tags: Markup =
        post.tags.iter().map(|tag| html! { " <a class=\"tag\" href=\"/?tag=" (tag) "\">" (tag) "</a>" }).collect();
    html! { "<p class=\"by\">" (name(post.author, &post.author_name)) " · <time>" (post.day) "</time>" (tags) "</p>" }
}

/// Returns the beginnings of posts, with the way to those before them. `path` ends where the number of a page is to
/// follow.
pub fn beginnings(listed: &Listed, path: &str, page: Option<u32>) -> Markup {
    let posts: Markup = listed.posts.iter().map(beginning).collect();
    let page = i64::from(page.unwrap_or(1).max(1));
    let newer = (page > 1).then(|| html! { "<a href=\"" (path) (page - 1) "\">Newer</a> " });
    let older = listed.has_more.then(|| html! { "<a href=\"" (path) (page + 1) "\">Older</a>" });
    html! { (posts) "<p class=\"ways\">" (newer) (older) "</p>" }
}

fn beginning(post: &Post) -> Markup {
    let text = post.text.split("\n\n").next().unwrap_or_default();
    html! {
        "<article><h2><a href=\"/posts/" (post.id) "\">" (post.title) "</a></h2>" (byline(post))
        "<p>" (text) "</p></article>"
    }
}
