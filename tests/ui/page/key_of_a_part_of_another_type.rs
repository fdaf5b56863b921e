use axum::extract::FromRequestParts;
use axum::http::{StatusCode, request::Parts};
use larder::cache_page;

struct User {
    id: u64,
}

impl<S: Sync> FromRequestParts<S> for User {
    type Rejection = StatusCode;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        Ok(Self { id: 1 })
    }
}

#[cache_page(60, key = "front:<user.id: u32>")]
async fn front(user: User) -> String {
    let _ = user;
    String::new()
}

fn main() {}
