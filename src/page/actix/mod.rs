//! Requests of actix-web: they stay on the thread of their worker, and so do those who make their pages.
//!
//! A handler with `#[cache_page]` becomes a function of one argument, an [`Arrival`], as on axum. Its extractors do not run
//! side by side, as those of actix do, but in their order: guards first, and the rest when there is no page.

mod answer;
mod answering;
mod arrival;
mod body;
mod derived;
mod guards;
mod head;
mod heads;
mod lent;
mod transform;
mod wait;

pub use crate::page::arrived::Unguarded;
pub use answer::{Answer, Fallback, Outcome};
pub use arrival::Arrival;
pub use body::PageStream;
pub use derived::{After, Derived};
#[cfg(feature = "panel")]
pub(crate) use head::{read, written};
pub use heads::{judge, never_cached, say_to_caches, vary_on};
pub use transform::CacheMiddleware;

use actix_web::HttpResponse;

/// Answers a request, as a handler with a page of its own does.
pub type Answering = answering::Answering<HttpResponse<PageStream>>;
