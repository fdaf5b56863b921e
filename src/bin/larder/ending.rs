//! How a verb ends, and what the shell hears of it.

use std::io::{self, Write};
use std::process::ExitCode;

use larder::Error;
use serde_json::json;

/// How a verb has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Done,
    /// There was nothing to do or to see, or the person who was asked said no.
    Nothing,
    /// Something is wrong with what was looked at, which was told.
    Wrong,
    /// A store does not answer, which was told.
    Trouble,
    Interrupted,
}

/// Why a verb could not do what it was asked.
#[derive(Debug)]
pub enum Failure {
    /// The command was written wrongly.
    Words(String),
    /// The configuration or the store stood in the way.
    Trouble(String),
    Output(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Trouble(error.to_string())
    }
}

/// Takes it for written, too, where whoever read has seen enough: what is done does not depend on that.
pub fn heard(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// What is written for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Words,
    Json,
    /// A line of JSON for each.
    JsonLines,
}

/// Tells what was in the way, and returns what the shell is to hear.
pub fn code(ended: Result<Ending, Failure>, form: Form) -> ExitCode {
    let (sentence, code) = match ended {
        Ok(Ending::Done) => return ExitCode::SUCCESS,
        Ok(Ending::Nothing | Ending::Wrong) => return ExitCode::from(1),
        Ok(Ending::Trouble) => return ExitCode::from(3),
        Ok(Ending::Interrupted) => return ExitCode::from(130),
        // Whoever read has seen enough.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => return ExitCode::SUCCESS,
        Err(Failure::Output(error)) => (format!("what was to be said could not be written: {error}"), 3),
        Err(Failure::Words(sentence)) => (sentence, 2),
        Err(Failure::Trouble(sentence)) => (sentence, 3),
    };
    // Where this cannot be written either, the code says it.
    let error = json!({ "error": sentence });
    let _ = match form {
        Form::Words => writeln!(io::stderr(), "{sentence}"),
        Form::Json => writeln!(io::stdout(), "{error:#}"),
        Form::JsonLines => writeln!(io::stdout(), "{error}"),
    };
    ExitCode::from(code)
}
