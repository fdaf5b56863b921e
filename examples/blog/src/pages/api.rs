//! The same for programs, in JSON.
//!
//! Nothing of this is kept as a page. Behind it stand the functions that the pages for people ask too, and those are cached.
//! Clients ask each time (`no_cache`), and who has a post already is told so by its revision.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use larder::{cache_control, etag};

use crate::comments::{self, Comment};
use crate::db::Db;
use crate::posts::{self, Choice, Listed, Post};

#[cache_control(no_cache)]
pub(crate) async fn posts(State(db): State<Db>, Query(choice): Query<Choice>) -> Result<Json<Listed>, StatusCode> {
    posts::list(&db, choice).await.map(Json).map_err(|error| error.status())
}

#[cache_control(no_cache)]
#[etag(version(&db, id).await)]
pub(crate) async fn post(State(db): State<Db>, Path(id): Path<i64>) -> Result<Json<Post>, StatusCode> {
    posts::post(&db, id).await.map(Json).map_err(|error| error.status())
}

/// All that the answer depends on: who has another name by now has changed it too.
async fn version(db: &Db, id: i64) -> Option<String> {
    let post = posts::post(db, id).await.ok()?;
    Some(format!("{}-{}", post.revision, post.author_name))
}

#[cache_control(no_cache)]
pub(crate) async fn comments(State(db): State<Db>, Path(id): Path<i64>) -> Result<Json<Vec<Comment>>, StatusCode> {
    comments::on(&db, id).await.map(Json).map_err(|error| error.status())
}
