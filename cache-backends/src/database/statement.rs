//! [`Statement`]: a text with parameters by name, turned into the text and the order that a database takes.

use std::fmt::Write;
use std::sync::Arc;

use super::client::Bind;
use super::dialect::Flavour;

/// The most names that one statement is about.
pub(crate) const MOST: usize = 64;

/// What a statement may be given. What it has no parameter for, it does not look at.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Given<'a> {
    pub name: &'a str,
    pub value: Option<&'a [u8]>,
    pub number: Option<i64>,
    /// In milliseconds; `None` is for ever.
    pub time: Option<i64>,
    pub version: i64,
    pub was: i64,
    pub gate: i64,
    pub taken: i64,
    pub delta: i64,
    pub low: i64,
    pub high: i64,
    pub scope: &'a str,
    pub from: &'a str,
    pub to: &'a str,
    pub most: i64,
}

/// Where a parameter comes from.
type Slot = for<'a> fn(&Given<'a>) -> Bind<'a>;

/// Each parameter by its name, with the type that PostgreSQL is told.
const SLOTS: &[(&str, &str, Slot)] = &[
    ("name", "text", |given| Bind::Text(given.name)),
    ("value", "bytea", |given| given.value.map_or(Bind::Nothing, Bind::Bytes)),
    ("number", "bigint", |given| given.number.map_or(Bind::Nothing, Bind::Number)),
    ("time", "bigint", |given| given.time.map_or(Bind::Nothing, Bind::Number)),
    ("version", "bigint", |given| Bind::Number(given.version)),
    ("was", "bigint", |given| Bind::Number(given.was)),
    ("gate", "bigint", |given| Bind::Number(given.gate)),
    ("taken", "bigint", |given| Bind::Number(given.taken)),
    ("delta", "bigint", |given| Bind::Number(given.delta)),
    ("low", "bigint", |given| Bind::Number(given.low)),
    ("high", "bigint", |given| Bind::Number(given.high)),
    ("scope", "text", |given| Bind::Text(given.scope)),
    ("from", "text", |given| Bind::Text(given.from)),
    ("to", "text", |given| Bind::Text(given.to)),
    ("most", "bigint", |given| Bind::Number(given.most)),
];

/// A statement as its database takes it.
#[derive(Debug)]
pub(crate) struct Statement {
    text: Arc<str>,
    /// For each parameter, whose it is of the rows given, and which.
    order: Vec<(usize, usize)>,
}

impl Statement {
    /// Writes a statement whose parameters read `:name`, or `:2.name` for that of the third row.
    pub(super) fn new(flavour: Flavour, template: &str) -> Self {
        let (mut text, mut order) = (String::new(), Vec::new());
        let mut pieces = template.split(':');
        text.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let (parameter, rest) = parameter(piece);
            write_place(&mut text, &mut order, parameter, flavour);
            text.push_str(rest);
        }
        Self { text: text.into(), order }
    }

    pub(crate) fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Returns what is to be sent with the text.
    pub(crate) fn binds<'a>(&self, given: &[Given<'a>]) -> Vec<Bind<'a>> {
        self.order.iter().map(|(row, slot)| SLOTS[*slot].2(&given[*row])).collect()
    }
}

/// Reads what stands behind a colon: the row, the slot, and the text that follows.
fn parameter(piece: &str) -> ((usize, usize), &str) {
    let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
    let row = piece[..digits].parse().unwrap_or(0);
    let piece = piece[digits..].trim_start_matches('.');
    let end = piece.find(|char: char| !char.is_ascii_lowercase()).unwrap_or(piece.len());
    let slot = SLOTS.iter().position(|(name, ..)| *name == &piece[..end]);
    ((row, slot.expect("a parameter that there is")), &piece[end..])
}

/// Writes where a parameter goes. MySQL has no way to say one twice; the others are sent it once.
fn write_place(text: &mut String, order: &mut Vec<(usize, usize)>, parameter: (usize, usize), flavour: Flavour) {
    let known = order.iter().position(|known| *known == parameter).filter(|_| flavour != Flavour::MySql);
    let at = known.unwrap_or_else(|| {
        order.push(parameter);
        order.len() - 1
    });
    let written = match flavour {
        Flavour::Sqlite => write!(text, "?{}", at + 2),
        Flavour::Postgres => write!(text, "${}::{}", at + 1, SLOTS[parameter.1].1),
        Flavour::MySql => write!(text, "?"),
    };
    written.expect("a text grows");
}

/// A statement about many names: one text for each power of two, so that few texts do for any number of names.
#[derive(Debug)]
pub(crate) struct Many(Vec<Statement>);

impl Many {
    /// Writes the texts; `write` is handed the row of each name, and puts them in their places.
    pub(super) fn new(flavour: Flavour, row: &str, write: impl Fn(&str) -> String) -> Self {
        let sizes = (0..=MOST.ilog2()).map(|power| 1 << power);
        let rows = |size: usize| {
            let rows: Vec<_> = (0..size).map(|at| row.replace(':', &format!(":{at}."))).collect();
            rows.join(", ")
        };
        Self(sizes.map(|size| Statement::new(flavour, &write(&rows(size)))).collect())
    }

    /// Returns the pieces to take names in, and the statement for each.
    pub(crate) fn pieces<'a, T>(&'a self, mut of: &'a [T]) -> impl Iterator<Item = (&'a Statement, &'a [T])> {
        std::iter::from_fn(move || {
            let power = of.len().checked_ilog2()?.min(MOST.ilog2());
            let (piece, rest) = of.split_at(1 << power);
            of = rest;
            Some((&self.0[power as usize], piece))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_database_is_written_its_own_places() {
        let text = |flavour| {
            let statement = Statement::new(flavour, "a :name, b :time, c :name.");
            (statement.text().to_string(), statement.binds(&[Given { name: "n", time: Some(7), ..Given::default() }]))
        };
        let (name, time) = (Bind::Text("n"), Bind::Number(7));
        assert_eq!(text(Flavour::Sqlite), ("a ?2, b ?3, c ?2.".into(), vec![name, time]));
        assert_eq!(text(Flavour::Postgres), ("a $1::text, b $2::bigint, c $1::text.".into(), vec![name, time]));
        assert_eq!(text(Flavour::MySql), ("a ?, b ?, c ?.".into(), vec![name, time, name]));
    }

    #[test]
    fn many_are_taken_in_few_pieces_each_with_its_own_statement() {
        let many = Many::new(Flavour::Postgres, "(:name, :time)", |rows| format!("values {rows}"));
        let given: Vec<_> = (0..203).map(|time| Given { time: Some(time), ..Given::default() }).collect();
        let pieces: Vec<_> = many.pieces(&given).collect();
        assert_eq!(pieces.iter().map(|(_, piece)| piece.len()).collect::<Vec<_>>(), [64, 64, 64, 8, 2, 1]);
        let (statement, piece) = pieces[4];
        assert_eq!(&**statement.text(), "values ($1::text, $2::bigint), ($3::text, $4::bigint)");
        assert_eq!(statement.binds(piece)[3], Bind::Number(201));
        assert_eq!(many.pieces::<()>(&[]).count(), 0);
    }
}
