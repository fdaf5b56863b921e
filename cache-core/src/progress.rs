//! A line on a terminal that is written over while work goes on.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

/// How many signs fit into a line where nobody says.
const USUAL: usize = 80;

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

    /// Does the same with as many of them as fit into a line, for who knows no better than `COLUMNS` how wide that is:
    /// what goes on below could not be taken away.
    pub fn tell_cut(&mut self, words: impl Display) {
        if self.is_seen {
            let width = columns().unwrap_or(USUAL);
            self.tell(cut(&words.to_string(), width.saturating_sub(1)));
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

/// Returns how many signs fit into a line, where the shell says that.
#[must_use]
pub fn columns() -> Option<usize> {
    std::env::var("COLUMNS").ok().and_then(|said| read_columns(&said))
}

fn read_columns(said: &str) -> Option<usize> {
    said.parse().ok().filter(|columns| *columns > 0)
}

/// Returns so many signs of a text at most, the last of which says that there were more.
#[must_use]
pub fn cut(words: &str, most: usize) -> String {
    if words.chars().count() <= most {
        return words.to_owned();
    }
    words.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// Returns whether the terminal takes words alone.
#[must_use]
pub fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_to_what_fits_and_says_so() {
        assert_eq!(cut("warming caches: 3", 9), "warming …");
        assert_eq!(cut("warming caches: 3", 17), "warming caches: 3");
        assert_eq!(cut("über", 3), "üb…");
    }

    #[test]
    fn what_a_shell_says_of_columns_counts_where_it_is_a_number_of_them() {
        assert_eq!(read_columns("18"), Some(18));
        for said in ["", "0", "wide", "-1"] {
            assert_eq!(read_columns(said), None, "{said}");
        }
    }
}
