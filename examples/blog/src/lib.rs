//! A blog with people who log in: what it knows, and how it looks. Which framework brings the requests is nothing to
//! it: here `front/` is the site on axum, and `examples/blog-actix` has the one on actix-web.
//!
//! `posts.rs`, `comments.rs` and `session.rs` have the functions that are cached, and `html/` the pages as texts,
//! whoever keeps them.

#![allow(
    missing_docs,
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    reason = "two programs beside it are all that use it, and names say what is in a field"
)]

pub mod comments;
mod db;
pub mod drafts;
mod error;
pub mod html;
pub mod origin;
pub mod panel;
mod password;
pub mod posts;
mod seed;
pub mod session;
pub mod start;
pub mod users;

pub use db::Db;
pub use error::Error;
