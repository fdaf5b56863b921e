//! Runs the program, where nothing is but what a test has put there.
#![allow(dead_code, reason = "not every test runs everything")]

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder of its own to run the program in.
pub struct Place(TempDir);

/// What the program has said, and how it ended.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Place {
    pub fn empty() -> Self {
        Self(TempDir::new().expect("a folder"))
    }

    /// A folder with this `larder.toml`.
    pub fn with(text: &str) -> Self {
        let place = Self::empty();
        place.write("larder.toml", text);
        place
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).expect("a file");
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn larder(&self, arguments: &[&str]) -> Said {
        self.larder_with(arguments, &[])
    }

    /// Runs the program with these variables, and none of ours beside them.
    pub fn larder_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Said {
        self.run(Path::new(env!("CARGO_BIN_EXE_larder")), arguments, variables)
    }

    /// Runs an example as it was built last: tests that are chosen by name do not build it.
    pub fn example(&self, name: &str, variables: &[(&str, &str)]) -> Said {
        let program = Path::new(env!("CARGO_BIN_EXE_larder")).with_file_name("examples").join(name);
        assert!(program.exists(), "build it: `cargo build --example {name}`, with the features of these tests");
        self.run(&program, &[], variables)
    }

    /// Runs the quickstart, and returns of each line of its table what was asked, how many queries that took, and the answer.
    pub fn quickstart(&self, variables: &[(&str, &str)]) -> Vec<(String, u32, String)> {
        let said = self.example("quickstart", variables);
        assert!(said.code == 0 && said.err.is_empty(), "{said:?}");
        let row = |line: &str| {
            let (what, figures) = line.split_at_checked(24)?;
            let mut figures = figures.split_whitespace().skip(1);
            Some((what.trim_end().to_owned(), figures.next()?.parse().ok()?, figures.next()?.to_owned()))
        };
        said.out.lines().skip(1).map(|line| row(line).unwrap_or_else(|| panic!("{line}"))).collect()
    }

    /// Returns a command that runs the program, and none of our variables.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(Path::new(env!("CARGO_BIN_EXE_larder")), arguments)
    }

    pub fn command_of(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.path());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("LARDER_") {
                command.env_remove(name);
            }
        }
        command
    }

    fn run(&self, program: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Said {
        let mut command = self.command_of(program, arguments);
        said(&command.envs(variables.iter().copied()).output().expect("the program runs"))
    }
}

fn said(output: &Output) -> Said {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    Said {
        code: output.status.code().expect("it ends by itself"),
        out: text(&output.stdout),
        err: text(&output.stderr),
    }
}
