//! A post, with what was said about it.
//!
//! It is made once for everybody. What differs from visitor to visitor is one small part, a hole, which is filled in
//! each answer, for the `User` whom `visitor::recognise` has put into the request. Such a page is never a 304.

use actix_web::web::{Form, Path, Redirect, ThinData};
use actix_web::{HttpResponse, get, post};
use blog::comments::{self, Said};
use blog::{Db, html, posts};
use larder::actix::cache_page;

use super::{Failed, Visitor, page, see};

#[cache_page(60 * 15, key = "detail:<id>", layer = |layer| layer.fill_for(&html::FIELDS, html::fields))]
#[get("/posts/{id}")]
pub async fn detail(id: Path<i64>, db: ThinData<Db>) -> Result<HttpResponse, Failed> {
    let post = posts::post(&db, *id).await?;
    let comments = comments::on(&db, *id).await?;
    Ok(page(html::detail(&post, &comments)))
}

#[post("/posts/{id}/comments")]
pub async fn comment(
    user: Visitor,
    db: ThinData<Db>,
    id: Path<i64>,
    Form(said): Form<Said>,
) -> Result<Redirect, Failed> {
    comments::add(&db, &user, *id, said).await?;
    Ok(see(format!("/posts/{id}#comments")))
}
