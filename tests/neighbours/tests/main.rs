//! Compression, CORS, tracing and sessions, on either side of a cache of pages; other attributes of its handlers; and an
//! application that has all of it, with those who log in to it.

mod attacks;
mod attributes;
mod compression;
mod cors;
mod sessions;
mod site;
mod tracing;
mod users;
mod wire;
