//! The text of a file of configuration, and how a line of it is shown: without what may be secret.

use std::ops::Range;

/// The text of a file of configuration.
pub(super) struct Source {
    name: String,
    text: String,
    /// The values in it, in order; `None` where it could not be read, and nobody knows where they are.
    pieces: Option<Vec<Piece>>,
}

/// A value, or a part of one.
struct Piece {
    span: Range<usize>,
    is_harmless: bool,
}

/// Which values there are in a text, and which of them may be shown.
#[derive(Default)]
pub(super) struct Pieces(Vec<Piece>);

/// How many characters of a line are shown.
const WIDTH: usize = 120;

impl Pieces {
    pub(super) fn add(&mut self, text: &str, span: Range<usize>, is_harmless: bool) {
        if is_harmless {
            return self.push(span, true);
        }
        // The names of variables are no secrets, and what people look for.
        let mut begin = span.start;
        for placeholder in placeholders(&text[span.clone()]) {
            let placeholder = span.start + placeholder.start..span.start + placeholder.end;
            self.push(begin..placeholder.start, false);
            begin = placeholder.end;
            self.push(placeholder, true);
        }
        self.push(begin..span.end, false);
    }

    fn push(&mut self, span: Range<usize>, is_harmless: bool) {
        if !span.is_empty() {
            self.0.push(Piece { span, is_harmless });
        }
    }
}

/// Returns where in a text `${NAME}` stands.
fn placeholders(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.match_indices("${").filter_map(|(at, _)| {
        let name = text[at + 2..].split('}').next().filter(|name| at + 2 + name.len() < text.len())?;
        super::expand::is_name(name).then(|| at..at + 3 + name.len())
    })
}

impl Source {
    /// Takes a text that could be read.
    pub(super) fn new(name: String, text: String, pieces: Pieces) -> Self {
        let Pieces(mut pieces) = pieces;
        pieces.sort_by_key(|piece| (piece.span.start, piece.span.end));
        Self { name, text, pieces: Some(pieces) }
    }

    /// Takes a text that is no TOML: what is a value in it, nobody knows.
    pub(super) fn unread(name: String, text: String) -> Self {
        Self { name, text, pieces: None }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the line and the column, both from one on, of a byte.
    pub(super) fn position(&self, at: usize) -> (usize, usize) {
        let before = self.before(at);
        let line = before.matches('\n').count() + 1;
        (line, before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)
    }

    fn before(&self, at: usize) -> &str {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        &self.text[..at]
    }

    /// Returns where in the text a value or a part of it stands that reads so.
    pub(super) fn find(&self, within: &Range<usize>, wanted: &str) -> Option<Range<usize>> {
        let at = within.start + self.text.get(within.clone())?.find(wanted)?;
        Some(at..at + wanted.len())
    }

    /// Draws the line where something begins, with carets below it.
    pub(super) fn drawing(&self, span: &Range<usize>) -> Option<String> {
        let begin = self.before(span.start).rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[begin..].find('\n').map_or(self.text.len(), |at| begin + at);
        let line = match &self.pieces {
            Some(pieces) => Line::of(&self.text, begin..end, span, pieces),
            None => Line::of_what_is_no_toml(&self.text, begin..end)?,
        };
        Some(line.drawn(self.position(span.start).0))
    }
}

/// A line as it may be shown, and which of its characters are meant.
struct Line {
    shown: Vec<char>,
    meant: Option<Range<usize>>,
}

impl Line {
    fn of(text: &str, line: Range<usize>, meant: &Range<usize>, pieces: &[Piece]) -> Self {
        let mut shown = Vec::new();
        let (mut first, mut last) = (None, None);
        let mut skip_to = 0;
        for (at, c) in text[line.clone()].char_indices().map(|(at, c)| (line.start + at, c)) {
            if at >= meant.start && first.is_none() {
                first = Some(shown.len());
            }
            if at >= meant.end && last.is_none() {
                last = Some(shown.len());
            }
            if at < skip_to {
                continue;
            }
            let before = pieces.partition_point(|piece| piece.span.start <= at);
            let piece = pieces[..before].last().filter(|piece| piece.span.end > at);
            match piece {
                Some(piece) if !piece.is_harmless => {
                    shown.extend(instead_of(&text[at..piece.span.end.min(line.end)]));
                    skip_to = piece.span.end;
                }
                None if c == '#' => break,
                _ => shown.push(if c.is_control() { ' ' } else { c }),
            }
        }
        let first = first.unwrap_or(shown.len());
        let last = last.unwrap_or(shown.len()).max(first + 1);
        Self { shown, meant: Some(first..last) }
    }

    /// Shows what stands before the first `=`, where that can be no part of a value.
    fn of_what_is_no_toml(text: &str, line: Range<usize>) -> Option<Self> {
        let before = &text[..line.start];
        if before.contains("\"\"\"") || before.contains("'''") {
            return None;
        }
        let (key, _) = text[line].split_once('=')?;
        let is_bare = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b' '));
        is_bare.then(|| Self { shown: format!("{key}= …").chars().collect(), meant: None })
    }

    fn drawn(&self, number: usize) -> String {
        let meant = self.meant.clone().unwrap_or(0..0);
        let from = meant.start.saturating_sub(WIDTH / 2);
        let to = self.shown.len().min(from + WIDTH);
        let shown: String = self.shown[from.min(to)..to].iter().collect();
        let margin = " ".repeat(number.to_string().len());
        let drawing = format!("{margin} |\n{number} | {}", shown.trim_end());
        if self.meant.is_none() {
            return drawing;
        }
        let carets = "^".repeat(meant.end.min(to.max(meant.start + 1)) - meant.start);
        format!("{drawing}\n{margin} | {}{carets}", " ".repeat(meant.start - from))
    }
}

/// Returns what is shown in place of a secret: its quotes, and nothing of what is between them.
fn instead_of(secret: &str) -> impl Iterator<Item = char> {
    let is_quote = |c: &char| matches!(c, '"' | '\'');
    let [open, close] = [secret.chars().next(), secret.chars().last()].map(|c| c.filter(is_quote));
    let is_one = secret.chars().nth(1).is_none();
    let inside = (!(is_one && open.is_some())).then_some('…');
    open.into_iter().chain(inside).chain(close.filter(|_| !is_one))
}
