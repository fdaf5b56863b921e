//! The attribute for axum, on a handler of actix-web.

use actix_web::web;
use larder::cache_page;

#[cache_page(60, key = "article:<id>")]
async fn article(id: web::Path<u64>, db: web::Data<String>) -> String {
    format!("{id} {db:?}")
}

fn main() {
    let _ = web::get().to(article);
}
