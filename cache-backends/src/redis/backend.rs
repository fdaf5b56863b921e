//! [`Redis`]: a store on a server of Redis or Valkey, or on several.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cache_core::backend::{
    Backend, Capabilities, Entry, Listener, Listening, Names, Remaining, Ticket, not_counted, too_large,
};
use cache_core::error::{Error, Kind};
use cache_core::key::Name;

use super::command::Command;
use super::config::{Config, Tells};
use super::ear::Ear;
use super::journal::What;
use super::language::Whose;
use super::making::{Making, NAME};
use super::resp::Answer;
use super::routes::{Cluster, Fixed, Intent, Routes, Topology, Watched};
use super::script;
use super::{config, error, stored};
use crate::ids::Ids;

/// The largest value: while it is on its way, nobody else is answered.
const MAX_VALUE_BYTES: u64 = 64 << 20;
/// The largest value that a script keeps, which can say what was there before it.
const MOST_BY_SCRIPT: usize = 1 << 18;
/// How long a place is kept for somebody who fills it.
const LEASE: Duration = Duration::from_secs(600);
/// A time longer than this is as long as this: some thirty thousand years, which servers can still add to a date.
const LONGEST: u128 = 1 << 50;

/// A store on a server of Redis or Valkey, or on several.
pub struct Redis {
    pub(super) routes: Routes,
    pub(super) making: Making,
    pub(super) clear_timeout: Duration,
    ids: Ids,
}

impl Redis {
    /// Makes a store. Nothing is asked of a server yet, so that it may still be away.
    ///
    /// # Errors
    ///
    /// When the configuration cannot work, whatever the server says.
    #[expect(clippy::needless_pass_by_value, reason = "a configuration is for one store")]
    pub fn new(config: Config) -> Result<Self, Error> {
        config.check()?;
        let making = config.making(&config.login, config.kind.whose());
        let mut servers = config.servers.iter().cloned();
        let topology = match &config.kind {
            config::Topology::Fixed => {
                let leader = servers.next().map(|server| making.leader(server)).ok_or_else(config::nowhere)?;
                Topology::Fixed(Fixed::new(leader, servers.map(|server| making.follower(server)).collect()))
            }
            config::Topology::Sentinel { service, login } => {
                let asking = config.making(login, Whose::Sentinel);
                Topology::Watched(Watched::new(service, &config.servers, making.clone(), asking, config.reads_replicas))
            }
            config::Topology::Cluster => {
                Topology::Cluster(Cluster::new(&config.servers, making.clone(), config.reads_replicas))
            }
        };
        Ok(Self {
            routes: Routes::new(topology, config.read_your_writes, config.response_timeout),
            clear_timeout: config.clear_timeout,
            making,
            ids: Ids::default(),
        })
    }

    /// Closes all connections. A call after this opens them again.
    pub fn close(&self) {
        self.routes.close();
    }

    pub(super) fn trailer(&self) -> [u8; stored::TRAILER] {
        stored::entry(self.ids.draw())
    }

    fn stored(&self, value: &[u8]) -> Vec<u8> {
        [value, &self.trailer()].concat()
    }
}

/// Returns a time as servers take it, rounded up; `None` is for ever.
pub(super) fn millis(time: Option<Duration>) -> Option<i64> {
    let millis = time?.as_nanos().div_ceil(1_000_000).min(LONGEST);
    Some(i64::try_from(millis).unwrap_or(i64::MAX))
}

/// Returns a time as scripts take it.
fn millis_text(time: Option<Duration>) -> String {
    millis(time).map(|millis| millis.to_string()).unwrap_or_default()
}

fn check(name: &Name, value: &[u8]) -> Result<(), Error> {
    let fits = value.len() as u64 <= MAX_VALUE_BYTES;
    if fits { Ok(()) } else { Err(too_large(name, value.len(), MAX_VALUE_BYTES)) }
}

fn value(answer: Answer) -> Result<Option<Vec<u8>>, Error> {
    match answer {
        Answer::Bytes(stored) => Ok(stored::payload(stored)),
        Answer::Nothing => Ok(None),
        _ => Err(error::unusable()),
    }
}

