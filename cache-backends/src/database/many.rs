//! Several entries in few statements.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cache_core::backend::Entry;
use cache_core::error::Error;
use cache_core::key::Name;

use super::backend::{Database, entry};
use super::client::Client;
use super::statement::Given;
use super::{draw, error, row};

/// The most bytes of values in one statement, but for a larger one that is alone in it: servers take so many at once.
const MOST_BYTES: usize = 4 << 20;

impl<C: Client> Database<C> {
    pub(super) async fn read_many(&self, names: &[Name]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        let first: HashMap<_, _> = names.iter().enumerate().rev().map(|(at, name)| (name.as_bytes(), at)).collect();
        let mut values = vec![None; names.len()];
        let given = given(first.keys().copied());
        for (statement, piece) in self.shared.client.dialect().get_many.pieces(&given) {
            for mut found in self.shared.ask(statement, piece).await? {
                let name = row::name(found.remove(0));
                if let Some(at) = first.get(&name[..]) {
                    values[*at] = row::value(found);
                }
            }
        }
        for (at, name) in names.iter().enumerate() {
            let first = first[name.as_bytes()];
            if first < at {
                let (before, behind) = values.split_at_mut(at);
                behind[0].clone_from(&before[first]);
            }
        }
        Ok(values)
    }

    /// Writes in the order of the names, so that two who write the same do not wait for each other.
    pub(super) async fn write_many(&self, entries: &[Entry]) -> Vec<Result<(), Error>> {
        let last: BTreeMap<_, _> = entries.iter().map(|entry| (entry.name.as_str(), entry)).collect();
        let kept = |wanted: &&Entry| self.takes(&wanted.value) && wanted.time.is_none_or(|time| !time.is_zero());
        let (written, gone): (Vec<_>, Vec<_>) = last.into_values().partition(kept);
        let given: Vec<_> = written.iter().map(|put| entry(&put.name, &put.value, row::millis(put.time))).collect();
        let mut failed = HashMap::new();
        let set_many = &self.shared.client.dialect().set_many;
        for (statement, piece) in loads(&given).flat_map(|load| set_many.pieces(load)) {
            match self.shared.tell(statement, piece).await {
                Ok(_) => self.wrote(piece.len()).await,
                Err(error) => failed.extend(piece.iter().map(|given| (given.name, error.clone()))),
            }
        }
        if let Err(error) = self.remove_many(gone.iter().map(|gone| gone.name.as_bytes())).await {
            failed.extend(gone.iter().map(|gone| (gone.name.as_str(), error.clone())));
        }
        entries.iter().map(|entry| self.outcome(entry, &failed)).collect()
    }

    fn outcome(&self, entry: &Entry, failed: &HashMap<&str, Error>) -> Result<(), Error> {
        self.check(&entry.name, &entry.value)?;
        failed.get(entry.name.as_str()).map_or(Ok(()), |error| Err(error.clone()))
    }

    pub(super) async fn remove_many(&self, names: impl Iterator<Item = &[u8]>) -> Result<u64, Error> {
        let given = given(names);
        let mut removed = 0;
        for (statement, piece) in self.shared.client.dialect().delete_many.pieces(&given) {
            removed += self.shared.tell(statement, piece).await?.removed();
        }
        Ok(removed)
    }

    pub(super) fn takes(&self, value: &[u8]) -> bool {
        self.shared.limits.max_value_bytes.is_none_or(|most| value.len() as u64 <= most)
    }

    /// Refuses what is too large.
    pub(super) fn check(&self, name: &Name, value: &[u8]) -> Result<(), Error> {
        let most = self.shared.limits.max_value_bytes.filter(|_| !self.takes(value));
        most.map_or(Ok(()), |most| Err(error::too_large(name.as_str(), value.len(), most)))
    }
}

/// Splits what is to be written into what one statement can carry.
fn loads<'a, 'g>(mut of: &'a [Given<'g>]) -> impl Iterator<Item = &'a [Given<'g>]> {
    std::iter::from_fn(move || {
        let sums = of.iter().scan(0, |sum, given| {
            *sum += given.value.map_or(0, <[u8]>::len);
            Some(*sum)
        });
        let fit = sums.take_while(|sum| *sum <= MOST_BYTES).count();
        let (load, rest) = of.split_at_checked(fit.max(1))?;
        of = rest;
        Some(load)
    })
}

/// Returns names in their order, each once.
fn given<'a>(names: impl Iterator<Item = &'a [u8]>) -> Vec<Given<'a>> {
    let names: BTreeSet<_> = names.filter_map(|name| str::from_utf8(name).ok()).collect();
    names.into_iter().map(|name| Given { name, version: draw::version(), ..Given::default() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_statement_carries_no_more_than_a_server_takes() {
        let sizes = |sizes: &[usize]| -> Vec<usize> {
            let values: Vec<_> = sizes.iter().map(|size| vec![0; *size]).collect();
            let given: Vec<_> = values.iter().map(|value| Given { value: Some(value), ..Given::default() }).collect();
            loads(&given).map(<[_]>::len).collect()
        };
        let third = MOST_BYTES / 3;
        assert_eq!(sizes(&[third; 7]), [3, 3, 1]);
        assert_eq!(sizes(&[1, MOST_BYTES * 2, 1, 1]), [1, 1, 2], "a large one goes alone");
        assert_eq!(sizes(&[]), [0; 0]);
    }
}
