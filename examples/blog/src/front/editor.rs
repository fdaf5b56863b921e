//! Writing a post, and writing it anew.
//!
//! Nobody keeps these: each is asked for once, by one person, and has to show what the database has now.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Redirect;
use blog::drafts::{self, Draft};
use blog::{Db, Error, html, posts};
use larder::never_cache;

use super::{Failed, Page, Visitor, page};

#[never_cache]
pub async fn write(_user: Visitor) -> Page {
    page(html::write())
}

pub async fn publish(user: Visitor, State(db): State<Db>, Form(draft): Form<Draft>) -> Result<Redirect, Failed> {
    let id = drafts::publish(&db, &user, draft).await?;
    Ok(Redirect::to(&format!("/posts/{id}")))
}

#[never_cache]
pub async fn edit(user: Visitor, State(db): State<Db>, Path(id): Path<i64>) -> Result<Page, Failed> {
    let post = posts::post::uncached(&db, id).await?;
    if post.author != user.id {
        return Err(Error::Forbidden.into());
    }
    Ok(page(html::edit(post)))
}

pub async fn save(
    user: Visitor,
    State(db): State<Db>,
    Path(id): Path<i64>,
    Form(draft): Form<Draft>,
) -> Result<Redirect, Failed> {
    drafts::edit(&db, &user, id, draft).await?;
    Ok(Redirect::to(&format!("/posts/{id}")))
}

pub async fn delete(user: Visitor, State(db): State<Db>, Path(id): Path<i64>) -> Result<Redirect, Failed> {
    drafts::delete(&db, &user, id).await?;
    Ok(Redirect::to("/dashboard"))
}
