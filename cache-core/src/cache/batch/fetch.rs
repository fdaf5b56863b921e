//! Looking for many entries in a store outside: one question for all of them.

use std::collections::BTreeSet;

use super::Batch;
use crate::cache::fill::{Looked, Seen};
use crate::cache::home::Outside;
use crate::cache::load::Load;
use crate::cache::marker::{MOST_TAGS, Versions};
use crate::cache::run::Role;
use crate::error::Error;
use crate::flight::Leader;

/// What is led, with its place.
type Led<V, E> = (usize, Box<Load<V, E>>, Leader);

/// What is told of one of them.
type Told<V> = Result<Seen<V>, Error>;

/// What a body is to run for.
type Loading<V, E> = (usize, Box<Load<V, E>>, Role);

impl<V, E> Batch<V, E> {
    /// Looks into the store for all who wait, and returns what it has nothing fresh for; that, and what is loaded `alone`, is
    /// prepared for the body.
    pub(super) async fn fetch(
        &mut self,
        mut led: Vec<Led<V, E>>,
        mut alone: Vec<Loading<V, E>>,
    ) -> Result<Vec<Loading<V, E>>, E> {
        let first = led.first().map(|(_, load, _)| load).or(alone.first().map(|(_, load, _)| load));
        let Some(backend) = first.and_then(|load| load.backend()) else {
            alone.extend(led.into_iter().map(|(place, load, leader)| (place, load, Role::Leader(leader))));
            return Ok(alone);
        };
        let mut versions = Versions::default();
        let seen = look(&backend, &mut led, &mut versions).await;
        let (mut away, mut is_told) = (Vec::new(), false);
        let mut led = led.into_iter().zip(seen);
        while let Some(((place, mut load, leader), seen)) = led.next() {
            let looked = match seen {
                Err(error) => {
                    // One question was asked, and has failed once.
                    if !std::mem::replace(&mut is_told, true) {
                        load.asker.trouble(&error);
                    }
                    load.go_without_store(error, leader)
                }
                Ok(seen) => load.settle_look(seen, leader),
            };
            match looked {
                Looked::Done(Ok(value)) => self.found.push((place, value)),
                Looked::Done(Err(error)) => {
                    // What is made of the error has the tags of all that it stands for.
                    led.for_each(|((_, load, _), _)| load.hand_on_known());
                    return Err(error);
                }
                Looked::Nothing(leader) => alone.push((place, load, Role::Leader(leader))),
                Looked::Away(leader) => away.push((place, load, Role::Leader(leader))),
            }
        }
        prepare(&backend, &mut alone, versions).await;
        alone.extend(away);
        Ok(alone)
    }
}

/// Asks for all that has to be asked for, and returns what was seen of each.
async fn look<V, E>(backend: &Outside, led: &mut [Led<V, E>], versions: &mut Versions) -> Vec<Told<V>> {
    let known: Vec<_> = led.iter_mut().map(|(_, load, _)| load.look_without_asking()).collect();
    let asked = || led.iter().zip(&known).filter(|(_, known)| known.is_none()).map(|((_, load, _), _)| load);
    let names: Vec<_> = asked().map(|load| load.name.clone()).collect();
    let mut since: Vec<_> = asked().map(|load| load.before_asking()).collect();
    let tags = tags_of(asked().map(|load| &**load));
    let found = match asked().next() {
        Some(load) => load.asker.home().seek_many(backend, &names, &tags, versions).await,
        None => Ok(Vec::new()),
    };
    let mut found: Result<_, Error> = found.map(|found| found.into_iter().zip(since.drain(..)));
    let answer = |(known, (_, load, _)): (Option<Told<V>>, &mut Led<V, E>)| match (known, &mut found) {
        (Some(seen), _) => seen,
        (None, Err(error)) => Err(error.clone()),
        (None, Ok(found)) => {
            load.set_versions(versions);
            found.next().map_or(Ok(Err(None)), |(sought, since)| Ok(load.open(backend, &sought, since)))
        }
    };
    known.into_iter().zip(led.iter_mut()).map(answer).collect()
}

/// Takes the store's tickets, side by side, and looks at the markers of all tags, before the body runs.
async fn prepare<V, E>(backend: &Outside, loading: &mut [Loading<V, E>], mut versions: Versions) {
    let Some((_, first, _)) = loading.first() else { return };
    let asker = first.asker.clone();
    let tags = tags_of(loading.iter().map(|(_, load, _)| &**load));
    let may_get = backend.markers.expects_more(first.name.mark(), !tags.is_empty());
    let none = (tags.is_empty() && may_get).then_some(&[][..]);
    for some in none.into_iter().chain(tags.chunks(MOST_TAGS)) {
        if let Err(error) = asker.home().prepare(backend, some, may_get, &mut versions).await {
            asker.trouble(&error);
        }
    }
    for (_, load, _) in loading.iter_mut() {
        load.set_versions(&versions);
    }
    if !backend.capabilities().conditional_fill {
        return;
    }
    let names: Vec<_> = loading.iter().map(|(_, load, _)| load.name.clone()).collect();
    let mut failed = None;
    for ((_, load, _), ticket) in loading.iter_mut().zip(backend.begin_fill_many(&names).await) {
        load.ticket = ticket.map_err(|error| failed = Some(error)).ok();
    }
    if let Some(error) = failed {
        asker.trouble(&error);
    }
}

fn tags_of<'a, V: 'a, E: 'a>(loads: impl Iterator<Item = &'a Load<V, E>>) -> Vec<u64> {
    loads.flat_map(|load| load.fingerprints.iter().copied()).collect::<BTreeSet<_>>().into_iter().collect()
}
