//! [`Making`]: what each connection of a store has in common.

use std::sync::{Arc, Mutex, PoisonError};

use cache_core::error::Error;

use super::bus::Bus;
use super::config::Tells;
use super::journal::Journal;
use super::language::{Login, Part, Resp};
use super::node::Node;
use super::resp::Answer;
use crate::pipe::{Heard, Limits, Listening, Server, Tls, listen};

const NO_TRACKING: &str = "does not tell this user of changes, so that nothing can be kept near: give it the right \
                           `+client|tracking`, or have all processes say what they change with `tells = \"bus\"`";
const NO_BUS: &str = "does not let this user hear of changes, so that nothing can be kept near: give it the rights \
                      `+subscribe +psubscribe +publish &larder:*`";

/// What servers are called in messages.
pub(super) const NAME: &str = "Redis";

/// What each connection of a store has in common: who logs in, how long somebody waits, and what was removed a moment ago.
#[derive(Clone)]
pub(super) struct Making {
    pub login: Login,
    pub limits: Limits,
    pub journal: Arc<Journal>,
    pub tls: Option<Tls>,
    pub tells: Tells,
    /// Why nobody can listen, where a server has said so.
    pub refused: Arc<Mutex<Option<Error>>>,
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
        self.node(server, Part::Leader { journal: Arc::clone(&self.journal), bus: self.bus() })
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

    /// Returns the channels on which it is said what is changed, where servers do not tell.
    pub(super) fn bus(&self) -> Option<Bus> {
        (self.tells == Tells::Bus).then_some(Bus { database: self.login.database })
    }

    /// Listens to what a server says of changes of what begins so.
    pub(super) fn listen(
        &self,
        server: Server,
        start: &[u8],
        heard: impl FnMut(Heard<Answer>) + Send + 'static,
    ) -> Listening {
        let (commands, refusal) = match self.bus() {
            Some(bus) => (bus.listening(start), NO_BUS),
            None => (vec![tracking(start)], NO_TRACKING),
        };
        self.hear(server, Part::Listened { commands, answers: 1, refusal: Some(refusal) }, heard)
    }

    /// Listens to what is said on a channel.
    pub(super) fn subscribe(
        &self,
        server: Server,
        channel: &[u8],
        heard: impl FnMut(Heard<Answer>) + Send + 'static,
    ) -> Listening {
        let commands = vec![vec![b"SUBSCRIBE".to_vec(), channel.to_vec()]];
        // That it is done is said as what is heard later is.
        self.hear(server, Part::Listened { commands, answers: 0, refusal: None }, heard)
    }

    /// Notes whether servers let nobody listen, as they are; says why, where they do not.
    pub(super) fn note_refusal(&self, refusal: Option<Error>) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = refusal.as_ref().filter(|_| refused.is_none()) {
            log::warn!(target: "larder", "nothing is heard of changes: {error}");
        }
        *refused = refusal;
    }

    pub(super) fn refusal(&self) -> Option<Error> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn hear(&self, server: Server, part: Part, heard: impl FnMut(Heard<Answer>) + Send + 'static) -> Listening {
        let language = Resp::new(server.clone(), self.login.clone(), part);
        listen(server, language, self.limits, heard)
    }

    fn node(&self, server: Server, part: Part) -> Node {
        Node::new(server, self.login.clone(), part, self.limits)
    }
}

/// Returns what makes a server tell of all that begins so, whoever reads it.
fn tracking(start: &[u8]) -> Vec<Vec<u8>> {
    let mut command: Vec<&[u8]> = vec![b"CLIENT", b"TRACKING", b"ON", b"BCAST"];
    if !start.is_empty() {
        command.extend([&b"PREFIX"[..], start]);
    }
    command.into_iter().map(<[u8]>::to_vec).collect()
}
