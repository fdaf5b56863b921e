//! Logging in and out.

use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, SET_COOKIE};
use actix_web::web::{Form, ThinData};
use actix_web::{HttpRequest, HttpResponse, get, post};
use blog::users::{self, Claim};
use blog::{Db, html, session};
use larder::actix::{cache_page, never_cache};

use super::{Failed, page};

#[cache_page(60 * 60, query(), browser = 0, etag)]
#[get("/login")]
pub async fn form() -> HttpResponse {
    page(html::login(None))
}

#[post("/login")]
pub async fn log_in(db: ThinData<Db>, Form(claim): Form<Claim>) -> Result<HttpResponse, Failed> {
    let Some(user) = users::with_password(&db, claim).await? else {
        let mut refused = page(html::login(Some("There is nobody with this name and password.")));
        *refused.status_mut() = StatusCode::FORBIDDEN;
        return Ok(refused);
    };
    let cookie = session::begin(&db, &user).await?;
    Ok(HttpResponse::SeeOther().insert_header((LOCATION, "/dashboard")).insert_header((SET_COOKIE, cookie)).finish())
}

/// Who logs out takes along what the browser has kept, whoever sits down there next.
#[post("/logout")]
pub async fn log_out(db: ThinData<Db>, request: HttpRequest) -> Result<HttpResponse, Failed> {
    if let Some(cookie) = request.cookie(session::COOKIE) {
        session::end(&db, cookie.value()).await?;
    }
    let mut response = HttpResponse::SeeOther();
    response.insert_header((LOCATION, "/goodbye")).insert_header((SET_COOKIE, session::no_cookie()));
    Ok(response.insert_header(TAKE_ALONG).finish())
}

const TAKE_ALONG: (&str, &str) = ("clear-site-data", "\"cache\"");

#[never_cache]
#[get("/goodbye")]
pub async fn goodbye() -> HttpResponse {
    page(html::goodbye())
}

#[never_cache]
#[get("/goodbye.css")]
pub async fn forget() -> HttpResponse {
    HttpResponse::Ok().content_type("text/css; charset=utf-8").insert_header(TAKE_ALONG).finish()
}
