//! The style sheet, which is a part of the program.

use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;
use blog::html::STYLE;
use larder::cache_control;

#[cache_control(public, max_age = 60 * 60)]
pub async fn style() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)
}
