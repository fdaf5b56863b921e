//! HOSTILE: wrong addresses, wrong passwords and wrong servers.

use std::time::{Duration, Instant};

use larder::stores::{memcached, redis};
use larder::testing;
use larder::{Options, Settings};

use crate::fake::serve;
use crate::servers::{Memcached, Redis};
use crate::{Attempt, Found};

pub const ALL: &[Attempt] = &[("wrong_addresses", 60, addresses), ("wrong_servers", 100, servers)];

const SECRET: &str = "s3cr3t-w0rd";

fn addresses() -> Found {
    let mut found = Found::new();
    let s = SECRET;
    let texts = [
        "",
        ":",
        "redis",
        "redis:",
        "redis:/",
        "redis://",
        "redis:///",
        "redis://:@",
        "redis://@",
        "redis://a:b:c",
        "redis://h:99999",
        "redis://h:-1",
        "redis://h:0",
        "redis://h/notanumber",
        "redis://h/-1",
        "redis://h/99999999999",
        "redis://h/1/2",
        "redis://h?timeout=",
        "redis://h?timeout=-1",
        "redis://h?timeout=1e400",
        "redis://h?timeout=0",
        "redis://h?nope=1",
        "redis://[::1",
        "redis://[::1]:6379",
        "redis://a,,b",
        "redis://,",
        "redis+unix://",
        "redis+unix:///x?database=q",
        "redis+sentinel://h",
        "redis+sentinel://h//",
        "redis+cluster://h/1",
        "redis+cluster://",
        "memcached://",
        "memcached://,",
        "memcached://a,a",
        "memcached://h/1",
        "memcached://h?weights=h=0",
        "memcached://h?weights=x=1",
        "memcached://h?weights=h",
        "memcached://h?max_value=0",
        "memcached://h?max_value=-1",
        "memcached://h?max_value=99999999999999999999",
        "memcached+unix://",
        "memcached://h?timeout=abc",
        "http://h",
        "redis://h\0",
        "redis://h h",
        "redis://%00",
        "redis://%zz",
        "redis://h#x",
        "redis://ü",
        &format!("redis://u:{s}@h:99999"),
        &format!("redis://u:{s}@h/x"),
        &format!("redis://u:{s}@"),
        &format!("redis://u:{s}@h?nope=1"),
        &format!("redis://h?password={s}&x=1"),
        &format!("redis://h?pasword={s}"),
        &format!("redis://u:{s}%zz@h"),
        &format!("redis://u:{s}#@h"),
        &format!("redis://u:{s}/@h"),
        &format!("redis://u:{s}?@h"),
        &format!("redis://{s}@h:x"),
        &format!("redis://u:{s} @h"),
        &format!("redis://u:a@{s}@h"),
        &format!("memcached://u:{s}@h:99999"),
        &format!("memcached://u:{s}@"),
        &format!("memcached://u:{s}@h/x"),
        &format!("memcached://h?pass={s}"),
        &format!("memcached://u:{s}%0a@h"),
        &format!("memcached://u%20v:{s}@h"),
        &format!("http://u:{s}@h"),
        &format!("redis//u:{s}@h"),
        &format!("u:{s}@h"),
        &format!("rediss://u:{s}@h"),
        &format!("memcacheds://u:{s}@h"),
        &format!("redis+sentinel://u:{s}@h"),
        &format!("redis://h?sentinel_password={s}"),
        &format!("redis+cluster://u:{s}@h/3"),
    ];
    for text in texts {
        let outcomes = [
            redis::Config::new(text).map(|config| format!("{config:?}")).map_err(|error| format!("{error} {error:?}")),
            redis::Config::new(text)
                .and_then(redis::Redis::new)
                .map(|store| format!("{store:?}"))
                .map_err(|error| format!("{error} {error:?}")),
            memcached::Config::new(text)
                .map(|config| format!("{config:?}"))
                .map_err(|error| format!("{error} {error:?}")),
            memcached::Config::new(text)
                .and_then(memcached::Memcached::new)
                .map(|store| format!("{store:?}"))
                .map_err(|error| format!("{error} {error:?}")),
        ];
        for outcome in outcomes {
            let (Ok(said) | Err(said)) = outcome;
            if said.contains(SECRET) {
                found.push(format!("{text:?} shows the secret: {said}"));
            }
        }
    }
    found
}

