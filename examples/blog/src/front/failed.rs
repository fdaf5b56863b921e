//! What stands in the place of a page.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use blog::{Error, html};

use super::page;

/// An error of the blog, as the site answers it: strangers are sent to where they can log in.
#[derive(Clone, Debug)]
pub struct Failed(Error);

impl Failed {
    /// Returns the status code, which is all that programs are told.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        match self.0 {
            Error::Stranger => Redirect::to("/login").into_response(),
            ref error => (self.status(), page(html::sorry(error))).into_response(),
        }
    }
}
