//! What is in the columns of a row.

use std::time::Duration;

use cache_core::codec::wire;

use super::client::{Cell, Row};

/// Times beyond this, about 140,000 years, are for ever.
const LONGEST: u128 = 1 << 52;

/// Returns the bytes that `value` and `number` say.
pub(crate) fn value(row: Row) -> Option<Vec<u8>> {
    let mut cells = row.into_iter();
    match (cells.next()?, cells.next()) {
        (Cell::Bytes(bytes), _) => Some(bytes),
        (Cell::Text(text), _) => Some(text.into()),
        (_, Some(Cell::Number(number))) => Some(wire::number_to_bytes(number)),
        _ => None,
    }
}

/// Returns what `value` and `number` are to say for these bytes: a number is in the one alone, unless it is spelled in
/// another way than it is written.
pub(super) fn columns(value: &[u8]) -> (Option<&[u8]>, Option<i64>) {
    let digit = value.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-');
    let number = digit.then(|| wire::number_from_bytes(value)).flatten();
    match number {
        Some(number) if wire::number_to_bytes(number) == value => (None, Some(number)),
        other => (Some(value), other),
    }
}

/// Returns a time in milliseconds, rounded up; `None` is for ever.
pub(super) fn millis(time: Option<Duration>) -> Option<i64> {
    let millis = time?.as_nanos().div_ceil(1_000_000);
    if millis > LONGEST { None } else { i64::try_from(millis).ok() }
}

pub(super) fn number(cell: &Cell) -> Option<i64> {
    if let Cell::Number(number) = cell { Some(*number) } else { None }
}

/// Returns the name in a column; servers may hand it out as text or as bytes.
pub(super) fn name(cell: Cell) -> Vec<u8> {
    match cell {
        Cell::Bytes(bytes) => bytes,
        Cell::Text(text) => text.into(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_a_column_of_its_own_and_keeps_its_spelling() {
        for (bytes, columns_of) in [
            (&b"42"[..], (None, Some(42))),
            (b"-7", (None, Some(-7))),
            (b"9  ", (Some(&b"9  "[..]), Some(9))),
            (b"07", (Some(b"07"), None)),
            (b"", (Some(b""), None)),
            (b"-", (Some(b"-"), None)),
            (b"7.5", (Some(b"7.5"), None)),
        ] {
            assert_eq!(columns(bytes), columns_of);
            let (written, number) = columns_of;
            let cells = [written.map(|bytes| Cell::Bytes(bytes.into())), number.map(Cell::Number)];
            assert_eq!(value(cells.map(|cell| cell.unwrap_or(Cell::Nothing)).into()).as_deref(), Some(bytes));
        }
        assert_eq!(value(vec![Cell::Nothing, Cell::Nothing]), None, "a tombstone");
    }

    #[test]
    fn times_are_rounded_up_and_never_overflow() {
        let of = |time| millis(Some(time));
        assert_eq!(of(Duration::from_nanos(1)), Some(1));
        assert_eq!(of(Duration::from_millis(500)), Some(500));
        assert_eq!(of(Duration::ZERO), Some(0));
        assert_eq!((of(Duration::MAX), millis(None)), (None, None));
    }
}
