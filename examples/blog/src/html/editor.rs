//! The form in which a post is written, and written anew.

use super::frame;
use super::markup::{Markup, html};
use crate::drafts::Draft;
use crate::posts::Post;

pub fn write() -> String {
    form("Write a post", "/write", &Draft::default())
}

pub fn edit(post: Post) -> String {
    let action = format!("/posts/{}/edit", post.id);
    let draft = Draft { title: post.title, text: post.text, tags: post.tags.join(" ") };
    form("Write it anew", &action, &draft)
}

fn form(title: &str, action: &str, draft: &Draft) -> String {
    let form: Markup = html! {
        "<h1>" (title) "</h1><form method=\"post\" action=\"" (action) "\">"
        "<label>Title<input name=\"title\" maxlength=\"120\" required value=\"" (draft.title) "\"></label>"
        "<label>Text<textarea name=\"text\" rows=\"14\" required>\n" (draft.text) "</textarea></label>"
        "<label>Tags<input name=\"tags\" placeholder=\"jam autumn\" value=\"" (draft.tags) "\"></label>"
        "<button>Publish</button></form>"
    };
    frame(title, &form)
}
