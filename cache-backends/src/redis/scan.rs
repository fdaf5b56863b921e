//! Walking over all names that begin alike, on each server that is written to.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, UNIX_EPOCH};

use cache_core::error::{Error, Kind};

use super::backend::Redis;
use super::command::Command;
use super::journal::{WITNESSED, Witness};
use super::making::NAME;
use super::node::Node;
use super::resp::Answer;
use super::routes::is_witness;
use super::{error, script};
use crate::pipe::Deadline;

/// About how many names a server looks at in one step: few enough that others are answered between two.
pub(super) const STEP: &[u8] = b"1000";
/// How often a walk begins anew that a new connection has interrupted: the server may be another one.
pub(super) const TRIES: usize = 5;

/// A walk over all names on one server that begin alike: over those that are there from the first step to the last, over some of
/// them twice.
struct Walk<'a> {
    node: &'a Node,
    pattern: Vec<u8>,
    /// Where to go on, and on which connection: it is worth something to the server that gave it.
    at: Option<(Vec<u8>, u64)>,
    tries: usize,
    is_over: bool,
}

impl<'a> Walk<'a> {
    fn new(node: &'a Node, start: &[u8]) -> Self {
        Self { node, pattern: pattern(start), at: None, tries: 0, is_over: false }
    }

    /// Returns the names of the next step, of which there may be none; `None` behind the last.
    async fn next(&mut self) -> Result<Option<Vec<Vec<u8>>>, Error> {
        if self.is_over {
            return Ok(None);
        }
        let cursor = self.at.as_ref().map_or(&b"0"[..], |(cursor, _)| cursor);
        let scan = |out: &mut Vec<u8>| Command::of(out, &[b"SCAN", cursor, b"MATCH", &self.pattern, b"COUNT", STEP]);
        let answer = self.node.ask(scan).await?;
        let (cursor, names) = step(error::checked(self.node.server(), answer)?)?;
        let epoch = self.node.epoch();
        if self.at.as_ref().is_some_and(|(_, begun)| *begun != epoch) {
            self.begin_anew()?;
        } else {
            self.is_over = cursor == b"0";
            self.at = Some((cursor, epoch));
        }
        Ok(Some(names))
    }

    fn begin_anew(&mut self) -> Result<(), Error> {
        self.at = None;
        self.tries += 1;
        if self.tries < TRIES {
            return Ok(());
        }
        let sentence = format!("{} was lost again and again while its names were walked over", self.node.server());
        Err(Error::new(Kind::Store, sentence))
    }
}

impl Redis {
    /// Removes all that begins with this. Leases are removed as entries are: who fills a place is late then.
    ///
    /// # Errors
    ///
    /// When it is not known to be done: they say how far it came.
    pub(super) async fn clear(&self, start: &[u8]) -> Result<(), Error> {
        let removed = AtomicU64::new(0);
        let clear = Box::pin(self.clear_all(start, &removed));
        Deadline::after(self.clear_timeout).keep(NAME, clear).await.map_err(|error| {
            let (start, removed) = (String::from_utf8_lossy(start), removed.load(Ordering::Relaxed));
            let sentence =
                format!("not all that begins with `{start}` was removed, but {removed} entries were: {error}");
            Error::new(error.kind(), sentence).with_source(error)
        })
    }

    async fn clear_all(&self, start: &[u8], removed: &AtomicU64) -> Result<(), Error> {
        for _ in 0..TRIES {
            let leaders = self.leaders().await?;
            let changes = self.routes.changes();
            // What may not be said is not done.
            self.say_cleared(&leaders, Some(start)).await?;
            for leader in &leaders {
                let mut walk = Walk::new(leader, start);
                while let Some(mut names) = walk.next().await? {
                    names.retain(|name| !is_witness(name));
                    self.remove_silently(names.len(), |at| &names[at][..]).await?;
                    removed.fetch_add(names.len() as u64, Ordering::Relaxed);
                }
            }
            // What has moved meanwhile, from one that was still to be walked over to one that was already, is found the next time.
            let leaders = self.leaders().await?;
            if self.routes.changes() == changes {
                return self.note_cleared(&leaders, Some(start)).await;
            }
        }
        Err(Error::new(
            Kind::Store,
            "servers of Redis took each other's places again and again while they were cleared",
        ))
    }

