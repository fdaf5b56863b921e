//! Memcached.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::ops::Deref;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::place::Place;
use super::programs::find;
use super::server::{Listens, Program};
use super::{PASSWORD, Server, certificates, in_url, ports, said};

/// How long an answer may take. One that is not there by then never comes.
const LIMIT: Option<Duration> = Some(Duration::from_secs(30));

/// A server of Memcached.
pub struct Memcached {
    server: Server,
    /// The port where everything is encrypted, where there is one.
    encrypted: Option<u16>,
}

/// How a server is to be.
#[derive(Clone, Default)]
pub struct Setup {
    has_port: bool,
    is_guarded: bool,
    is_encrypted: bool,
    arguments: Vec<String>,
}

impl Memcached {
    /// Returns whether it is here.
    pub fn is_installed() -> bool {
        find("memcached").is_some()
    }

    /// Returns whether it is here, and was built with what encrypts.
    pub fn can_encrypt() -> bool {
        let help = |program| Command::new(program).arg("-h").output().ok();
        find("memcached")
            .and_then(help)
            .is_some_and(|said| String::from_utf8_lossy(&said.stdout).contains("--enable-ssl"))
    }

    /// Begins to say how a server is to be: on a socket and without passwords, if no more is said.
    pub fn setup() -> Setup {
        Setup::default()
    }

    /// Starts a server.
    ///
    /// # Errors
    ///
    /// With a sentence that says why there is none: as a rule, since it is not installed.
    pub fn start() -> Result<Self, String> {
        Self::setup().start()
    }

    /// Says lines to it, and returns those of the answer.
    ///
    /// # Errors
    ///
    /// Where it does not answer.
    pub fn ask(&self, lines: &str) -> Result<Vec<String>, String> {
        ask(&self.server, lines)
    }

    /// Returns a number of its statistics.
    pub fn stat(&self, name: &str) -> Option<u64> {
        stat(&self.server, name)?.parse().ok()
    }

    /// Returns its address for those who encrypt.
    pub fn encrypted_url(&self) -> String {
        format!("memcacheds://localhost:{}", self.encrypted.expect("a server that was told to encrypt"))
    }

    /// Returns the address of several together.
    pub fn url_of_all(servers: &[Self]) -> String {
        let host = |server: &Self| {
            if server.has_port() { format!("127.0.0.1:{}", server.port()) } else { in_url(server.socket()) }
        };
        format!("memcached://{}", servers.iter().map(host).collect::<Vec<_>>().join(","))
    }

    /// Lets whole seconds go by for all that it keeps.
    ///
    /// # Errors
    ///
    /// Where it does not answer.
    pub fn let_time_pass(&self, seconds: u64) -> Result<(), String> {
        make_older(seconds, || connect(&self.server))
    }

    /// Lets whole seconds go by for all that the server at a socket keeps.
    ///
    /// # Errors
    ///
    /// Where it does not answer.
    pub fn let_time_pass_at(socket: &Path, seconds: u64) -> Result<(), String> {
        make_older(seconds, || connect_to(socket))
    }
}

fn make_older(seconds: u64, connect: impl Fn() -> Result<Box<dyn ReadWrite>, String>) -> Result<(), String> {
    // It is said by another thread, which may be slower than the answer to what comes behind it.
    let entries = answer(connect()?, "lru_crawler metadump all", "END")?;
    let mut words = String::new();
    for entry in entries {
        let field = |name: &str| entry.split(' ').find_map(|field| field.strip_prefix(name));
        let (Some(key), Some(Ok(end))) = (field("key="), field("exp=").map(str::parse::<u64>)) else { continue };
        // A date of before the server began is over; a smaller number would be a time from now on.
        let end = end.saturating_sub(seconds).max(1 << 24);
        words.extend(["mg ", &written(&decoded(key)), &format!(" T{end} q\r\n")]);
    }
    if words.is_empty() {
        return Ok(());
    }
    let said = answer(connect()?, &(words + "mn"), "MN")?;
    if said.iter().all(|line| line.starts_with("HD")) { Ok(()) } else { Err(said.join("\n")) }
}

impl Deref for Memcached {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl Setup {
    /// Has it listen on a port, in the place of its socket.
    pub fn on_port(mut self) -> Self {
        self.has_port = true;
        self
    }

    /// Lets nobody in without a password.
    pub fn guarded(mut self) -> Self {
        self.is_guarded = true;
        self
    }

    /// Has it listen on a second port too, where everything is encrypted, with a certificate for `localhost`.
    pub fn encrypted(mut self) -> Self {
        self.is_encrypted = true;
        self.on_port()
    }

    /// Bounds its memory, in MiB: beyond it, entries have to make room.
    pub fn max_memory(self, megabytes: u32) -> Self {
        self.argument(format!("--memory-limit={megabytes}"))
    }

    /// Bounds what an entry may have, in KiB: at least 512, below which this program breaks down as soon as it is full.
    pub fn max_item(self, kilobytes: u32) -> Self {
        assert!(kilobytes >= 512);
        self.argument(format!("--max-item-size={kilobytes}k"))
    }

