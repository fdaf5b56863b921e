//! The site on axum: a file for each page, with how it is kept at its head.

mod api;
mod around;
mod dashboard;
mod detail;
mod editor;
mod failed;
mod list;
mod listeners;
mod login;
mod search;
mod style;
mod visitor;

use std::io;
use std::net::TcpListener;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Html;
use axum::routing::{get, post};
use blog::{Db, html, panel};
use failed::Failed;
use visitor::Visitor;

/// Puts the site together. To be called once: from here on, changes are listened to.
pub fn app(db: Db) -> Router {
    listeners::listen();
    let recognise = from_fn_with_state(db.clone(), visitor::recognise);
    let panel = panel::panel(db.clone());
    // What stands around the routes runs on every request, also where a page is kept.
    let site = routes().with_state(db).layer(recognise).layer(from_fn(around::forms_are_own));
    // Beside them: it has a guard of its own, and knows its own forms.
    site.nest_service(panel::PATH, panel)
}

/// Says which page stands where. What is kept of them their own files say.
fn routes() -> Router<Db> {
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

/// Answers whoever connects, until `stop` is done; whoever is being answered then is answered to the end.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    axum::serve(listener, app.layer(from_fn(around::to_the_end))).with_graceful_shutdown(stop).await
}

/// A whole page. Its headers are kept with it.
type Page = ([(&'static str, &'static str); 2], Html<String>);

fn page(html: String) -> Page {
    (html::HEADERS, Html(html))
}
