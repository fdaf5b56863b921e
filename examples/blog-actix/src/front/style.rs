//! The style sheet, which is a part of the program.

use actix_web::{HttpResponse, get};
use blog::html::STYLE;
use larder::actix::cache_control;

#[cache_control(public, max_age = 60 * 60)]
#[get("/style.css")]
pub async fn style() -> HttpResponse {
    HttpResponse::Ok().content_type("text/css; charset=utf-8").body(STYLE)
}
