//! A post, with what was said about it.
//!
//! It is made once for everybody. What differs from visitor to visitor is one small part, a hole, which is filled in each
//! answer: whoever has logged in finds a form there, and others the way to log in. Such a page is never a 304.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::response::Redirect;
use larder::cache_page;
use larder::page::{Fill, Hole};
use serde::Deserialize;

use super::{Page, frame, parts};
use crate::comments::{self, Comment};
use crate::db::Db;
use crate::error::Error;
use crate::html::{Markup, html, paragraphs};
use crate::posts;
use crate::users::User;

static FIELDS: Hole = Hole::new("fields of a comment");

#[cache_page(60 * 15, key = "detail:<id>", layer = |layer| layer.fill(&FIELDS, fields))]
pub(crate) async fn detail(Path(id): Path<i64>, State(db): State<Db>) -> Result<Page, Error> {
    let post = posts::post(&db, id).await?;
    let comments = comments::on(&db, id).await?;
    let comments: Markup = comments.iter().map(said).collect();
    let content = html! {
        "<article><h1>" (post.title) "</h1>" (parts::byline(&post)) (paragraphs(&post.text)) "</article>"
        "<section id=\"comments\"><h2>Comments</h2>" (comments)
        "<form method=\"post\" action=\"/posts/" (id) "/comments\">" (FIELDS) "</form></section>"
    };
    Ok(frame(&post.title, &content))
}

fn said(comment: &Comment) -> Markup {
    html! {
        "<div class=\"comment\"><p class=\"by\">" (parts::name(comment.author, &comment.author_name))
        " · <time>" (comment.day) "</time></p>" (paragraphs(&comment.text)) "</div>"
    }
}

/// Fills the hole for one visitor, whom `session::recognise` has found.
fn fields(request: &Parts) -> Fill {
    let fields = match request.extensions.get::<User>() {
        None => html! { "<p><a href=\"/login\">Log in</a> to say something.</p>" },
        Some(user) => html! {
            "<label>Comment as " (user.name) "<textarea name=\"text\" rows=\"3\" required></textarea></label>"
            "<button>Send</button>"
        },
    };
    Fill::raw(fields.into_string())
}

#[derive(Deserialize)]
pub(crate) struct Said {
    text: String,
}

pub(crate) async fn comment(
    user: User,
    State(db): State<Db>,
    Path(id): Path<i64>,
    Form(said): Form<Said>,
) -> Result<Redirect, Error> {
    comments::add(&db, &user, id, said.text).await?;
    Ok(Redirect::to(&format!("/posts/{id}#comments")))
}
