//! Servers for one test at a time, and for the next one after it.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::Place;

/// Servers that no test has at the moment. They were started for one, and the next finds them empty.
pub struct Pool<T>(Mutex<Vec<T>>);

/// What a test has of a pool, until this is dropped.
struct Lent<T: 'static> {
    pool: &'static Pool<T>,
    servers: Option<T>,
}

/// Servers that tests can have one after another.
pub trait Reused: Send + Sync + Sized + 'static {
    fn start() -> Result<Self, String>;
    fn empty(&self) -> Result<(), String>;
    /// Returns the address of a store on them.
    fn address(&self) -> String;
    /// Returns the sockets of those whose entries grow older when time is let pass.
    fn sockets(&self) -> Vec<PathBuf>;
}

impl<T: Reused> Pool<T> {
    pub const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Makes a place of servers that this process has started before, or starts now.
    pub fn place(&'static self) -> Result<Place, String> {
        let free = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let servers = free.map_or_else(T::start, Ok)?;
        servers.empty()?;
        let sockets = servers.sockets().into_iter().map(|socket| format!(" {}", socket.display()));
        let text = sockets.fold(servers.address(), |text, socket| text + &socket);
        Ok(Place { text, _kept: Some(Box::new(Lent { pool: self, servers: Some(servers) })) })
    }
}

impl<T: 'static> Drop for Lent<T> {
    fn drop(&mut self) {
        // After a test that failed, nobody knows how they are.
        let servers = self.servers.take().filter(|_| !thread::panicking());
        self.pool.0.lock().unwrap_or_else(PoisonError::into_inner).extend(servers);
    }
}

/// Reads a place: an address, and sockets.
pub fn read(place: &str) -> (&str, Vec<PathBuf>) {
    let mut parts = place.split(' ');
    (parts.next().unwrap_or_default(), parts.map(PathBuf::from).collect())
}
