//! Who asks.

use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::ThinData;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use blog::users::User;
use blog::{Db, Error, session};

use super::Failed;

/// Finds out who asks. It stands around all pages, so that guards and holes find a [`User`] in the request.
pub async fn recognise(
    db: ThinData<Db>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if let Some(cookie) = request.cookie(session::COOKIE) {
        let user = session::user(&db, cookie.value()).await.map_err(Failed::from)?;
        user.map(|user| request.extensions_mut().insert(user));
    }
    next.call(request).await
}

/// Somebody who has logged in. As an argument it is a guard: strangers are refused.
pub struct Visitor(pub User);

impl FromRequest for Visitor {
    type Error = Failed;
    type Future = Ready<Result<Self, Failed>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get().cloned().map(Self).ok_or(Error::Stranger.into()))
    }
}

impl Deref for Visitor {
    type Target = User;

    fn deref(&self) -> &User {
        &self.0
    }
}
