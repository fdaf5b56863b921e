//! A few words with a server, for tests: what is asked, and the texts of the answer.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use crate::servers::{PASSWORD, said};

/// A connection on which one question follows another.
pub(super) struct Talk(BufReader<UnixStream>);

/// Asks one thing on a connection of its own.
pub(super) fn ask(socket: &Path, words: &[&str]) -> Result<Vec<String>, String> {
    Talk::begin(socket)?.ask(words)
}

impl Talk {
    /// Connects as the user who may do everything. A sentinel has no users.
    pub(super) fn begin(socket: &Path) -> Result<Self, String> {
        let socket = UnixStream::connect(socket).map_err(said("nobody listens"))?;
        socket.set_read_timeout(Some(Duration::from_secs(30))).map_err(said("a time limit"))?;
        let mut talk = Self(BufReader::new(socket));
        talk.ask(&["AUTH", "larder", PASSWORD])?;
        Ok(talk)
    }

    pub(super) fn ask(&mut self, words: &[&str]) -> Result<Vec<String>, String> {
        let mut question = format!("*{}\r\n", words.len());
        for word in words {
            question.extend(["$", &word.len().to_string(), "\r\n", word, "\r\n"]);
        }
        self.0.get_mut().write_all(question.as_bytes()).map_err(said("a question"))?;
        let mut texts = Vec::new();
        self.read(&mut texts)?;
        Ok(texts)
    }

    fn read(&mut self, texts: &mut Vec<String>) -> Result<(), String> {
        let mut line = String::new();
        self.0.read_line(&mut line).map_err(said("an answer"))?;
        let line = line.trim_end();
        let (sort, rest) = line.split_at_checked(1).ok_or("the connection has ended")?;
        let count = || rest.parse::<i64>().map_err(|_| format!("no length: {line}"));
        match sort {
            "-" => return Err(rest.to_owned()),
            "*" => (0..count()?).try_for_each(|_| self.read(texts))?,
            "$" => texts.extend(usize::try_from(count()?).ok().map(|length| self.text(length)).transpose()?),
            _ => texts.push(rest.to_owned()),
        }
        Ok(())
    }

    fn text(&mut self, length: usize) -> Result<String, String> {
        let mut bytes = vec![0; length + 2];
        self.0.read_exact(&mut bytes).map_err(said("a text"))?;
        Ok(String::from_utf8_lossy(&bytes[..length]).into_owned())
    }
}
