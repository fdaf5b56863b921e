//! All posts, or those of an author or with a tag, page by page.
//!
//! All visitors share the page, since nothing in it says who looks. Its name says which posts it lists, and not which page of
//! them: `list::invalidate(None, Some("jam"))` makes all pages of that list go. A browser asks each time whether it has changed
//! (`browser = 0`), which its `ETag` answers with 304, and no body.

use axum::extract::{Query, State};
use larder::cache_page;

use super::{Page, frame, parts};
use crate::db::Db;
use crate::error::Error;
use crate::html::{encoded, html};
use crate::posts::{self, Choice};

#[cache_page(
    60 * 15,
    key = "list:<choice.author: Option<i64>>:<choice.tag: Option<String>>",
    query("author", "tag", "page"),
    browser = 0,
    etag
)]
pub(crate) async fn list(Query(choice): Query<Choice>, State(db): State<Db>) -> Result<Page, Error> {
    let listed = posts::list(&db, choice.clone()).await?;
    let Choice { author, tag, page } = choice;
    let is_whole = author.is_none() && tag.is_none();
    if listed.posts.is_empty() && !(is_whole && page.is_none()) {
        // An error is answered and not kept: words that somebody makes up take no room.
        return Err(Error::Missing);
    }
    let first = author.and(listed.posts.first());
    let of = first.map(|post| html! { " by " (parts::name(post.author, &post.author_name)) });
    let with = tag.as_deref().map(|tag| html! { " about " (tag) });
    let title = html! { "<h1>" (if is_whole { "What is new" } else { "Posts" }) (of) (with) "</h1>" };
    let author = author.map(|author| format!("author={author}&"));
    let tag = tag.map(|tag| format!("tag={}&", encoded(&tag)));
    let path = format!("/?{}{}page=", author.unwrap_or_default(), tag.unwrap_or_default());
    Ok(frame("Posts", &html! { (title) (parts::beginnings(&listed, &path, page)) }))
}
