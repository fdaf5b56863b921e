//! Who asks.

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::ThinData;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use blog::users::User;
use blog::{Db, Error, session};

use super::Failed;

/// Finds out who asks. It stands around all pages, so that holes, which are filled anew each time, find a [`User`] in the request.
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
///
/// It asks anew, and does not take the user that stands in the request already: what was read before a page is begun may have been
/// invalidated since, and no page that is made of it would know.
pub struct Visitor(pub User);

impl FromRequest for Visitor {
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failed>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (db, cookie) = (request.app_data::<ThinData<Db>>().cloned(), request.cookie(session::COOKIE));
        Box::pin(async move {
            let (Some(db), Some(cookie)) = (db, cookie) else { return Err(Error::Stranger.into()) };
            Ok(session::user(&db, cookie.value()).await?.map(Self).ok_or(Error::Stranger)?)
        })
    }
}

impl Deref for Visitor {
    type Target = User;

    fn deref(&self) -> &User {
        &self.0
    }
}
