//! HOSTILE: two processes with near levels over one Redis, and everything that invalidates.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use larder::clock::Clock;
use larder::stores::redis::{Config, Redis as Store};
use larder::testing::{self, Larder};
use larder::{Key, Options, Settings, invalidate_tag_blocking};

use crate::servers::Redis;
use crate::{Attempt, Draw, Found};

pub const ALL: &[Attempt] = &[
    ("near_two_processes_tracking_killed", 120, || run(true, 25)),
    ("near_two_processes_quiet", 90, || run(false, 10)),
    ("near_memcached_that_tells_nothing", 90, || {
        let servers = [(); 3].map(|()| crate::servers::Memcached::start().unwrap());
        let url = crate::servers::Memcached::url_of_all(&servers);
        let make = || {
            let config = larder::stores::memcached::Config::new(&url).unwrap().timeout(Duration::from_millis(400));
            let settings = Settings::backend(larder::stores::memcached::Memcached::new(config).unwrap()).near(1);
            testing::isolated_at(Clock::default(), [("default", settings)]).unwrap().handle()
        };
        go([make(), make()], 15, |_| {})
    }),
    ("near_over_a_replica_that_lags", 60, || lagging(60)),
    ("replica_that_lags", 60, || lagging(0)),
    ("near_flushall_is_heard", 60, flushall),
];

const KEYS: usize = 18;
const BOUND: Duration = Duration::from_secs(4);

pub fn redis(url: &str, near: u64) -> Larder {
    let store = Config::new(url).and_then(|config| Store::new(config.timeout(Duration::from_millis(400)))).unwrap();
    let settings = Settings::backend(store);
    let settings = if near > 0 { settings.near(near) } else { settings };
    testing::isolated_at(Clock::default(), [("default", settings)]).unwrap().handle()
}

struct World {
    said: Vec<AtomicU64>,
    own: [Vec<AtomicU64>; 2],
    log: Mutex<Vec<(Instant, usize, u64)>>,
    over: AtomicBool,
    found: Mutex<Found>,
    ops: [AtomicU64; 6],
}

impl World {
    fn step(&self, larder: &Larder, me: usize, draw: &mut Draw) {
        let cache = larder.cache("default");
        let slow = [0, 0, 300, 3_000][draw.below(4)];
        let read = |k: usize, kind: usize| -> u64 {
            let key = Key::from(format!("k{k}")).tagged([format!("t{}", k % 3)]);
            let space = cache.namespace(format!("n{}", k % 2));
            let said = &self.said[k];
            if kind == 0 {
                return space.blocking().get::<u64>(key).ok().flatten().unwrap_or(u64::MAX);
            }
            space.blocking().get_or_load(key, Options::ttl(3600), || {
                let now = said.load(Ordering::SeqCst);
                if slow > 0 {
                    thread::sleep(Duration::from_micros(slow));
                }
                now
            })
        };

        let k = draw.below(KEYS);
        match draw.below(100) {
            0..85 => {
                let floor = self.own[me][k].load(Ordering::SeqCst);
                let begun = Instant::now();
                let got = read(k, draw.below(3));
                if got < floor {
                    self.tell(format!("own process {me} was served {got} of {k}, invalidated at {floor}"));
                }
                let log = self.log.lock().unwrap();
                if let Some((when, _, number)) = log.iter().rev().find(|(when, at, number)| {
                    *at == k && *number > got && begun.saturating_duration_since(*when) > BOUND
                }) {
                    self.tell(format!(
                        "process {me} was served {got} of {k} {:?} after invalidation at {number}",
                        begun - *when
                    ));
                }
            }
            85..92 => self.change(
                me,
                0,
                |at| at == k,
                || cache.namespace(format!("n{}", k % 2)).blocking().delete(format!("k{k}")).is_ok(),
            ),
            92..96 => {
                self.change(me, 1, |at| at % 3 == k % 3, || invalidate_tag_blocking(format!("t{}", k % 3)).is_ok())
            }
            96..98 => self.change(
                me,
                2,
                |at| at % 2 == k % 2,
                || cache.namespace(format!("n{}", k % 2)).invalidate_blocking().is_ok(),
            ),
            98 => self.change(me, 3, |_| true, || cache.blocking().clear().is_ok()),
            _ => self.change(
                me,
                4,
                |at| at % 2 == k % 2,
                || cache.namespace(format!("n{}", k % 2)).blocking().clear().is_ok(),
            ),
        }
    }

