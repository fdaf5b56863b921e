//! Which names there are, some at a time, for a person who looks.

use std::sync::Arc;

use cache_core::backend::Names;
use cache_core::error::{Error, Kind};

use super::backend::Redis;
use super::command::Command;
use super::error;
use super::node::Node;
use super::resp::Answer;
use super::routes::is_witness;
use super::scan::{STEP, TRIES, pattern, step};
use super::stored;

/// How far somebody has come who asks for all names: where the servers take each other's places, or a connection is lost, it
/// begins anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Bookmark {
    /// How often servers had taken each other's places when it began.
    changes: u64,
    /// How often it has begun anew.
    tries: usize,
    /// Which of the servers it has come to.
    server: usize,
    /// Where to go on there, and on which connection: it is worth something to the server that gave it.
    at: Option<(u64, Vec<u8>)>,
}

impl Redis {
    /// Returns the next names, of which there may be none.
    pub(super) async fn list_some(&self, start: &[u8], behind: Option<&[u8]>) -> Result<Names, Error> {
        let leaders = self.leaders().await?;
        let changes = self.routes.changes();
        let mut mark = match behind {
            Some(behind) => Bookmark::read(behind).ok_or_else(Names::no_such_place)?,
            None => Bookmark { changes, ..Bookmark::default() },
        };
        if mark.changes != changes {
            mark = mark.anew(changes);
        }
        let Some(leader) = leaders.get(mark.server) else { return Ok(Names::default()) };
        let cursor = mark.at.as_ref().map_or(&b"0"[..], |(_, cursor)| cursor);
        let pattern = pattern(start);
        let scan = |out: &mut Vec<u8>| Command::of(out, &[b"SCAN", cursor, b"MATCH", &pattern, b"COUNT", STEP]);
        let (cursor, mut names) = step(error::checked(leader.server(), leader.ask(scan).await?)?)?;
        let epoch = leader.epoch();
        if mark.at.as_ref().is_some_and(|(begun, _)| *begun != epoch) {
            // It may be another server by now. That one begins anew, and the others need not.
            (mark.at, mark.tries) = (None, mark.tries + 1);
        } else if cursor == b"0" {
            (mark.at, mark.server) = (None, mark.server + 1);
        } else {
            mark.at = Some((epoch, cursor));
        }
        if mark.server == leaders.len() {
            // What has moved meanwhile, from the last one to one that was walked over before, is found the next time.
            self.leaders().await?;
            let changes = self.routes.changes();
            if mark.changes != changes {
                mark = mark.anew(changes);
            }
        }
        if mark.tries >= TRIES {
            return Err(Error::new(Kind::Store, "Redis was lost again and again while its names were walked over"));
        }
        names.retain(|name| !is_witness(name));
        let next = (mark.server < leaders.len()).then(|| mark.write());
        Ok(Names { names: without_leases(leader, names).await, next })
    }
}

/// Leaves out the names under which nothing is but that somebody is about to fill them.
async fn without_leases(leader: &Arc<Node>, names: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let all: Vec<_> = (0..names.len()).collect();
    // Of a lease that is its last byte, of what is longer it is two.
    let last = |at: usize, out: &mut Vec<u8>| Command::of(out, &[b"GETRANGE", &names[at], b"8", b"9"]);
    let answers = leader.ask_each(&all, &last).await;
    let is_lease =
        |answer: &Result<Answer, Error>| matches!(answer, Ok(Answer::Bytes(bytes)) if stored::ends_a_lease(bytes));
    names.iter().zip(&answers).filter(|(_, answer)| !is_lease(answer)).map(|(name, _)| name.clone()).collect()
}

impl Bookmark {
    /// Returns the beginning, where servers have taken each other's places.
    fn anew(&self, changes: u64) -> Self {
        Self { changes, tries: self.tries + 1, ..Self::default() }
    }

    fn write(&self) -> Vec<u8> {
        let (epoch, cursor) = self.at.as_ref().map_or((0, &b""[..]), |(epoch, cursor)| (*epoch, cursor));
        let mut text = format!("{} {} {} {epoch} ", self.changes, self.tries, self.server).into_bytes();
        text.extend_from_slice(cursor);
        text
    }

    fn read(text: &[u8]) -> Option<Self> {
        let mut words = str::from_utf8(text).ok()?.split(' ');
        let changes = words.next()?.parse().ok()?;
        let (tries, server) = (words.next()?.parse::<usize>().ok()?, words.next()?.parse().ok()?);
        let (epoch, cursor) = (words.next()?.parse().ok()?, words.next()?);
        // What is no number the server would call an error of ours.
        let is_cursor = cursor.is_empty() || cursor.parse::<u64>().is_ok();
        let is_all = is_cursor && tries < TRIES && words.next().is_none();
        let cursor = cursor.as_bytes().to_vec();
        is_all.then(|| Self { changes, tries, server, at: (!cursor.is_empty()).then_some((epoch, cursor)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bookmark_is_read_as_it_was_written() {
        for at in [None, Some((7, b"1843".to_vec()))] {
            let mark = Bookmark { changes: 3, tries: 1, server: 2, at };
            assert_eq!(Bookmark::read(&mark.write()), Some(mark));
        }
        for text in
            [&b""[..], b"1 2 3", b"a b c d e", b"1 2 3 4 x", b"1 2 3 4 5 6", b"1 2 3 4 +5x", b"1 999 3 4 5", b"\xff"]
        {
            assert_eq!(Bookmark::read(text), None);
        }
    }
}
