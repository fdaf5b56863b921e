//! The store itself.

use std::sync::Arc;
use std::time::Duration;

use cache_core::backend::{Backend, Capabilities, Names, Remaining, Ticket, not_counted, too_large};
use cache_core::codec::wire;
use cache_core::error::{Error, Kind};
use cache_core::key::Name;

use super::address::Address;
use super::clearing::Clearing;
use super::client::{Folder, TRIES};
use super::culling::Culling;
use super::error::is_lost;
use super::head::Head;
use super::held::Held;
use super::pace::{Fullness, fullness};
use super::worker::{Worker, ended};
use super::{Config, FOR_EVER, ticket, walk};
use crate::reply::promise;

/// A store of files in one folder, for all processes of a machine.
///
/// ```
/// use cache_backends::file::{Config, File};
/// use cache_core::backend::Backend;
/// use cache_core::testing::block_on;
/// use cache_core::key::Scope;
///
/// let folder = tempfile::tempdir()?;
/// let visits = Scope::new("shop", "1", None)?.name(&"visits".into());
/// block_on(File::new(Config::new(folder.path()))?.set(&visits, b"41", None))?;
///
/// let after_a_restart = File::new(Config::new(folder.path()))?;
/// assert_eq!(block_on(after_a_restart.incr(&visits, 1))?, 42);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct File {
    folder: Arc<Folder>,
    worker: Worker,
}

/// When an entry may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    Always,
    WhereNothingIs,
    WhereUnchanged(ticket::Ticket),
    /// What is written says that something was removed.
    Removal,
}

impl File {
    /// Opens a store. Its folder need not be there yet.
    ///
    /// # Errors
    ///
    /// When the configuration cannot work.
    pub fn new(config: Config) -> Result<Self, Error> {
        let folder = Arc::new(Folder::new(config.checked()?));
        Ok(Self { worker: Worker::new(Arc::clone(&folder)), folder })
    }

    #[cfg(test)]
    pub(super) fn folder(&self) -> &Folder {
        &self.folder
    }

    #[cfg(test)]
    pub(super) fn worker(&self) -> &Worker {
        &self.worker
    }

    /// Makes a change under the lock of its drawer: here, or on the thread of the store where somebody else holds it.
    async fn change<T: Send + 'static>(
        &self,
        address: Address,
        change: impl FnOnce(&mut Held<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        if !self.folder.queue(address.drawer).is_left()
            && let Some(mut drawer) = self.folder.hold(address.drawer)?
        {
            return change(&mut drawer);
        }
        let (waiting, presence) = self.worker.change(address.drawer, change)?;
        let changed = waiting.await.unwrap_or_else(|| Err(ended()));
        presence.end();
        changed
    }

    /// Writes an entry, and says whether its rule allowed it; of a removal, whether there was anything.
    async fn write(&self, name: &Name, value: &[u8], time: Option<Duration>, rule: Rule) -> Result<bool, Error> {
        let address = Address::of(name.as_bytes());
        let mut tries = 1..TRIES;
        let outcome = loop {
            match self.write_once(name, address, value, time, rule).await {
                Err(error) if is_lost(&error) && tries.next().is_some() => {}
                outcome => break outcome,
            }
        };
        self.settle().await;
        outcome
    }

    async fn write_once(
        &self,
        name: &Name,
        address: Address,
        value: &[u8],
        time: Option<Duration>,
        rule: Rule,
    ) -> Result<bool, Error> {
        let now = self.folder.now();
        // What is refused anyway is not written first.
        if !matches!(rule, Rule::Always | Rule::Removal) && !rule.allows(&self.folder, &address, name, now)? {
            return Ok(false);
        }
        let head = Head::new(value, Folder::until(now, time), self.folder.ids.draw(), now);
        let value = if head.removed { b"" } else { value };
        let draft = self.folder.draft(address.drawer, &head.write(name.as_bytes()), value);
        let name = name.clone();
        let draft = match draft {
            Ok(draft) => draft,
            Err(error) if matches!(rule, Rule::Always | Rule::Removal) => {
                return self.change(address, move |drawer| give_up(drawer, &address, &name, rule, error)).await;
            }
            Err(error) => return Err(error),
        };
        let write = move |drawer: &mut Held<'_>| {
            let was = drawer.look(&address)?;
            let is_allowed = match rule {
                Rule::WhereUnchanged(ticket) if !drawer.book.honours(&ticket, name.as_bytes()) => false,
                _ => rule.allows(drawer.folder, &address, &name, drawer.folder.now())?,
            };
            if is_allowed || rule == Rule::Removal {
                drawer.put(draft, &address, was, &head)?;
            }
            Ok(is_allowed)
        };
        self.change(address, write).await
    }

    /// Looks after the bounds of the store. Whoever writes faster than the store's thread makes room waits for it.
    async fn settle(&self) {
        let fullness = fullness(&self.folder.config, self.folder.census.sum());
        let is_due = self.folder.pace.is_due(fullness);
        let begun = match fullness {
            Fullness::Far => {
                let (promise, reply) = promise();
                let begun = self.worker.begin(Culling::new(Some(promise)));
                if begun.is_ok() {
                    reply.await;
                }
                begun
            }
            _ if is_due => self.worker.begin(Culling::new(None)),
            _ => Ok(()),
        };
        if let Err(error) = begun {
            log::warn!(target: "larder", "{error}");
        }
    }

    fn takes(&self, name: &Name, value: &[u8]) -> Result<(), Error> {
        let largest = self.folder.config.largest();
        if value.len() as u64 <= largest {
            return Ok(());
        }
        Err(too_large(name, value.len(), largest))
    }
}

