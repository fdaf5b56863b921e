//! What stands in the place of a page.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, ResponseError};
use blog::{Error, html};

use super::page;

/// An error of the blog, as the site answers it: strangers are sent to where they can log in.
#[derive(Clone, Debug)]
pub struct Failed(Error);

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl ResponseError for Failed {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        if let Error::Stranger = self.0 {
            return HttpResponse::SeeOther().insert_header((LOCATION, "/login")).finish();
        }
        let mut response = page(html::sorry(&self.0));
        *response.status_mut() = self.status_code();
        response
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
