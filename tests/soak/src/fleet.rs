//! The processes of the blog, each kept by a small shell: when the soak ends, however it does, the shell takes it
//! along.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::Outcome;

/// Runs a program, says its number, and ends it when there is nobody any more who could say so.
const KEEPER: &str = r#"
    trap '' HUP
    log=$1; shift
    "$@" >"$log" 2>&1 </dev/null &
    echo $!
    read -r _
    kill -KILL $! 2>/dev/null
    wait $!
"#;

/// What is done to a folder when nobody needs it any more.
const JANITOR: &str = "trap '' HUP; read -r _; sleep 1; rm -rf \"$1\"";

/// How long a process may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// All processes of one site.
pub struct Fleet {
    pub nodes: Vec<Node>,
}

/// One process, and those that were there before it.
pub struct Node {
    pub program: &'static str,
    executable: PathBuf,
    environment: Vec<(String, String)>,
    /// Its folder, where each life has a log.
    folder: PathBuf,
    number: usize,
    running: Mutex<Option<Running>>,
    /// How often it was started.
    pub lives: AtomicU64,
    /// How many of its answers were hits.
    pub hits: AtomicU64,
}

struct Running {
    keeper: Child,
    pid: u32,
    address: SocketAddr,
}

/// What a process takes of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Taken {
    pub kib: u64,
    pub threads: u64,
    pub files: u64,
}

/// Returns the folder that a process is started in, which is there from then on.
pub fn own_folder(folder: &Path, number: usize) -> Outcome<PathBuf> {
    let own = folder.join(number.to_string());
    fs::create_dir_all(&own)?;
    Ok(own)
}

impl Node {
    pub fn new(
        program: &'static str,
        folder: &Path,
        number: usize,
        environment: Vec<(String, String)>,
    ) -> Outcome<Self> {
        let executable = std::env::current_exe()?.with_file_name(program);
        let (running, lives, hits) = (Mutex::new(None), AtomicU64::new(0), AtomicU64::new(0));
        let folder = folder.to_owned();
        Ok(Self { program, executable, environment, folder, number, running, lives, hits })
    }

    /// Starts it, at the address that it had before.
    pub fn start(&self, before: Option<SocketAddr>) -> Outcome<()> {
        let address = before.unwrap_or(([127, 0, 0, 1], 0).into());
        let log_of_life = self.folder.join(format!("{}.{}.log", self.number, self.life()));
        let mut shell = Command::new("sh");
        shell.args(["-c", KEEPER, "keeper"]).arg(&log_of_life).arg(&self.executable);
        shell.current_dir(own_folder(&self.folder, self.number)?);
        shell.env("BLOG_ADDRESS", address.to_string()).envs(self.environment.iter().cloned());
        shell.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut keeper = shell.spawn()?;
        let mut pid = String::new();
        BufReader::new(keeper.stdout.take().ok_or("a shell that says nothing")?).read_line(&mut pid)?;
        let pid = pid.trim().parse()?;
        let begun = Instant::now();
        let address = loop {
            let log = fs::read_to_string(&log_of_life).unwrap_or_default();
            let line = log.lines().find_map(|line| line.strip_prefix("http://")?.split_once(' '));
            if let Some((address, _)) = line {
                break address.parse()?;
            }
            if begun.elapsed() > PATIENCE || taken(pid).is_none() {
                return Err(format!("{} does not start:\n{log}", self.program).into());
            }
            sleep(Duration::from_millis(10));
        };
        *self.running() = Some(Running { keeper, pid, address });
        self.lives.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    /// Kills it, and returns where it was.
    pub fn kill(&self) -> Option<SocketAddr> {
        let mut running = self.running().take()?;
        self.lives.fetch_add(1, Ordering::SeqCst);
        // The shell hears that nobody is there.
        drop(running.keeper.stdin.take());
        let _ = running.keeper.wait();
        Some(running.address)
    }

    /// Returns where it is, or `None` while it is not.
    pub fn address(&self) -> Option<SocketAddr> {
        self.running().as_ref().map(|running| running.address)
    }

    /// Returns a number that is another one whenever it was killed or started.
    pub fn life(&self) -> u64 {
        self.lives.load(Ordering::SeqCst)
    }

    pub fn taken(&self) -> Option<Taken> {
        let pid = self.running().as_ref().map(|running| running.pid)?;
        taken(pid)
    }

    /// Returns what it has said in all of its lives.
    pub fn log(&self) -> String {
        let logs = (0..=self.life()).map(|life| self.folder.join(format!("{}.{life}.log", self.number)));
        logs.filter_map(|log| fs::read_to_string(log).ok()).collect()
    }

    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

fn taken(pid: u32) -> Option<Taken> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let number = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    let files = fs::read_dir(format!("/proc/{pid}/fd")).ok()?.count();
    Some(Taken { kib: number("VmRSS:")?, threads: number("Threads:")?, files: u64::try_from(files).ok()? })
}

/// Sees to it that a folder goes, also where this program has no time for that.
pub fn goes_with_us(folder: &Path) -> Outcome<Child> {
    let mut shell = Command::new("sh");
    shell.args(["-c", JANITOR, "janitor"]).arg(folder).process_group(0);
    Ok(shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?)
}

/// Builds the programs, beside this one and as it was built.
pub fn build() -> Outcome<()> {
    let own = std::env::current_exe()?;
    let target = own.ancestors().nth(2).ok_or("a program without a folder")?;
    let mut features = Vec::new();
    for program in ["blog", "blog-actix"] {
        features.extend(["redis", "memcached"].map(|store| format!("{program}/{store}")));
    }
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).args([
        "build",
        "--quiet",
        "-p",
        "blog",
        "-p",
        "blog-actix",
    ]);
    cargo.arg("--features").arg(features.join(",")).arg("--target-dir").arg(target);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    if cargo.status()?.success() { Ok(()) } else { Err("the blog is not built".into()) }
}
