use actix_web::get;
use larder::actix::cache_page;

#[get("/")]
#[cache_page(60)]
async fn front() -> &'static str {
    "a page"
}

fn main() {}