    fn change(&self, me: usize, op: usize, which: impl Fn(usize) -> bool, invalidate: impl Fn() -> bool) {
        let ids: Vec<_> = (0..KEYS).filter(|at| which(*at)).collect();
        let now: Vec<_> = ids.iter().map(|at| self.said[*at].fetch_add(1, Ordering::SeqCst) + 1).collect();
        if !invalidate() {
            self.ops[5].fetch_add(1, Ordering::SeqCst);
            return;
        }
        self.ops[op].fetch_add(1, Ordering::SeqCst);
        let when = Instant::now();
        let mut log = self.log.lock().unwrap();
        for (at, now) in ids.iter().zip(now) {
            self.own[me][*at].fetch_max(now, Ordering::SeqCst);
            log.push((when, *at, now));
        }
        let len = log.len();
        if len > 4000 {
            log.drain(..len - 3000);
        }
    }

    fn tell(&self, what: String) {
        self.found.lock().unwrap().push(what);
    }
}

fn run(kills: bool, seconds: u64) -> Found {
    let server = Redis::start().unwrap();
    let mut draw = Draw(77);
    go([redis(&server.url(), 60), redis(&server.url(), 60)], seconds, |_| {
        if !kills {
            return;
        }
        match draw.below(4) {
            0 => drop(server.ask(&["CLIENT", "KILL", "TYPE", "normal"])),
            1 => drop(server.ask(&["SCRIPT", "FLUSH"])),
            _ => {
                let list = server.ask(&["CLIENT", "LIST"]).unwrap_or_default().concat();
                let is_tracked =
                    |line: &&str| ["flags=t", "flags=B", "flags=tB"].iter().any(|flags| line.contains(flags));
                let tracked: Vec<_> = list.lines().filter(is_tracked).collect();
                if let Some(line) = tracked.get(draw.below(tracked.len().max(1))) {
                    let id = line.strip_prefix("id=").and_then(|rest| rest.split(' ').next()).unwrap_or("0");
                    drop(server.ask(&["CLIENT", "KILL", "ID", id]));
                }
            }
        }
    })
}

fn go(larders: [Larder; 2], seconds: u64, mut fault: impl FnMut(usize)) -> Found {
    let zeros = || (0..KEYS).map(|_| AtomicU64::new(1)).collect::<Vec<_>>();
    let world = World {
        said: zeros(),
        own: [zeros(), zeros()],
        log: Mutex::default(),
        over: AtomicBool::new(false),
        found: Mutex::default(),
        ops: Default::default(),
    };
    thread::scope(|scope| {
        for me in [0, 1, 0, 1] {
            let (world, larder) = (&world, &larders[me]);
            let seed = me as u64 + draw_seed();
            scope.spawn(move || {
                let _entered = larder.enter();
                let mut draw = Draw(seed);
                while !world.over.load(Ordering::SeqCst) {
                    world.step(larder, me, &mut draw);
                }
            });
        }
        let (begun, mut draw) = (Instant::now(), Draw(77));
        while begun.elapsed() < Duration::from_secs(seconds) {
            thread::sleep(Duration::from_millis(50 + draw.below(250) as u64));
            fault(0);
        }
        world.over.store(true, Ordering::SeqCst);
    });
    let stats: Vec<_> = larders
        .iter()
        .map(|l| l.cache("default").stats())
        .map(|s| (s.near_hits, s.hits, s.misses, s.trouble))
        .collect();
    println!("      near (near_hits, hits, misses, trouble) {stats:?}; ops {:?}", world.ops);
    world.found.into_inner().unwrap()
}

