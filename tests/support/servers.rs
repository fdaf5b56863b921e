//! Private database servers for tests: each in a folder of its own and on a socket of its own, and gone with its test.
//!
//! A server is the child of a small shell that holds the other end of a pipe: when the test is killed, the pipe ends, and
//! the shell takes server and folder along. Where root runs the tests, a server runs as `nobody`, since none of them will
//! run as root.

#![allow(dead_code, reason = "not every program needs both servers, and each of their faults")]

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The password of the user `larder` on every server here.
pub const PASSWORD: &str = "not-for-others";

/// How long a server may take to be ready. One that is not by then never will be.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs a server and does to it what it is told: a word a line. When there are no more words, nobody needs it any more.
const KEEPER: &str = r#"
    # A group whose parent dies is hung up on, where one in it stands still.
    trap '' HUP
    folder=$1 farewell=$2; shift 2
    "$@" >>"$folder/log" 2>&1 </dev/null &
    server=$!
    all() { echo $server; cat /proc/$server/task/$server/children 2>/dev/null; }
    echo $server
    while read -r word; do
        case $word in
            freeze) kill -STOP $(all) ;;
            thaw) kill -CONT $(all) ;;
            stop) break ;;
        esac
        echo done
    done
    kill -CONT $(all) 2>/dev/null
    kill -$farewell $server 2>/dev/null
    wait $server
    [ "$word" = stop ] || rm -rf "$folder"
"#;

/// PostgreSQL, as found on this machine.
pub struct Postgres;

/// MariaDB, as found on this machine.
pub struct MariaDb;

impl Postgres {
    /// Returns whether it is here.
    pub fn is_installed() -> bool {
        Self::home().is_some()
    }

    /// Returns where its programs are, those of one version together.
    fn home() -> Option<PathBuf> {
        folders().find(|folder| ["initdb", "postgres"].iter().all(|program| folder.join(program).is_file()))
    }

    /// Starts a server.
    ///
    /// # Errors
    ///
    /// With a sentence that says why there is none: as a rule, since it is not installed.
    pub fn start() -> Result<Server, String> {
        Self::start_at(None)
    }

    /// Starts a server that listens at an address too, for those only who encrypt.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start), and where there is no `openssl` to make certificates.
    pub fn start_encrypted() -> Result<Server, String> {
        Self::start_at(Some(free_port()?))
    }

    fn start_at(port: Option<u16>) -> Result<Server, String> {
        let home = Self::home().ok_or("PostgreSQL is not installed: there is no `initdb`")?;
        let place = Quarters::make("pg")?;
        fs::write(place.path("password"), PASSWORD).map_err(said("the password"))?;
        place.run(Command::new(home.join("initdb")).arg("-D").arg(place.path("data")).args(["-U", "larder"]).args(
            [
                "--no-sync",
                "--no-locale",
                "--encoding=UTF8",
                "--auth=password",
                &format!("--pwfile={}", place.path("password").display()),
            ],
        ))?;
        let mut settings = ["fsync=off", "full_page_writes=off"].map(String::from).to_vec();
        if let Some(port) = port {
            place.certify()?;
            let doors = "local all all password\nhostssl all all 127.0.0.1/32 password\n";
            fs::write(place.path("data/pg_hba.conf"), doors).map_err(said("who may come in"))?;
            settings.extend(["listen_addresses=127.0.0.1".into(), format!("port={port}"), "ssl=on".into()]);
            let file = |name: &str| place.path(name).display().to_string();
            settings.push(format!("ssl_cert_file={}", file("server.pem")));
            settings.push(format!("ssl_key_file={}", file("server.key")));
        } else {
            settings.push("listen_addresses=".into());
        }
        let socket = place.path(&format!(".s.PGSQL.{}", port.unwrap_or(5432)));
        let mut command = vec![home.join("postgres").into(), "-D".into(), place.path("data").into()];
        command.extend(["-k".into(), place.path("").into()]);
        for setting in settings {
            command.extend(["-c".into(), setting.into()]);
        }
        // It may be cut off in the midst of whatever it does, like one whose machine dies; what it answers is then no
        // answer to a statement.
        Server::start(place, command, "QUIT", socket, port, |place| {
            let status = fs::read_to_string(place.path("data/postmaster.pid")).unwrap_or_default();
            status.lines().nth(7).is_some_and(|line| line.trim_end() == "ready")
        })
    }
}

impl MariaDb {
    /// Returns whether it is here.
    pub fn is_installed() -> bool {
        Self::programs().is_some()
    }

    /// Returns the program that makes a database, and the one that runs it.
    fn programs() -> Option<(PathBuf, PathBuf)> {
        let find = |name: &str| folders().map(|folder| folder.join(name)).find(|program| program.is_file());
        find("mariadb-install-db").zip(find("mariadbd"))
    }

    /// Starts a server.
    ///
    /// # Errors
    ///
    /// With a sentence that says why there is none: as a rule, since it is not installed.
    pub fn start() -> Result<Server, String> {
        Self::start_at(None)
    }

