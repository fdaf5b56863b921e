//! A connection of somebody who speaks HTTP, and what comes on it. It is written out by hand, so that half of a request
//! can be sent, and half of an answer read.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

/// The name of the site, wherever it is reached: all processes are one site.
pub const HOST: &str = "blog.test";

/// How long nothing may come. It is far beyond what is promised, so that what is late is measured.
const PATIENCE: Duration = Duration::from_secs(30);

/// What somebody wants.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: &'static str,
    pub path: String,
    pub cookie: Option<String>,
    pub headers: Vec<(&'static str, String)>,
    pub form: Option<String>,
}

/// What came.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: String,
}

/// A connection, while it is open.
#[derive(Default)]
pub struct Line(Option<(SocketAddr, BufReader<TcpStream>)>);

impl Request {
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), ..Self::default() }
    }

    /// Sends a form as a page of the site does.
    pub fn post(path: impl Into<String>, fields: &[(&str, &str)]) -> Self {
        let form: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let origin = vec![("origin", format!("http://{HOST}"))];
        Self { method: "POST", path: path.into(), form: Some(form.join("&")), headers: origin, ..Self::default() }
    }

    pub fn by(mut self, cookie: Option<String>) -> Self {
        self.cookie = cookie;
        self
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn text(&self) -> String {
        let mut text = format!("{} {} HTTP/1.1\r\nhost: {HOST}\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            text.extend([*name, ": ", value, "\r\n"]);
        }
        if let Some(cookie) = &self.cookie {
            text.extend(["cookie: session=", cookie, "\r\n"]);
        }
        if let Some(form) = &self.form {
            let kind = "content-type: application/x-www-form-urlencoded\r\ncontent-length: ";
            text.extend([kind, &form.len().to_string(), "\r\n"]);
        }
        text + "\r\n" + self.form.as_deref().unwrap_or_default()
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub fn is_hit(&self) -> bool {
        self.header("cache-status").is_some_and(|status| status.starts_with("larder; hit"))
    }

    /// Returns what came, as far as a person wants to read it.
    pub fn told(&self) -> String {
        let head: Vec<_> = self.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        format!("{} {}\n{}", self.status, head.join("; "), self.body.chars().take(6_000).collect::<String>())
    }
}

impl Line {
    /// Asks, on the connection that is there, or on a new one. One that has ended meanwhile, as those do that nobody
    /// uses, is opened anew once, for what only reads.
    pub fn ask(&mut self, to: SocketAddr, request: &Request) -> io::Result<Answer> {
        let was_open = self.0.as_ref().is_some_and(|(open, _)| *open == to);
        match self.ask_once(to, request) {
            Err(error) if was_open && request.method != "POST" && is_ended(&error) => self.ask_once(to, request),
            outcome => outcome,
        }
    }

    fn ask_once(&mut self, to: SocketAddr, request: &Request) -> io::Result<Answer> {
        // A form goes on a connection of its own: whether it arrived is never in doubt for want of one.
        let mut open = match self.0.take() {
            Some((open, line)) if open == to && request.method != "POST" => line,
            _ => BufReader::new(connect(to)?),
        };
        open.get_mut().write_all(request.text().as_bytes())?;
        let (answer, goes_on) = read(&mut open, request.method)?;
        self.0 = goes_on.then_some((to, open));
        Ok(answer)
    }
}

pub fn connect(to: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&to, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Sends something, reads at most so many bytes of what comes, and is gone. Returns what came.
pub fn rudely(to: SocketAddr, words: &[u8], bytes: usize, patience: Duration) -> io::Result<Vec<u8>> {
    let mut stream = connect(to)?;
    stream.set_read_timeout(Some(patience))?;
    stream.write_all(words)?;
    let mut read = vec![0; bytes];
    let mut length = 0;
    while length < bytes {
        match stream.read(&mut read[length..]) {
            Ok(0) | Err(_) => break,
            Ok(more) => length += more,
        }
    }
    read.truncate(length);
    let _ = stream.shutdown(Shutdown::Both);
    Ok(read)
}

fn is_ended(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
}

fn read(from: &mut BufReader<TcpStream>, method: &str) -> io::Result<(Answer, bool)> {
    let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let first = line(from)?;
    let status = first.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok());
    let status = status.ok_or_else(|| wrong(&format!("no status: {first}")))?;
    let mut answer = Answer { status, headers: Vec::new(), body: String::new() };
    loop {
        let header = line(from)?;
        let Some((name, value)) = header.split_once(':') else { break };
        answer.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut body = Vec::new();
    if method != "HEAD" && !matches!(status, 204 | 304) {
        if let Some(length) = answer.header("content-length") {
            body.resize(length.parse().map_err(|_| wrong("a length that is none"))?, 0);
            from.read_exact(&mut body)?;
        } else if answer.header("transfer-encoding") == Some("chunked") {
            loop {
                let length = line(from)?;
                let length = usize::from_str_radix(&length, 16).map_err(|_| wrong("a chunk without a length"))?;
                let begin = body.len();
                body.resize(begin + length, 0);
                from.read_exact(&mut body[begin..])?;
                line(from)?;
                if length == 0 {
                    break;
                }
            }
        } else {
            from.read_to_end(&mut body)?;
        }
    }
    answer.body = String::from_utf8(body).map_err(|_| wrong("a body that is no text"))?;
    let goes_on = answer.header("connection").is_none_or(|word| !word.eq_ignore_ascii_case("close"));
    Ok((answer, goes_on))
}

fn line(from: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
