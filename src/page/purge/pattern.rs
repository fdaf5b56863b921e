//! [`Pattern`]: which paths are meant.

use serde::{Deserialize, Serialize};

use crate::Error;

/// Which paths are meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::page) struct Pattern {
    /// The text between the stars.
    pieces: Box<[Box<str>]>,
}

/// How long a pattern may be that all processes are told. What is longer is cut, and means all that begins like it.
const LONGEST: usize = 512;

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        Self { pieces: text.split('*').map(Into::into).collect() }
    }

    /// Reads what somebody has written.
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        if text.starts_with(['/', '*']) {
            return Ok(Self::new(text));
        }
        let path = text.split_once("://").map_or(text, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
        let sentence =
            format!("`{text}` means no path, which begins with a slash: write `/{path}`, or a star in its place");
        Err(Error::configuration(sentence))
    }

    /// Means one path, whatever stands in it.
    pub(in crate::page) fn exact(path: &str) -> Self {
        Self { pieces: [path.into()].into() }
    }

    /// Means every path.
    pub(super) fn everything() -> Self {
        Self::new("*")
    }

    /// Returns the one path that is meant, without its query; `None` where there may be several.
    pub(super) fn path(&self) -> Option<&str> {
        if let [piece] = &*self.pieces { Some(path_of(piece)) } else { None }
    }

    /// Returns one that is not too long, and means at least as much.
    pub(super) fn shortened(self) -> Self {
        let (mut room, mut pieces) = (LONGEST, Vec::new());
        for piece in &self.pieces {
            if piece.len() >= room {
                pieces.extend([piece[..piece.floor_char_boundary(room)].into(), Box::from("")]);
                return Self { pieces: pieces.into() };
            }
            room -= piece.len() + 1;
            pieces.push(piece.clone());
        }
        self
    }

    /// Returns whether a path with its query is meant; a pattern that says nothing of queries means all of them.
    pub(super) fn fits(&self, target: &str) -> bool {
        self.fits_whole(target) || self.fits_whole(path_of(target))
    }

    fn fits_whole(&self, text: &str) -> bool {
        let [first, middle @ .., last] = &*self.pieces else { return *self.pieces[0] == *text };
        let Some(mut rest) = text.strip_prefix(&**first).and_then(|rest| rest.strip_suffix(&**last)) else {
            return false;
        };
        middle.iter().all(|piece| match rest.find(&**piece) {
            Some(at) => {
                rest = &rest[at + piece.len()..];
                true
            }
            None => false,
        })
    }
}

/// Returns a path without its query.
pub(super) fn path_of(target: &str) -> &str {
    target.split_once('?').map_or(target, |(path, _)| path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text_and_everything_else_for_itself() {
        let fits = |pattern: &str, path: &str| Pattern::new(pattern).fits(path);
        assert!(fits("/blog/*", "/blog/1") && fits("/blog/*", "/blog/") && fits("/blog/*", "/blog/a/b?page=2"));
        assert!(!fits("/blog/*", "/blog") && !fits("/blog/*", "/a/blog/1"));
        assert!(fits("/blog/1", "/blog/1") && fits("/blog/1", "/blog/1?page=2") && !fits("/blog/1", "/blog/10"));
        assert!(fits("/blog/1?page=2", "/blog/1?page=2") && !fits("/blog/1?page=2", "/blog/1"));
        assert!(fits("*", "/") && fits("/*/1/*/2", "/a/1/b/1/c/2") && !fits("/*/1/*/2", "/a/1/2"));
        assert!(!fits("/ab*ba", "/aba"), "the two ends do not overlap");
    }

    #[test]
    fn a_pattern_that_is_cut_means_at_least_as_much() {
        let (long, stars) = ("ä".repeat(600), "*/a".repeat(1_000));
        for text in ["/short", "/a/*/b", &long, &format!("/a*{long}*/b"), &format!("{long}*"), &stars] {
            let short = Pattern::new(text).shortened();
            let length: usize = short.pieces.iter().map(|piece| piece.len() + 1).sum();
            assert!(length <= LONGEST + 2, "{length}");
            assert!(short.fits(&text.replace('*', "any")), "{text}");
            assert_eq!(short == Pattern::new(text), text.len() < LONGEST, "{text}");
        }
        assert!(!Pattern::new(&long).shortened().fits("/other"));
    }
}
