//! A server in a process of its own, in a folder of its own, for as long as it is measured.

use std::env;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{Outcome, SERVER, load, spent};
use crate::page::PAGE;

/// After so many seconds it ends by itself, should this program be killed.
const AT_MOST: &str = "600";
const PATIENCE: Duration = Duration::from_secs(20);

type Check = Box<dyn Fn() -> Outcome<()>>;

pub struct Server {
    pub port: u16,
    process: Child,
    folder: Folder,
    check: Check,
}

impl Server {
    /// Starts a server by the command that `command` returns for a folder and a port, and waits until it answers with the page.
    pub fn start(name: &str, command: impl FnOnce(&Path, u16) -> Outcome<Command>) -> Outcome<Self> {
        let (folder, port) = (Folder::new(name)?, free_port()?);
        let command = pinned(&command(&folder.0, port)?, SERVER);
        let process = logged(command, &folder.0.join("log"))?;
        let mut server = Self { port, process, folder, check: Box::new(|| Ok(())) };
        server.wait().map_err(|error| format!("{name}: {error}"))?;
        Ok(server)
    }

    /// Adds what has to hold when everything is measured.
    pub fn checked(mut self, check: impl Fn() -> Outcome<()> + 'static) -> Self {
        self.check = Box::new(check);
        self
    }

    /// Returns an error if the page did not come from the cache.
    pub fn check(&self) -> Outcome<()> {
        (self.check)()
    }

    /// Returns the seconds of its processor that it has used so far.
    pub fn spent(&self) -> f64 {
        spent::seconds(self.process.id())
    }

    fn wait(&mut self) -> Outcome<()> {
        let began = Instant::now();
        loop {
            let error = match load::page(self.port) {
                Ok(page) if page == PAGE => return Ok(()),
                Ok(_) => "it answers with another page".to_owned(),
                Err(error) => error,
            };
            let ended = self.process.try_wait().is_ok_and(|end| end.is_some());
            if ended || began.elapsed() > PATIENCE {
                let log = fs::read_to_string(self.folder.0.join("log")).unwrap_or_default();
                return Err(format!("it does not start: {error}\n{log}"));
            }
            sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Asked to end, so that those that have processes of their own end these.
        let asked = Command::new("kill").arg(self.process.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// A folder that goes when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Outcome<Self> {
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let path = env::temp_dir().join(format!("larder-page-benches-{}-{name}", process::id()));
        fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Returns the command on one processor, and bounded in time.
pub fn pinned(command: &Command, processor: &str) -> Command {
    let mut pinned = Command::new("taskset");
    pinned.args(["-c", processor, "timeout", AT_MOST]).arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        pinned.current_dir(folder);
    }
    pinned
}

fn logged(mut command: Command, log: &Path) -> Outcome<Child> {
    let file = fs::File::create(log).and_then(|file| Ok((file.try_clone()?, file)));
    let (out, err) = file.map_err(|error| format!("{}: {error}", log.display()))?;
    let child = command.stdin(Stdio::null()).stdout(out).stderr(err).spawn();
    child.map_err(|error| format!("taskset does not run ({error}): what is measured here needs it"))
}

fn free_port() -> Outcome<u16> {
    let bound = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    bound.map(|address| address.port()).map_err(|error| format!("there is no free port: {error}"))
}

/// Returns whether a program is there, by asking for its version.
pub fn installed(program: &str, arguments: &[&str]) -> bool {
    let asked = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    asked.is_ok_and(|output| output.status.success())
}
