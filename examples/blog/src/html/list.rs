//! All posts, or those of an author or with a tag, page by page.

use super::markup::{encoded, html};
use super::{frame, parts};
use crate::posts::{Choice, Listed};

pub fn list(choice: &Choice, listed: &Listed) -> String {
    let Choice { author, tag, page } = choice;
    let heading = if author.is_none() && tag.is_none() { "What is new" } else { "Posts" };
    let first = author.and(listed.posts.first());
    let of = first.map(|post| html! { " by " (parts::name(post.author, &post.author_name)) });
    let with = tag.as_deref().map(|tag| html! { " about " (tag) });
    let author = author.map(|author| format!("author={author}&"));
    let tag = tag.as_ref().map(|tag| format!("tag={}&", encoded(tag)));
    let path = format!("/?{}{}page=", author.unwrap_or_default(), tag.unwrap_or_default());
    let beginnings = parts::beginnings(listed, &path, *page);
    frame("Posts", &html! { "<h1>" (heading) (of) (with) "</h1>" (beginnings) })
}
