use actix_web::{HttpRequest, web};
use larder::actix::cache_page;

#[cache_page(60, shared(request), vary(request = "Cookie"))]
async fn front(request: HttpRequest, _count: web::Data<u64>) -> String {
    request.path().to_owned()
}

fn main() {}
