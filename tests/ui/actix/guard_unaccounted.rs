use actix_web::{HttpResponse, web};
use larder::actix::cache_page;

type User = web::ReqData<u64>;

#[cache_page(60)]
async fn inbox(user: User) -> HttpResponse {
    HttpResponse::Ok().body(user.to_string())
}

fn main() {}
