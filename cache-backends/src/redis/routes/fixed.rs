//! [`Fixed`]: one server, and maybe others that follow it, as somebody has written them down.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use super::super::node::Node;
use super::{Failure, Intent};

/// One server that is written to, and those that follow it, where what is read may be a little behind.
pub(in super::super) struct Fixed {
    leader: Arc<Node>,
    followers: Vec<Arc<Node>>,
    asked: AtomicUsize,
}

impl Fixed {
    pub(in super::super) fn new(leader: Node, followers: Vec<Node>) -> Self {
        Self::of(Arc::new(leader), followers)
    }

    pub(super) fn of(leader: Arc<Node>, followers: Vec<Node>) -> Self {
        let followers = followers.into_iter().map(Arc::new).collect();
        Self { leader, followers, asked: AtomicUsize::new(0) }
    }

    pub(super) fn leader(&self) -> &Arc<Node> {
        &self.leader
    }

    pub(super) fn is_alone(&self) -> bool {
        self.followers.is_empty()
    }

    /// Returns whether the same servers follow, in any order.
    pub(super) fn follows_alike(&self, other: &Self) -> bool {
        let names = |fixed: &Self| {
            let mut names: Vec<_> = fixed.followers.iter().map(|node| node.server().to_string()).collect();
            names.sort_unstable();
            names
        };
        names(self) == names(other)
    }

    /// Returns who is to be asked: followers by turns to read, as long as they are there.
    pub(super) fn node(&self, intent: Intent) -> Arc<Node> {
        if intent == Intent::Write || self.is_alone() {
            return Arc::clone(&self.leader);
        }
        let (turn, now) = (self.asked.fetch_add(1, Ordering::Relaxed), Instant::now());
        let in_turn = (0..self.followers.len()).map(|at| &self.followers[(turn + at) % self.followers.len()]);
        let node = in_turn.into_iter().find(|node| !node.is_passed_over(now)).unwrap_or(&self.leader);
        Arc::clone(node)
    }

    /// Returns the leader, where a follower is of no use.
    pub(super) fn next(&self, node: &Arc<Node>, failure: &Failure<'_>, intent: Intent) -> Option<Arc<Node>> {
        let is_follower = !Arc::ptr_eq(node, &self.leader);
        if is_follower && matches!(failure, Failure::Away) {
            node.pass_over(Instant::now());
        }
        (is_follower && intent == Intent::Read).then(|| Arc::clone(&self.leader))
    }

    pub(super) fn close(&self) {
        self.followers.iter().chain([&self.leader]).for_each(|node| node.close());
    }
}
