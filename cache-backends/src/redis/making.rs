//! [`Making`]: what each connection of a store has in common.

use std::sync::Arc;

use super::journal::Journal;
use super::language::{Login, Part, Resp};
use super::node::Node;
use super::resp::Answer;
use crate::pipe::{Heard, Limits, Listening, Server, Tls, listen};

/// What servers are called in messages.
pub(super) const NAME: &str = "Redis";

/// What each connection of a store has in common: who logs in, how long somebody waits, and what was removed a moment ago.
#[derive(Clone)]
pub(super) struct Making {
    pub login: Login,
    pub limits: Limits,
    pub journal: Arc<Journal>,
    pub tls: Option<Tls>,
}

impl Making {
    /// Names a server that another one has told of.
    pub(super) fn server(&self, host: &str, port: u16) -> Server {
        let server = Server::tcp(NAME, host, port);
        match &self.tls {
            Some(tls) => server.encrypted(tls.clone()),
            None => server,
        }
    }

    /// Makes a server that is written to. One that becomes this anew is made anew, so that all that was removed is removed there.
    pub(super) fn leader(&self, server: Server) -> Node {
        self.node(server, Part::Leader(Arc::clone(&self.journal)))
    }

    /// Makes a server that is read from. It has half of the time, so that where it does not answer another one still can.
    pub(super) fn follower(&self, server: Server) -> Node {
        self.halved().node(server, Part::Follower { is_in_cluster: false })
    }

    /// Makes one in a cluster, where it has to be told that it is only read.
    pub(super) fn follower_in_cluster(&self, server: Server) -> Node {
        self.halved().node(server, Part::Follower { is_in_cluster: true })
    }

    fn halved(&self) -> Self {
        let limits = Limits { timeout: self.limits.timeout / 2, ..self.limits };
        Self { limits, ..self.clone() }
    }

    /// Listens to a server, on a connection on which this is said first.
    pub(super) fn listen(
        &self,
        server: Server,
        command: &[&[u8]],
        heard: impl FnMut(Heard<Answer>) + Send + 'static,
    ) -> Listening {
        let command = command.iter().map(|part| part.to_vec()).collect();
        self.hear(server, Part::Listened { command, answers: 1 }, heard)
    }

    /// Listens to what is said on a channel.
    pub(super) fn subscribe(
        &self,
        server: Server,
        channel: &[u8],
        heard: impl FnMut(Heard<Answer>) + Send + 'static,
    ) -> Listening {
        let command = vec![b"SUBSCRIBE".to_vec(), channel.to_vec()];
        // That it is done is said as what is heard later is.
        self.hear(server, Part::Listened { command, answers: 0 }, heard)
    }

    fn hear(&self, server: Server, part: Part, heard: impl FnMut(Heard<Answer>) + Send + 'static) -> Listening {
        let language = Resp::new(server.clone(), self.login.clone(), part);
        listen(server, language, self.limits, heard)
    }

    fn node(&self, server: Server, part: Part) -> Node {
        Node::new(server, self.login.clone(), part, self.limits)
    }
}