    /// Adds an argument.
    pub fn argument(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Starts it.
    ///
    /// # Errors
    ///
    /// With a sentence that says why there is none: as a rule, since it is not installed.
    pub fn start(&self) -> Result<Memcached, String> {
        if self.has_port { ports::with_port(|port| self.start_at(Some(port))) } else { self.start_at(None) }
    }

    fn start_at(&self, port: Option<u16>) -> Result<Memcached, String> {
        let program = find("memcached").ok_or("there is no `memcached`")?;
        let place = Place::make("memc")?;
        let socket = place.path("socket");
        let mut command = vec![program.into()];
        // The crawler, which tells what there is, is left for us. It leaves out what a thread is still at: so there is one,
        // which is done with what it has answered before it hears anything else.
        command.extend(["--threads=1", "--extended=no_lru_maintainer,lru_crawler"].map(Into::into));
        let encrypted = self.is_encrypted.then(ports::draw);
        match (port, encrypted) {
            (Some(port), Some(encrypted)) => {
                certificates::make(&place, "DNS:localhost,IP:127.0.0.1")?;
                let file = |name: &str| place.path(name).display().to_string();
                let files = format!("ssl_chain_cert={},ssl_key={}", file("server.pem"), file("server.key"));
                let ports = format!("127.0.0.1:{encrypted},notls:127.0.0.1:{port}");
                command.extend(["-Z".to_owned(), "-o".to_owned(), files, "-l".to_owned(), ports].map(Into::into));
            }
            (Some(port), None) => command.extend(["-l".to_owned(), format!("127.0.0.1:{port}")].map(Into::into)),
            (None, _) => command.extend(["-a".into(), "777".into(), "-s".into(), socket.clone().into()]),
        }
        if self.is_guarded {
            place.write("users", &format!("larder:{PASSWORD}\n")).map_err(said("its users"))?;
            command.extend(["-Y".into(), place.path("users").into()]);
        }
        command.extend(self.arguments.iter().map(Into::into));
        let address = if self.is_guarded { guarded_address } else { address };
        let program = Program { command, farewell: "KILL", listens: Listens { socket, port }, is_ready, address };
        Server::start(place, program).map(|server| Memcached { server, encrypted })
    }
}

/// Asks who answers: at a port it may be a server of somebody else.
fn is_ready(server: &Server, process: &str) -> bool {
    stat(server, "pid").is_some_and(|found| found == process)
}

fn address(server: &Server, _: &str, _: &str) -> String {
    if server.has_port() {
        return format!("memcached://127.0.0.1:{}", server.port());
    }
    format!("memcached+unix://{}", server.socket().display())
}

fn guarded_address(server: &Server, user: &str, password: &str) -> String {
    if server.has_port() {
        return format!("memcached://{user}:{password}@127.0.0.1:{}", server.port());
    }
    format!("memcached+unix://{}?user={user}&password={password}", server.socket().display())
}

fn stat(server: &Server, name: &str) -> Option<String> {
    let lines = ask(server, "stats").ok()?;
    lines.iter().find_map(|line| line.strip_prefix("STAT ")?.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned))
}

fn ask(server: &Server, lines: &str) -> Result<Vec<String>, String> {
    answer(connect(server)?, &format!("{lines}\r\nmn"), "MN")
}

/// A connection, of whichever sort.
trait ReadWrite: Read + Write {}

impl<S: Read + Write> ReadWrite for S {}

fn connect(server: &Server) -> Result<Box<dyn ReadWrite>, String> {
    if !server.has_port() {
        return connect_to(server.socket());
    }
    let socket = TcpStream::connect(("127.0.0.1", server.port())).map_err(said("nobody listens"))?;
    socket.set_read_timeout(LIMIT).map_err(said("a time limit"))?;
    Ok(Box::new(socket))
}

fn connect_to(socket: &Path) -> Result<Box<dyn ReadWrite>, String> {
    let socket = UnixStream::connect(socket).map_err(said("nobody listens"))?;
    socket.set_read_timeout(LIMIT).map_err(said("a time limit"))?;
    Ok(Box::new(socket))
}

/// Says who asks, then what, and returns the lines of the answer, up to the one that ends it.
fn answer(mut socket: impl Read + Write, lines: &str, end: &str) -> Result<Vec<String>, String> {
    // Without users, this is an entry like any other, but for being over before it begins.
    let user = format!("larder {PASSWORD}");
    let greeting = format!("set auth 0 -1 {}\r\n{user}\r\n", user.len());
    socket.write_all(greeting.as_bytes()).map_err(said("a greeting"))?;
    let mut greeted = [0; "STORED\r\n".len()];
    socket.read_exact(&mut greeted).map_err(said("who greets"))?;
    socket.write_all(lines.as_bytes()).and_then(|()| socket.write_all(b"\r\n")).map_err(said("a question"))?;
    let mut answer = Vec::new();
    for line in BufReader::new(socket).lines() {
        let line = line.map_err(said("an answer"))?;
        if line == end {
            return Ok(answer);
        }
        answer.push(line);
    }
    Err("the connection has ended".into())
}

/// Undoes what is done to keys in lists.
fn decoded(key: &str) -> Vec<u8> {
    let mut bytes = key.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        let pair: Vec<_> = if byte == b'%' { bytes.by_ref().take(2).collect() } else { Vec::new() };
        let pair = std::str::from_utf8(&pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
        decoded.push(pair.unwrap_or(byte));
    }
    decoded
}

/// Writes a key as a question does: what would not be one word is written otherwise.
fn written(key: &[u8]) -> String {
    match str::from_utf8(key) {
        Ok(key) if key.bytes().all(|byte| byte.is_ascii_graphic()) => key.to_owned(),
        _ => base64(key) + " b",
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |group: &[u8]| {
        let three = [0, 1, 2].map(|at| u32::from(group.get(at).copied().unwrap_or(0)));
        let bits = three[0] << 16 | three[1] << 8 | three[2];
        let digit = |at: u32| char::from(DIGITS[(bits >> (18 - 6 * at) & 63) as usize]);
        let digits: String = (0..4).map(|at| if at as usize <= group.len() { digit(at) } else { '=' }).collect();
        digits
    };
    bytes.chunks(3).map(group).collect()
}