    /// Removes everything.
    pub(super) async fn flush(&self) -> Result<(), Error> {
        let leaders = self.routes.leaders().await?;
        self.say_cleared(&leaders, None).await?;
        for leader in &leaders {
            let answer = leader.ask(|out| Command::of(out, &[b"FLUSHDB", b"ASYNC"])).await?;
            error::checked(leader.server(), answer)?;
        }
        self.note_cleared(&leaders, None).await
    }

    /// Puts down with each server that it was cleared, and says so where that is asked for.
    async fn note_cleared(&self, leaders: &[Arc<Node>], start: Option<&[u8]>) -> Result<(), Error> {
        let now = UNIX_EPOCH.elapsed().unwrap_or_default().as_millis().to_string();
        let mut witnesses = Vec::new();
        for leader in leaders {
            let Some(name) = self.routes.witness(leader, start.unwrap_or_default()) else { continue };
            let put =
                |out: &mut Vec<u8>| script::WITNESS.teach(out, &name, &[now.as_bytes(), WITNESSED.as_bytes()], None);
            match error::checked(leader.server(), leader.ask(put).await?) {
                Ok(Answer::Bytes(at)) => witnesses.push(Witness { name, at }),
                Ok(_) => return Err(error::unusable()),
                // Of everything: a user whose names all begin alike may not put down anything beside them.
                Err(error) if start.is_none() && error.kind() == Kind::Configuration => {
                    log::debug!(target: "larder", "it is not noted that everything was cleared: {error}");
                }
                Err(error) => return Err(error),
            }
        }
        self.making.journal.note_cleared(start, witnesses, Instant::now());
        self.say_cleared(leaders, start).await
    }

    /// Says that all may be gone that begins so, where that is asked for.
    async fn say_cleared(&self, leaders: &[Arc<Node>], start: Option<&[u8]>) -> Result<(), Error> {
        let Some(bus) = self.making.bus() else { return Ok(()) };
        let channel = start.map_or_else(|| bus.all(), |start| bus.channel(start));
        for leader in leaders {
            let said = leader.ask(|out| Command::of(out, &[b"PUBLISH", &channel, b""])).await?;
            error::checked(leader.server(), said)?;
        }
        Ok(())
    }

    pub(super) async fn leaders(&self) -> Result<Vec<Arc<Node>>, Error> {
        self.routes.deadline().keep(NAME, self.routes.leaders()).await
    }

    /// Lets time pass for all that is in the store, in a test.
    #[doc(hidden)]
    pub async fn let_time_pass(&self, time: Duration) -> Result<(), Error> {
        let millis = time.as_millis().to_string();
        for leader in self.routes.leaders().await? {
            let mut walk = Walk::new(&leader, b"");
            let mut names = Vec::new();
            while let Some(more) = walk.next().await? {
                names.extend(more);
            }
            // A name that is met twice grows older once.
            names.sort_unstable();
            names.dedup();
            for name in names {
                self.run(&script::AGE, &name, &[millis.as_bytes()]).await?;
            }
        }
        Ok(())
    }
}

/// Returns where to go on, and the names that were found.
pub(super) fn step(answer: Answer) -> Result<(Vec<u8>, Vec<Vec<u8>>), Error> {
    let Answer::List(parts) = answer else { return Err(error::unusable()) };
    let Ok([Answer::Bytes(cursor), Answer::List(names)]) = <[Answer; 2]>::try_from(parts) else {
        return Err(error::unusable());
    };
    let name = |name| match name {
        Answer::Bytes(name) => Ok(name),
        _ => Err(error::unusable()),
    };
    Ok((cursor, names.into_iter().map(name).collect::<Result<_, _>>()?))
}

/// Returns the pattern of all names that begin so.
pub(super) fn pattern(start: &[u8]) -> Vec<u8> {
    let mut pattern = Vec::with_capacity(start.len() + 1);
    for &byte in start {
        if matches!(byte, b'*' | b'?' | b'[' | b']' | b'^' | b'-' | b'\\') {
            pattern.push(b'\\');
        }
        pattern.push(byte);
    }
    pattern.push(b'*');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_takes_each_character_for_itself() {
        assert_eq!(pattern(b"shop:1:"), b"shop:1:*");
        assert_eq!(pattern(b"a*[b]\\?"), b"a\\*\\[b\\]\\\\\\?*");
    }
}
