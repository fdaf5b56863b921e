use larder::cache_page;

use axum::extract::FromRequestParts;
use axum::http::{StatusCode, request::Parts};

struct Path(u64);

impl<S: Sync> FromRequestParts<S> for Path {
    type Rejection = StatusCode;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        Ok(Self(1))
    }
}

#[cache_page(60)]
async fn front(Path(user): Path) -> String {
    let _ = user;
    String::new()
}

fn main() {
    let _: axum::Router = axum::Router::new().route("/", axum::routing::get(front));
}