impl Backend for Redis {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            max_value_bytes: Some(MAX_VALUE_BYTES),
            lists: true,
            tells: self.making.tells != Tells::Nothing && !self.routes.reads_followers(),
            ..Capabilities::ALL
        }
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        let name = name.as_bytes();
        value(self.routes.ask(name, Intent::Read, |out| Command::of(out, &[b"GET", name])).await?)
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        if let Err(error) = check(name, value) {
            self.delete(name).await?;
            return Err(error);
        }
        if time.is_some_and(|time| time.is_zero()) {
            return self.delete(name).await.map(drop);
        }
        if value.len() > MOST_BY_SCRIPT {
            return self.set_large(name, value, time).await;
        }
        let (time, trailer) = (millis_text(time), self.trailer());
        let stored = [value, &trailer].concat();
        let put = self.run(&script::PUT, name.as_bytes(), &[time.as_bytes(), &stored]).await?;
        self.note_put(name, &trailer, put)
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        check(name, value)?;
        let arguments = [millis_text(time).into_bytes(), self.stored(value)];
        self.holds(&script::ADD, name.as_bytes(), &[&arguments[0], &arguments[1]]).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        self.remove_one(name.as_bytes()).await
    }

    async fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
        if time.is_some_and(|time| time.is_zero()) {
            return self.delete(name).await;
        }
        self.holds(&script::TOUCH, name.as_bytes(), &[millis_text(time).as_bytes()]).await
    }

    async fn incr(&self, name: &Name, delta: i64) -> Result<i64, Error> {
        let (delta, trailer) = (delta.to_string(), self.trailer());
        match self.run(&script::INCR, name.as_bytes(), &[delta.as_bytes(), &trailer]).await? {
            Answer::Bytes(said) => match &said[..] {
                b"missing" => Err(not_counted(Kind::Missing, name)),
                b"no number" => Err(not_counted(Kind::NotANumber, name)),
                b"overflow" => Err(not_counted(Kind::Overflow, name)),
                sum => std::str::from_utf8(sum).ok().and_then(|sum| sum.parse().ok()).ok_or_else(error::unusable),
            },
            _ => Err(error::unusable()),
        }
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        match self.run(&script::TTL, name.as_bytes(), &[]).await? {
            Answer::Number(-2) => Ok(None),
            Answer::Number(-1) => Ok(Some(Remaining::Forever)),
            Answer::Number(left) => Ok(Some(Remaining::For(Duration::from_millis(left.max(1).unsigned_abs())))),
            _ => Err(error::unusable()),
        }
    }

    async fn get_many(&self, names: &[Name]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        let write = |at: usize, out: &mut Vec<u8>| Command::of(out, &[b"GET", names[at].as_bytes()]);
        let answers = self.routes.ask_each(names.len(), Intent::Read, |at| names[at].as_bytes(), write).await;
        answers.into_iter().map(|answer| value(answer?)).collect()
    }

    async fn set_many(&self, entries: &[Entry]) -> Vec<Result<(), Error>> {
        if entries.iter().any(|entry| entry.value.len() > MOST_BY_SCRIPT) {
            let mut kept = Vec::with_capacity(entries.len());
            for Entry { name, value, time } in entries {
                kept.push(self.set(name, value, *time).await);
            }
            return kept;
        }
        let trailers: Vec<_> = entries.iter().map(|_| self.trailer()).collect();
        let write = |(entry, trailer): (&Entry, &[u8; stored::TRAILER])| {
            [millis_text(entry.time).into_bytes(), [&entry.value[..], trailer].concat()]
        };
        let written: Vec<_> = entries.iter().zip(&trailers).map(write).collect();
        let arguments = |at: usize| written[at].iter().map(Vec::as_slice).collect();
        let name = |at: usize| entries[at].name.as_bytes();
        let answers = self.run_each(&script::PUT, entries.len(), &name, arguments, true).await;
        let kept = |((answer, entry), trailer): ((Result<_, _>, &Entry), &[u8; stored::TRAILER])| {
            self.note_put(&entry.name, trailer, answer?)
        };
        answers.into_iter().zip(entries).zip(&trailers).map(kept).collect()
    }

    async fn delete_many(&self, names: &[Name]) -> Result<u64, Error> {
        self.remove(names.len(), |at| names[at].as_bytes()).await
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        self.clear(scope.as_bytes()).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.routes.deadline().keep(NAME, self.flush()).await
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        let (time, lease) = (millis_text(Some(LEASE)), stored::lease(self.ids.draw()));
        match self.run(&script::BEGIN, name.as_bytes(), &[time.as_bytes(), &lease]).await? {
            Answer::Bytes(version) => Ok(Ticket(version)),
            _ => Err(error::unusable()),
        }
    }

    async fn set_if(&self, name: &Name, value: &[u8], time: Option<Duration>, ticket: &Ticket) -> Result<bool, Error> {
        check(name, value)?;
        if !stored::is_version(&ticket.0) {
            return Ok(false);
        }
        let arguments = [millis_text(time).into_bytes(), self.stored(value)];
        let held = self.holds(&script::FILL, name.as_bytes(), &[&arguments[0], &arguments[1], &ticket.0]).await?;
        if held && name.is_reserved() {
            // What processes agreed on before is not what they agree on, and better nothing at all.
            self.making.journal.note(name.as_bytes(), What::This, &ticket.0, Instant::now());
        }
        Ok(held)
    }

    fn listen(&self, start: &str, listener: Arc<dyn Listener>) -> Result<Listening, Error> {
        if self.routes.reads_followers() {
            let sentence = "with `read_replicas` this store does not tell of its changes: a replica may say later what was before them";
            return Err(Error::new(Kind::Unsupported, sentence));
        }
        if self.making.tells == Tells::Nothing {
            let sentence = "with `tells = \"nothing\"` this store does not tell of its changes";
            return Err(Error::new(Kind::Unsupported, sentence));
        }
        if let Some(error) = self.making.refusal() {
            return Err(error);
        }
        let ear = Ear::new(self.making.clone(), start, listener, self.routes.recent());
        self.routes.listen(&ear);
        Ok(Listening::new(ear))
    }

    async fn list(&self, start: &str, behind: Option<&[u8]>) -> Result<Names, Error> {
        self.routes.deadline().keep(NAME, Box::pin(self.list_some(start.as_bytes(), behind))).await
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").finish_non_exhaustive()
    }
}
