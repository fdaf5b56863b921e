//! A connection through a proxy.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::Arc;

#[derive(Clone, Copy)]
pub(super) enum Way {
    ToServer,
    ToClient,
}

/// A client and its server.
#[derive(Clone)]
pub(super) struct Connection {
    pub number: usize,
    client: Arc<Stream>,
    server: Arc<Stream>,
}

impl Connection {
    pub fn new(number: usize, client: Stream, server: Stream) -> io::Result<Self> {
        for stream in [&client, &server] {
            stream.hurry()?;
        }
        Ok(Self { number, client: Arc::new(client), server: Arc::new(server) })
    }

    pub fn ends(&self, way: Way) -> (&Stream, &Stream) {
        match way {
            Way::ToServer => (&self.client, &self.server),
            Way::ToClient => (&self.server, &self.client),
        }
    }

    pub fn cut(&self) {
        for stream in [&self.client, &self.server] {
            // It may be gone already.
            let _ = stream.shutdown();
        }
    }
}

/// One end, of whichever sort.
pub(super) enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Stream {
    fn shutdown(&self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.shutdown(Shutdown::Both),
            Self::Unix(stream) => stream.shutdown(Shutdown::Both),
        }
    }

    /// Has it send what there is at once, as those do between whom it stands.
    fn hurry(&self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.set_nodelay(true),
            Self::Unix(_) => Ok(()),
        }
    }
}

impl Read for &Stream {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Tcp(stream) => (&mut &*stream).read(bytes),
            Stream::Unix(stream) => (&mut &*stream).read(bytes),
        }
    }
}

impl Write for &Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Tcp(stream) => (&mut &*stream).write(bytes),
            Stream::Unix(stream) => (&mut &*stream).write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
