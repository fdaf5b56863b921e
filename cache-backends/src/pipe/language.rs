//! [`Language`]: what is spoken over a socket.

use cache_core::error::Error;

/// What is spoken over a socket.
pub(crate) trait Language: Send + Sync + 'static {
    type Answer: Send + 'static;
    /// One for each connection.
    type Reader: Reader<Answer = Self::Answer>;

    fn reader(&self) -> Self::Reader;

    /// Writes what is said first on each new connection, and returns how many answers come to it.
    fn greet(&self, out: &mut Vec<u8>) -> usize;

    /// Says whether those answers let us go on.
    ///
    /// # Errors
    ///
    /// When they do not: all who wait are told so.
    fn greeted(&self, answers: &[Self::Answer]) -> Result<(), Error>;

    /// Returns whether the greeting is to be said again soon where a connection is lost, also if nobody asks anything.
    fn has_more_to_say(&self) -> bool {
        false
    }

    /// Writes a question that is answered by whoever is there, once, and changes nothing.
    #[cfg_attr(
        not(feature = "redis"),
        allow(dead_code, reason = "only who listens finds out whether somebody is there")
    )]
    fn ask_for_life(&self, out: &mut Vec<u8>);
}

/// A message, and how many bytes it was.
pub(crate) type Read<A> = Result<Option<(usize, Message<A>)>, Garbled>;

/// What takes the messages of one connection apart.
pub(crate) trait Reader: Send + 'static {
    type Answer;

    /// Takes one message off the front of what has come, and says how many bytes it was; `None` where more must come first.
    /// Then it is asked again with the same bytes and more behind them, and may go on where it was.
    ///
    /// # Errors
    ///
    /// When this is nothing that a server says: the connection is given up.
    fn read(&mut self, came: &[u8]) -> Read<Self::Answer>;
}

/// What a server says.
#[derive(Debug)]
pub(crate) enum Message<A> {
    /// What the oldest question hears.
    Answer(A),
    /// What nobody has asked for.
    #[cfg_attr(not(any(feature = "redis", test)), expect(dead_code, reason = "not every server says such things"))]
    Push(A),
}

/// What is wrong with bytes that are no message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Garbled(pub &'static str);
