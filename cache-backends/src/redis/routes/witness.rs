//! The names under which servers say that they were cleared.

use std::sync::Arc;

use super::super::node::Node;
use super::{Intent, Routes, Topology};

/// What no name of an entry has in it.
const WITNESS: &[u8] = b"\x01cleared";
/// How many names are tried for one that is kept on a server.
const WITNESSES: usize = 16_384;

impl Routes {
    /// Returns a name that begins so, is no entry's, and is kept on this server; `None` where nothing that begins so is.
    pub(in super::super) fn witness(&self, node: &Arc<Node>, start: &[u8]) -> Option<Vec<u8>> {
        let mut names = (0..WITNESSES).map(|number| witness(start, number));
        match &self.topology {
            Topology::Cluster(cluster) => {
                names.find(|name| cluster.known(name, Intent::Write).is_some_and(|other| Arc::ptr_eq(&other, node)))
            }
            Topology::Fixed(_) | Topology::Watched(_) => names.next(),
        }
    }
}

fn witness(start: &[u8], number: usize) -> Vec<u8> {
    [start, WITNESS, number.to_string().as_bytes()].concat()
}

/// Returns whether this is the name under which a server says that what begins so was cleared, or some of it.
pub(in super::super) fn is_witness(name: &[u8]) -> bool {
    name.windows(WITNESS.len()).any(|part| part == WITNESS)
}
