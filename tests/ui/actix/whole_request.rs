use actix_web::HttpRequest;
use larder::actix::cache_page;

#[cache_page(60)]
async fn front(request: HttpRequest) -> String {
    request.path().to_owned()
}

fn main() {}
