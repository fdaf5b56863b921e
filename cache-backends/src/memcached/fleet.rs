//! [`Fleet`]: all servers, and which of them a name is on.

use std::future::{Future, poll_fn};
use std::task::Poll;

use cache_core::backend::Server;
use cache_core::key::Name;

use super::config::Config;
use super::node::Node;
use super::ring::Ring;

/// All servers.
///
/// A name is on one of them, also while that one is away. Were it kept on a neighbour meanwhile, what is invalidated there
/// would still be on the first one when it is back: a network that was cut, unlike a restart, takes nothing away.
pub(super) struct Fleet {
    nodes: Vec<Node>,
    /// `None` where there is one server only.
    ring: Option<Ring>,
}

/// What belongs to one server: where it stands among all that was asked for.
pub(super) struct Share<'a> {
    pub node: &'a Node,
    pub places: Vec<usize>,
}

impl Fleet {
    pub(super) fn new(config: &Config) -> Self {
        let nodes: Vec<_> = config.members.iter().map(|member| Node::new(config, member)).collect();
        let names = config.members.iter().map(|member| (&*member.name, member.weight));
        let ring = (nodes.len() > 1).then(|| Ring::new(names));
        Self { nodes, ring }
    }

    /// Returns the server that a name is on.
    pub(super) fn of(&self, name: &Name) -> &Node {
        &self.nodes[self.place(name)]
    }

    fn place(&self, name: &Name) -> usize {
        let Some(ring) = &self.ring else { return 0 };
        let said = Server::said_in(name).and_then(|server| self.nodes.iter().position(|node| node.id() == server));
        said.unwrap_or_else(|| ring.find(&Server::deciding(name)))
    }

    /// Returns what of these names is on which server.
    pub(super) fn shares<'a>(&self, names: impl Iterator<Item = &'a Name>) -> impl Iterator<Item = Share<'_>> {
        let mut shares: Vec<_> = self.nodes.iter().map(|node| Share { node, places: Vec::new() }).collect();
        for (at, name) in names.enumerate() {
            shares[self.place(name)].places.push(at);
        }
        shares.into_iter().filter(|share| !share.places.is_empty())
    }

    pub(super) fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter()
    }
}

/// Runs all at once, and returns what came of each, in their order.
pub(super) async fn together<F: Future>(work: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut open: Vec<_> = work.map(|work| (Box::pin(work), None)).collect();
    poll_fn(|context| {
        let mut is_ready = true;
        for (work, output) in open.iter_mut().filter(|(_, output)| output.is_none()) {
            match work.as_mut().poll(context) {
                Poll::Ready(ended) => *output = Some(ended),
                Poll::Pending => is_ready = false,
            }
        }
        if is_ready { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    open.into_iter().filter_map(|(_, output)| output).collect()
}
