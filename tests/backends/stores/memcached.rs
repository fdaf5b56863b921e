//! Memcached alone, and three servers.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use larder::Error;
use larder::clock::Clock;
use larder::stores::memcached::{Config, Memcached as Store};

use super::pool::{Pool, Reused, read};
use super::{Opened, PATIENCE};
use crate::servers::Memcached;

pub static ALONE: Pool<Memcached> = Pool::new();
pub static THREE: Pool<[Memcached; 3]> = Pool::new();

pub fn open(place: &str, _: &Clock) -> Result<Opened, Error> {
    let (url, sockets) = read(place);
    let store = Store::new(Config::new(url)?.response_timeout(PATIENCE))?;
    // Servers know of whole seconds only.
    let rest = Mutex::new(Duration::ZERO);
    let moves = move |time: Duration| {
        let mut rest = rest.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = *rest + time;
        *rest = Duration::from_nanos(passed.subsec_nanos().into());
        for socket in &sockets {
            Memcached::let_time_pass_at(socket, passed.as_secs()).expect("a server that works");
        }
    };
    Ok(Opened::moved_by(store, moves))
}

impl Reused for Memcached {
    fn start() -> Result<Self, String> {
        Memcached::start()
    }

    fn empty(&self) -> Result<(), String> {
        self.ask("flush_all").map(drop)
    }

    fn address(&self) -> String {
        self.url()
    }

    fn sockets(&self) -> Vec<PathBuf> {
        vec![self.socket().to_owned()]
    }
}

impl Reused for [Memcached; 3] {
    fn start() -> Result<Self, String> {
        Ok([Memcached::start()?, Memcached::start()?, Memcached::start()?])
    }

    fn empty(&self) -> Result<(), String> {
        self.iter().try_for_each(Reused::empty)
    }

    fn address(&self) -> String {
        Memcached::url_of_all(self)
    }

    fn sockets(&self) -> Vec<PathBuf> {
        self.iter().map(|server| server.socket().to_owned()).collect()
    }
}
