//! Redis: a server of its own, and several that belong together.

mod cluster;
mod replica;
mod sentinel;
mod talk;

use std::ops::Deref;
use std::path::Path;
use std::time::Duration;

pub use cluster::Cluster;
pub use replica::Replicated;
pub use sentinel::Watched;

use super::place::Place;
use super::programs::find;
use super::server::{Listens, Program};
use super::{PASSWORD, Server, certificates, ports, said};

/// A server of Redis, or of what speaks as it does.
pub struct Redis(Server);

/// How a server is to be.
#[derive(Clone)]
pub struct Setup {
    program: &'static str,
    has_port: bool,
    is_guarded: bool,
    is_encrypted: bool,
    lines: Vec<String>,
}

impl Redis {
    /// Returns whether it is here.
    pub fn is_installed() -> bool {
        find("redis-server").is_some()
    }

    /// Begins to say how a server is to be: on a socket, without passwords, and all in memory, if no more is said.
    pub fn setup() -> Setup {
        Setup { program: "redis-server", has_port: false, is_guarded: false, is_encrypted: false, lines: Vec::new() }
    }

    /// Starts a server.
    ///
    /// # Errors
    ///
    /// With a sentence that says why there is none: as a rule, since it is not installed.
    pub fn start() -> Result<Self, String> {
        Self::setup().start()
    }

    /// Asks it something by its socket, as a user who may do everything, and returns the texts of the answer.
    ///
    /// # Errors
    ///
    /// With what the server says against it, or why it says nothing.
    pub fn ask(&self, words: &[&str]) -> Result<Vec<String>, String> {
        talk::ask(self.socket(), words)
    }

    /// Returns what a section of `INFO` says under a name.
    pub fn info(&self, section: &str, name: &str) -> Option<String> {
        let text = self.ask(&["INFO", section]).ok()?.concat();
        let mut lines = text.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(found, _)| *found == name).map(|(_, value)| value.trim_end().to_owned())
    }

    /// Lets time go by for all that the server at a socket keeps, and for what its replicas have of it.
    ///
    /// # Errors
    ///
    /// Where it does not answer.
    pub fn let_time_pass(socket: &Path, time: Duration) -> Result<(), String> {
        const OLDER: &str = "for _, key in ipairs(redis.call('KEYS', '*')) do \
            local left = redis.call('PTTL', key) \
            if left >= 0 and left <= tonumber(ARGV[1]) then redis.call('DEL', key) \
            elseif left >= 0 then redis.call('PEXPIRE', key, left - tonumber(ARGV[1])) end end";
        let mut talk = talk::Talk::begin(socket)?;
        talk.ask(&["EVAL", OLDER, "0", &time.as_millis().to_string()])?;
        let is_followed = talk.ask(&["ROLE"])?.len() > 2;
        if is_followed { talk.ask(&["WAIT", "1", "30000"]).map(drop) } else { Ok(()) }
    }
}

impl Deref for Redis {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.0
    }
}

impl Setup {
    /// Takes another program, which speaks the same.
    pub fn program(mut self, program: &'static str) -> Self {
        self.program = program;
        self
    }

    /// Has it listen on a port too.
    pub fn on_port(mut self) -> Self {
        self.has_port = true;
        self
    }

    /// Lets nobody in without a password.
    pub fn guarded(mut self) -> Self {
        self.is_guarded = true;
        self
    }

    /// Has it listen on a port where everything is encrypted, with a certificate for `localhost`.
    pub fn encrypted(mut self) -> Self {
        self.is_encrypted = true;
        self.on_port()
    }

    /// Bounds its memory: beyond it, entries have to make room.
    pub fn max_memory(self, bytes: &str) -> Self {
        self.line(format!("maxmemory {bytes}")).line("maxmemory-policy allkeys-lru")
    }

    /// Has it keep what it holds when it is stopped, to the last write.
    pub fn lasting(self) -> Self {
        self.line("appendonly yes").line("appendfsync no")
    }

    /// Adds a line to its configuration.
    pub fn line(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    /// Starts it.
    ///
    /// # Errors
    ///
    /// With a sentence that says why there is none: as a rule, since it is not installed.
    pub fn start(&self) -> Result<Redis, String> {
        if self.has_port { ports::with_port(|port| self.start_at(Some(port), &[])) } else { self.start_at(None, &[]) }
    }

    /// Starts it at a port, with arguments behind those that every server has.
    fn start_at(&self, port: Option<u16>, arguments: &[&str]) -> Result<Redis, String> {
        let program = find(self.program).ok_or_else(|| format!("there is no `{}`", self.program))?;
        let place = Place::make("redis")?;
        if self.is_encrypted {
            certificates::make(&place, "DNS:localhost,IP:127.0.0.1")?;
        }
        place.write("redis.conf", &self.configuration(&place, port)).map_err(said("its configuration"))?;
        let mut command = vec![program.into(), place.path("redis.conf").into()];
        command.extend(arguments.iter().map(Into::into));
        let listens = Listens { socket: place.path("socket"), port };
        let is_encrypted = self.is_encrypted;
        let address = if is_encrypted { encrypted_address } else { address };
        // It listens on its socket last: whoever answers there is this one, and has its port.
        let is_ready = |server: &Server, _: &str| talk::ask(server.socket(), &["PING"]).is_ok();
        Server::start(place, Program { command, farewell: "KILL", listens, is_ready, address }).map(Redis)
    }

    fn configuration(&self, place: &Place, port: Option<u16>) -> String {
        let folder = place.path("").display().to_string();
        let port = port.unwrap_or(0);
        let (plain, encrypted) = if self.is_encrypted { (0, port) } else { (port, 0) };
        let mut lines = vec![
            "bind 127.0.0.1".to_owned(),
            format!("port {plain}"),
            format!("unixsocket {folder}/socket"),
            "unixsocketperm 777".to_owned(),
            format!("dir {folder}"),
            "save \"\"".to_owned(),
            format!("user larder on >{PASSWORD} ~* &* +@all"),
        ];
        if self.is_guarded {
            lines.push("user default off".to_owned());
        }
        if self.is_encrypted {
            lines.push(format!("tls-port {encrypted}"));
            lines.extend(certificates::lines(&folder));
        }
        lines.extend(self.lines.iter().cloned());
        lines.join("\n") + "\n"
    }
}

fn address(server: &Server, user: &str, password: &str) -> String {
    if server.has_port() {
        return format!("redis://{user}:{password}@127.0.0.1:{}", server.port());
    }
    format!("redis+unix://{}?user={user}&password={password}", server.socket().display())
}

fn encrypted_address(server: &Server, user: &str, password: &str) -> String {
    format!("rediss://{user}:{password}@localhost:{}", server.port())
}
