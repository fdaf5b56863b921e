//! What stands between a client and a server, and does what goes wrong between the two: on command, and not by time.

#![allow(dead_code, reason = "not every program needs each fault")]

mod connection;
mod line;

use std::io;
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use connection::Stream;
use line::Line;

/// A proxy, from its start until it is dropped.
pub struct Proxy {
    place: Place,
    line: Arc<Line>,
    door: Option<JoinHandle<()>>,
}

/// How often something came by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Connections that were ever taken, with those that were refused.
    pub connections: usize,
    pub refused: usize,
    /// Connections that are open now.
    pub open: usize,
    pub bytes_to_server: usize,
    pub bytes_to_client: usize,
}

/// Where somebody listens.
#[derive(Clone, Debug)]
enum Place {
    Port(u16),
    Socket(PathBuf),
}

impl Proxy {
    /// Stands before a server that listens on a port of this machine, at a port of its own.
    pub fn before_port(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let place = Place::Port(listener.local_addr()?.port());
        let accept = move || listener.accept().map(|(stream, _)| Stream::Tcp(stream));
        Ok(Self::start(place, Place::Port(port), accept))
    }

    /// Stands before a server that listens on a socket, at a socket beside it that ends in `.proxy`.
    pub fn before_socket(server: &Path) -> io::Result<Self> {
        Self::at_socket(server.with_extension("proxy"), server)
    }

    /// Stands before it at a socket that is said.
    pub fn at_socket(own: PathBuf, server: &Path) -> io::Result<Self> {
        let listener = UnixListener::bind(&own)?;
        let accept = move || listener.accept().map(|(stream, _)| Stream::Unix(stream));
        Ok(Self::start(Place::Socket(own), Place::Socket(server.to_owned()), accept))
    }

    fn start(place: Place, server: Place, accept: impl Fn() -> io::Result<Stream> + Send + 'static) -> Self {
        let line = Arc::new(Line::default());
        let own = Arc::clone(&line);
        let door = thread::spawn(move || {
            while let Ok(client) = accept() {
                if own.state().is_over {
                    break;
                }
                own.take(client, &server);
            }
        });
        Self { place, line, door: Some(door) }
    }

    /// Returns the port that it listens on.
    pub fn port(&self) -> u16 {
        let Place::Port(port) = self.place else { panic!("it listens on a socket") };
        port
    }

    /// Returns the socket that it listens on.
    pub fn socket(&self) -> &Path {
        let Place::Socket(path) = &self.place else { panic!("it listens on a port") };
        path
    }

    /// Cuts all connections at once.
    pub fn cut(&self) {
        self.line.cut();
    }

    /// Cuts the connection on which an answer comes next, after so many bytes of what comes.
    pub fn cut_after(&self, bytes: usize) {
        self.line.state().cut_after = Some(bytes);
    }

    /// Holds back whatever comes, from both sides.
    pub fn hold(&self) {
        self.line.state().is_holding = true;
    }

    /// Waits until there is something that it holds back.
    pub fn until_held(&self) {
        let _held = self.line.wait_while(|state| state.held == 0);
    }

    /// Lets go on what was held back, and what comes then.
    pub fn let_go(&self) {
        self.line.state().is_holding = false;
        self.line.changed.notify_all();
    }

    /// Closes each new connection as soon as it is there; those that are open stay.
    pub fn refuse(&self) {
        self.line.state().is_refusing = true;
    }

    /// Takes new connections again.
    pub fn accept(&self) {
        self.line.state().is_refusing = false;
    }

    /// Waits until this is so of what came by.
    pub fn until(&self, is_so: impl Fn(Counts) -> bool) -> Counts {
        self.line.wait_while(|state| !is_so(state.counts())).counts()
    }

    /// Returns what came by until now.
    pub fn counts(&self) -> Counts {
        self.line.state().counts()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.line.state().is_over = true;
        self.cut();
        // Who stands at the door sees it by the next one who comes.
        let is_woken = self.place.connect().is_ok();
        if let Some(door) = self.door.take().filter(|_| is_woken) {
            let _ = door.join();
        }
        if let Place::Socket(path) = &self.place {
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Place {
    fn connect(&self) -> io::Result<Stream> {
        match self {
            Self::Port(port) => TcpStream::connect(("127.0.0.1", *port)).map(Stream::Tcp),
            Self::Socket(path) => UnixStream::connect(path).map(Stream::Unix),
        }
    }
}
