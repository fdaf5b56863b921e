use actix_web::web;
use larder::actix::cache_page;

#[cache_page(60, shared(id))]
async fn article(id: web::Path<u64>) -> String {
    id.to_string()
}

fn main() {}
