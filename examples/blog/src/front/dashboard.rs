//! What somebody has written, and what others say about it.
//!
//! `user` is a guard: it runs on every request, also on a hit, and sends strangers away. Leave it out of the key, and
//! this does not compile. Others on the way are told that the page is `private`; who writes it says so in
//! `dash:<user.id>`.

use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use blog::users::{self, NewName};
use blog::{Db, comments, html, posts};
use larder::cache_page;

use super::{Failed, Page, Visitor, page};

#[cache_page(60 * 5, key = "dash:<user.id: i64>", etag)]
pub async fn dashboard(user: Visitor, State(db): State<Db>) -> Result<Page, Failed> {
    let (posts, comments) = (posts::all_of(&db, user.id).await?, comments::for_author(&db, user.id).await?);
    Ok(page(html::dashboard(&user, &posts, &comments)))
}

pub async fn rename(user: Visitor, State(db): State<Db>, Form(new): Form<NewName>) -> Result<Redirect, Failed> {
    users::rename(&db, user.0, new).await?;
    Ok(Redirect::to("/dashboard"))
}
