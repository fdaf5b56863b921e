//! [`Making`]: what each connection of a store has in common.

use std::sync::Arc;

use super::journal::Journal;
use super::language::{Login, Part, Resp};
use super::node::Node;
use super::resp::Answer;
use crate::pipe::{Heard, Limits, Listening, Server, listen};

/// What each connection of a store has in common: who logs in, how long somebody waits, and what was removed a moment ago.
#[derive(Clone)]
pub(super) struct Making {
    pub login: Login,
    pub limits: Limits,
    pub journal: Arc<Journal>,
}

impl Making {
    /// Makes a server that is written to. One that becomes this anew is made anew, so that all that was removed is removed there.
    pub(super) fn leader(&self, server: Server) -> Node {
        self.node(server, Part::Leader(Arc::clone(&self.journal)))
    }

    /// Makes a server that is read from.
    pub(super) fn follower(&self, server: Server) -> Node {
        self.node(server, Part::Follower { is_in_cluster: false })
    }

    /// Listens to a server, on a connection on which this is said first.
    pub(super) fn listen(
        &self,
        server: Server,
        command: &[&[u8]],
        heard: impl FnMut(Heard<Answer>) + Send + 'static,
    ) -> Listening {
        let part = Part::Other(command.iter().map(|part| part.to_vec()).collect());
        let language = Resp::new(server.clone(), self.login.clone(), part);
        listen(server, language, self.limits, heard)
    }

    fn node(&self, server: Server, part: Part) -> Node {
        Node::new(server, self.login.clone(), part, self.limits)
    }
}
