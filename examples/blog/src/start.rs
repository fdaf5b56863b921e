//! What the blog has of its environment: where it is to be found, where its database is, and what it says of itself.

use std::env;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

use env_logger::Env;

/// Writes what larder says to the terminal: warnings and errors, or what `RUST_LOG` asks for.
pub fn log() {
    env_logger::Builder::from_env(Env::default().default_filter_or("warn")).init();
}

/// Returns the file of the database: `BLOG_DATABASE`, or one beside the program, in the folder of what was built.
pub fn database() -> io::Result<PathBuf> {
    env::var_os("BLOG_DATABASE").map_or_else(|| Ok(env::current_exe()?.with_extension("db")), |path| Ok(path.into()))
}

/// Listens at `BLOG_ADDRESS`, or else at one of the ports from 3000 on.
pub fn listen() -> io::Result<TcpListener> {
    let address = env::var("BLOG_ADDRESS").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    let wrong = |_| io::Error::other("BLOG_ADDRESS takes an address and a port, such as 127.0.0.1:3000");
    bind(address.parse().map_err(wrong)?)
}

/// Listens at an address, or at one of the next ports where somebody else has that one. There may be none of a hundred.
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let mut ports = address.port()..=address.port().saturating_add(100);
    loop {
        let port = ports.next().unwrap_or(address.port());
        match TcpListener::bind((address.ip(), port)) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && !ports.is_empty() => {}
            bound => return bound,
        }
    }
}
