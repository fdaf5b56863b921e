//! All posts, or those of an author or with a tag, page by page.
//!
//! All visitors share the page, since nothing in it says who looks. Its name says which posts it lists, and not which
//! page of them: `list::invalidate(None, Some("jam"))` makes all pages of that list go. A browser asks each time
//! whether it has changed (`browser = 0`), which its `ETag` answers with 304, and no body.

use actix_web::web::{Query, ThinData};
use actix_web::{HttpResponse, get};
use blog::posts::{self, Choice};
use blog::{Db, Error, html};
use larder::actix::cache_page;

use super::{Failed, page};

#[cache_page(
    60 * 15,
    key = "list:<choice.author: Option<i64>>:<choice.tag: Option<String>>",
    query("author", "tag", "page"),
    browser = 0,
    etag
)]
#[get("/")]
pub async fn list(Query(choice): Query<Choice>, db: ThinData<Db>) -> Result<HttpResponse, Failed> {
    let listed = posts::list(&db, choice.clone()).await?;
    if listed.posts.is_empty() && !choice.is_everything() {
        // An error is answered and not kept: words that somebody makes up take no room.
        return Err(Error::Missing.into());
    }
    Ok(page(html::list(&choice, &listed)))
}
