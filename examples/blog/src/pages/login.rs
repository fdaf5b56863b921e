//! Logging in and out.

use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use larder::{cache_page, never_cache};
use serde::Deserialize;

use super::{Page, frame};
use crate::db::Db;
use crate::error::Error;
use crate::html::html;
use crate::session;
use crate::users;

/// The form is the same for all, and there is no token in it: see `origin.rs`.
#[cache_page(60 * 60, query(), browser = 0, etag)]
pub(crate) async fn form() -> Page {
    page(None)
}

fn page(what_is_wrong: Option<&str>) -> Page {
    let wrong = what_is_wrong.map(|wrong| html! { "<p class=\"wrong\">" (wrong) "</p>" });
    let form = html! {
        "<h1>Log in</h1>" (wrong) "<form method=\"post\" action=\"/login\">"
        "<label>Name<input name=\"login\" autocomplete=\"username\" required></label>"
        "<label>Password<input name=\"password\" type=\"password\" autocomplete=\"current-password\" required></label>"
        "<button>Log in</button></form><p>Here everybody may: <b>ann</b>, <b>ben</b> and <b>cleo</b>, with the password "
        "<b>larder</b>.</p>"
    };
    frame("Log in", &form)
}

#[derive(Deserialize)]
pub(crate) struct Claim {
    login: String,
    password: String,
}

pub(crate) async fn log_in(State(db): State<Db>, Form(claim): Form<Claim>) -> Result<Response, Error> {
    match users::with_password(&db, claim.login, claim.password).await? {
        None => Ok((StatusCode::FORBIDDEN, page(Some("There is nobody with this name and password."))).into_response()),
        Some(user) => {
            let cookie = session::begin(&db, &user).await?;
            Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/dashboard")).into_response())
        }
    }
}

/// Who logs out takes along what the browser has kept, whoever sits down there next.
pub(crate) async fn log_out(State(db): State<Db>, headers: HeaderMap) -> Result<Response, Error> {
    session::end(&db, &headers).await?;
    Ok(([("set-cookie", session::no_cookie())], TAKE_ALONG, Redirect::to("/goodbye")).into_response())
}

const TAKE_ALONG: [(&str, &str); 1] = [("clear-site-data", "\"cache\"")];

/// The page that is left last is put where the button that goes back finds it when the next one is there, which is too late
/// for what the answer to the form says. So it is said once more, by a style sheet of the next one.
#[never_cache]
pub(crate) async fn goodbye() -> Page {
    let content = html! {
        "<link rel=\"stylesheet\" href=\"/goodbye.css\"><h1>You have logged out</h1>"
        "<p>This browser has forgotten your pages. <a href=\"/\">What is new</a> is for everybody.</p>"
    };
    frame("Goodbye", &content)
}

#[never_cache]
pub(crate) async fn forget() -> impl IntoResponse {
    ([("content-type", "text/css; charset=utf-8")], TAKE_ALONG, "")
}
