//! What goes wrong in a table, in sentences.

use cache_core::error::{Error, Kind};

use super::table::Table;

/// Says that nobody has made the table.
pub(crate) fn no_table(table: &Table) -> Error {
    let text = format!("there is no table `{table}` as this version knows it: run `larder create-table`");
    Error::configuration(text)
}

/// Says that others were always first.
pub(super) fn too_busy(name: &str) -> Error {
    Error::new(Kind::Store, format!("`{name}` is changed so often that this change did not get through"))
}

pub(super) fn no_gate(table: &Table) -> Error {
    Error::new(Kind::Store, format!("the first row of `{table}_cleared` is gone, and cannot be put back"))
}
