//! What somebody has written, and what others say about it.
//!
//! `user` is a guard: it runs on every request, also on a hit, and sends strangers away. Leave it out of the key, and this
//! does not compile. Others on the way are told that the page is `private`; who writes it says so in `dash:<user.id>`.

use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use larder::cache_page;
use serde::Deserialize;

use super::{Page, frame, parts};
use crate::comments;
use crate::db::Db;
use crate::error::Error;
use crate::html::{Markup, html};
use crate::posts::{self, Post};
use crate::users::{self, User};

#[cache_page(60 * 5, key = "dash:<user.id: i64>", etag)]
pub(crate) async fn dashboard(user: User, State(db): State<Db>) -> Result<Page, Error> {
    let (posts, comments) = (posts::all_of(&db, user.id).await?, comments::for_author(&db, user.id).await?);
    let no_posts = posts.is_empty().then(|| html! { "<p>There is none yet.</p>" });
    let no_comments = comments.is_empty().then(|| html! { "<p>Nobody has said anything yet.</p>" });
    let own: Markup = posts.iter().map(own).collect();
    let comments: Markup = comments.iter().map(|comment| {
        let who = parts::name(comment.author, &comment.author_name);
        html! {
            "<li>" (who) " on <a href=\"/posts/" (comment.post) "#comments\">" (comment.post_title) "</a>: " (comment.text)
            "</li>"
        }
    }).collect();
    users::are_shown([user.id]);
    let content = html! {
        "<h1>" (user.name) "</h1><p><a class=\"button\" href=\"/write\">Write a post</a></p>"
        "<h2>Your posts</h2><ul class=\"posts\">" (own) "</ul>" (no_posts)
        "<h2>What others say</h2><ul>" (comments) "</ul>" (no_comments)
        "<h2>You</h2><form method=\"post\" action=\"/name\"><label>Readers know you as "
        "<input name=\"name\" value=\"" (user.name) "\" maxlength=\"40\" required></label><button>Change</button></form>"
        "<form method=\"post\" action=\"/logout\"><button>Log out</button></form>"
    };
    Ok(frame("Your posts", &content))
}

fn own(post: &Post) -> Markup {
    html! {
        "<li><a class=\"title\" href=\"/posts/" (post.id) "\">" (post.title) "</a> <time>" (post.day) "</time> "
        "<a href=\"/posts/" (post.id) "/edit\">Edit</a> "
        "<form method=\"post\" action=\"/posts/" (post.id) "/delete\"><button>Delete</button></form></li>"
    }
}

#[derive(Deserialize)]
pub(crate) struct NewName {
    name: String,
}

pub(crate) async fn rename(user: User, State(db): State<Db>, Form(new): Form<NewName>) -> Result<Redirect, Error> {
    users::rename(&db, User { name: new.name, ..user }).await?;
    Ok(Redirect::to("/dashboard"))
}
