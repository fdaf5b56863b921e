//! A post, with what was said about it.
//!
//! It is made once for everybody. What differs from visitor to visitor is one small part, a hole, which is filled in
//! each answer, for the `User` whom `visitor::recognise` has put into the request. Such a page is never a 304.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Redirect;
use blog::comments::{self, Said};
use blog::{Db, html, posts};
use larder::cache_page;

use super::{Failed, Page, Visitor, page};

#[cache_page(60 * 15, key = "detail:<id>", layer = |layer| layer.fill_for(&html::FIELDS, html::fields))]
pub async fn detail(Path(id): Path<i64>, State(db): State<Db>) -> Result<Page, Failed> {
    let post = posts::post(&db, id).await?;
    let comments = comments::on(&db, id).await?;
    Ok(page(html::detail(&post, &comments)))
}

pub async fn comment(
    user: Visitor,
    State(db): State<Db>,
    Path(id): Path<i64>,
    Form(said): Form<Said>,
) -> Result<Redirect, Failed> {
    comments::add(&db, &user, id, said).await?;
    Ok(Redirect::to(&format!("/posts/{id}#comments")))
}
