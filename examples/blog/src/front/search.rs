//! Posts with a text.
//!
//! The two parameters that the handler reads tell its pages apart, and no others: `?q=jam&from=a-friend` is the page of
//! `?q=jam`, and the handler could not read `from`. All of them have one name, so that `search::invalidate()` makes all of
//! them go, also those that another program has made of this site.

use axum::extract::{Query, State};
use blog::posts::{self, Wanted};
use blog::{Db, html};
use larder::cache_page;

use super::{Failed, Page, page};

#[cache_page(60 * 5, key = "search", query("q", "page"), browser = 0, etag)]
pub async fn search(Query(wanted): Query<Wanted>, State(db): State<Db>) -> Result<Page, Failed> {
    let listed = posts::search(&db, wanted.clone()).await?;
    Ok(page(html::search(&wanted, &listed)))
}
