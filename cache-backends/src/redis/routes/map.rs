//! [`Map`]: which server holds which part of a cluster.

use std::sync::Arc;

use cache_core::error::Error;

use super::super::error;
use super::super::making::Making;
use super::super::node::Node;
use super::super::resp::Answer;
use super::Fixed;
use super::slot::{SLOTS, slot};
use crate::pipe::Server;

/// Which server holds which part of a cluster.
pub(super) struct Map {
    /// The number of the shard of each part, from one; 0 where there is none.
    slots: Box<[u16]>,
    shards: Vec<Arc<Fixed>>,
}

/// Some parts that lie side by side, and who holds them: the first is written to.
#[derive(Debug, PartialEq, Eq)]
struct Range {
    first: u16,
    last: u16,
    servers: Vec<(String, u16)>,
}

impl Map {
    /// Makes one of what a server says of its cluster. Servers that lead as they did before are taken over, with their
    /// connections.
    pub(super) fn read(
        said: Answer,
        asked: &str,
        making: &Making,
        reads_followers: bool,
        known: impl Fn(&Server) -> Option<Arc<Node>>,
    ) -> Result<Self, Error> {
        let mut map = Self { slots: vec![0; usize::from(SLOTS)].into(), shards: Vec::new() };
        for range in ranges(said, asked).ok_or_else(error::unusable)? {
            let mut servers = range.servers.iter().map(|(host, port)| making.server(host, *port));
            let Some(leader) = servers.next() else { continue };
            let is_known = map.shards.iter().position(|shard| is(shard.leader(), &leader));
            let shard = is_known.unwrap_or_else(|| {
                let leader = known(&leader).unwrap_or_else(|| Arc::new(making.leader(leader)));
                let followers = servers.filter(|_| reads_followers).map(|server| making.follower_in_cluster(server));
                map.shards.push(Arc::new(Fixed::of(leader, followers.collect())));
                map.shards.len() - 1
            });
            let number = u16::try_from(shard + 1).map_err(|_| error::unusable())?;
            map.slots[usize::from(range.first)..=usize::from(range.last)].fill(number);
        }
        if map.shards.is_empty() { Err(error::unusable()) } else { Ok(map) }
    }

    /// Returns who holds a name, if anybody does.
    pub(super) fn shard(&self, name: &[u8]) -> Option<&Arc<Fixed>> {
        let number = self.slots[usize::from(slot(name))];
        self.shards.get(usize::from(number.checked_sub(1)?))
    }

    pub(super) fn shards(&self) -> &[Arc<Fixed>] {
        &self.shards
    }

    /// Returns the server that leads at this address.
    pub(super) fn leader_at(&self, server: &Server) -> Option<Arc<Node>> {
        self.shards.iter().map(|shard| shard.leader()).find(|node| is(node, server)).map(Arc::clone)
    }

    /// Keeps the connections to those that follow where they still do.
    pub(super) fn take_over_followers(&mut self, before: &Self) {
        for shard in &mut self.shards {
            let is_same =
                |other: &&Arc<Fixed>| Arc::ptr_eq(other.leader(), shard.leader()) && other.follows_alike(shard);
            if let Some(other) = before.shards.iter().find(is_same) {
                *shard = Arc::clone(other);
            }
        }
    }

    /// Returns whether the same servers hold the same parts.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let mut shards = self.shards.iter().zip(&other.shards);
        self.slots == other.slots
            && self.shards.len() == other.shards.len()
            && shards.all(|(one, other)| Arc::ptr_eq(one, other))
    }
}

fn is(node: &Node, server: &Server) -> bool {
    node.server().to_string() == server.to_string()
}

/// Reads the answer to `CLUSTER SLOTS`. A server that does not say where it is, is where it was asked.
fn ranges(said: Answer, asked: &str) -> Option<Vec<Range>> {
    let Answer::List(ranges) = said else { return None };
    ranges.into_iter().map(|range| read_range(range, asked)).collect()
}

fn read_range(range: Answer, asked: &str) -> Option<Range> {
    let Answer::List(parts) = range else { return None };
    let [Answer::Number(first), Answer::Number(last), servers @ ..] = &parts[..] else { return None };
    let [first, last] = [first, last].map(|slot| u16::try_from(*slot).ok().filter(|slot| *slot < SLOTS));
    let servers = servers.iter().map(|server| read_server(server, asked)).collect::<Option<_>>()?;
    Some(Range { first: first?, last: last.filter(|last| *last >= first.unwrap_or(SLOTS))?, servers })
}

fn read_server(server: &Answer, asked: &str) -> Option<(String, u16)> {
    let Answer::List(parts) = server else { return None };
    let [host, Answer::Number(port), ..] = &parts[..] else { return None };
    let host = match host {
        Answer::Bytes(host) if !host.is_empty() && host != b"?" => String::from_utf8(host.clone()).ok()?,
        _ => asked.to_owned(),
    };
    Some((host, u16::try_from(*port).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(host: &str, port: i64) -> Answer {
        Answer::List(vec![Answer::Bytes(host.into()), Answer::Number(port), Answer::Bytes(b"id".to_vec())])
    }

    fn range(first: i64, last: i64, servers: Vec<Answer>) -> Answer {
        Answer::List([vec![Answer::Number(first), Answer::Number(last)], servers].concat())
    }

    #[test]
    fn what_a_server_says_of_its_cluster_is_read() {
        let said = Answer::List(vec![range(0, 100, vec![server("db1", 7000), server("", 7001)])]);
        let servers = vec![("db1".to_owned(), 7000), ("asked".to_owned(), 7001)];
        assert_eq!(ranges(said, "asked"), Some(vec![Range { first: 0, last: 100, servers }]));
    }

    #[test]
    fn what_cannot_be_is_no_answer() {
        for said in [
            Answer::Nothing,
            Answer::List(vec![Answer::Nothing]),
            Answer::List(vec![range(0, 16_384, vec![])]),
            Answer::List(vec![range(-1, 5, vec![])]),
            Answer::List(vec![range(6, 5, vec![])]),
            Answer::List(vec![range(0, 5, vec![server("db1", 70_000)])]),
        ] {
            assert_eq!(ranges(said.clone(), "asked"), None, "{said:?}");
        }
    }
}
