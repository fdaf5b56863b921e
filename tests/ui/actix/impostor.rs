use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use larder::actix::cache_page;
use std::convert::Infallible;
use std::future::{Ready, ready};

struct Query(String);

impl FromRequest for Query {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request.query_string().to_owned())))
    }
}

#[cache_page(60)]
async fn front(query: Query) -> String {
    query.0
}

fn main() {}
