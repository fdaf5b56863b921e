//! Compression, CORS, tracing and sessions, on either side of a cache of pages; and an application that has all of it, with
//! those who log in to it.

mod attacks;
mod compression;
mod cors;
mod sessions;
mod site;
mod tracing;
mod users;
mod wire;
