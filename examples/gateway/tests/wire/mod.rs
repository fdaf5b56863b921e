//! A client and an origin that write and read bytes, so that nothing of HTTP is believed that was not seen.

use std::cell::RefCell;
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use gateway::{Forward, Front, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A gateway that caches nothing, on a port of its own.
pub struct Gateway {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl Gateway {
    pub async fn before(origin: &Origin) -> Self {
        Self::patient_for(Duration::from_secs(60), origin).await
    }

    pub async fn patient_for(timeout: Duration, origin: &Origin) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let authority = origin.address().to_string().parse().expect("host and port");
        let (stop, stopped) = oneshot::channel();
        let service = Front::new(Forward::new(authority, timeout));
        let served = tokio::spawn(async { serve(listener, service, async { drop(stopped.await) }).await });
        Self { address, stop, served }
    }

    pub async fn connect(&self) -> Wire {
        Wire(TcpStream::connect(self.address).await.expect("a gateway that listens"))
    }

    /// Tells it to stop, waits until nobody can connect any more, and returns what ends when it has stopped.
    pub async fn stop(self) -> JoinHandle<()> {
        self.stop.send(()).expect("a gateway that runs");
        while TcpStream::connect(self.address).await.is_ok() {}
        self.served
    }
}

/// An origin that does what the test says.
pub struct Origin {
    listener: TcpListener,
    kept: RefCell<Vec<Wire>>,
}

impl Origin {
    pub async fn bind() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        Self { listener, kept: RefCell::default() }
    }

    fn address(&self) -> SocketAddr {
        self.listener.local_addr().expect("an address")
    }

    pub async fn accept(&self) -> Wire {
        Wire(soon(self.listener.accept()).await.expect("a connection").0)
    }

    /// Returns whether somebody has connected whom nobody accepted: whoever comes now is behind them in the queue.
    pub async fn has_been_called(&self) -> bool {
        let last = TcpStream::connect(self.address()).await.expect("an origin that listens");
        let (_, next) = self.listener.accept().await.expect("a connection");
        next != last.local_addr().expect("an address")
    }

    /// Leaves a connection open.
    pub fn keep(&self, wire: Wire) {
        self.kept.borrow_mut().push(wire);
    }
}

/// One end of a connection.
pub struct Wire(TcpStream);

/// A message as it was on the wire.
pub struct Heard {
    pub start: String,
    headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

impl Heard {
    /// Returns the values of all lines of a name, in their order.
    pub fn lines(&self, name: &str) -> Vec<&[u8]> {
        self.headers.iter().filter(|(other, _)| other == name).map(|(_, value)| &value[..]).collect()
    }
}

impl Wire {
    pub async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.expect("somebody who reads");
    }

    /// Reads a head, and so many bytes after it.
    pub async fn hear(&mut self, body: usize) -> Heard {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(soon(self.0.read_u8()).await.expect("a whole head"));
        }
        let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
        let start = String::from_utf8_lossy(lines.next().expect("a first line")).into_owned();
        let headers = lines.map(header).collect();
        let mut message = Heard { start, headers, body: vec![0; body] };
        soon(self.0.read_exact(&mut message.body)).await.expect("a whole body");
        message
    }

    /// Reads until the other end closes, or breaks.
    pub async fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        let _ = soon(self.0.read_to_end(&mut rest)).await;
        rest
    }
}

/// Fails where it would wait for what never comes.
async fn soon<F: Future>(event: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(20), event).await.expect("what comes at once comes within 20 seconds")
}

fn header(line: &[u8]) -> (String, Vec<u8>) {
    let colon = line.iter().position(|byte| *byte == b':').expect("a header");
    (String::from_utf8_lossy(&line[..colon]).into_owned(), line[colon + 1..].trim_ascii().to_vec())
}
