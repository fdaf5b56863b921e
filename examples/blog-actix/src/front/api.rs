//! The same for programs, in JSON.
//!
//! Nothing of this is kept as a page. Behind it stand the functions that the pages for people ask too, and those are
//! cached. Clients ask each time (`no_cache`), and who has a post already is told so by its revision.

use actix_web::error::InternalError;
use actix_web::http::header::ETAG;
use actix_web::web::{Json, Path, Query, ThinData};
use actix_web::{HttpResponse, ResponseError, get};
use blog::comments::{self, Comment};
use blog::posts::{self, Choice, Listed};
use blog::{Db, Error};
use larder::actix::{cache_control, etag};

use super::Failed;

#[cache_control(no_cache)]
#[get("/api/posts")]
pub async fn list(db: ThinData<Db>, Query(choice): Query<Choice>) -> actix_web::Result<Json<Listed>> {
    posts::list(&db, choice).await.map(Json).map_err(in_short)
}

#[cache_control(no_cache)]
#[etag(posts::version(&db, *id).await)]
#[get("/api/posts/{id}")]
pub async fn post(db: ThinData<Db>, id: Path<i64>) -> actix_web::Result<HttpResponse> {
    let post = posts::post(&db, *id).await.map_err(in_short)?;
    Ok(HttpResponse::Ok().insert_header((ETAG, posts::version_of(&post))).json(post))
}

#[cache_control(no_cache)]
#[get("/api/posts/{id}/comments")]
pub async fn said(db: ThinData<Db>, id: Path<i64>) -> actix_web::Result<Json<Vec<Comment>>> {
    comments::on(&db, *id).await.map(Json).map_err(in_short)
}

/// Programs are told the status code, and nothing else.
fn in_short(error: Error) -> actix_web::Error {
    InternalError::new("", Failed::from(error).status_code()).into()
}
