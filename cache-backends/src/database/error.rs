//! What goes wrong in a table, in sentences.

use cache_core::error::{Error, Kind};

use super::table::Table;

/// Says that nobody has made the table.
pub(crate) fn no_table(table: &Table) -> Error {
    let text = format!("there is no table `{table}` as this version knows it: run `larder create-table`");
    Error::new(Kind::Configuration, text)
}

/// Says that there is no number to count on.
pub(super) fn not_counted(kind: Kind, name: &str) -> Error {
    let what = match kind {
        Kind::Missing => "there is no live entry",
        Kind::NotANumber => "there is no number",
        _ => "counting would leave the range of `i64`",
    };
    Error::new(kind, format!("{what} under `{name}`"))
}

pub(super) fn too_large(name: &str, bytes: usize, most: u64) -> Error {
    Error::new(Kind::TooLarge, format!("the value for `{name}` has {bytes} bytes, and this store takes {most}"))
}

/// Says that others were always first.
pub(super) fn too_busy(name: &str) -> Error {
    Error::new(Kind::Store, format!("`{name}` is changed so often that this change did not get through"))
}

pub(super) fn no_gate(table: &Table) -> Error {
    Error::new(Kind::Store, format!("the first row of `{table}_cleared` is gone, and cannot be put back"))
}
