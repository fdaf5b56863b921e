//! HOSTILE: servers that answer garbage, too much, half of it, or what nobody asked for.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use larder::backend::Backend;
use larder::clock::Clock;
use larder::stores::{memcached, redis};
use larder::testing::{self, block_on};
use larder::{Options, Settings};

use crate::servers::Redis;
use crate::{Attempt, Found};

pub const ALL: &[Attempt] =
    &[("fake_redis", 200, fake_redis), ("fake_memcached", 200, fake_memcached), ("fake_listener", 200, fake_listener)];

const SECRET: &str = "s3cr3t-w0rd";

/// Serves each connection: says this first, then `greeting` for the first question, then `rest` for each further one; `flood`
/// says the last one again and again.
pub fn serve(first: Vec<u8>, greeting: Vec<u8>, rest: Vec<u8>, flood: bool) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (first, greeting, rest) = (first.clone(), greeting.clone(), rest.clone());
            thread::spawn(move || answer(stream, &first, &greeting, &rest, flood));
        }
    });
    port
}

fn answer(mut stream: TcpStream, first: &[u8], greeting: &[u8], rest: &[u8], flood: bool) -> Option<()> {
    stream.write_all(first).ok()?;
    let mut room = vec![0; 65536];
    if stream.read(&mut room).ok()? == 0 {
        return None;
    }
    stream.write_all(greeting).ok()?;
    while stream.read(&mut room).ok()? > 0 {
        stream.write_all(rest).ok()?;
        while flood {
            stream.write_all(rest).ok()?;
        }
    }
    Some(())
}

fn rss() -> usize {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() / 1024
}

fn try_all(what: &str, store: impl Backend, found: &mut Found, must_fail: bool) {
    let before = rss();
    let larder = testing::isolated_at(Clock::default(), [("default", Settings::backend(store))]).unwrap();
    let cache = larder.cache("default");
    let blocking = cache.blocking();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for place in 0..2 {
        let inside = (place == 1).then(|| runtime.enter());
        for (name, call) in [
            (
                "get",
                (&|| blocking.get::<String>("k").map(|got| got.is_some())) as &dyn Fn() -> Result<bool, larder::Error>,
            ),
            ("set", &|| blocking.set("k", "v".to_owned(), Options::ttl(9)).map(|()| true)),
            ("delete", &|| blocking.delete("k")),
            ("incr", &|| blocking.incr("k", 1).map(|_| true)),
            ("get_many", &|| blocking.get_many::<String>(["k", "l", "m"]).map(|got| got.iter().any(Option::is_some))),
            ("ttl", &|| blocking.ttl("k").map(|got| got.is_some())),
            ("clear", &|| blocking.clear().map(|()| true)),
        ] {
            let begun = Instant::now();
            let outcome = call();
            if begun.elapsed() > Duration::from_millis(1_500) {
                found.push(format!("{what}: {name} took {:?}: {outcome:?}", begun.elapsed()));
            }
            match outcome {
                Err(error) => {
                    let said = format!("{error} {error:?}");
                    if said.contains(SECRET) {
                        found.push(format!("{what}: {name} shows the secret: {said}"));
                    }
                    if said.len() > 1_000 {
                        found.push(format!("{what}: {name} says {} characters", said.len()));
                    }
                    if place == 0 && name == "get" {
                        println!("      {what}: {error}");
                    }
                }
                Ok(true) if must_fail && name != "clear" => found.push(format!("{what}: {name} succeeded")),
                Ok(_) => {}
            }
        }
        drop(inside);
        let begun = Instant::now();
        let got = blocking.get_or_load("loaded", Options::ttl(9), || "mine".to_owned());
        if got != "mine" || begun.elapsed() > Duration::from_secs(3) {
            found.push(format!("{what}: a load took {:?} and gave {got}", begun.elapsed()));
        }
    }
    let after = rss();
    if after > before + 200 {
        found.push(format!("{what}: memory {before} → {after} MiB"));
    }
}

const HELLO: &str = "%1\r\n$6\r\nserver\r\n$5\r\nredis\r\n";

