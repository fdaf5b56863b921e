//! Logging in and out.

use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use blog::users::{self, Claim};
use blog::{Db, html, session};
use larder::{cache_page, never_cache};

use super::{Failed, Page, page, visitor};

#[cache_page(60 * 60, query(), browser = 0, etag)]
pub async fn form() -> Page {
    page(html::login(None))
}

pub async fn log_in(State(db): State<Db>, Form(claim): Form<Claim>) -> Result<Response, Failed> {
    let Some(user) = users::with_password(&db, claim).await? else {
        let refused = page(html::login(Some("There is nobody with this name and password.")));
        return Ok((StatusCode::FORBIDDEN, refused).into_response());
    };
    let cookie = session::begin(&db, &user).await?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/dashboard")).into_response())
}

/// Who logs out takes along what the browser has kept, whoever sits down there next.
pub async fn log_out(State(db): State<Db>, headers: HeaderMap) -> Result<Response, Failed> {
    if let Some(token) = visitor::token(&headers) {
        session::end(&db, token).await?;
    }
    Ok(([(header::SET_COOKIE, session::no_cookie())], TAKE_ALONG, Redirect::to("/goodbye")).into_response())
}

const TAKE_ALONG: [(&str, &str); 1] = [("clear-site-data", "\"cache\"")];

#[never_cache]
pub async fn goodbye() -> Page {
    page(html::goodbye())
}

#[never_cache]
pub async fn forget() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], TAKE_ALONG, "")
}
