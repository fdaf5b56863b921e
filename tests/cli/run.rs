//! Runs the program, where nothing is but what a test has put there.

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
        let mut command = Command::new(env!("CARGO_BIN_EXE_larder"));
        command.args(arguments).current_dir(self.path());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("LARDER_") {
                command.env_remove(name);
            }
        }
        said(&command.envs(variables.iter().copied()).output().expect("the program runs"))
    }
}

pub fn said(output: &Output) -> Said {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    Said {
        code: output.status.code().expect("it ends by itself"),
        out: text(&output.stdout),
        err: text(&output.stderr),
    }
}
