//! Reading by what the markers say now.

use super::marker::{Known, era_in};
use super::spelling::{levels, of_all};
use super::{Eras, Word, levels_of};
use crate::error::Error;
use crate::key::Name;

impl Eras {
    /// Reads what is there by what the markers say now, which are asked together with it. Where one says something else than was
    /// trusted, what is there by that takes a second question.
    pub(super) async fn read_now(&self, names: &[Name]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        let servers: Vec<_> = names.iter().map(|name| self.server(name)).collect();
        let wanted = levels_of(names.iter().zip(&servers));
        let asking = self.book.asking(self.clock.now());
        let trusted = |(name, server)| Some(self.spell(name, self.remembered(server, name)?));
        let trusted: Vec<_> = names.iter().zip(servers.iter().copied()).map(trusted).collect();
        let markers = wanted.iter().map(|(server, level)| self.marker(*server, level));
        let question: Vec<_> = trusted.iter().flatten().cloned().chain(markers).collect();
        let mut said = self.store.get_many(&question).await?.into_iter();
        let by_trust: Vec<_> = trusted.iter().map(|name| name.as_ref().and_then(|_| said.next().flatten())).collect();

        let mut eras = Known::default();
        for ((server, level), marker) in wanted.into_iter().zip(said) {
            let era = match marker.as_deref().and_then(era_in) {
                Some(era) if !self.book.note(server, level, era, asking) => {
                    self.era_there(server, level, Word::Asked).await?
                }
                era => era,
            };
            eras.insert((server, level), era);
        }
        let now = |(name, server)| {
            let eras: Option<Vec<_>> =
                levels(name).map(|level| eras.get(&(server, level)).copied().flatten()).collect();
            eras.map(of_all)
        };
        let now = names.iter().zip(servers).map(|(name, server)| Some(self.spell(name, now((name.as_str(), server))?)));
        let now: Vec<_> = now.collect();

        let moved = || now.iter().zip(&trusted).map(|(now, trusted)| now.as_ref().filter(|_| now != trusted));
        let again: Vec<_> = moved().flatten().cloned().collect();
        let mut again = if again.is_empty() { Vec::new() } else { self.store.get_many(&again).await? }.into_iter();
        let found = by_trust.into_iter().zip(&now).zip(moved());
        Ok(found
            .map(|((by_trust, now), moved)| match (now, moved) {
                (None, _) => None,
                (Some(_), Some(_)) => again.next().flatten(),
                (Some(_), None) => by_trust,
            })
            .collect())
    }
}