fn draw_seed() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().subsec_nanos().into()
}

fn flushall() -> Found {
    let server = Redis::start().unwrap();
    let larder = redis(&server.url(), 60);
    let _entered = larder.enter();
    let cache = larder.cache("default");
    let mut found = Found::new();
    for round in 0..20_u64 {
        let begun = Instant::now();
        while cache.stats().near_hits < (round + 1) * 5 && begun.elapsed() < Duration::from_secs(5) {
            cache.blocking().get_or_load("a", Options::ttl(3600), || round);
        }
        server.ask(&[["FLUSHALL", "FLUSHDB"][round as usize % 2]]).unwrap();
        let told = Instant::now();
        loop {
            let got = cache.blocking().get_or_load("a", Options::ttl(3600), || round + 1);
            if got == round + 1 {
                break;
            }
            if told.elapsed() > Duration::from_secs(3) {
                found.push(format!("3 s after FLUSHALL {got} is served in round {round}"));
                break;
            }
        }
    }
    found
}

/// A replica is read that is behind for longer than `read_your_writes`, and then catches up.
fn lagging(near: u64) -> Found {
    use crate::proxy::Proxy;
    use crate::servers::PASSWORD;
    let leader = Redis::setup().on_port().line("repl-diskless-sync-delay 0").start().unwrap();
    let link = Proxy::before_port(leader.port()).unwrap();
    let replica = Redis::setup().on_port().line(format!("replicaof 127.0.0.1 {}", link.port())).start().unwrap();
    while replica.info("replication", "master_link_status").as_deref() != Some("up") {
        thread::sleep(Duration::from_millis(20));
    }
    let url = format!("redis://larder:{PASSWORD}@127.0.0.1:{},127.0.0.1:{}", leader.port(), replica.port());
    let larders = [redis(&url, near), redis(&url, near)];
    let load = |me: usize, number: u64| {
        let _entered = larders[me].enter();
        larders[me].cache("default").blocking().get_or_load("k", Options::ttl(3600), || number)
    };
    for _ in 0..5 {
        (load(0, 1), load(1, 1));
        thread::sleep(Duration::from_millis(20));
    }
    leader.ask(&["SET", "probe", "through"]).unwrap();
    while replica.ask(&["GET", "probe"]).unwrap() != ["through"] {
        thread::sleep(Duration::from_millis(20));
    }
    link.hold();
    // What the proxy was about to read goes through still.
    for probe in 0..30 {
        let probe = probe.to_string();
        leader.ask(&["SET", "probe", &probe]).unwrap();
        thread::sleep(Duration::from_millis(100));
        if replica.ask(&["GET", "probe"]).unwrap() != [probe] {
            break;
        }
    }
    larders[0].cache("default").blocking().delete("k").unwrap();
    let at_once = (load(0, 2), load(1, 2));
    thread::sleep(Duration::from_millis(2_600));
    let lagging = (load(0, 3), load(1, 3), load(0, 3), load(1, 3));
    link.let_go();
    thread::sleep(Duration::from_millis(1_500));
    let after = (load(0, 4), load(1, 4));
    println!(
        "      near {near}: at once {at_once:?}, while the replica is behind {lagging:?}, when it has caught up {after:?}"
    );
    let mut found = Found::new();
    if at_once.0 == 1 || after.0 == 1 || after.1 == 1 {
        found.push(format!("at once {at_once:?}, and {after:?} after the replica has caught up (1 was invalidated)"));
    }
    if lagging.0 == 1 || lagging.2 == 1 {
        found.push("the process that invalidated is served what it invalidated, while the replica is behind".into());
    }
    found
}
