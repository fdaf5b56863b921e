//! A line on a terminal that is written over while work goes on.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

/// Such a line, on standard error. Where no terminal reads that, nothing is written.
#[derive(Debug)]
pub struct Progress {
    is_seen: bool,
    is_written: bool,
}

impl Progress {
    /// Begins with nothing.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "it asks what it is written to")]
    pub fn new() -> Self {
        Self { is_seen: io::stderr().is_terminal() && !is_dumb(), is_written: false }
    }

    /// Returns whether anybody sees it.
    #[must_use]
    pub fn is_seen(&self) -> bool {
        self.is_seen
    }

    /// Writes these words in the place of the last ones.
    pub fn tell(&mut self, words: impl Display) {
        if self.is_seen {
            self.is_written = true;
            let _ = write!(io::stderr(), "\r\x1b[K{words}").and_then(|()| io::stderr().flush());
        }
    }

    /// Takes the line away.
    pub fn end(&mut self) {
        if std::mem::take(&mut self.is_written) {
            let _ = write!(io::stderr(), "\r\x1b[K").and_then(|()| io::stderr().flush());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}

/// Returns whether the terminal takes words alone.
#[must_use]
pub fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}
