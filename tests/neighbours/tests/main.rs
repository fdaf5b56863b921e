//! Compression, CORS, tracing and sessions, on either side of a cache of pages.

mod compression;
mod cors;
mod sessions;
mod site;
mod tracing;
