//! Writing a post, and writing it anew.
//!
//! Nobody keeps these: each is asked for once, by one person, and has to show what the database has now.

use actix_web::web::{Form, Path, Redirect, ThinData};
use actix_web::{HttpResponse, get, post};
use blog::drafts::{self, Draft};
use blog::{Db, Error, html, posts};
use larder::actix::never_cache;

use super::{Failed, Visitor, page, see};

#[never_cache]
#[get("/write")]
pub async fn write(_user: Visitor) -> HttpResponse {
    page(html::write())
}

#[post("/write")]
pub async fn publish(user: Visitor, db: ThinData<Db>, Form(draft): Form<Draft>) -> Result<Redirect, Failed> {
    let id = drafts::publish(&db, &user, draft).await?;
    Ok(see(format!("/posts/{id}")))
}

#[never_cache]
#[get("/posts/{id}/edit")]
pub async fn edit(user: Visitor, db: ThinData<Db>, id: Path<i64>) -> Result<HttpResponse, Failed> {
    let post = posts::post::uncached(&db, *id).await?;
    if post.author != user.id {
        return Err(Error::Forbidden.into());
    }
    Ok(page(html::edit(post)))
}

#[post("/posts/{id}/edit")]
pub async fn save(
    user: Visitor,
    db: ThinData<Db>,
    id: Path<i64>,
    Form(draft): Form<Draft>,
) -> Result<Redirect, Failed> {
    drafts::edit(&db, &user, *id, draft).await?;
    Ok(see(format!("/posts/{id}")))
}

#[post("/posts/{id}/delete")]
pub async fn delete(user: Visitor, db: ThinData<Db>, id: Path<i64>) -> Result<Redirect, Failed> {
    drafts::delete(&db, &user, *id).await?;
    Ok(see("/dashboard".to_owned()))
}
