//! The proxy itself: it does what it is told, to whoever talks through it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread;
use std::time::Duration;

use super::own;
use super::proxy::Proxy;

own!(&[] =>
    what_is_said_goes_through_and_is_counted,
    what_is_said_goes_through_sockets_too,
    a_cut_ends_all_connections_and_new_ones_go_through,
    an_answer_is_cut_in_its_middle,
    what_is_held_back_comes_when_it_is_let_go,
    what_is_held_back_can_be_cut,
    new_connections_are_refused_and_old_ones_stay,
);

/// Starts a server that says to everybody what everybody says to it, and a proxy before it.
fn echo() -> io::Result<Proxy> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || io::copy(&mut &stream, &mut &stream));
        }
    });
    Proxy::before_port(port)
}

fn connect(proxy: &Proxy) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", proxy.port()))?;
    // Nothing here takes long; what never comes is to fail all the same.
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    Ok(stream)
}

fn said(stream: &mut (impl Read + Write), text: &str) -> io::Result<String> {
    stream.write_all(text.as_bytes())?;
    let mut answer = vec![0; text.len()];
    stream.read_exact(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Returns whether the other end is gone, and not merely silent.
fn is_over<T>(answer: &io::Result<T>) -> bool {
    let gone = [ErrorKind::UnexpectedEof, ErrorKind::ConnectionReset, ErrorKind::BrokenPipe];
    answer.as_ref().is_err_and(|error| gone.contains(&error.kind()))
}

fn told<T>(outcome: io::Result<T>) -> Result<T, String> {
    outcome.map_err(|error| error.to_string())
}

fn what_is_said_goes_through_and_is_counted() -> Result<(), String> {
    let proxy = told(echo())?;
    let mut stream = told(connect(&proxy))?;
    let text = "text".repeat(20_000);
    let own = told(stream.try_clone())?;
    thread::scope(|scope| {
        scope.spawn(|| (&own).write_all(text.as_bytes()));
        let mut answer = vec![0; text.len()];
        assert!(stream.read_exact(&mut answer).is_ok() && answer == text.as_bytes());
    });
    let counts = proxy.counts();
    assert_eq!((counts.bytes_to_server, counts.bytes_to_client), (80_000, 80_000));
    assert_eq!((counts.connections, counts.open, counts.refused), (1, 1, 0));
    told(stream.shutdown(Shutdown::Both))?;
    assert_eq!(proxy.until(|counts| counts.open == 0).connections, 1);
    Ok(())
}

fn what_is_said_goes_through_sockets_too() -> Result<(), String> {
    let folder = told(tempfile::tempdir())?;
    let server = folder.path().join("server");
    let listener = told(UnixListener::bind(&server))?;
    thread::spawn(move || listener.accept().and_then(|(stream, _)| io::copy(&mut &stream, &mut &stream)));
    let proxy = told(Proxy::before_socket(&server))?;
    let mut stream = told(UnixStream::connect(proxy.socket()))?;
    assert_eq!(told(said(&mut stream, "hello"))?, "hello");
    assert_eq!(proxy.counts().bytes_to_client, 5);
    Ok(())
}

fn a_cut_ends_all_connections_and_new_ones_go_through() -> Result<(), String> {
    let proxy = told(echo())?;
    let mut streams = [told(connect(&proxy))?, told(connect(&proxy))?];
    for stream in &mut streams {
        assert_eq!(told(said(stream, "hello"))?, "hello");
    }
    proxy.cut();
    for stream in &mut streams {
        assert!(is_over(&said(stream, "hello")));
    }
    assert_eq!(proxy.counts().open, 0);
    assert_eq!(told(said(&mut told(connect(&proxy))?, "again"))?, "again");
    Ok(())
}

fn an_answer_is_cut_in_its_middle() -> Result<(), String> {
    let proxy = told(echo())?;
    let mut stream = told(connect(&proxy))?;
    assert_eq!(told(said(&mut stream, "hello"))?, "hello");
    proxy.cut_after(3);
    told(stream.write_all(b"hello"))?;
    let mut answer = Vec::new();
    let outcome = stream.read_to_end(&mut answer);
    assert_eq!((outcome.is_ok(), &answer[..]), (true, &b"hel"[..]));
    assert_eq!(told(said(&mut told(connect(&proxy))?, "hello"))?, "hello", "one answer was cut, and no other");
    Ok(())
}

fn what_is_held_back_comes_when_it_is_let_go() -> Result<(), String> {
    let proxy = told(echo())?;
    let mut stream = told(connect(&proxy))?;
    assert_eq!(told(said(&mut stream, "hello"))?, "hello");
    proxy.hold();
    told(stream.write_all(b"later"))?;
    proxy.until_held();
    assert_eq!(proxy.counts().bytes_to_server, 5, "what was said before");
    proxy.let_go();
    let mut answer = [0; 5];
    told(stream.read_exact(&mut answer))?;
    assert_eq!(&answer, b"later");
    Ok(())
}

fn what_is_held_back_can_be_cut() -> Result<(), String> {
    let proxy = told(echo())?;
    let mut stream = told(connect(&proxy))?;
    proxy.hold();
    told(stream.write_all(b"never"))?;
    proxy.until_held();
    proxy.cut();
    assert!(is_over(&stream.read_exact(&mut [0])));
    proxy.let_go();
    assert_eq!(told(said(&mut told(connect(&proxy))?, "hello"))?, "hello");
    Ok(())
}

fn new_connections_are_refused_and_old_ones_stay() -> Result<(), String> {
    let proxy = told(echo())?;
    let mut stream = told(connect(&proxy))?;
    assert_eq!(told(said(&mut stream, "hello"))?, "hello");
    proxy.refuse();
    assert!(is_over(&said(&mut told(connect(&proxy))?, "hello")));
    assert_eq!(told(said(&mut stream, "still here"))?, "still here");
    proxy.accept();
    assert_eq!(told(said(&mut told(connect(&proxy))?, "hello"))?, "hello");
    assert_eq!((proxy.counts().connections, proxy.counts().refused), (3, 1));
    Ok(())
}
