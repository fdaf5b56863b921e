//! The store as those meet it who use it, and as it meets the disk.

mod crash;
mod culling;
mod fills;
mod full;
mod hostile;
mod locks;
mod places;

use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use cache_core::clock::Clock;
use cache_core::key::{Name, Scope};
use cache_core::testing::block_on;
use tempfile::TempDir;

use super::address::Address;
use super::{Config, File};

const MINUTE: Duration = Duration::from_secs(60);

/// A store in a folder of its own, with a clock that is moved by hand.
struct Ground {
    folder: TempDir,
    clock: Clock,
    store: File,
}

impl Ground {
    fn new() -> Self {
        Self::with(|config| config)
    }

    fn with(configure: impl Fn(Config) -> Config) -> Self {
        let (folder, clock) = (folder(), Clock::manual());
        let config = configure(Config::new(folder.path()).clock(clock.clone()));
        Self { store: File::new(config).expect("a store"), clock, folder }
    }

    /// Opens the folder once more, as another process would.
    fn again(&self) -> File {
        File::new(self.store_config()).expect("a store")
    }

    fn store_config(&self) -> Config {
        Config::new(self.folder.path()).clock(self.clock.clone())
    }

    /// Returns where the file of an entry is.
    fn file(&self, name: &Name) -> PathBuf {
        Address::of(name.as_bytes()).path(self.folder.path())
    }

    fn drawer_of(&self, name: &Name) -> PathBuf {
        self.file(name).with_file_name("")
    }

    fn book(&self, name: &Name) -> PathBuf {
        self.file(name).with_file_name("book.larder")
    }
}

/// Makes a folder in memory where there is such a place: no test waits for a disk.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    folder.expect("a folder")
}

fn name(key: &str) -> Name {
    Scope::new("shop", "1", None).expect("a short prefix").name(&key.into())
}

/// Returns all files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = open.pop() {
        for file in fs::read_dir(folder).expect("a folder") {
            let path = file.expect("a file").path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut files = files(folder);
    files.retain(|path| path.extension().is_some_and(|end| end == "larder") && !path.ends_with("book.larder"));
    files
}

fn get(store: &File, name: &Name) -> Option<Vec<u8>> {
    use cache_core::backend::Backend;
    block_on(store.get(name)).expect("an answer")
}

fn set(store: &File, name: &Name, value: &[u8], time: Option<Duration>) {
    use cache_core::backend::Backend;
    block_on(store.set(name, value, time)).expect("it is kept");
}

fn set_all(store: &File, names: &[Name], time: Option<Duration>) {
    for name in names {
        set(store, name, b"value", time);
    }
}

/// In a process that a test has started, what it was given.
fn given() -> Option<PathBuf> {
    env::var_os("LARDER_TEST_FOLDER").map(PathBuf::from)
}

/// Prepares another process that runs this test alone, as told by [`given`].
fn child(program: &Path, test: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(["--exact", &format!("file::tests::{test}"), "--nocapture", "--test-threads=1"]);
    command.env("LARDER_TEST_FOLDER", folder);
    command
}

/// Runs a test alone in a process that this prepares, and returns what it said; nothing where it did not begin.
fn output(shell: &[&str], program: &Path, test: &str, folder: &Path) -> String {
    let own = child(program, test, folder);
    let words = shell.iter().map(OsStr::new).chain([own.get_program()]).chain(own.get_args());
    let words: Vec<_> = words.collect();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).env("LARDER_TEST_FOLDER", folder).current_dir("/");
    if shell.first() == Some(&AS_NOBODY) {
        command = Command::new(words[1]);
        command.args(&words[2..]).env("LARDER_TEST_FOLDER", folder).current_dir("/").uid(65_534).gid(65_534);
    }
    let output = command.output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).into_owned()
}

/// In front of a program, for [`output`]: it is run without the rights of root.
const AS_NOBODY: &str = "as nobody:";
