//! Pages of users. With `Vary: Cookie` said by a decorator above the one that keeps pages, one user is shown the page
//! of another. Here the user is an argument: it is asked for on each request, and a handler that does not say what it
//! means for its pages does not compile.

use axum::extract::FromRequestParts;
use axum::http::{StatusCode, request::Parts};
use axum::{Router, routing::get};
use larder::cache_page;
use larder::report::ReportLayer;

use super::aside::comments;
use super::db::Db;

/// Who asks. A program would look for a session here.
pub struct User {
    id: u64,
}

impl<S: Sync> FromRequestParts<S> for User {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let id = parts.headers.get("x-user").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
        id.map(|id| Self { id }).ok_or(StatusCode::UNAUTHORIZED)
    }
}

#[cache_page(60, key = "mail:<user.id: u64>")]
async fn mail(user: User) -> String {
    format!("mail of user {}", user.id)
}

/// The site. Around it stands what tells of each request how long it took and what it asked of caches: in the log, to
/// browsers in `Server-Timing`, and to layers outside as a `Report`.
pub fn site(db: Db) -> Router {
    let counts = get(async move || format!("{} and {}", comments(&db, 7), comments(&db, 8)));
    Router::new().route("/mail", get(mail)).route("/counts", counts).layer(ReportLayer::new().server_timing())
}
