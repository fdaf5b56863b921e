//! A language of lines, and small servers that speak it.

mod calls;
mod faults;
#[cfg(feature = "redis")]
mod listening;
mod runtimes;
#[cfg(feature = "tls")]
mod tls;

use std::future::Future;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use cache_core::error::{Error, Kind};
use tokio::runtime::{Builder, Runtime};

use super::*;

/// A language of lines: each is an answer, `>text` is a push, and `=3` is followed by an answer of three bytes. A server that
/// greets with anything but `hello` does not let us in.
struct Lines;

#[derive(Default)]
struct LineReader {
    /// How long a message is of which only the beginning has come.
    whole: Option<usize>,
}

impl Language for Lines {
    type Answer = String;
    type Reader = LineReader;

    fn reader(&self) -> LineReader {
        LineReader::default()
    }

    fn greet(&self, out: &mut Vec<u8>) -> usize {
        out.extend_from_slice(b"hello\n");
        1
    }

    fn greeted(&self, answers: &[String]) -> Result<(), Error> {
        match answers {
            [hello] if hello == "hello" => Ok(()),
            _ => Err(Error::new(Kind::Configuration, "the password is wrong")),
        }
    }

    fn ask_for_life(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"alive?\n");
    }
}

impl Reader for LineReader {
    type Answer = String;

    fn read(&mut self, came: &[u8]) -> Result<Option<(usize, Message<String>)>, Garbled> {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map_err(|_| Garbled("this is no text"));
        if self.whole.is_some_and(|whole| came.len() < whole) {
            return Ok(None);
        }
        self.whole = None;
        let Some(end) = came.iter().position(|byte| *byte == b'\n') else { return Ok(None) };
        let line = text(&came[..end])?;
        match line.strip_prefix('=').and_then(|length| length.parse::<usize>().ok()) {
            Some(length) if came.len() < end + 1 + length => {
                self.whole = Some(end + 1 + length);
                Ok(None)
            }
            Some(length) => Ok(Some((end + 1 + length, Message::Answer(text(&came[end + 1..][..length])?)))),
            None if line.starts_with('>') => Ok(Some((end + 1, Message::Push(line)))),
            None => Ok(Some((end + 1, Message::Answer(line)))),
        }
    }
}

/// A server on a free port, which serves each connection on a thread of its own.
struct Small {
    server: Server,
    connections: Arc<AtomicUsize>,
}

impl Small {
    /// Serves with this, which is told how many connections there were before.
    fn new(serve: impl Fn(usize, Peer) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let server = Server::tcp("Lines", "127.0.0.1", listener.local_addr().expect("its port").port());
        let (connections, serve) = (Arc::<AtomicUsize>::default(), Arc::new(serve));
        let counted = Arc::clone(&connections);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (serve, peer) = (Arc::clone(&serve), Peer::new(stream.expect("a connection")));
                let before = counted.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || serve(before, peer));
            }
        });
        Self { server, connections }
    }

    /// Answers each line with itself.
    fn echo() -> Self {
        Self::new(|_, mut peer| peer.echo())
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    fn pipe(&self) -> Pipe<Lines> {
        self.pipe_with(limits())
    }

    fn pipe_with(&self, limits: Limits) -> Pipe<Lines> {
        Pipe::new(self.server.clone(), Lines, limits)
    }
}

/// A connection as its server sees it.
struct Peer(BufReader<TcpStream>);

impl Peer {
    fn new(stream: TcpStream) -> Self {
        stream.set_nodelay(true).expect("a socket");
        Self(BufReader::new(stream))
    }

    /// Waits for a line; `None` where the connection has ended.
    fn hear(&mut self) -> Option<String> {
        let mut line = String::new();
        self.0.read_line(&mut line).ok().filter(|length| *length > 0)?;
        Some(line.trim_end().to_owned())
    }

    fn say(&mut self, bytes: impl AsRef<[u8]>) {
        // Whoever has gone does not hear it.
        let _ = self.0.get_mut().write_all(bytes.as_ref());
    }

    /// Lets somebody in.
    fn greet(&mut self) {
        assert_eq!(self.hear().as_deref(), Some("hello"));
        self.say("hello\n");
    }

    fn echo(&mut self) {
        while let Some(line) = self.hear() {
            self.say(line + "\n");
        }
    }

    /// Waits until the other side has gone.
    fn outlast(&mut self) {
        let _ = self.0.read_to_end(&mut Vec::new());
    }
}

fn limits() -> Limits {
    Limits { timeout: Duration::from_secs(10), waiting_bytes: 1 << 20 }
}

async fn ask(pipe: &Pipe<Lines>, line: &str) -> Result<String, Error> {
    pipe.call(|out| out.extend_from_slice(format!("{line}\n").as_bytes())).await
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// A runtime whose clock stands still, also while it waits for a socket, until it is moved by hand.
struct Frozen {
    /// Tokio moves a clock by itself where there is nothing to do; not while a blocking task is busy.
    _busy: mpsc::Sender<()>,
    runtime: Runtime,
}

impl Frozen {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime");
        let (busy, over) = mpsc::channel::<()>();
        runtime.spawn_blocking(move || over.recv());
        Self { _busy: busy, runtime }
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }
}

/// Polls two futures until both are ready.
async fn both<A: Future, B: Future>(one: A, other: B) -> (A::Output, B::Output) {
    let (mut one, mut other) = (std::pin::pin!(one), std::pin::pin!(other));
    let (mut first, mut second) = (None, None);
    std::future::poll_fn(|context| {
        if first.is_none() {
            first = ready(one.as_mut().poll(context));
        }
        if second.is_none() {
            second = ready(other.as_mut().poll(context));
        }
        if first.is_some() && second.is_some() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    (first.expect("ready"), second.expect("ready"))
}

fn ready<T>(poll: std::task::Poll<T>) -> Option<T> {
    match poll {
        std::task::Poll::Ready(output) => Some(output),
        std::task::Poll::Pending => None,
    }
}

/// Polls a future once, which is not ready then.
fn begin<F: Future>(future: std::pin::Pin<&mut F>) {
    assert!(future.poll(&mut std::task::Context::from_waker(std::task::Waker::noop())).is_pending());
}
