//! Ports for servers that cannot do without.

use std::net::TcpListener;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

/// Below those that the system hands out by itself: it gives none of these to a connection, not even while its server is
/// away.
const FIRST: u32 = 10_000;
const COUNT: u32 = 22_000;

/// Draws a port that nobody listens on. Another process may be faster: then the server says so, and another is drawn.
pub(super) fn draw() -> u16 {
    static DRAWN: AtomicU32 = AtomicU32::new(0);
    let first = process::id().wrapping_mul(97);
    loop {
        let at = first.wrapping_add(DRAWN.fetch_add(1, Ordering::Relaxed)) % COUNT;
        let port = u16::try_from(FIRST + at).expect("a number of a port");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Starts something on ports that are drawn, again with others where somebody else was faster.
pub(super) fn with_port<T>(start: impl Fn(u16) -> Result<T, String>) -> Result<T, String> {
    let mut tries = 0;
    loop {
        match start(draw()) {
            Err(why) if why.to_lowercase().contains("already in use") && tries < 20 => tries += 1,
            outcome => return outcome,
        }
    }
}
