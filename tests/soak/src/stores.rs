//! Where the caches of a fleet are, and what goes wrong there.

use std::fs;
use std::path::Path;

use crate::Outcome;
use crate::fleet::own_folder;
use crate::promise::{Kind, Promise, SECOND};
use crate::proxy::Proxy;
use crate::servers::{Memcached, PASSWORD, Redis, Server};

/// Which store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    Redis,
    Memcached,
    Files,
}

/// A store that runs, and the way of each process to it.
pub struct Open {
    kind: Store,
    place: Place,
    proxies: Vec<Proxy>,
    folder: String,
}

enum Place {
    Redis(Redis),
    Memcached(Memcached),
    Files,
}

impl Store {
    pub const ALL: [Self; 3] = [Self::Redis, Self::Memcached, Self::Files];

    pub fn name(self) -> &'static str {
        match self {
            Self::Redis => "redis",
            Self::Memcached => "memcached",
            Self::Files => "files",
        }
    }

    pub fn promise(self) -> Promise {
        match self {
            Self::Redis => Promise::new(true, 60 * SECOND),
            Self::Memcached => Promise::new(false, 2 * SECOND),
            Self::Files => Promise::new(false, 0),
        }
    }

    /// Returns what goes wrong with it.
    pub fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Redis => &Kind::ALL,
            Self::Memcached => &[Kind::Emptied, Kind::Stopped, Kind::Cut, Kind::Apart, Kind::Pressed, Kind::Ended],
            Self::Files => &[Kind::Ended],
        }
    }

    pub fn open(self, nodes: usize, folder: &Path) -> Outcome<Open> {
        let place = match self {
            Self::Redis => Place::Redis(Redis::setup().on_port().guarded().lasting().max_memory(ROOM).start()?),
            Self::Memcached => Place::Memcached(Memcached::setup().start()?),
            Self::Files => Place::Files,
        };
        let way = |node| -> Outcome<Option<Proxy>> {
            Ok(match &place {
                Place::Redis(server) => Some(Proxy::before_port(server.port())?),
                Place::Memcached(server) => {
                    Some(Proxy::at_socket(own_folder(folder, node)?.join(SOCKET), server.socket())?)
                }
                Place::Files => None,
            })
        };
        let proxies = (0..nodes).filter_map(|node| way(node).transpose()).collect::<Outcome<_>>()?;
        let folder = folder.join("entries").display().to_string();
        Ok(Open { kind: self, place, proxies, folder })
    }
}

/// What the way to Memcached is called in the folder of a process. All of them call it alike, as they have to: what a server is
/// called decides which names are on it, and what they are.
const SOCKET: &str = "memcached";

/// The memory of a server that is not short of it.
const ROOM: &str = "64mb";

impl Open {
    /// Returns what a process is told of its caches.
    pub fn environment(&self, node: usize) -> Vec<(String, String)> {
        let url = match &self.place {
            Place::Redis(_) => format!("redis://larder:{PASSWORD}@127.0.0.1:{}", self.proxies[node].port()),
            Place::Memcached(_) => format!("memcached+unix:///proc/self/cwd/{SOCKET}"),
            Place::Files => format!("file://{}", self.folder),
        };
        let mut said = vec![("URL", url.as_str()), ("KEY_PREFIX", "soak")];
        match self.kind {
            Store::Redis => said.extend([
                ("NEAR_TTL", "60"),
                ("NEAR_ENTRIES", "1000"),
                ("NEAR_BYTES", "8MiB"),
                ("OPTIONS__TELLS", "bus"),
                ("OPTIONS__RESPONSE_TIMEOUT", "300ms"),
            ]),
            Store::Memcached => said.extend([
                ("NEAR_TTL", "2"),
                ("NEAR_ENTRIES", "1000"),
                ("NEAR_BYTES", "8MiB"),
                ("OPTIONS__RESPONSE_TIMEOUT", "300ms"),
            ]),
            Store::Files => {}
        }
        said.into_iter().map(|(name, value)| (format!("LARDER_{name}"), value.to_owned())).collect()
    }

    fn server(&self) -> Option<&Server> {
        match &self.place {
            Place::Redis(server) => Some(server),
            Place::Memcached(server) => Some(server),
            Place::Files => None,
        }
    }

    /// Begins some trouble, for one process where it is about one.
    pub fn trouble(&self, kind: Kind, node: usize) {
        match kind {
            Kind::Emptied | Kind::Killed => {
                self.server().into_iter().for_each(Server::stop);
            }
            Kind::Stopped => self.server().into_iter().for_each(Server::freeze),
            Kind::Cut => self.proxies.iter().for_each(Proxy::cut),
            Kind::Apart => {
                self.proxies[node].refuse();
                self.proxies[node].cut();
            }
            Kind::Pressed => match &self.place {
                Place::Redis(server) => {
                    let used = server.info("memory", "used_memory").and_then(|used| used.parse::<u64>().ok());
                    // A part of what is there goes at once, and something for each that comes.
                    let room = used.map_or(0, |used| used - used / 20);
                    let _ = server.ask(&["CONFIG", "SET", "maxmemory", &room.to_string()]);
                }
                Place::Memcached(server) => drop(server.ask("cache_memlimit 1")),
                Place::Files => {}
            },
            Kind::Ended => {}
        }
    }

    /// Ends it.
    pub fn mend(&self, kind: Kind, node: usize) {
        match kind {
            Kind::Emptied | Kind::Killed => {
                let server = self.server().into_iter();
                if let (Kind::Emptied, Place::Redis(server)) = (kind, &self.place) {
                    let _ = fs::remove_dir_all(server.path("appendonlydir"));
                }
                server.for_each(Server::start_again);
            }
            Kind::Stopped => self.server().into_iter().for_each(Server::thaw),
            Kind::Apart => self.proxies[node].accept(),
            Kind::Pressed => match &self.place {
                Place::Redis(server) => drop(server.ask(&["CONFIG", "SET", "maxmemory", ROOM])),
                Place::Memcached(server) => drop(server.ask("cache_memlimit 64")),
                Place::Files => {}
            },
            Kind::Cut | Kind::Ended => {}
        }
    }

    /// Returns how many entries had to make room, where the server says so.
    pub fn evicted(&self) -> u64 {
        match &self.place {
            Place::Redis(server) => {
                server.info("stats", "evicted_keys").and_then(|count| count.parse().ok()).unwrap_or_default()
            }
            Place::Memcached(server) => server.stat("evictions").unwrap_or_default(),
            Place::Files => 0,
        }
    }
}
