//! A post, with what was said about it.
//!
//! It is the same for everybody but for one small part, a hole: whoever has logged in finds a form there, and others
//! the way to log in.

use larder::page::{Fill, Hole};

use super::markup::{Markup, html, paragraphs};
use super::{frame, parts};
use crate::comments::Comment;
use crate::posts::Post;
use crate::users::User;

/// Where the page differs from visitor to visitor.
pub static FIELDS: Hole = Hole::new("fields of a comment");

pub fn detail(post: &Post, comments: &[Comment]) -> String {
    let comments: Markup = comments.iter().map(said).collect();
    let content = html! {
        "<article><h1>" (post.title) "</h1>" (parts::byline(post)) (paragraphs(&post.text)) "</article>"
        "<section id=\"comments\"><h2>Comments</h2>" (comments)
        "<form method=\"post\" action=\"/posts/" (post.id) "/comments\">" (FIELDS) "</form></section>"
    };
    frame(&post.title, &content)
}

fn said(comment: &Comment) -> Markup {
    html! {
        "<div class=\"comment\"><p class=\"by\">" (parts::name(comment.author, &comment.author_name))
        " · <time>" (comment.day) "</time></p>" (paragraphs(&comment.text)) "</div>"
    }
}

/// Returns what one visitor finds in the hole.
pub fn fields(visitor: Option<&User>) -> Fill {
    let fields = match visitor {
        None => html! { "<p><a href=\"/login\">Log in</a> to say something.</p>" },
        Some(user) => html! {
            "<label>Comment as " (user.name) "<textarea name=\"text\" rows=\"3\" required></textarea></label>"
            "<button>Send</button>"
        },
    };
    Fill::raw(fields.into_string())
}
