//! Compression, CORS, tracing and sessions, on either side of a cache of pages; and other attributes of its handlers.

mod attributes;
mod compression;
mod cors;
mod sessions;
mod site;
mod tracing;
