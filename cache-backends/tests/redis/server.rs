//! A private server, gone with its test.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::ports;

/// How long a server may take to be ready.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server on a port of this machine.
pub struct Server {
    child: Child,
    folder: TempDir,
    pub port: u16,
}

impl Server {
    pub fn is_installed() -> bool {
        let version = Command::new("redis-server").arg("--version").stdout(Stdio::null()).status();
        version.is_ok_and(|status| status.success())
    }

    /// Starts one with these settings.
    pub fn start(settings: &[&str]) -> Self {
        let port = free_port();
        Self::start_at(port, settings)
    }

    pub fn start_at(port: u16, settings: &[&str]) -> Self {
        Self::start_in(tempfile::tempdir().expect("a folder"), port, settings)
    }

    /// Starts one in a folder, with what was saved there.
    fn start_in(folder: TempDir, port: u16, settings: &[&str]) -> Self {
        let mut command = Command::new("redis-server");
        command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--dir"]).arg(folder.path());
        command.arg("--logfile").arg(folder.path().join("log"));
        // Else one that leads waits for five seconds whether another one wants to follow it too.
        command.args(["--repl-diskless-sync-delay", "0"]);
        command.args(["--enable-debug-command", "yes"]).args(settings);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a server");
        let server = Self { child, folder, port };
        server.wait_until(|server| server.say(&["PING"]).contains("PONG") || server.say(&["PING"]).contains("NOAUTH"));
        server
    }

    /// Ends it as a crash would, and starts it with what it had saved.
    pub fn crash_and_start_again(&mut self) {
        self.kill();
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().expect("a folder"));
        *self = Self::start_in(folder, self.port, &[]);
    }

    /// Starts a sentinel with a file of settings, which it writes to.
    pub fn start_sentinel(port: u16, folder: TempDir, settings: &Path) -> Self {
        let mut command = Command::new("redis-server");
        command.arg(settings).args(["--sentinel", "--port", &port.to_string(), "--bind", "127.0.0.1", "--dir"]);
        let command = command.arg(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
        let server = Self { child: command.spawn().expect("a sentinel"), folder, port };
        server.wait_until(|server| server.say(&["PING"]).contains("PONG"));
        server
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Says something to the server behind the store's back.
    pub fn say(&self, words: &[&str]) -> String {
        let port = self.port.to_string();
        let output = Command::new("redis-cli").args(["-p", &port]).args(words).output().expect("redis-cli");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Waits until this is so.
    pub fn wait_until(&self, is_so: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !is_so(self) {
            assert!(begun.elapsed() < PATIENCE, "it takes too long");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Has it do nothing from now on: it is there, and does not answer.
    pub fn stand_still(&self) {
        let stopped = Command::new("kill").args(["-STOP", &self.child.id().to_string()]).status().expect("kill");
        assert!(stopped.success(), "a server that runs");
    }

    /// Ends it as a crash would.
    pub fn kill(&mut self) {
        self.child.kill().expect("a server that runs");
        self.child.wait().expect("its end");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn free_port() -> u16 {
    // A node of a cluster also takes the port ten thousand above its own.
    loop {
        let port = ports::draw();
        if port < 22_000 && TcpListener::bind(("127.0.0.1", port + 10_000)).is_ok() {
            return port;
        }
    }
}
