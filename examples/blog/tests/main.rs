//! The blog, as people with browsers meet it: over sockets, with a database of its own for each test, and its caches in
//! memory, and in Redis. Most have a small client for a browser, and some a real one.
//!
//! Where there is no Redis, or no Chromium, its tests are ignored, and say so; where `LARDER_REQUIRE_SERVERS` is set,
//! they fail.

mod browser;
mod edits;
mod failures;
#[path = "../src/front/mod.rs"]
mod front;
mod hits;
mod looks;
mod people;
mod program;
mod served;
#[path = "../../../tests/support/servers/mod.rs"]
mod servers;
mod site;
mod trials;
mod window;
mod windows;

/// What `cargo run` starts.
const PROGRAM: &str = env!("CARGO_BIN_EXE_blog");

fn main() {
    trials::run([]);
}
