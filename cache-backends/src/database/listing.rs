//! Which names there are, some at a time, for a person who looks.

use cache_core::backend::Names;
use cache_core::error::{Error, Kind};

use super::backend::Database;
use super::client::{Cell, Client};
use super::fill::behind as behind_all;
use super::row;
use super::statement::Given;

/// How many rows are looked at in one step.
const STEP: i64 = 500;

impl<C: Client> Database<C> {
    /// Returns the next names in their order, of which there may be none.
    pub(super) async fn list_some(&self, start: &str, behind: Option<&[u8]>) -> Result<Names, Error> {
        let name = str::from_utf8(behind.unwrap_or_default()).map_err(|_| Names::no_such_place())?;
        let given = Given { name, from: start, to: &behind_all(start), most: STEP, ..Given::default() };
        let rows = self.shared.ask(&self.client().dialect().list, &[given]).await?;
        let is_last = i64::try_from(rows.len()).is_ok_and(|rows| rows < STEP);
        let (mut names, mut last) = (Vec::new(), None);
        for cells in rows {
            let Ok([name, is_live]) = <[Cell; 2]>::try_from(cells) else { return Err(strange()) };
            let name = row::name(name);
            if row::number(&is_live) == Some(1) {
                names.push(name.clone());
            }
            last = Some(name);
        }
        Ok(Names { names, next: last.filter(|_| !is_last) })
    }
}

fn strange() -> Error {
    Error::new(Kind::Store, "the database answered with what is no list of names")
}
