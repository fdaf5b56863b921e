//! What a terminal can show.

use std::fmt::Display;
use std::io::{self, IsTerminal};
#[cfg(unix)]
use std::os::fd::AsFd;

use cache_core::progress::{self, columns, cut, is_dumb};

/// How wide a page is where nobody says.
const USUAL: usize = 100;

/// Returns how many signs fit into a line of what is written; `None` where no terminal reads.
pub fn width() -> Option<usize> {
    io::stdout().is_terminal().then(|| width_of(io::stdout()))
}

#[cfg(unix)]
fn width_of(terminal: impl AsFd) -> usize {
    measured(terminal).or_else(columns).unwrap_or(USUAL)
}

#[cfg(not(unix))]
fn width_of<T>(_: T) -> usize {
    columns().unwrap_or(USUAL)
}

#[cfg(unix)]
fn measured(terminal: impl AsFd) -> Option<usize> {
    rustix::termios::tcgetwinsize(terminal).ok().map(|size| size.ws_col.into()).filter(|width| *width > 0)
}

/// Returns a sentence in lines that a terminal does not break within a word.
pub fn folded(sentence: &str) -> String {
    width().map_or_else(|| sentence.to_owned(), |width| fold(sentence, width))
}

/// Does the same for one that stands behind so many signs, which the lines below it leave free.
pub fn folded_behind(signs: usize, sentence: &str) -> String {
    let fold = |width: usize| fold(sentence, width.saturating_sub(signs).max(1));
    let lines = width().map_or_else(|| sentence.to_owned(), fold);
    lines.replace('\n', &format!("\n{:signs$}", ""))
}

fn fold(sentence: &str, width: usize) -> String {
    let (mut out, mut room) = (String::new(), width);
    for word in sentence.split(' ') {
        let signs = word.chars().count();
        if !out.is_empty() {
            let fits = signs < room;
            out.push(if fits { ' ' } else { '\n' });
            room = if fits { room - 1 } else { width };
        }
        out.push_str(word);
        room = room.saturating_sub(signs);
    }
    out
}

/// Returns whether a person can be asked.
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// A way to set something off, where a terminal shows it. What it says stands in the words too.
#[derive(Clone, Copy)]
pub enum Style {
    Bold,
    Dim,
    Red,
}

/// Sets words off, where that is seen.
pub fn styled(style: Style, words: impl Display) -> String {
    let is_unwanted = || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if !io::stdout().is_terminal() || is_unwanted() || is_dumb() {
        return words.to_string();
    }
    let code = match style {
        Style::Bold => 1,
        Style::Dim => 2,
        Style::Red => 31,
    };
    format!("\x1b[{code}m{words}\x1b[0m")
}

/// Returns whether what is written stands on a terminal that can be made empty.
pub fn can_be_cleared() -> bool {
    io::stdout().is_terminal() && !is_dumb()
}

/// A line on a terminal that is written over while work goes on.
pub struct Progress(progress::Progress);

impl Progress {
    pub fn new() -> Self {
        Self(progress::Progress::new())
    }

    /// Returns whether anybody sees it.
    pub fn is_seen(&self) -> bool {
        self.0.is_seen()
    }

    pub fn tell(&mut self, words: impl Display) {
        if self.is_seen() {
            // A line that goes on below could not be taken away.
            self.0.tell(cut(&words.to_string(), width_of(io::stderr()).saturating_sub(1)));
        }
    }

    /// Takes the line away.
    pub fn end(&mut self) {
        self.0.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_broken_between_words_and_a_long_word_nowhere() {
        assert_eq!(fold("one two three", 7), "one two\nthree");
        assert_eq!(fold("one two three", 13), "one two three");
        assert_eq!(fold("a redis://cache:6379 b", 8), "a\nredis://cache:6379\nb");
    }
}
