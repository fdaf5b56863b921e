//! The same for programs, in JSON.
//!
//! Nothing of this is kept as a page. Behind it stand the functions that the pages for people ask too, and those are
//! cached. Clients ask each time (`no_cache`), and who has a post already is told so by its revision.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, StatusCode, header};
use blog::comments::{self, Comment};
use blog::posts::{self, Choice, Listed, Post};
use blog::{Db, Error};
use larder::{cache_control, etag};

use super::Failed;

#[cache_control(no_cache)]
pub async fn posts(State(db): State<Db>, Query(choice): Query<Choice>) -> Result<Json<Listed>, StatusCode> {
    posts::list(&db, choice).await.map(Json).map_err(status)
}

#[cache_control(no_cache)]
#[etag(posts::version(&db, id).await)]
pub async fn post(State(db): State<Db>, Path(id): Path<i64>) -> Result<Tagged<Post>, StatusCode> {
    let post = posts::post(&db, id).await.map_err(status)?;
    Ok(([(header::ETAG, posts::version_of(&post))], Json(post)))
}

/// An answer that says itself which one it is.
type Tagged<T> = ([(HeaderName, String); 1], Json<T>);

#[cache_control(no_cache)]
pub async fn comments(State(db): State<Db>, Path(id): Path<i64>) -> Result<Json<Vec<Comment>>, StatusCode> {
    comments::on(&db, id).await.map(Json).map_err(status)
}

fn status(error: Error) -> StatusCode {
    Failed::from(error).status()
}
