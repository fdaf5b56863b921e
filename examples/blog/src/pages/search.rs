//! Posts with a text.
//!
//! The two parameters that the handler reads tell its pages apart, and no others: `?q=jam&from=a-friend` is the page of
//! `?q=jam`, and the handler could not read `from`. It has no name, so that `search::invalidate()` makes all of them go.

use axum::extract::{Query, State};
use larder::cache_page;
use serde::Deserialize;

use super::{Page, frame, parts};
use crate::db::Db;
use crate::error::Error;
use crate::html::{encoded, html};
use crate::posts;

#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    q: String,
    page: Option<u32>,
}

#[cache_page(60 * 5, query("q", "page"), browser = 0, etag)]
pub(crate) async fn search(Query(wanted): Query<Wanted>, State(db): State<Db>) -> Result<Page, Error> {
    let Wanted { q, page } = wanted;
    if q.trim().is_empty() {
        return Ok(frame("Search", &html! { "<h1>Search</h1><p>For which words?</p>" }));
    }
    let listed = posts::search(&db, q.clone(), page).await?;
    let none = listed.posts.is_empty().then(|| html! { "<p>No post has it.</p>" });
    let path = format!("/search?q={}&page=", encoded(&q));
    let found = parts::beginnings(&listed, &path, page);
    Ok(frame("Search", &html! { "<h1>Posts with “" (q) "”</h1>" (none) (found) }))
}
