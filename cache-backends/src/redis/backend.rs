//! [`Redis`]: a store on a server of Redis or Valkey, or on several.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cache_core::backend::{
    Backend, Capabilities, Entry, Listener, Listening, Remaining, Ticket, not_counted, too_large,
};
use cache_core::error::{Error, Kind};
use cache_core::key::Name;

use super::command::Command;
use super::config::Config;
use super::ear::Ear;
use super::journal::What;
use super::language::Whose;
use super::making::{Making, NAME};
use super::resp::Answer;
use super::routes::{Cluster, Fixed, Intent, Routes, Topology, Watched};
use super::script::{self, Script};
use super::{config, error, stored};
use crate::ids::Ids;

/// The largest value: while it is on its way, nobody else is answered.
const MAX_VALUE_BYTES: u64 = 64 << 20;
/// How long a place is kept for somebody who fills it.
const LEASE: Duration = Duration::from_secs(600);
/// A time longer than this is as long as this: some thirty thousand years, which servers can still add to a date.
const LONGEST: u128 = 1 << 50;

/// A store on a server of Redis or Valkey, or on several.
pub struct Redis {
    pub(super) routes: Routes,
    pub(super) making: Making,
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
            making,
            ids: Ids::default(),
        })
    }

    /// Closes all connections. A call after this opens them again.
    pub fn close(&self) {
        self.routes.close();
    }

    /// Runs a script on a name.
    pub(super) async fn run(&self, script: &Script, name: &[u8], arguments: &[&[u8]]) -> Result<Answer, Error> {
        let deadline = self.routes.deadline();
        let called = self.routes.ask(name, Intent::Write, |out| script.call(out, name, arguments)).await;
        match called {
            // It was restarted, or another one is in its place.
            Err(error) if error::is_no_script(&error) => {
                let taught = self.routes.ask(name, Intent::Write, |out| script.teach(out, name, arguments));
                Box::pin(deadline.keep(NAME, taught)).await
            }
            answer => answer,
        }
    }

    /// Runs a script that answers yes or no.
    async fn holds(&self, script: &Script, name: &[u8], arguments: &[&[u8]]) -> Result<bool, Error> {
        match self.run(script, name, arguments).await? {
            Answer::Number(number) => Ok(number != 0),
            _ => Err(error::unusable()),
        }
    }

    /// Removes what is under one name, and says whether anything was.
    async fn remove_one(&self, name: &[u8]) -> Result<bool, Error> {
        let answer = self.run(&script::DELETE, name, &[]).await?;
        self.removed(name, answer)
    }

    /// Removes what is under many, and says under how many there was anything.
    pub(super) async fn remove<'a>(&self, count: usize, name: impl Fn(usize) -> &'a [u8] + Sync) -> Result<u64, Error> {
        let deadline = self.routes.deadline();
        let write = |at: usize, out: &mut Vec<u8>| script::DELETE.call(out, name(at), &[]);
        let answers = self.routes.ask_each(count, Intent::Write, &name, write).await;
        let mut removed = Ok(0);
        for (at, answer) in answers.into_iter().enumerate() {
            let was_there = match answer {
                Ok(answer) => self.removed(name(at), answer),
                Err(error) if error::is_no_script(&error) => deadline.keep(NAME, self.remove_one(name(at))).await,
                Err(error) => Err(error),
            };
            // Also behind one that failed: what was removed is noted.
            removed = was_there.and_then(|was_there| removed.map(|removed| removed + u64::from(was_there)));
        }
        removed
    }

    fn removed(&self, name: &[u8], answer: Answer) -> Result<bool, Error> {
        let Answer::List(parts) = answer else { return Err(error::unusable()) };
        let [Answer::Number(were_there), Answer::Bytes(version)] = &parts[..] else { return Err(error::unusable()) };
        self.making.journal.note(name, What::This, version, Instant::now());
        Ok(*were_there != 0)
    }

    fn trailer(&self) -> [u8; stored::TRAILER] {
        stored::entry(self.ids.draw())
    }

    fn stored(&self, value: &[u8]) -> Vec<u8> {
        [value, &self.trailer()].concat()
    }
}

/// Writes what keeps an entry.
fn set(out: &mut Vec<u8>, name: &Name, value: &[u8], trailer: &[u8], time: Option<Duration>) {
    match millis(time) {
        Some(0) => Command::of(out, &[b"UNLINK", name.as_bytes()]),
        Some(millis) => {
            let command = Command::new(out, 5).part(b"SET").part(name.as_bytes()).parts([value, trailer]);
            command.part(b"PX").number(millis);
        }
        None => _ = Command::new(out, 3).part(b"SET").part(name.as_bytes()).parts([value, trailer]),
    }
}

/// Returns a time as servers take it, rounded up; `None` is for ever.
fn millis(time: Option<Duration>) -> Option<i64> {
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

fn kept(answer: &Answer) -> Result<(), Error> {
    match answer {
        Answer::Bytes(_) | Answer::Number(_) => Ok(()),
        _ => Err(error::unusable()),
    }
}

impl Backend for Redis {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            max_value_bytes: Some(MAX_VALUE_BYTES),
            tells: !self.routes.reads_followers(),
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
        let trailer = self.trailer();
        let write = |out: &mut Vec<u8>| set(out, name, value, &trailer, time);
        kept(&self.routes.ask(name.as_bytes(), Intent::Write, write).await?)?;
        if name.is_reserved() {
            self.making.journal.note(name.as_bytes(), What::Others, &trailer, Instant::now());
        }
        Ok(())
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
        let trailers: Vec<_> = entries.iter().map(|_| self.trailer()).collect();
        let write = |at: usize, out: &mut Vec<u8>| {
            let Entry { name, value, time } = &entries[at];
            // What is too large leaves nothing behind, as what is for no time does.
            let time = if check(name, value).is_ok() { *time } else { Some(Duration::ZERO) };
            set(out, name, value, &trailers[at], time);
        };
        let name = |at: usize| entries[at].name.as_bytes();
        let answers = self.routes.ask_each(entries.len(), Intent::Write, name, write).await;
        let kept =
            |(answer, entry): (Result<_, _>, &Entry)| kept(&answer?).and_then(|()| check(&entry.name, &entry.value));
        answers.into_iter().zip(entries).map(kept).collect()
    }

    async fn delete_many(&self, names: &[Name]) -> Result<u64, Error> {
        self.remove(names.len(), |at| names[at].as_bytes()).await
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        self.clear(scope.as_bytes()).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        let flush = async {
            for leader in self.routes.leaders().await? {
                let answer = leader.ask(|out| Command::of(out, &[b"FLUSHDB", b"ASYNC"])).await?;
                kept(&error::checked(leader.server(), answer)?)?;
            }
            Ok(())
        };
        self.routes.deadline().keep(NAME, flush).await
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
        self.holds(&script::FILL, name.as_bytes(), &[&arguments[0], &arguments[1], &ticket.0]).await
    }

    fn listen(&self, start: &str, listener: Arc<dyn Listener>) -> Result<Listening, Error> {
        if self.routes.reads_followers() {
            let sentence = "with `read_replicas` this store does not tell of its changes: a replica may say later what was before them";
            return Err(Error::new(Kind::Unsupported, sentence));
        }
        let ear = Ear::new(self.making.clone(), start, listener, self.routes.recent());
        self.routes.listen(&ear);
        Ok(Listening::new(ear))
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").finish_non_exhaustive()
    }
}
