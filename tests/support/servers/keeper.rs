//! The shell that keeps a server.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::place::Place;
use super::said;

/// Runs a server and does to it what it is told: a word a line. When there are no more words, nobody needs it any more.
const KEEPER: &str = r#"
    # A group whose parent dies is hung up on, where one in it stands still.
    trap '' HUP
    folder=$1 farewell=$2; shift 2
    "$@" >>"$folder/log" 2>&1 </dev/null &
    server=$!
    all() { echo $server; cat /proc/$server/task/*/children 2>/dev/null; }
    # A signal is sent, and not yet heard: a thread that runs goes on for a moment.
    moves() { for each in $(all); do cat /proc/$each/task/*/stat; done 2>/dev/null | grep -q ') [RSDI] '; }
    echo $server
    while read -r word; do
        case $word in
            freeze) kill -STOP $(all); while moves; do sleep 0.01; done ;;
            thaw) kill -CONT $(all) ;;
            stop) break ;;
        esac
        echo done
    done
    kill -CONT $(all) 2>/dev/null
    # What it has started may write for a while yet, into a folder that is about to go.
    [ $farewell != KILL ] || kill -KILL $(all) 2>/dev/null
    kill -$farewell $server 2>/dev/null
    wait $server
    [ "$word" = stop ] || rm -rf "$folder"
"#;

/// The shell that keeps one server.
pub(super) struct Keeper {
    shell: Child,
    words: ChildStdin,
    answers: BufReader<ChildStdout>,
    server: String,
}

impl Keeper {
    pub fn start(place: &Place, farewell: &str, command: &[OsString]) -> Result<Self, String> {
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

    pub fn tell(&mut self, word: &str) {
        writeln!(self.words, "{word}").expect("a shell that listens");
        assert_eq!(self.answer(), "done");
    }

    /// Returns the number of its server among the processes.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Returns whether its server runs still, and is not merely waited for.
    pub fn has_server(&self) -> bool {
        fs::read_to_string(format!("/proc/{}/stat", self.server)).is_ok_and(|state| !state.contains(") Z"))
    }

    pub fn end(mut self, word: Option<&str>) {
        if let Some(word) = word {
            // It may have ended by itself.
            let _ = writeln!(self.words, "{word}");
        }
        drop(self.words);
        let _ = self.shell.wait();
    }
}
