//! [`Node`]: one of the servers.

use cache_core::backend::Server;
use cache_core::error::Error;
use cache_core::tags::fingerprint;

use super::answer::{Answer, Said};
use super::config::{Config, Member};
use super::error;
use super::language::Meta;
use crate::pipe::Pipe;

/// One of the servers. One that fails is left alone for a while, and then asked by one caller first: the pipe sees to that.
pub(super) struct Node {
    pipe: Pipe<Meta>,
    id: Server,
    number: u64,
}

impl Node {
    pub(super) fn new(config: &Config, member: &Member) -> Self {
        let server = config.server(member);
        let meta = Meta::new(config.login.clone(), server.to_string());
        Self {
            pipe: Pipe::new(server, meta, config.limits()),
            id: Server::called(&member.name),
            number: fingerprint(&member.name),
        }
    }

    pub(super) async fn ask(&self, request: impl FnOnce(&mut Vec<u8>)) -> Result<Said, Error> {
        Ok(self.call(request).await?.said)
    }

    pub(super) async fn call(&self, request: impl FnOnce(&mut Vec<u8>)) -> Result<Answer, Error> {
        self.pipe.call(request).await
    }

    pub(super) async fn ask_many(
        &self,
        count: usize,
        request: impl FnOnce(&mut Vec<u8>),
    ) -> Result<Vec<Answer>, Error> {
        self.pipe.call_many(count, request).await
    }

    /// Returns whether it has failed, and is left alone for now.
    pub(super) fn is_away(&self) -> bool {
        self.pipe.is_away()
    }

    /// Returns which one it is, by what it is called on the ring.
    pub(super) fn id(&self) -> Server {
        self.id
    }

    /// Returns what tells it from others in a ticket.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Returns the number of the newest connection.
    pub(super) fn newest(&self) -> u64 {
        self.pipe.language().newest()
    }

    /// Returns whom this is, for messages.
    pub(super) fn server(&self) -> &str {
        self.pipe.language().server()
    }

    /// Says what an answer means that is none to what was asked.
    pub(super) fn unexpected(&self, said: &Said) -> Error {
        error::unexpected(self.server(), said)
    }

    pub(super) fn close(&self) {
        self.pipe.close();
    }
}
