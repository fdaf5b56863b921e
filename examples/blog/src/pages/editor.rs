//! Writing a post, and writing it anew.
//!
//! Nobody keeps these: each is asked for once, by one person, and has to show what the database has now.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use larder::never_cache;

use super::{Page, frame};
use crate::db::Db;
use crate::drafts::{self, Draft};
use crate::error::Error;
use crate::html::{Markup, html};
use crate::posts;
use crate::users::User;

#[never_cache]
pub(crate) async fn write(_user: User) -> impl IntoResponse {
    form("Write a post", "/write", &Draft::default())
}

pub(crate) async fn publish(user: User, State(db): State<Db>, Form(draft): Form<Draft>) -> Result<Redirect, Error> {
    let id = drafts::publish(&db, &user, draft).await?;
    Ok(Redirect::to(&format!("/posts/{id}")))
}

#[never_cache]
pub(crate) async fn edit(user: User, State(db): State<Db>, Path(id): Path<i64>) -> Result<Page, Error> {
    let post = posts::post::uncached(&db, id).await?;
    if post.author != user.id {
        return Err(Error::Forbidden);
    }
    let draft = Draft { title: post.title, text: post.text, tags: post.tags.join(" ") };
    Ok(form("Write it anew", &format!("/posts/{id}/edit"), &draft))
}

pub(crate) async fn save(
    user: User,
    State(db): State<Db>,
    Path(id): Path<i64>,
    Form(draft): Form<Draft>,
) -> Result<Redirect, Error> {
    drafts::edit(&db, &user, id, draft).await?;
    Ok(Redirect::to(&format!("/posts/{id}")))
}

pub(crate) async fn delete(user: User, State(db): State<Db>, Path(id): Path<i64>) -> Result<Redirect, Error> {
    drafts::delete(&db, &user, id).await?;
    Ok(Redirect::to("/dashboard"))
}

fn form(title: &str, action: &str, draft: &Draft) -> Page {
    let form: Markup = html! {
        "<h1>" (title) "</h1><form method=\"post\" action=\"" (action) "\">"
        "<label>Title<input name=\"title\" maxlength=\"120\" required value=\"" (draft.title) "\"></label>"
        "<label>Text<textarea name=\"text\" rows=\"14\" required>\n" (draft.text) "</textarea></label>"
        "<label>Tags<input name=\"tags\" placeholder=\"jam autumn\" value=\"" (draft.tags) "\"></label>"
        "<button>Publish</button></form>"
    };
    frame(title, &form)
}
