//! Those who ask: `wrk` if it is installed, or else connections of this program.

use std::env;
use std::process::Command;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::header::HOST;
use axum::http::{Request, StatusCode, Uri};
use http_body_util::BodyExt;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::time::timeout;

use super::process::{installed, pinned};
use super::{CLIENTS, Outcome};
use crate::page::{PAGE, URI};
use crate::request::{HEADERS, request};

const CONNECTIONS: usize = 32;
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Clone, Copy)]
pub enum Generator {
    Wrk,
    Own,
}

impl Generator {
    pub fn installed() -> Self {
        if installed("sh", &["-c", "command -v wrk"]) { Self::Wrk } else { Self::Own }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Wrk => "`wrk`",
            Self::Own => "this program, for `wrk` is not installed",
        }
    }

    /// Asks for so many seconds: how many requests were answered, and how many a second.
    pub fn ask(self, port: u16, seconds: u64) -> Outcome<(f64, f64)> {
        let command = match self {
            Self::Wrk => wrk(port, seconds),
            Self::Own => own(port, seconds)?,
        };
        let output = pinned(&command, CLIENTS).output().map_err(|error| format!("taskset does not run: {error}"))?;
        let said = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() || said.contains("Non-2xx") || said.contains("Socket errors") {
            return Err(format!("not all requests were answered:\n{said}{}", String::from_utf8_lossy(&output.stderr)));
        }
        figures(&said).ok_or_else(|| format!("there is no rate in:\n{said}"))
    }
}

/// Reads what `wrk` says: `12345 requests in 1.00s, …` and `Requests/sec: 12345.67`.
fn figures(said: &str) -> Option<(f64, f64)> {
    let answered = said.lines().find_map(|line| line.trim().split_once(" requests in ")?.0.parse().ok());
    let rate = said.lines().find_map(|line| line.strip_prefix("Requests/sec:")?.trim().parse().ok());
    Some((answered?, rate?))
}

fn wrk(port: u16, seconds: u64) -> Command {
    let mut command = Command::new("wrk");
    command.args(["-t", "1", "-c", &CONNECTIONS.to_string(), "-d", &format!("{seconds}s")]);
    for (name, value) in HEADERS {
        // In small letters it would be a second one beside that of `wrk` itself, and be refused.
        let name = if name == HOST { "Host" } else { name.as_str() };
        command.args(["-H", &format!("{name}: {value}")]);
    }
    command.arg(format!("http://127.0.0.1:{port}{URI}"));
    command
}

fn own(port: u16, seconds: u64) -> Outcome<Command> {
    let program = env::current_exe().map_err(|error| format!("this program does not know its path: {error}"))?;
    let mut command = Command::new(program);
    command.args(["load", &port.to_string(), &seconds.to_string()]);
    Ok(command)
}

/// Asks for so many seconds by connections that are kept, and prints the figures as `wrk` does.
///
/// # Errors
///
/// When an answer is not the page.
pub fn load(port: &str, seconds: &str) -> Outcome<()> {
    let port: u16 = port.parse().map_err(|_| format!("`{port}` is no port"))?;
    let seconds: u64 = seconds.parse().map_err(|_| format!("`{seconds}` is no number of seconds"))?;
    let began = Instant::now();
    let until = began + Duration::from_secs(seconds);
    let answered = block_on(async {
        let connections: Vec<_> = (0..CONNECTIONS).map(|_| tokio::spawn(asked(port, until))).collect();
        let mut answered = 0;
        for connection in connections {
            answered += connection.await.map_err(|error| error.to_string())??;
        }
        Ok::<usize, String>(answered)
    })?;
    let took = began.elapsed().as_secs_f64();
    println!("{answered} requests in {took:.2}s\nRequests/sec: {:.2}", answered as f64 / took);
    Ok(())
}

async fn asked(port: u16, until: Instant) -> Outcome<usize> {
    let mut sender = connected(port).await?;
    let mut answered = 0;
    while Instant::now() < until {
        let length = sent(&mut sender, request(None)).await?.len();
        if length != PAGE.len() {
            return Err(format!("an answer had {length} bytes"));
        }
        answered += 1;
    }
    Ok(answered)
}

/// Returns the page.
pub fn page(port: u16) -> Outcome<Bytes> {
    get(port, URI)
}

/// Returns what is at a path.
pub fn get(port: u16, path: &'static str) -> Outcome<Bytes> {
    let mut asked = request(None);
    *asked.uri_mut() = Uri::from_static(path);
    block_on(async {
        let answer = async { sent(&mut connected(port).await?, asked).await };
        timeout(PATIENCE, answer).await.map_err(|_| format!("no answer in {PATIENCE:?}"))?
    })
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

async fn connected(port: u16) -> Outcome<SendRequest<Body>> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.map_err(|error| error.to_string())?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
    tokio::spawn(connection);
    Ok(sender)
}

async fn sent(sender: &mut SendRequest<Body>, request: Request<Body>) -> Outcome<Bytes> {
    sender.ready().await.map_err(|error| error.to_string())?;
    let answer = sender.send_request(request).await.map_err(|error| error.to_string())?;
    let status = answer.status();
    let body = answer.into_body().collect().await.map_err(|error| error.to_string())?.to_bytes();
    if status == StatusCode::OK { Ok(body) } else { Err(format!("an answer was {status}")) }
}
