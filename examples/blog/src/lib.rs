//! A blog with people who log in: axum over a database, with Larder between the two.
//!
//! `pages/` has the pages and how each is kept, `posts.rs`, `comments.rs` and `session.rs` the functions that are cached, and
//! `listeners.rs` what each change invalidates.

mod comments;
mod db;
mod drafts;
mod error;
mod html;
mod listeners;
mod origin;
mod pages;
mod password;
mod posts;
mod seed;
mod serve;
mod session;
mod users;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};

pub use db::Db;
pub use error::Error;
pub use serve::{bind, serve};

/// Puts the blog together. To be called once: from here on, changes are listened to.
pub fn app(db: Db) -> Router {
    listeners::listen();
    let recognise = from_fn_with_state(db.clone(), session::recognise);
    // What stands around the routes runs on every request, also where a page is kept.
    pages::routes().with_state(db).layer(recognise).layer(from_fn(origin::check))
}
