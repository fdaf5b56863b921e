//! What somebody has written, and what others say about it.
//!
//! `user` is a guard: it runs on every request, also on a hit, and sends strangers away. Leave it out of the key, and
//! this does not compile. Others on the way are told that the page is `private`; who writes it says so in
//! `dash:<user.id>`.

use actix_web::web::{Form, Redirect, ThinData};
use actix_web::{HttpResponse, get, post};
use blog::users::{self, NewName};
use blog::{Db, comments, html, posts};
use larder::actix::cache_page;

use super::{Failed, Visitor, page, see};

#[cache_page(60 * 5, key = "dash:<user.id: i64>", etag)]
#[get("/dashboard")]
pub async fn dashboard(user: Visitor, db: ThinData<Db>) -> Result<HttpResponse, Failed> {
    let (posts, comments) = (posts::all_of(&db, user.id).await?, comments::for_author(&db, user.id).await?);
    Ok(page(html::dashboard(&user, &posts, &comments)))
}

#[post("/name")]
pub async fn rename(user: Visitor, db: ThinData<Db>, Form(new): Form<NewName>) -> Result<Redirect, Failed> {
    users::rename(&db, user.0, new).await?;
    Ok(see("/dashboard".to_owned()))
}
