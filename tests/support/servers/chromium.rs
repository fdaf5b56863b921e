//! Chromium, which is driven by a server beside it.

use std::fs;
use std::path::PathBuf;

use super::place::Place;
use super::programs::find;
use super::server::{Listens, Program};
use super::{Server, until};

/// What drives browsers, in a folder that theirs are in.
pub struct Chromium {
    server: Server,
    /// The browser itself.
    pub program: PathBuf,
}

impl Chromium {
    /// Starts what drives browsers, and no browser yet.
    ///
    /// # Errors
    ///
    /// With a sentence that says why there is none: as a rule, since it is not installed.
    pub fn start() -> Result<Self, String> {
        let [program, driver] =
            ["chromium", "chromedriver"].map(|name| find(name).ok_or_else(|| format!("there is no `{name}`")));
        let (program, driver) = (program?, driver?);
        let place = Place::make("chromium")?;
        let listens = Listens { socket: place.path("log"), port: None };
        let command = vec![driver.into(), "--port=0".into()];
        let is_ready = |server: &Server, _: &str| port(server).is_some();
        let address = |server: &Server, _: &str, _: &str| format!("127.0.0.1:{}", port(server).expect("a port"));
        let server = Server::start(place, Program { command, farewell: "KILL", listens, is_ready, address })?;
        Ok(Self { server, program })
    }

    /// Returns where it listens.
    pub fn address(&self) -> String {
        self.server.url()
    }

    /// Returns the arguments of a browser of its own, which finds nobody outside of this machine.
    pub fn arguments(&self, person: &str) -> Vec<String> {
        let profile = format!("--user-data-dir={}", self.server.path(person).display());
        let others = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--no-proxy-server",
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            // It is driven through a pipe, and is gone when nobody holds the other end.
            "--remote-debugging-pipe",
        ];
        others.map(str::to_owned).into_iter().chain([profile]).collect()
    }

    /// Returns whether something runs that was told of its folder.
    fn has_browsers(&self) -> bool {
        let folder = self.server.path("").display().to_string();
        let told = |process: fs::DirEntry| fs::read(process.path().join("cmdline")).unwrap_or_default();
        let is_in = |text: &[u8]| text.windows(folder.len()).any(|part| part == folder.as_bytes());
        fs::read_dir("/proc").into_iter().flatten().flatten().any(|process| is_in(&told(process)))
    }
}

/// A browser that is about to end would write into a folder that is about to go.
impl Drop for Chromium {
    fn drop(&mut self) {
        self.server.stop();
        if let Err(why) = until("all browsers are gone", || !self.has_browsers()) {
            eprintln!("{why}");
        }
    }
}

/// It draws a port itself, and says which.
fn port(server: &Server) -> Option<u16> {
    let log = fs::read_to_string(server.socket()).ok()?;
    log.split_once("successfully on port ")?.1.split_once('.')?.0.parse().ok()
}