fn ask(what: &str, settings: Result<Settings, larder::Error>, found: &mut Found, wanted: Option<larder::Kind>) {
    let settings = match settings {
        Ok(settings) => settings,
        Err(error) => return println!("      {what}: at once: {error}"),
    };
    let larder = testing::isolated_at(larder::clock::Clock::default(), [("default", settings.near(5))]).unwrap();
    let cache = larder.cache("default");
    for round in 0..3 {
        let begun = Instant::now();
        let got = cache.blocking().get::<u64>("k");
        let loaded = cache.blocking().get_or_load("l", Options::ttl(5), || 1_u64);
        if begun.elapsed() > Duration::from_secs(3) || loaded != 1 {
            found.push(format!("{what}: {:?}", begun.elapsed()));
        }
        match got {
            Ok(got) => found.push(format!("{what}: an answer: {got:?}")),
            Err(error) => {
                let said =
                    format!("{error} {error:?} {:?}", std::error::Error::source(&error).map(ToString::to_string));
                if said.contains(SECRET) || said.contains("not-for-others") {
                    found.push(format!("{what}: shows the secret: {said}"));
                }
                if round == 0 {
                    println!("      {what}: {:?}: {error}", error.kind());
                    if wanted.is_some_and(|wanted| wanted != error.kind()) {
                        found.push(format!("{what}: of kind {:?}: {error}", error.kind()));
                    }
                }
            }
        }
    }
}

fn servers() -> Found {
    let mut found = Found::new();
    let redis_server = Redis::setup().on_port().guarded().start().unwrap();
    let memc = Memcached::setup().on_port().start().unwrap();
    let guarded = Memcached::setup().on_port().guarded().start().unwrap();
    let http = serve(Vec::new(), b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".to_vec(), Vec::new(), false);
    let limit = Duration::from_millis(400);
    let of_redis = |url: String| {
        redis::Config::new(&url).and_then(|config| redis::Redis::new(config.timeout(limit))).map(Settings::backend)
    };
    let of_memc = |url: String| {
        memcached::Config::new(&url)
            .and_then(|config| memcached::Memcached::new(config.timeout(limit)))
            .map(Settings::backend)
    };
    let (r, m, g) = (redis_server.port(), memc.port(), guarded.port());
    let conf = Some(larder::Kind::Configuration);
    for (what, settings, wanted) in [
        ("redis: wrong password", of_redis(format!("redis://larder:{SECRET}@127.0.0.1:{r}")), conf),
        ("redis: no password", of_redis(format!("redis://127.0.0.1:{r}")), conf),
        ("redis: unknown user", of_redis(format!("redis://nobody:{SECRET}@127.0.0.1:{r}")), conf),
        ("redis: database 99", of_redis(format!("redis://larder:not-for-others@127.0.0.1:{r}/99")), conf),
        ("redis: no cluster", of_redis(format!("redis+cluster://larder:not-for-others@127.0.0.1:{r}")), conf),
        ("redis: no sentinel", of_redis(format!("redis+sentinel://larder:not-for-others@127.0.0.1:{r}/m")), None),
        ("redis: memcached is there", of_redis(format!("redis://larder:{SECRET}@127.0.0.1:{m}")), None),
        ("redis: memcached is there, no password", of_redis(format!("redis://127.0.0.1:{m}")), None),
        ("redis: http is there", of_redis(format!("redis://larder:{SECRET}@127.0.0.1:{http}")), None),
        ("redis: nobody is there", of_redis(format!("redis://larder:{SECRET}@127.0.0.1:1")), None),
        ("redis: no such socket", of_redis("redis+unix:///nowhere/at/all".into()), None),
        ("redis: no such host", of_redis("redis://no-such-host.invalid".into()), None),
        ("redis: encrypted", of_redis(format!("rediss://larder:{SECRET}@127.0.0.1:{r}")), None),
        ("memcached: redis is there", of_memc(format!("memcached://127.0.0.1:{r}")), None),
        ("memcached: redis is there, login", of_memc(format!("memcached://larder:{SECRET}@127.0.0.1:{r}")), None),
        ("memcached: http is there", of_memc(format!("memcached://u:{SECRET}@127.0.0.1:{http}")), None),
        ("memcached: wrong password", of_memc(format!("memcached://larder:{SECRET}@127.0.0.1:{g}")), conf),
        ("memcached: no password", of_memc(format!("memcached://127.0.0.1:{g}")), conf),
        ("memcached: nobody is there", of_memc("memcached://127.0.0.1:1".into()), None),
    ] {
        ask(what, settings, &mut found, wanted);
    }
    found
}