fn fake_redis() -> Found {
    let mut found = Found::new();
    let b = |text: &str| text.as_bytes().to_vec();
    let deep = "*1\r\n".repeat(100_000);
    let cases: Vec<(&str, Vec<u8>, Vec<u8>, Vec<u8>, bool)> = vec![
        ("garbage", b(""), vec![0, 255, 13, 10, 1, 2, 3], b(""), false),
        ("http", b(""), b("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), b(""), false),
        ("ssh first", b("SSH-2.0-OpenSSH_9.2\r\n"), b(""), b(""), false),
        ("silent", b(""), b(""), b(""), false),
        ("endless length", b(""), b(HELLO), b("$536870912\r\nabc"), false),
        ("endless length flood", b(""), b(HELLO), [&b"$536870912\r\n"[..], &[b'x'; 100_000]].concat(), true),
        ("too long", b(""), b(HELLO), b("$99999999999999999999\r\n"), false),
        ("negative", b(""), b(HELLO), b("$-7\r\n"), false),
        ("large array", b(""), b(HELLO), b("*1048576\r\n"), false),
        ("flood of array parts", b(""), b(HELLO), b(&("*1048576\r\n".to_owned() + &":1\r\n".repeat(10_000))), true),
        ("deep", b(""), b(HELLO), b(&deep), false),
        ("half", b(""), b(HELLO), b("$10\r\nabc"), false),
        ("no line end flood", b(""), b(HELLO), vec![b'+'; 100_000], true),
        ("error flood", b(""), b(HELLO), b("-ERR x\r\n"), true),
        ("unasked answers at once", b("+OK\r\n+OK\r\n+OK\r\n"), b(HELLO), b("+OK\r\n+OK\r\n+OK\r\n+OK\r\n"), false),
        ("push flood", b(""), b(HELLO), b(&">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n".repeat(1000)), true),
        ("push flood in greeting", b(&">2\r\n$7\r\nmessage\r\n$1\r\nk\r\n".repeat(200_000)), b(""), b(""), false),
        ("empty pushes", b(""), b(HELLO), b(">0\r\n>0\r\n_\r\n"), false),
        ("wrong kinds", b(""), b(HELLO), b("*2\r\n:1\r\n:2\r\n"), false),
        ("moved to nowhere", b(""), b(HELLO), b("-MOVED 1 127.0.0.1:1\r\n"), false),
        ("ask loop", b(""), b(HELLO), b("-ASK 1 127.0.0.1:1\r\n"), false),
        ("noscript forever", b(""), b(HELLO), b("-NOSCRIPT no\r\n"), false),
        ("loading", b(""), b("-LOADING Redis is loading\r\n"), b(""), false),
        ("busy", b(""), b(HELLO), b("-BUSY script\r\n"), false),
        ("error with secret", b(""), b(&format!("-WRONGPASS wrong {SECRET}\r\n")), b(""), false),
        ("long error", b(""), b(&format!("-ERR {}\r\n", "x".repeat(60_000))), b(""), false),
    ];
    for (what, first, greeting, rest, flood) in cases {
        let port = serve(first, greeting, rest, flood);
        let url = format!("redis://larder:{SECRET}@127.0.0.1:{port}");
        let config = redis::Config::new(&url).unwrap().timeout(Duration::from_millis(300));
        try_all(
            what,
            redis::Redis::new(config).unwrap(),
            &mut found,
            what != "unasked answers at once" && what != "empty pushes",
        );
    }
    found
}

fn fake_memcached() -> Found {
    let mut found = Found::new();
    let b = |text: &str| text.as_bytes().to_vec();
    let cases: Vec<(&str, Vec<u8>, Vec<u8>, Vec<u8>, bool)> = vec![
        ("m garbage", b(""), vec![0, 255, 13, 10, 1, 2, 3], b(""), false),
        ("m http", b(""), b("HTTP/1.1 400 Bad Request\r\n\r\n"), b(""), false),
        ("m silent", b(""), b(""), b(""), false),
        ("m endless value", b(""), b("MN\r\n"), b("VA 1073741824 c1\r\nabc"), false),
        ("m endless value flood", b(""), b("MN\r\n"), [&b"VA 1073741824 c1\r\n"[..], &[b'x'; 100_000]].concat(), true),
        ("m too long", b(""), b("MN\r\n"), b("VA 99999999999999999999 c1\r\n"), false),
        ("m half", b(""), b("MN\r\n"), b("VA 10 c1\r\nabc"), false),
        ("m no line end", b(""), b("MN\r\n"), vec![b'H'; 100_000], true),
        ("m flood of HD", b(""), b("MN\r\n"), b("HD\r\n"), true),
        ("m wrong words", b(""), b("MN\r\n"), b("STORED\r\n"), false),
        ("m flags", b(""), b("MN\r\n"), b("HD cNaN t-2 s\r\n"), false),
        ("m server error", b(""), b("MN\r\n"), b(&format!("SERVER_ERROR {}\r\n", "y".repeat(1_500))), false),
        ("m client error", b(""), b("MN\r\n"), b("CLIENT_ERROR bad\r\n"), false),
        ("m error", b(""), b("MN\r\n"), b("ERROR\r\n"), false),
        ("m echo of login", b(""), b(&format!("CLIENT_ERROR {SECRET}\r\n")), b(""), false),
    ];
    for (what, first, greeting, rest, flood) in cases {
        let port = serve(first, greeting, rest, flood);
        let url = format!("memcached://127.0.0.1:{port}");
        let config = memcached::Config::new(&url).unwrap().timeout(Duration::from_millis(300));
        try_all(what, memcached::Memcached::new(config).unwrap(), &mut found, true);
    }
    found
}

/// A listener hears garbage: the thread that all listeners share is to live on.
fn fake_listener() -> Found {
    let mut found = Found::new();
    let tracking = format!("{HELLO}+OK\r\n");
    for (what, said) in [
        ("nil", ">2\r\n$10\r\ninvalidate\r\n_\r\n".to_owned()),
        ("numbers", ">2\r\n$10\r\ninvalidate\r\n*2\r\n:1\r\n*0\r\n".to_owned()),
        ("too short", ">1\r\n$10\r\ninvalidate\r\n>0\r\n".to_owned()),
        ("foreign names", ">2\r\n$10\r\ninvalidate\r\n*2\r\n$0\r\n\r\n$3\r\n\u{ff}x\r\n".to_owned()),
        ("answers", "+OK\r\n:1\r\n".to_owned()),
        ("many", ">2\r\n$10\r\ninvalidate\r\n*1\r\n$9\r\nlarder:%=\r\n".repeat(100_000)),
        ("half", ">2\r\n$10\r\ninval".to_owned()),
    ] {
        let port = serve(Vec::new(), format!("{tracking}{said}").into_bytes(), Vec::new(), false);
        let url = format!("redis://127.0.0.1:{port}");
        let store = redis::Redis::new(redis::Config::new(&url).unwrap().timeout(Duration::from_millis(300))).unwrap();
        let settings = Settings::backend(store).near(60);
        let larder = testing::isolated_at(Clock::default(), [("default", settings)]).unwrap();
        let blocking = larder.cache("default");
        for _ in 0..3 {
            let begun = Instant::now();
            blocking.blocking().get_or_load("a", Options::ttl(9), || 1);
            if begun.elapsed() > Duration::from_secs(3) {
                found.push(format!("{what}: {:?}", begun.elapsed()));
            }
        }
    }
    let server = Redis::start().unwrap();
    let larder = crate::near::redis(&server.url(), 60);
    let cache = larder.cache("default");
    let begun = Instant::now();
    while cache.stats().near_hits == 0 {
        cache.blocking().get_or_load("a", Options::ttl(9), || 1);
        if begun.elapsed() > Duration::from_secs(5) {
            found.push("the driver's thread does not listen any more".into());
            break;
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _ = block_on(async { runtime.handle().clone() });
    found
}
