//! Who asks.

use std::ops::Deref;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use blog::users::User;
use blog::{Db, Error, session};

use super::Failed;

/// Finds out who asks. It stands around all pages, so that holes, which are filled anew each time, find a [`User`] in the request.
pub async fn recognise(State(db): State<Db>, mut request: Request, next: Next) -> Result<Response, Failed> {
    if let Some(token) = token(request.headers()) {
        let user = session::user(&db, token).await?;
        user.map(|user| request.extensions_mut().insert(user));
    }
    Ok(next.run(request).await)
}

/// Somebody who has logged in. As an argument it is a guard: strangers are refused.
///
/// It asks anew, and does not take the user that stands in the request already: what was read before a page is begun may have been
/// invalidated since, and no page that is made of it would know.
pub struct Visitor(pub User);

impl FromRequestParts<Db> for Visitor {
    type Rejection = Failed;

    async fn from_request_parts(request: &mut Parts, db: &Db) -> Result<Self, Failed> {
        let token = token(&request.headers).ok_or(Error::Stranger)?;
        Ok(session::user(db, token).await?.map(Self).ok_or(Error::Stranger)?)
    }
}

impl Deref for Visitor {
    type Target = User;

    fn deref(&self) -> &User {
        &self.0
    }
}

/// Returns what the cookie of a session says.
pub fn token(headers: &HeaderMap) -> Option<&str> {
    session::token(headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok()))
}
