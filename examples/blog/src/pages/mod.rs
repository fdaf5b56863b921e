//! The pages: a file each, with how it is kept at its head.

pub(crate) mod api;
pub(crate) mod dashboard;
pub(crate) mod detail;
pub(crate) mod editor;
pub(crate) mod list;
pub(crate) mod login;
pub(crate) mod parts;
pub(crate) mod search;
pub(crate) mod style;

use axum::Router;
use axum::http::HeaderName;
use axum::http::header::{CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::response::Html;
use axum::routing::{get, post};

use crate::db::Db;
use crate::html::{Markup, html};

/// Says which page stands where. What is kept of them their own files say.
pub(crate) fn routes() -> Router<Db> {
    Router::new()
        .route("/", get(list::list))
        .route("/posts/{id}", get(detail::detail))
        .route("/posts/{id}/comments", post(detail::comment))
        .route("/posts/{id}/edit", get(editor::edit).post(editor::save))
        .route("/posts/{id}/delete", post(editor::delete))
        .route("/write", get(editor::write).post(editor::publish))
        .route("/search", get(search::search))
        .route("/dashboard", get(dashboard::dashboard))
        .route("/name", post(dashboard::rename))
        .route("/login", get(login::form).post(login::log_in))
        .route("/logout", post(login::log_out))
        .route("/goodbye", get(login::goodbye))
        .route("/goodbye.css", get(login::forget))
        .route("/api/posts", get(api::posts))
        .route("/api/posts/{id}", get(api::post))
        .route("/api/posts/{id}/comments", get(api::comments))
        .route("/style.css", get(style::style))
}

/// A whole page. Its headers are kept with it.
pub(crate) type Page = ([(HeaderName, &'static str); 2], Html<String>);

/// Puts a page into the frame that all have. It says nothing of who looks at it, so that all can share it.
pub(crate) fn frame(title: &str, content: &Markup) -> Page {
    let page = html! {
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>" (title) " · The Larder</title>"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        "<meta name=\"color-scheme\" content=\"light dark\"><link rel=\"stylesheet\" href=\"/style.css\"></head><body>"
        "<header><a class=\"name\" href=\"/\">The Larder</a><nav><a href=\"/dashboard\">Your posts</a></nav>"
        "<form action=\"/search\"><input type=\"search\" name=\"q\" placeholder=\"Search\" aria-label=\"Search\"></form>"
        "</header><main>" (content) "</main></body></html>"
    };
    let own = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    ([(CONTENT_SECURITY_POLICY, own), (X_CONTENT_TYPE_OPTIONS, "nosniff")], Html(page.into_string()))
}
