//! A server, whichever it is.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::PASSWORD;
use super::keeper::Keeper;
use super::place::Place;

/// How long a server may take to be ready. One that is not by then never will be.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// A server, from its start until it is dropped.
pub struct Server {
    place: Place,
    program: Program,
    keeper: Mutex<Option<Keeper>>,
}

/// What is run, and how it is spoken of.
pub(super) struct Program {
    pub command: Vec<OsString>,
    /// The signal that ends it.
    pub farewell: &'static str,
    pub listens: Listens,
    /// Whether the process of this number is ready.
    pub is_ready: fn(&Server, &str) -> bool,
    /// Returns its address for a user with a password.
    pub address: fn(&Server, &str, &str) -> String,
}

/// Where a server listens.
#[derive(Clone)]
pub(super) struct Listens {
    pub socket: PathBuf,
    /// On this machine only.
    pub port: Option<u16>,
}

impl Server {
    pub(super) fn start(place: Place, program: Program) -> Result<Self, String> {
        let server = Self { place, program, keeper: Mutex::new(None) };
        server.set_going()?;
        Ok(server)
    }

    /// Returns its address, with user and password.
    pub fn url(&self) -> String {
        self.url_of("larder", PASSWORD)
    }

    /// Returns its address for another user or with another password.
    pub fn url_of(&self, user: &str, password: &str) -> String {
        (self.program.address)(self, user, password)
    }

    /// Returns its address for those who encrypt, by one of its hosts: its certificate is for `localhost` alone.
    pub fn encrypted_url(&self, host: &str) -> String {
        let url = self.url();
        let (start, rest) = url.split_once("@localhost").expect("a database");
        let database = rest.split_once('?').map_or(rest, |(database, _)| database);
        format!("{start}@{host}:{}{database}", self.port())
    }

    /// Returns where it listens.
    pub fn socket(&self) -> &Path {
        &self.program.listens.socket
    }

    /// Returns the port that it listens on.
    pub fn port(&self) -> u16 {
        self.program.listens.port.expect("a server that listens on a port")
    }

    pub(super) fn has_port(&self) -> bool {
        self.program.listens.port.is_some()
    }

    /// Returns something in its folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.place.path(name)
    }

    /// Stops it at once, whatever it is at; what it keeps stays.
    pub fn stop(&self) {
        if let Some(keeper) = self.keeper().take() {
            keeper.end(Some("stop"));
        }
    }

    /// Starts it again where it was stopped, with what it kept.
    pub fn start_again(&self) {
        self.set_going().expect("a server that started once");
    }

    /// Makes it stand still: it takes what it is sent, and answers nothing.
    pub fn freeze(&self) {
        self.tell("freeze");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.tell("thaw");
    }

    fn tell(&self, word: &str) {
        self.keeper().as_mut().expect("a server that was not stopped").tell(word);
    }

    fn set_going(&self) -> Result<(), String> {
        let keeper = Keeper::start(&self.place, self.program.farewell, &self.program.command)?;
        let begun = Instant::now();
        while !(self.program.is_ready)(self, keeper.server()) {
            if !keeper.has_server() || begun.elapsed() > PATIENCE {
                keeper.end(Some("stop"));
                let log = fs::read_to_string(self.place.path("log")).unwrap_or_default();
                return Err(format!("the server does not start:\n{log}"));
            }
            thread::sleep(Duration::from_millis(5));
        }
        *self.keeper() = Some(keeper);
        Ok(())
    }

    fn keeper(&self) -> MutexGuard<'_, Option<Keeper>> {
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(keeper) = self.keeper().take() {
            keeper.end(None);
        }
    }
}
