//! The page that everybody answers with, and how often a handler made it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Bytes;

/// What is asked for.
pub const URI: &str = "/articles/caching?page=2";
/// The route that leads there.
pub const ROUTE: &str = "/articles/caching";
pub const TYPE: &str = "text/html; charset=utf-8";
/// Four kilobytes, as compressed pages have.
pub const PAGE: &[u8] = &[b'x'; 4096];

/// A handler that counts its runs: one that is cached makes one page.
#[derive(Clone, Default)]
pub struct Maker(Arc<AtomicUsize>);

impl Maker {
    /// Makes the page, in memory of its own.
    #[must_use]
    pub fn page(&self) -> Bytes {
        self.0.fetch_add(1, Ordering::Relaxed);
        Bytes::copy_from_slice(PAGE)
    }

    /// Returns how many pages were made.
    #[must_use]
    pub fn made(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}
