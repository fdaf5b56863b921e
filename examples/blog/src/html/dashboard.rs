//! What somebody has written, and what others say about it.

use super::markup::{Markup, html};
use super::{frame, parts};
use crate::comments::Comment;
use crate::panel::PATH;
use crate::posts::Post;
use crate::users::{self, User};

pub fn dashboard(user: &User, posts: &[Post], comments: &[Comment]) -> String {
    let no_posts = posts.is_empty().then(|| html! { "<p>There is none yet.</p>" });
    let no_comments = comments.is_empty().then(|| html! { "<p>Nobody has said anything yet.</p>" });
    let own: Markup = posts.iter().map(own).collect();
    let comments: Markup = comments.iter().map(said).collect();
    let caches = user.is_editor().then(|| html! { " <a href=\"" (PATH) "\">What the caches do</a>" });
    users::are_shown([user.id]);
    let content = html! {
        "<h1>" (user.name) "</h1><p><a class=\"button\" href=\"/write\">Write a post</a>" (caches) "</p>"
        "<h2>Your posts</h2><ul class=\"posts\">" (own) "</ul>" (no_posts)
        "<h2>What others say</h2><ul>" (comments) "</ul>" (no_comments)
        "<h2>You</h2><form method=\"post\" action=\"/name\"><label>Readers know you as "
        "<input name=\"name\" value=\"" (user.name) "\" maxlength=\"40\" required></label>"
        "<button>Change</button></form>"
        "<form method=\"post\" action=\"/logout\"><button>Log out</button></form>"
    };
    frame("Your posts", &content)
}

fn own(post: &Post) -> Markup {
    html! {
        "<li><a class=\"title\" href=\"/posts/" (post.id) "\">" (post.title) "</a> <time>" (post.day) "</time> "
        "<a href=\"/posts/" (post.id) "/edit\">Edit</a> "
        "<form method=\"post\" action=\"/posts/" (post.id) "/delete\"><button>Delete</button></form></li>"
    }
}

fn said(comment: &Comment) -> Markup {
    html! {
        "<li>" (parts::name(comment.author, &comment.author_name))
        " on <a href=\"/posts/" (comment.post) "#comments\">" (comment.post_title) "</a>: " (comment.text) "</li>"
    }
}
