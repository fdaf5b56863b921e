//! [`Talk`]: a connection on which the greeting was answered.

use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll, ready};

use cache_core::error::Error;
use tokio::time::timeout;

use super::fault::Fault;
use super::inbox::Inbox;
use super::socket::Socket;
use super::{Language, Limits, Message, Server};

/// A connection on which the greeting was answered.
pub(super) struct Talk<L: Language> {
    pub socket: Socket,
    inbox: Inbox,
    reader: L::Reader,
}

/// What has come with the greeting's answers.
pub(super) struct Greeted<L: Language> {
    pub talk: Talk<L>,
    #[cfg_attr(not(feature = "redis"), expect(dead_code, reason = "whoever only listens takes them"))]
    pub pushes: Vec<L::Answer>,
    /// Whether the server has shown that it answers.
    pub has_answered: bool,
}

impl<L: Language> Talk<L> {
    /// Opens a connection, and greets.
    pub(super) async fn open(server: &Server, language: &L, limits: Limits) -> Result<Greeted<L>, Error> {
        let opened = timeout(limits.timeout, Self::greet(server, language)).await;
        opened.unwrap_or_else(|_| Err(Fault::Unheard(limits.timeout).of(server)))
    }

    async fn greet(server: &Server, language: &L) -> Result<Greeted<L>, Error> {
        let socket = Socket::open(server).await.map_err(|error| Fault::Unopened(error).of(server))?;
        let mut talk = Self { socket, inbox: Inbox::new(), reader: language.reader() };
        let mut greeting = Vec::new();
        let count = language.greet(&mut greeting);
        talk.send(&greeting).await.map_err(|error| Fault::lost(error).of(server))?;
        let (mut answers, mut pushes) = (Vec::new(), Vec::new());
        while answers.len() < count {
            match talk.next().await.map_err(|fault| fault.of(server))? {
                Message::Answer(answer) => answers.push(answer),
                Message::Push(push) => pushes.push(push),
            }
        }
        language.greeted(&answers)?;
        Ok(Greeted { talk, pushes, has_answered: count > 0 })
    }

    /// Sends this, and waits until it is on its way.
    pub(super) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut sent = 0;
        poll_fn(|context| self.poll_send(context, bytes, &mut sent)).await
    }

    /// Sends what is not sent yet.
    pub(super) fn poll_send(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
        sent: &mut usize,
    ) -> Poll<io::Result<()>> {
        while *sent < bytes.len() {
            match ready!(self.socket.poll_write(context, &bytes[*sent..]))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => *sent += count,
            }
        }
        self.socket.poll_flush(context)
    }

    /// Waits for the next message. Whoever stops waiting misses nothing.
    pub(super) async fn next(&mut self) -> Result<Message<L::Answer>, Fault> {
        loop {
            if let Some(message) = self.read()? {
                return Ok(message);
            }
            poll_fn(|context| self.poll_receive(context)).await?;
        }
    }

    /// Takes the next message out of what has come.
    pub(super) fn read(&mut self) -> Result<Option<Message<L::Answer>>, Fault> {
        self.inbox.next(&mut self.reader).map_err(Fault::Garbled)
    }

    /// Takes in what has come.
    pub(super) fn poll_receive(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        match ready!(self.socket.poll_read(context, self.inbox.room())) {
            Ok(0) => Poll::Ready(Err(Fault::Lost(None))),
            Ok(count) => {
                self.inbox.came(count);
                Poll::Ready(Ok(()))
            }
            Err(error) => Poll::Ready(Err(Fault::lost(error))),
        }
    }
}
