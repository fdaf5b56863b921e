//! The program, as `cargo run` starts it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::{Failed, Trial};

use crate::PROGRAM;

pub fn trials() -> [Trial; 1] {
    [Trial::test("program::it_takes_the_next_port_that_is_free_and_ends_when_told", || {
        it_takes_the_next_port_that_is_free_and_ends_when_told()
    })]
}

fn it_takes_the_next_port_that_is_free_and_ends_when_told() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let mut first = Program::start(folder.path(), "127.0.0.1:0")?;
    let mut second = Program::start(folder.path(), &first.address.to_string())?;
    assert!(second.address.port() > first.address.port());
    for program in [&first, &second] {
        let page = program.get("/")?;
        assert!(page.starts_with("HTTP/1.1 200 OK\r\n") && page.contains("What we ate in February"), "{page}");
        assert!(program.get("/")?.contains("cache-status: larder; hit"));
    }
    for (program, signal) in [(&mut first, "-INT"), (&mut second, "-TERM")] {
        assert!(program.stop(signal)?.success());
        assert!(TcpStream::connect(program.address).is_err());
    }
    let mut again = Program::start(folder.path(), "127.0.0.1:0")?;
    assert!(
        again.get("/posts/30")?.contains("What we ate in February")
            && again.get("/posts/31")?.contains("404 Not Found")
    );
    again.stop("-INT")?;
    Ok(())
}

/// A blog in a process of its own, which is gone with its test.
struct Program {
    child: Child,
    address: SocketAddr,
}

impl Program {
    /// Starts it somewhere else than where its configuration is.
    fn start(folder: &Path, address: &str) -> Result<Self, Failed> {
        let mut child = Command::new(PROGRAM)
            .env("BLOG_ADDRESS", address)
            .env("BLOG_DATABASE", folder.join("blog.db"))
            .current_dir(folder)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("its output")?).read_line(&mut line)?;
        let address = line.strip_prefix("http://").and_then(|line| line.split(' ').next()?.parse().ok());
        let Some(address) = address else {
            child.kill()?;
            child.wait()?;
            return Err(format!("its address is not in its first line: {line:?}").into());
        };
        Ok(Self { child, address })
    }

    fn get(&self, path: &str) -> Result<String, Failed> {
        let mut stream = TcpStream::connect(self.address)?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: blog\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    fn stop(&mut self, signal: &str) -> Result<ExitStatus, Failed> {
        Command::new("kill").args([signal, &self.child.id().to_string()]).status()?;
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(30) {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(5));
        }
        Err("it goes on".into())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
