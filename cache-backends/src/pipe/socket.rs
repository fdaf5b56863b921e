//! [`Socket`]: bytes to a server and from it, in the clear or encrypted.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::net::{TcpStream, lookup_host};

use super::server::{Address, Server};
#[cfg(feature = "tls")]
use super::tls::Encrypted;

/// When a connection on which nothing comes is looked at first, and how often from then on.
const SILENT: Duration = Duration::from_secs(15);
const LOOK: Duration = Duration::from_secs(5);
/// How soon a socket of this machine is asked again that has too many in its line.
#[cfg(unix)]
const KNOCK: Duration = Duration::from_millis(2);

/// Bytes to a server and from it.
pub(super) enum Socket {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
    #[cfg(feature = "tls")]
    Encrypted(Box<Encrypted>),
}

/// What a connection was not opened for.
pub(super) enum Unopened {
    /// The system, or the server, says no.
    Io(io::Error),
    /// Nobody knows where its host is.
    Nowhere(io::Error),
    /// Somebody wrote something wrongly.
    Wrong(String),
    /// One end does not take what the other shows, or how it encrypts.
    #[cfg(feature = "tls")]
    Refused(io::Error),
}

impl From<io::Error> for Unopened {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Socket {
    pub(super) async fn open(server: &Server) -> Result<Self, Unopened> {
        match &server.address {
            Address::Tcp(host, port) => {
                let there: Vec<_> = lookup_host((&**host, *port)).await.map_err(Unopened::Nowhere)?.collect();
                let stream = TcpStream::connect(&there[..]).await?;
                stream.set_nodelay(true)?;
                // Half-open connections are found by it on which nothing is asked.
                let keepalive = TcpKeepalive::new().with_time(SILENT).with_interval(LOOK);
                SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
                Self::encrypted(server, stream).await
            }
            #[cfg(unix)]
            Address::Unix(path) => loop {
                match UnixStream::connect(path).await {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => tokio::time::sleep(KNOCK).await,
                    stream => return Ok(Self::Unix(stream?)),
                }
            },
            #[cfg(not(unix))]
            Address::Unix(_) => Err(Unopened::Wrong("there are no sockets of this kind on this system".into())),
        }
    }

    #[cfg(feature = "tls")]
    async fn encrypted(server: &Server, stream: TcpStream) -> Result<Self, Unopened> {
        match &server.tls {
            Some(tls) => Ok(Self::Encrypted(Box::new(tls.encrypt(server, stream).await?))),
            None => Ok(Self::Tcp(stream)),
        }
    }

    #[cfg(not(feature = "tls"))]
    #[expect(clippy::unused_async, reason = "it waits where there is encryption")]
    async fn encrypted(server: &Server, stream: TcpStream) -> Result<Self, Unopened> {
        match &server.tls {
            Some(_) => Err(Unopened::Wrong(crate::place::NO_TLS.into())),
            None => Ok(Self::Tcp(stream)),
        }
    }

    pub(super) fn poll_read(&mut self, context: &mut Context<'_>, room: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut room = ReadBuf::new(room);
        let read = match self {
            Self::Tcp(stream) => Pin::new(stream).poll_read(context, &mut room),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_read(context, &mut room),
            #[cfg(feature = "tls")]
            Self::Encrypted(stream) => Pin::new(&mut **stream).poll_read(context, &mut room),
        };
        read.map_ok(|()| room.filled().len())
    }

    pub(super) fn poll_write(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self {
            Self::Tcp(stream) => Pin::new(stream).poll_write(context, bytes),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_write(context, bytes),
            #[cfg(feature = "tls")]
            Self::Encrypted(stream) => Pin::new(&mut **stream).poll_write(context, bytes),
        }
    }

    /// Sends what encryption has kept back.
    pub(super) fn poll_flush(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            #[cfg(feature = "tls")]
            Self::Encrypted(stream) => Pin::new(&mut **stream).poll_flush(context),
            _ => {
                let _ = context;
                Poll::Ready(Ok(()))
            }
        }
    }
}