    /// Starts a server that listens at an address too, for those only who encrypt.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start), and where there is no `openssl` to make certificates.
    pub fn start_encrypted() -> Result<Server, String> {
        Self::start_at(Some(free_port()?))
    }

    fn start_at(port: Option<u16>) -> Result<Server, String> {
        let (install, server) = Self::programs().ok_or("MariaDB is not installed: there is no `mariadbd`")?;
        let place = Quarters::make("my")?;
        let set_up = format!(
            "CREATE DATABASE IF NOT EXISTS larder;\n\
             CREATE USER IF NOT EXISTS larder@localhost IDENTIFIED BY '{PASSWORD}';\n\
             GRANT ALL ON *.* TO larder@localhost WITH GRANT OPTION;\n"
        );
        fs::write(place.path("set-up.sql"), set_up).map_err(said("the set-up"))?;
        let data = format!("--datadir={}", place.path("data").display());
        let fast = ["--innodb-flush-method=nosync", "--innodb-log-file-size=4M", "--innodb-doublewrite=0"];
        place.run(
            Command::new(install)
                .args(["--no-defaults", &data, "--skip-test-db", "--skip-name-resolve"])
                .arg("--auth-root-authentication-method=normal")
                .args(fast),
        )?;
        let socket = place.path("socket");
        let mut command: Vec<OsString> = vec![server.into(), "--no-defaults".into(), data.into()];
        command.extend(fast.map(OsString::from));
        command.push("--innodb-flush-log-at-trx-commit=2".into());
        if let Some(port) = port {
            place.certify()?;
            command.extend(["--bind-address=127.0.0.1", "--require-secure-transport=ON"].map(OsString::from));
            command.push(format!("--port={port}").into());
            command.push(format!("--ssl-cert={}", place.path("server.pem").display()).into());
            command.push(format!("--ssl-key={}", place.path("server.key").display()).into());
        } else {
            command.push("--skip-networking".into());
        }
        command.push(format!("--socket={}", socket.display()).into());
        command.push(format!("--pid-file={}", place.path("pid").display()).into());
        command.push(format!("--init-file={}", place.path("set-up.sql").display()).into());
        // It greets whoever comes.
        Server::start(place, command, "KILL", socket, port, |place| {
            let greets = |mut socket: UnixStream| socket.read_exact(&mut [0]).is_ok();
            UnixStream::connect(place.path("socket")).is_ok_and(greets)
        })
    }
}

/// A server, from its start until it is dropped.
pub struct Server {
    place: Quarters,
    command: Vec<OsString>,
    farewell: &'static str,
    socket: PathBuf,
    /// Where it listens for those who encrypt.
    port: Option<u16>,
    is_ready: fn(&Quarters) -> bool,
    keeper: Mutex<Option<Keeper>>,
}

impl Server {
    fn start(
        place: Quarters,
        command: Vec<OsString>,
        farewell: &'static str,
        socket: PathBuf,
        port: Option<u16>,
        is_ready: fn(&Quarters) -> bool,
    ) -> Result<Self, String> {
        let server = Self { place, command, farewell, socket, port, is_ready, keeper: Mutex::new(None) };
        server.set_going()?;
        Ok(server)
    }

    /// Returns its address, with user and password.
    pub fn url(&self) -> String {
        self.url_of("larder", PASSWORD)
    }

    /// Returns its address for those who encrypt, by one of its hosts: its certificate is for `localhost` alone.
    ///
    /// # Panics
    ///
    /// Where it was not started for them.
    pub fn encrypted_url(&self, host: &str) -> String {
        let port = self.port.expect("a server that was started for those who encrypt");
        let (scheme, database) = if self.farewell == "QUIT" { ("postgres", "postgres") } else { ("mysql", "larder") };
        format!("{scheme}://larder:{PASSWORD}@{host}:{port}/{database}")
    }

    /// Returns where the certificate of who vouches for it is, as an option of an address says it; or that of somebody else.
    pub fn authority(&self, is_its_own: bool) -> String {
        encoded(&self.place.path(if is_its_own { "ca.pem" } else { "other.pem" }))
    }