impl Rule {
    /// Asks whether what stands there now is what the rule wants; of a removal, whether there is anything.
    fn allows(self, folder: &Folder, address: &Address, name: &Name, now: u64) -> Result<bool, Error> {
        let is_live = || folder.value(address, name.as_bytes(), now).map(|live| live.is_some());
        match self {
            Self::Always => Ok(true),
            Self::WhereNothingIs => is_live().map(|is_live| !is_live),
            Self::Removal => is_live(),
            Self::WhereUnchanged(ticket) => {
                Ok(ticket.is_fresh(now) && folder.look(address)?.version() == ticket.version)
            }
        }
    }
}

/// Removes what is there where nothing can be written in its place: better nothing than what is not true any more.
fn give_up(drawer: &mut Held<'_>, address: &Address, name: &Name, rule: Rule, error: Error) -> Result<bool, Error> {
    let now = drawer.folder.now();
    let was_there = Rule::Removal.allows(drawer.folder, address, name, now)?;
    drawer.give_up(address)?;
    if rule == Rule::Removal { Ok(was_there) } else { Err(error) }
}

/// Writes another head or value in the place of a live entry.
fn rewrite(drawer: &mut Held<'_>, address: &Address, name: &Name, head: &Head, value: &[u8]) -> Result<(), Error> {
    let was = drawer.look(address)?;
    let value = if head.removed { b"" } else { value };
    let draft = drawer.folder.draft(address.drawer, &head.write(name.as_bytes()), value)?;
    drawer.put(draft, address, was, head)
}

fn count(drawer: &mut Held<'_>, address: &Address, name: &Name, delta: i64) -> Result<i64, Error> {
    let now = drawer.folder.now();
    let refused = |kind| move || not_counted(kind, name);
    let live = drawer.folder.value(address, name.as_bytes(), now)?;
    let (was, value) = live.ok_or_else(refused(Kind::Missing))?;
    let number = wire::number_from_bytes(&value).ok_or_else(refused(Kind::NotANumber))?;
    let sum = number.checked_add(delta).ok_or_else(refused(Kind::Overflow))?;
    let value = wire::number_to_bytes(sum);
    let head = Head::new(&value, was.until, drawer.folder.ids.draw(), now);
    rewrite(drawer, address, name, &head, &value).map(|()| sum)
}

/// Gives an entry another end. It stays the version that it was.
fn retime(drawer: &mut Held<'_>, address: &Address, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
    let now = drawer.folder.now();
    let Some((was, value)) = drawer.folder.value(address, name.as_bytes(), now)? else { return Ok(false) };
    let until = Folder::until(now, time);
    let is_over = Head::new(b"", until, was.version, now).removed;
    let head = if is_over { Head::removal(drawer.folder.ids.draw(), now) } else { Head { until, ..was } };
    rewrite(drawer, address, name, &head, &value).map(|()| true)
}

impl Backend for File {
    fn capabilities(&self) -> Capabilities {
        let max_value_bytes = Some(self.folder.config.largest());
        Capabilities { max_value_bytes, in_place: true, lists: true, ..Capabilities::ALL }
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        let address = Address::of(name.as_bytes());
        let live = self.folder.value(&address, name.as_bytes(), self.folder.now())?;
        Ok(live.map(|(_, value)| value))
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        if let Err(error) = self.takes(name, value) {
            self.delete(name).await?;
            return Err(error);
        }
        self.write(name, value, time, Rule::Always).await.map(drop)
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.takes(name, value)?;
        self.write(name, value, time, Rule::WhereNothingIs).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        self.write(name, b"", Some(Duration::ZERO), Rule::Removal).await
    }

    async fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
        let (address, name) = (Address::of(name.as_bytes()), name.clone());
        self.change(address, move |drawer| retime(drawer, &address, &name, time)).await
    }

    async fn incr(&self, name: &Name, delta: i64) -> Result<i64, Error> {
        let (address, name) = (Address::of(name.as_bytes()), name.clone());
        self.change(address, move |drawer| count(drawer, &address, &name, delta)).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        let (address, now) = (Address::of(name.as_bytes()), self.folder.now());
        let live = self.folder.value(&address, name.as_bytes(), now)?;
        Ok(live.map(|(head, _)| match head.until {
            FOR_EVER => Remaining::Forever,
            until => Remaining::For(Duration::from_millis(until - now)),
        }))
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        let (promise, reply) = promise();
        self.worker.begin(Clearing::new(scope.as_bytes().to_vec(), promise))?;
        reply.await.unwrap_or_else(|| Err(ended()))
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.clear_scope("").await
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        let (address, taken) = (Address::of(name.as_bytes()), self.folder.now());
        let book = match self.folder.book(address.drawer) {
            Some(book) => Ok((book.generation, book.changes)),
            // It is begun, or read without anybody writing in it.
            None => self.change(address, |drawer| Ok((drawer.book.generation, drawer.book.changes))).await,
        };
        // Where no book can be begun, no entry can be written: whoever wants to will hear why.
        let (generation, changes) = book.unwrap_or((0, 0));
        let version = self.folder.look(&address)?.version();
        Ok(ticket::Ticket { generation, changes, version, taken }.write())
    }

    async fn set_if(&self, name: &Name, value: &[u8], time: Option<Duration>, ticket: &Ticket) -> Result<bool, Error> {
        self.takes(name, value)?;
        let Some(ticket) = ticket::Ticket::read(ticket) else { return Ok(false) };
        self.write(name, value, time, Rule::WhereUnchanged(ticket)).await
    }

    async fn list(&self, start: &str, behind: Option<&[u8]>) -> Result<Names, Error> {
        walk::step(&self.folder, start.as_bytes(), behind)
    }
}
