//! The programs that measure, and what each needs to be there.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

/// A program that prints tables.
pub struct Program {
    pub name: &'static str,
    /// The words of its command; `cargo` is the one that runs this program.
    command: &'static [&'static str],
    /// The words behind them that make it short.
    quick: &'static [&'static str],
    /// What has to be installed, as a word that runs and another one that it takes.
    needs: &'static [[&'static str; 2]],
    /// The heading of what it prints, where that is lines and not Markdown.
    text: Option<&'static str>,
}

const VALGRIND: &[[&str; 2]] = &[["valgrind", "--version"]];

pub const ALL: [Program; 8] = [
    Program {
        name: "caches",
        command: &["cargo", "run", "--quiet", "--release", "--manifest-path", "benches/Cargo.toml", "--"],
        quick: &["--quick"],
        needs: &[],
        text: None,
    },
    Program {
        name: "instructions",
        command: &[
            "cargo",
            "run",
            "--quiet",
            "--profile",
            "ledger",
            "--manifest-path",
            "benches/Cargo.toml",
            "--bin",
            "ledger",
            "--",
        ],
        quick: &["--quick"],
        needs: VALGRIND,
        text: None,
    },
    Program {
        name: "pages",
        command: &["cargo", "run", "--quiet", "--release", "--manifest-path", "benches/pages/Cargo.toml", "--"],
        quick: &["--quick"],
        needs: &[],
        text: None,
    },
    Program {
        name: "instructions of pages",
        command: &[
            "cargo",
            "run",
            "--quiet",
            "--profile",
            "ledger",
            "--manifest-path",
            "benches/pages/Cargo.toml",
            "--bin",
            "ledger",
            "--",
        ],
        quick: &["--quick"],
        needs: VALGRIND,
        text: None,
    },
    Program {
        name: "pages over loopback",
        command: &[
            "cargo",
            "run",
            "--quiet",
            "--release",
            "--manifest-path",
            "benches/pages/Cargo.toml",
            "--",
            "--loopback",
        ],
        quick: &["--quick"],
        needs: &[["taskset", "--version"]],
        text: None,
    },
    Program {
        name: "stores",
        command: &["cargo", "run", "--quiet", "--release", "--manifest-path", "benches/stores/Cargo.toml", "--"],
        quick: &["--quick"],
        needs: &[],
        text: None,
    },
    Program {
        name: "compile",
        command: &[
            "cargo",
            "run",
            "--quiet",
            "--release",
            "--manifest-path",
            "benches/Cargo.toml",
            "--bin",
            "compile",
            "--",
        ],
        quick: &["--quick"],
        needs: &[],
        text: None,
    },
    Program {
        name: "promises",
        command: &[
            "cargo",
            "run",
            "--quiet",
            "--release",
            "--manifest-path",
            "benches/Cargo.toml",
            "--bin",
            "promises",
            "--",
        ],
        quick: &[],
        needs: &[],
        text: Some("What becomes of the same mistakes"),
    },
];

/// The public tests of HTTP caches: what they print is counted, and not shown.
pub const CONFORMANCE: Program = Program {
    name: "conformance",
    command: &["tests/conformance/run"],
    quick: &["--profile=rfc"],
    needs: &[["node", "--version"], ["npm", "--version"]],
    text: Some("The public tests of HTTP caches"),
};

impl Program {
    /// Returns what is not there that it needs.
    pub fn missing(&self) -> Option<&'static str> {
        self.needs.iter().find(|[program, word]| !runs(program, word)).map(|[program, _]| *program)
    }

    /// Runs it, and returns what it prints.
    pub fn run(&self, root: &Path, is_quick: bool) -> Result<String, String> {
        let [program, words @ ..] = self.command else { return Err("no command".to_owned()) };
        let program = match *program {
            "cargo" => env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
            other => root.join(other).into(),
        };
        let mut command = Command::new(program);
        command.args(words).args(if is_quick { self.quick } else { &[] });
        let output = command.current_dir(root).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
        let output = output.map_err(|error| format!("it does not start: {error}"))?;
        if !output.status.success() {
            return Err(format!("it ended with {}", output.status));
        }
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok(self
            .text
            .map_or_else(|| said.clone(), |heading| format!("\n## {heading}\n\n```text\n{}```\n", self.kept(&said))))
    }

    /// Returns the lines that count.
    fn kept(&self, said: &str) -> String {
        let counts = ["===", "required ", "optimal "];
        let is_kept = |line: &&str| self.name != CONFORMANCE.name || counts.iter().any(|start| line.starts_with(start));
        said.lines().filter(is_kept).map(|line| format!("{line}\n")).collect()
    }
}

fn runs(program: &str, word: &str) -> bool {
    Command::new(program).arg(word).stdin(Stdio::null()).output().is_ok_and(|output| output.status.success())
}

/// Returns who is left out of a program's tables, as it says itself.
pub fn left_out(said: &str) -> Vec<String> {
    let not_there = |line: &str| {
        let name = line.strip_prefix('|')?.split('|').next()?.trim();
        line.contains("not installed").then(|| format!("{name}: not installed"))
    };
    said.lines()
        .filter_map(|line| not_there(line).or_else(|| line.contains(" is left out: ").then(|| line.to_owned())))
        .collect()
}
