use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use cache_core::error::Error;
use cache_core::testing::block_on;

use super::*;

/// A language of lines: each is an answer, and those that begin with `>` are pushes.
struct Lines;

struct LineReader;

impl Language for Lines {
    type Answer = String;
    type Reader = LineReader;

    fn reader(&self) -> LineReader {
        LineReader
    }

    fn greet(&self, out: &mut Vec<u8>) -> usize {
        out.extend_from_slice(b"hello\n");
        1
    }

    fn greeted(&self, answers: &[String]) -> Result<(), Error> {
        assert_eq!(answers, ["hello"]);
        Ok(())
    }
}

impl Reader for LineReader {
    type Answer = String;

    fn read(&mut self, came: &[u8]) -> Result<Option<(usize, Message<String>)>, Garbled> {
        let Some(end) = came.iter().position(|byte| *byte == b'\n') else { return Ok(None) };
        let line = String::from_utf8(came[..end].to_vec()).map_err(|_| Garbled("a line is no text"))?;
        Ok(Some((end + 1, if line.starts_with('>') { Message::Push(line) } else { Message::Answer(line) })))
    }
}

/// Answers each line with itself.
fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                for line in BufReader::new(stream.try_clone().unwrap()).lines() {
                    writeln!(stream, "{}", line.unwrap()).unwrap();
                }
            });
        }
    });
    address
}

fn server(address: SocketAddr) -> Server {
    Server::tcp("Lines", &address.ip().to_string(), address.port())
}

fn limits() -> Limits {
    Limits { timeout: Duration::from_secs(2), waiting_bytes: 1 << 20 }
}

#[test]
fn a_question_is_answered_in_no_runtime_and_in_one() {
    let pipe = Pipe::new(server(echo()), Lines, limits());
    let ask = || pipe.call(|out| out.extend_from_slice(b"one\n"));
    assert_eq!(block_on(ask()).unwrap(), "one");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let many = pipe.call_many(2, |out| out.extend_from_slice(b"one\ntwo\n"));
    assert_eq!(runtime.block_on(many).unwrap(), ["one", "two"]);
    assert_eq!(pipe.epoch(), 2);
}

#[test]
fn what_is_pushed_is_heard() {
    let (sender, heard) = mpsc::channel();
    let _listening = listen(server(echo()), Lines, limits(), move |said| sender.send(said).unwrap());
    assert!(matches!(heard.recv(), Ok(Heard::Ready)));
}
