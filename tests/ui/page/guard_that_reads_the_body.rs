use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use larder::cache_page;

struct Upload;

impl<S: Sync> FromRequest<S> for Upload {
    type Rejection = StatusCode;

    async fn from_request(_: Request, _: &S) -> Result<Self, StatusCode> {
        Ok(Self)
    }
}

#[cache_page(60, shared(upload))]
async fn front(upload: Upload) -> String {
    let _ = upload;
    String::new()
}

fn main() {
    let _: axum::Router = axum::Router::new().route("/", axum::routing::get(front));
}
