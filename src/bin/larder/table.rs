//! Tables: words stand at the left of a column, numbers at the right.

use cache_core::progress::cut;

use crate::terminal::{self, Style, styled};

/// A table that is written when all of it is known.
pub struct Table {
    columns: Vec<(&'static str, Side)>,
    rows: Vec<Vec<String>>,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Side {
    Left,
    Right,
}

/// What stands between two columns.
const GAP: &str = "  ";
/// A column of words is cut to no less than this.
const LEAST: usize = 12;

impl Table {
    pub fn new(columns: impl Into<Vec<(&'static str, Side)>>) -> Self {
        Self { columns: columns.into(), rows: Vec::new() }
    }

    pub fn row(&mut self, cells: impl Into<Vec<String>>) {
        self.rows.push(cells.into());
    }

    /// Returns its lines. Where a terminal is too narrow, the widest column of words is cut.
    pub fn lines(&self) -> Vec<String> {
        self.lines_within(terminal::width().unwrap_or(usize::MAX))
    }

    fn lines_within(&self, width: usize) -> Vec<String> {
        let widths = self.widths(width);
        let head: Vec<_> = self.columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        let head = styled(Style::Bold, self.line(&head, &widths));
        std::iter::once(head).chain(self.rows.iter().map(|row| self.line(row, &widths))).collect()
    }

    fn widths(&self, width: usize) -> Vec<usize> {
        let of = |at: usize| self.rows.iter().map(move |row| signs(&row[at])).max().unwrap_or(0);
        let mut widths: Vec<_> =
            self.columns.iter().enumerate().map(|(at, (name, _))| of(at).max(name.len())).collect();
        let gaps = GAP.len() * widths.len().saturating_sub(1);
        let excess = (widths.iter().sum::<usize>() + gaps).saturating_sub(width);
        let words = (0..widths.len()).filter(|at| self.columns[*at].1 == Side::Left);
        if let Some(widest) = words.max_by_key(|at| widths[*at]) {
            widths[widest] = widths[widest].saturating_sub(excess).max(LEAST.min(widths[widest]));
        }
        widths
    }

    fn line(&self, cells: &[String], widths: &[usize]) -> String {
        let cell = |((cell, width), (_, side)): ((&String, &usize), &(&str, Side))| match side {
            Side::Left => format!("{:<width$}", cut(cell, *width)),
            Side::Right => format!("{cell:>width$}"),
        };
        let cells: Vec<_> = cells.iter().zip(widths).zip(&self.columns).map(cell).collect();
        cells.join(GAP).trim_end().to_owned()
    }
}

fn signs(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new([("CACHE", Side::Left), ("ENTRIES", Side::Right)]);
        table.row(["default".to_owned(), "7".to_owned()]);
        table.row(["a name that is longer than others".to_owned(), "1,234,567".to_owned()]);
        table
    }

    #[test]
    fn numbers_stand_at_the_right_and_words_at_the_left() {
        let lines = table().lines_within(100);
        assert_eq!(lines[1], "default                                    7");
        assert_eq!(lines[2], "a name that is longer than others  1,234,567");
    }

    #[test]
    fn what_is_too_wide_is_cut_where_words_stand() {
        let lines = table().lines_within(30);
        assert_eq!(lines[2], "a name that is lon…  1,234,567");
        assert!(table().lines_within(5)[2].starts_with("a name that…"), "and something is always seen");
    }
}
