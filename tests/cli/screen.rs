//! A terminal in which the program runs, by `script` of util-linux.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::run::Place;

/// A terminal, and what was written on it.
pub struct Screen {
    child: Running,
    keyboard: ChildStdin,
    seen: Arc<(Mutex<String>, Condvar)>,
    reader: JoinHandle<()>,
}

/// A program that does not outlive a test that has failed.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended, as a rule.
        let _ = self.0.kill();
    }
}

/// Far more than anything takes here, also where the machine is busy.
const PATIENCE: Duration = Duration::from_secs(60);

impl Screen {
    /// Runs `larder` with these words in a terminal that is so wide.
    pub fn of(place: &Place, columns: u16, words: &str, variables: &[(&str, &str)]) -> Self {
        let larder = env!("CARGO_BIN_EXE_larder");
        let line = format!("stty cols {columns} rows 20 && exec '{larder}' {words}");
        let mut command = place.command_of("script".as_ref(), &["-qefc", &line, "/dev/null"]);
        command.env("TERM", "xterm").env_remove("NO_COLOR").envs(variables.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("`script` of util-linux");
        let (keyboard, mut screen) = (child.stdin.take().expect("a keyboard"), child.stdout.take().expect("a screen"));
        let seen = Arc::<(Mutex<String>, Condvar)>::default();
        let shown = Arc::clone(&seen);
        let reader = thread::spawn(move || {
            let mut room = [0; 4096];
            while let Ok(count @ 1..) = screen.read(&mut room) {
                shown.0.lock().expect("nobody panics").push_str(&String::from_utf8_lossy(&room[..count]));
                shown.1.notify_all();
            }
        });
        Self { child: Running(child), keyboard, seen, reader }
    }

    /// Waits until this is seen.
    pub fn waits_for(&self, words: &str) {
        let until = Instant::now() + PATIENCE;
        let mut seen = self.seen.0.lock().expect("nobody panics");
        while !seen.contains(words) {
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "there is no `{words}` in: {seen}");
            seen = self.seen.1.wait_timeout(seen, left).expect("nobody panics").0;
        }
    }

    pub fn types(&self, words: &str) {
        (&self.keyboard).write_all(words.as_bytes()).expect("it is read");
    }

    /// Waits until the program ends, and returns how, and all that was seen.
    pub fn ends(self) -> (i32, String) {
        let Self { mut child, keyboard, seen, reader } = self;
        let until = Instant::now() + PATIENCE;
        let ended = loop {
            match child.0.try_wait().expect("a child of this process") {
                Some(ended) => break ended,
                None if Instant::now() < until => thread::sleep(Duration::from_millis(5)),
                None => panic!("it does not end: {}", seen.0.lock().expect("nobody panics")),
            }
        };
        drop(keyboard);
        reader.join().expect("it has read all");
        let seen = seen.0.lock().expect("nobody panics").replace("\r\n", "\n");
        (ended.code().expect("it ends by itself"), seen)
    }
}