    /// Returns its address for another user or with another password.
    pub fn url_of(&self, user: &str, password: &str) -> String {
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

/// The shell that keeps one server.
struct Keeper {
    shell: Child,
    words: ChildStdin,
    answers: BufReader<ChildStdout>,
    server: String,
}

impl Keeper {
    fn start(place: &Quarters, farewell: &str, command: &[OsString]) -> Result<Self, String> {
        let mut shell = Command::new("sh");
        shell.args(["-c", KEEPER, "keeper"]).arg(place.path("")).arg(farewell).args(command);
        // A group of its own: what is typed at the terminal is for the tests.
        place.as_their_owner(&mut shell).process_group(0);
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut shell = shell.spawn().map_err(said("a shell"))?;
        let words = shell.stdin.take().ok_or("a shell without input")?;
        let answers = BufReader::new(shell.stdout.take().ok_or("a shell without output")?);
        let mut keeper = Self { shell, words, answers, server: String::new() };
        keeper.server = keeper.answer();
        Ok(keeper)
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("an answer of the shell");
        line.trim_end().to_owned()
    }

    fn tell(&mut self, word: &str) {
        writeln!(self.words, "{word}").expect("a shell that listens");
        assert_eq!(self.answer(), "done");
    }

    /// Returns whether its server runs still, and is not merely waited for.
    fn has_server(&self) -> bool {
        fs::read_to_string(format!("/proc/{}/stat", self.server)).is_ok_and(|state| !state.contains(") Z"))
    }

    fn end(mut self, word: Option<&str>) {
        if let Some(word) = word {
            // It may have ended by itself.
            let _ = writeln!(self.words, "{word}");
        }
        drop(self.words);
        let _ = self.shell.wait();
    }
}

/// A folder for one server, and who owns it.
struct Quarters {
    folder: PathBuf,
    owner: Option<(u32, u32)>,
}

impl Quarters {
    fn make(kind: &str) -> Result<Self, String> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        // The names of sockets are short.
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let folder = std::env::temp_dir().join(format!("larder-{kind}-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).map_err(said("a temporary folder"))?;
        let owner = if is_root()? { Some(nobody()?) } else { None };
        let place = Self { folder, owner };
        if let Some((user, group)) = owner {
            chown(&place.folder, Some(user), Some(group)).map_err(said("its owner"))?;
        }
        fs::set_permissions(&place.folder, fs::Permissions::from_mode(0o755)).map_err(said("its rights"))?;
        Ok(place)
    }

    fn path(&self, name: &str) -> PathBuf {
        if name.is_empty() { self.folder.clone() } else { self.folder.join(name) }
    }

    fn as_their_owner<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        // MariaDB begins by removing the temporary tables of others, where they have a folder in common.
        command.current_dir(&self.folder).env("TMPDIR", &self.folder).env("HOME", &self.folder).env("LC_ALL", "C");
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }

    /// Makes an authority, a certificate for `localhost` that it vouches for, and an authority that vouches for nothing.
    fn certify(&self) -> Result<(), String> {
        let make = |name: &str, subject: &str, more: &[&str]| {
            let mut openssl = Command::new("openssl");
            openssl.args(["req", "-x509", "-nodes", "-days", "2", "-subj", subject]);
            openssl.args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]);
            openssl.arg("-keyout").arg(self.path(&format!("{name}.key")));
            self.run(openssl.arg("-out").arg(self.path(&format!("{name}.pem"))).args(more))
        };
        make("ca", "/CN=authority", &[])?;
        make("other", "/CN=somebody else", &[])?;
        let by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "basicConstraints=critical,CA:FALSE"];
        make("server", "/CN=localhost", &[&by[..], &["-addext", "subjectAltName=DNS:localhost"]].concat())
    }

    /// Runs a program to its end.
    fn run(&self, command: &mut Command) -> Result<(), String> {
        let output = self.as_their_owner(command).stdin(Stdio::null()).output().map_err(said("a set-up"))?;
        if output.status.success() {
            return Ok(());
        }
        let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
        Err(format!("{} failed:\n{out}{err}", command.get_program().display()))
    }
}

impl Drop for Quarters {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Returns whether certificates can be made here.
pub fn can_certify() -> bool {
    folders().any(|folder| folder.join("openssl").is_file())
}

/// Finds a port that nobody listens at; somebody may come first, who is told then.
fn free_port() -> Result<u16, String> {
    let socket = TcpListener::bind(("127.0.0.1", 0)).map_err(said("a port"))?;
    socket.local_addr().map(|address| address.port()).map_err(said("a port"))
}

fn encoded(path: &Path) -> String {
    path.display().to_string().replace('/', "%2F")
}

/// Returns where programs are: those that only root needs, and those of PostgreSQL, are outside of the path.
fn folders() -> impl Iterator<Item = PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
    versions.sort_unstable();
    let path: Vec<_> = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    let others = ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin"].map(PathBuf::from);
    versions.into_iter().rev().chain(path).chain(others)
}

fn is_root() -> Result<bool, String> {
    Ok(fs::metadata("/proc/self").map_err(said("/proc"))?.uid() == 0)
}

fn nobody() -> Result<(u32, u32), String> {
    let users = fs::read_to_string("/etc/passwd").map_err(said("/etc/passwd"))?;
    let line = users.lines().find(|line| line.starts_with("nobody:")).ok_or("there is no user `nobody`")?;
    let mut ids = line.split(':').skip(2).map(str::parse);
    match (ids.next(), ids.next()) {
        (Some(Ok(user)), Some(Ok(group))) => Ok((user, group)),
        _ => Err("the line of `nobody` in /etc/passwd".into()),
    }
}

fn said(what: &'static str) -> impl Fn(std::io::Error) -> String {
    move |error| format!("{what}: {error}")
}
