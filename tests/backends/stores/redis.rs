//! Redis alone, Valkey in its place, Redis with a replica, under sentinels, and as a cluster.

use std::path::PathBuf;
use std::time::Duration;

use larder::Error;
use larder::clock::Clock;
use larder::stores::redis::{Config, Redis as Store, Tells};

use super::pool::{Pool, Reused, read};
use super::{Opened, PATIENCE};
use crate::servers::{Cluster, Redis, Replicated, Watched};

pub static ALONE: Pool<Redis> = Pool::new();
pub static VALKEY: Pool<Valkey> = Pool::new();
pub static REPLICATED: Pool<Replicated> = Pool::new();
pub static WATCHED: Pool<Watched> = Pool::new();
pub static CLUSTER: Pool<Cluster> = Pool::new();

pub fn open(place: &str, _: &Clock) -> Result<Opened, Error> {
    open_telling(place, Tells::Tracking)
}

/// Opens one that says what it changes, as its server does not.
pub fn open_by_bus(place: &str, _: &Clock) -> Result<Opened, Error> {
    open_telling(place, Tells::Bus)
}

fn open_telling(place: &str, tells: Tells) -> Result<Opened, Error> {
    let (url, sockets) = read(place);
    let store = Store::new(Config::new(url)?.response_timeout(PATIENCE).tells(tells))?;
    let moves = move |time: Duration| {
        for socket in &sockets {
            Redis::let_time_pass(socket, time).expect("a server that works");
        }
    };
    Ok(Opened::moved_by(store, moves))
}

impl Reused for Redis {
    fn start() -> Result<Self, String> {
        Redis::start()
    }

    fn empty(&self) -> Result<(), String> {
        self.ask(&["FLUSHALL"]).map(drop)
    }

    fn address(&self) -> String {
        self.url()
    }

    fn sockets(&self) -> Vec<PathBuf> {
        vec![self.socket().to_owned()]
    }
}

/// A server of Valkey, which speaks as Redis does.
pub struct Valkey(Redis);

impl Reused for Valkey {
    fn start() -> Result<Self, String> {
        Redis::setup().program("valkey-server").start().map(Self)
    }

    fn empty(&self) -> Result<(), String> {
        self.0.empty()
    }

    fn address(&self) -> String {
        self.0.address()
    }

    fn sockets(&self) -> Vec<PathBuf> {
        self.0.sockets()
    }
}

impl Reused for Replicated {
    fn start() -> Result<Self, String> {
        Replicated::start()
    }

    fn empty(&self) -> Result<(), String> {
        self.leader.ask(&["FLUSHALL"])?;
        self.catch_up()
    }

    fn address(&self) -> String {
        self.url()
    }

    fn sockets(&self) -> Vec<PathBuf> {
        vec![self.leader.socket().to_owned()]
    }
}

impl Reused for Watched {
    fn start() -> Result<Self, String> {
        Watched::start()
    }

    fn empty(&self) -> Result<(), String> {
        self.servers.empty()
    }

    fn address(&self) -> String {
        self.url()
    }

    fn sockets(&self) -> Vec<PathBuf> {
        self.servers.sockets()
    }
}

impl Reused for Cluster {
    fn start() -> Result<Self, String> {
        Cluster::start()
    }

    fn empty(&self) -> Result<(), String> {
        self.nodes.iter().try_for_each(|node| node.ask(&["FLUSHALL"]).map(drop))
    }

    fn address(&self) -> String {
        self.url()
    }

    fn sockets(&self) -> Vec<PathBuf> {
        self.nodes.iter().map(|node| node.socket().to_owned()).collect()
    }
}
