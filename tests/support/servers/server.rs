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
const PATIENCE: Duration = Duration::from_secs(60);

/// A server, from its start until it is dropped.
pub struct Server {
    place: Place,
    command: Vec<OsString>,
    farewell: &'static str,
    socket: PathBuf,
    is_ready: fn(&Place) -> bool,
    keeper: Mutex<Option<Keeper>>,
}

impl Server {
    pub(super) fn start(
        place: Place,
        command: Vec<OsString>,
        farewell: &'static str,
        socket: PathBuf,
        is_ready: fn(&Place) -> bool,
    ) -> Result<Self, String> {
        let server = Self { place, command, farewell, socket, is_ready, keeper: Mutex::new(None) };
        server.set_going()?;
        Ok(server)
    }

    /// Returns its address, with user and password.
    pub fn url(&self) -> String {
        self.url_of("larder", PASSWORD)
    }

    /// Returns its address for another user or with another password.
    pub fn url_of(&self, user: &str, password: &str) -> String {
        let encoded = |path: &Path| path.display().to_string().replace('/', "%2F");
        match self.farewell {
            "QUIT" => format!("postgres://{user}:{password}@localhost/postgres?host={}", encoded(&self.place.path(""))),
            _ => format!("mysql://{user}:{password}@localhost/larder?socket={}", encoded(&self.socket)),
        }
    }

    /// Returns where it listens.
    pub fn socket(&self) -> &Path {
        &self.socket
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
        let keeper = Keeper::start(&self.place, self.farewell, &self.command)?;
        let begun = Instant::now();
        while !(self.is_ready)(&self.place) {
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
