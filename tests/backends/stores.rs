//! The stores there are, and how one is made for a test.

#[cfg(feature = "memcached")]
mod memcached;
#[cfg(any(feature = "redis", feature = "memcached"))]
mod pool;
#[cfg(feature = "redis")]
mod redis;

use std::any::Any;
use std::sync::Arc;
#[cfg(any(feature = "postgres", feature = "mysql"))]
use std::sync::OnceLock;
#[cfg(any(feature = "postgres", feature = "mysql"))]
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use larder::backend::{Backend, Capabilities, ErasedBackend, Memory, Null};
use larder::clock::Clock;
use larder::testing::{self, Isolated};
use larder::{Error, Settings};

#[cfg(any(feature = "postgres", feature = "mysql"))]
use crate::servers;

/// A kind of store.
pub struct Kind {
    pub name: &'static str,
    /// Where it keeps what it keeps.
    pub keeps: Keeps,
    /// Makes a place for a store of this kind, or says why there can be none on this machine.
    make: fn() -> Result<Place, String>,
    /// Opens a store at a place, as each process does for itself.
    open: fn(&str, &Clock) -> Result<Opened, Error>,
}

/// Where a store keeps what it keeps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Keeps {
    Nothing,
    /// Values as they are, in this process.
    Values,
    /// Bytes, in this process.
    Bytes,
    /// Bytes, where other processes find them.
    Shared,
}

/// Where a store is: a folder, a URL. It is gone with this.
pub struct Place {
    pub text: String,
    _kept: Option<Box<dyn Any + Send + Sync>>,
}

/// A store as one process holds it.
pub struct Opened {
    /// None where the cache has no store but itself.
    backend: Option<Box<dyn ErasedBackend>>,
    settings: Settings,
    /// Lets time go by for a store that does not live by the clock it was given.
    moves: Box<dyn Fn(Duration) + Send + Sync>,
    /// Whether it lives by a clock of its own, of which what callers hold knows nothing.
    has_its_own_clock: bool,
}

/// A store under test, and its clock.
pub struct Store {
    pub kind: &'static Kind,
    pub clock: Clock,
    opened: Opened,
    place: Place,
}

pub const KINDS: &[Kind] = &[
    Kind { name: "memory", keeps: Keeps::Values, make: nowhere, open: |_, _| Ok(Opened::values(Settings::memory())) },
    Kind {
        name: "bytes",
        keeps: Keeps::Bytes,
        make: nowhere,
        open: |_, clock| Ok(Opened::bytes(Memory::new(clock.clone()))),
    },
    #[cfg(feature = "file")]
    Kind {
        name: "file",
        keeps: Keeps::Shared,
        make: || folder("store"),
        open: |place, clock| {
            let config = larder::stores::file::Config::new(place).clock(clock.clone());
            Ok(Opened::bytes(larder::stores::file::File::new(config)?))
        },
    },
    #[cfg(feature = "sqlite")]
    Kind {
        name: "sqlite",
        keeps: Keeps::Shared,
        make: || folder("store.db"),
        open: |place, clock| {
            let config = larder::stores::sqlite::Config::new(place).clock(clock.clone());
            Ok(Opened::bytes(larder::stores::sqlite::Sqlite::new(config)?))
        },
    },
    #[cfg(feature = "sqlite")]
    Kind {
        name: "sqlite_in_memory",
        keeps: Keeps::Bytes,
        make: nowhere,
        open: |_, clock| {
            let config = larder::stores::sqlite::Config::in_memory().clock(clock.clone());
            Ok(Opened::bytes(larder::stores::sqlite::Sqlite::new(config)?))
        },
    },
    #[cfg(feature = "postgres")]
    Kind {
        name: "postgres",
        keeps: Keeps::Shared,
        make: || table(servers::Postgres::start, &POSTGRES, create_in_postgres),
        open: |place, _| {
            let (url, name) = place.split_once(' ').expect("an address and a table");
            let config = larder::stores::postgres::Config::new(url)?.table(name).statement_timeout(PATIENCE);
            let store = larder::stores::postgres::Postgres::new(config)?;
            Ok(Opened::moved(store, |store, time| testing::block_on(store.let_time_pass(time))))
        },
    },
    #[cfg(feature = "mysql")]
    Kind {
        name: "mariadb",
        keeps: Keeps::Shared,
        make: || table(servers::MariaDb::start, &MARIADB, create_in_mariadb),
        open: |place, _| {
            let (url, name) = place.split_once(' ').expect("an address and a table");
            let config = larder::stores::mysql::Config::new(url)?.table(name).statement_timeout(PATIENCE);
            let store = larder::stores::mysql::MySql::new(config)?;
            Ok(Opened::moved(store, |store, time| testing::block_on(store.let_time_pass(time))))
        },
    },
    #[cfg(feature = "redis")]
    Kind { name: "redis", keeps: Keeps::Shared, make: || redis::ALONE.place(), open: redis::open },
    #[cfg(feature = "redis")]
    Kind { name: "redis_bus", keeps: Keeps::Shared, make: || redis::ALONE.place(), open: redis::open_by_bus },
    #[cfg(feature = "redis")]
    Kind { name: "redis_replica", keeps: Keeps::Shared, make: || redis::REPLICATED.place(), open: redis::open },
    #[cfg(feature = "redis")]
    Kind { name: "redis_sentinel", keeps: Keeps::Shared, make: || redis::WATCHED.place(), open: redis::open },
    #[cfg(feature = "redis")]
    Kind { name: "redis_cluster", keeps: Keeps::Shared, make: || redis::CLUSTER.place(), open: redis::open },
    #[cfg(feature = "redis")]
    Kind { name: "valkey", keeps: Keeps::Shared, make: || redis::VALKEY.place(), open: redis::open },
    #[cfg(feature = "memcached")]
    Kind { name: "memcached", keeps: Keeps::Shared, make: || memcached::ALONE.place(), open: memcached::open },
    #[cfg(feature = "memcached")]
    Kind { name: "memcached_three", keeps: Keeps::Shared, make: || memcached::THREE.place(), open: memcached::open },
    Kind { name: "null", keeps: Keeps::Nothing, make: nowhere, open: |_, _| Ok(Opened::bytes(Null)) },
];

fn nowhere() -> Result<Place, String> {
    Ok(Place { text: String::new(), _kept: None })
}

/// Makes an empty folder, and names something in it.
#[cfg(any(feature = "file", feature = "sqlite"))]
fn folder(name: &str) -> Result<Place, String> {
    // Where there is one, a folder in memory: nobody asks here how fast disks are.
    let memory = std::path::Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    let folder = folder.map_err(|error| format!("there is no temporary folder: {error}"))?;
    let text = folder.path().join(name).display().to_string();
    Ok(Place { text, _kept: Some(Box::new(folder)) })
}

/// One server for all tests of this process. It goes with the process: nobody drops what is static.
#[cfg(feature = "postgres")]
static POSTGRES: OnceLock<Result<servers::Server, String>> = OnceLock::new();
#[cfg(feature = "mysql")]
static MARIADB: OnceLock<Result<servers::Server, String>> = OnceLock::new();

/// A machine that builds and tests at once is slow; no test asks how long a call takes.
#[cfg(any(feature = "postgres", feature = "mysql", feature = "redis", feature = "memcached"))]
const PATIENCE: Duration = Duration::from_secs(60);

/// Makes an empty table on a server that is started with the first.
#[cfg(any(feature = "postgres", feature = "mysql"))]
fn table(
    start: fn() -> Result<servers::Server, String>,
    server: &'static OnceLock<Result<servers::Server, String>>,
    create: fn(&str, &str) -> Result<(), Error>,
) -> Result<Place, String> {
    static TABLES: AtomicUsize = AtomicUsize::new(0);
    let url = server.get_or_init(start).as_ref().map(servers::Server::url).map_err(Clone::clone)?;
    let name = format!("cache{}", TABLES.fetch_add(1, Ordering::SeqCst));
    create(&url, &name).map_err(|error| format!("there is a server, and no table: {error:?}"))?;
    Ok(Place { text: format!("{url} {name}"), _kept: None })
}

#[cfg(feature = "postgres")]
fn create_in_postgres(url: &str, name: &str) -> Result<(), Error> {
    use larder::stores::postgres::{Config, Postgres};
    testing::block_on(Postgres::new(Config::new(url)?.table(name).statement_timeout(PATIENCE))?.create_table())
        .map(drop)
}

#[cfg(feature = "mysql")]
fn create_in_mariadb(url: &str, name: &str) -> Result<(), Error> {
    use larder::stores::mysql::{Config, MySql};
    testing::block_on(MySql::new(Config::new(url)?.table(name).statement_timeout(PATIENCE))?.create_table()).map(drop)
}

impl Kind {
    /// Makes a place and opens a store there.
    pub fn open(&'static self) -> Result<Store, String> {
        let (clock, place) = (Clock::manual(), (self.make)()?);
        let opened = (self.open)(&place.text, &clock).unwrap_or_else(|error| panic!("{}: {error:?}", self.name));
        Ok(Store { kind: self, clock, opened, place })
    }

    /// Opens a store at a place that another process has made.
    pub fn open_at(&self, place: &str, clock: &Clock) -> Result<Opened, Error> {
        (self.open)(place, clock)
    }

    /// Returns whether a store keeps anything.
    pub fn keeps_something(&self) -> bool {
        self.keeps != Keeps::Nothing
    }

    /// Returns whether tests are ignored without it also where all servers are required: Debian 12 has no package of it.
    pub fn may_be_missing(&self) -> bool {
        self.name == "valkey"
    }

    /// Returns whether it is a backend that keeps something.
    pub fn keeps_bytes(&self) -> bool {
        matches!(self.keeps, Keeps::Bytes | Keeps::Shared)
    }

    /// Returns whether who comes first is decided there as in another kind: by one server, in the same words.
    pub fn decides_as_another(&self) -> bool {
        ["redis_replica", "redis_sentinel", "memcached_three"].contains(&self.name)
    }

    /// Returns whether it has a column of its own in the table of the docs, and is no other form of one that has.
    pub fn has_a_column(&self) -> bool {
        let is_another_form =
            ["redis_", "valkey", "memcached_", "sqlite_"].iter().any(|form| self.name.starts_with(form));
        self.name != "bytes" && !is_another_form
    }

    /// Returns whether a process reads at once what another one has written: replicas may have it later.
    pub fn is_read_where_it_is_written(&self) -> bool {
        self.is_shared() && self.name != "redis_replica"
    }

    /// Returns whether several processes share what it keeps.
    pub fn is_shared(&self) -> bool {
        self.keeps == Keeps::Shared
    }
}

impl Opened {
    fn values(settings: Settings) -> Self {
        Self { backend: None, settings, moves: Box::new(|_| ()), has_its_own_clock: false }
    }

    /// Returns the backend, where the cache is not all there is.
    pub fn backend(&self) -> &dyn ErasedBackend {
        self.backend.as_deref().expect("only stores that are backends are asked")
    }

    /// Returns the settings of a cache in it.
    pub fn settings(&self) -> Settings {
        self.settings.clone()
    }

    fn bytes(backend: impl Backend) -> Self {
        Self { has_its_own_clock: false, ..Self::moved(backend, |_, _| Ok(())) }
    }

    /// Takes a store that lives by a clock of its own, and what moves that.
    fn moved<B: Backend>(backend: B, moves: fn(&B, Duration) -> Result<(), Error>) -> Self {
        let backend = Arc::new(backend);
        let own = Arc::clone(&backend);
        Self::moved_by(backend, move |time| moves(&own, time).expect("a store that works"))
    }

    /// Takes a store that lives by a clock of its own, and what moves that behind its back.
    fn moved_by(backend: impl Backend, moves: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        let backend = Arc::new(backend);
        let settings = Settings::backend(Arc::clone(&backend));
        Self { backend: Some(Box::new(backend)), settings, moves: Box::new(moves), has_its_own_clock: true }
    }
}

impl Store {
    /// Returns the backend, where the cache is not all there is.
    pub fn backend(&self) -> &dyn ErasedBackend {
        self.opened.backend()
    }

    /// Returns what it claims, where it is a backend.
    pub fn claims(&self) -> Option<Capabilities> {
        self.opened.backend.as_ref().map(|backend| backend.capabilities())
    }

    /// Returns whether a ticket in a caller's hands grows older when time is moved.
    pub fn ages_tickets(&self) -> bool {
        !self.opened.has_its_own_clock
    }

    /// Returns how much later than it should an entry may end, where the store knows of whole seconds only.
    pub fn later_by(&self) -> Duration {
        let is_exact = self.claims().is_none_or(|claims| claims.sub_second);
        if is_exact { Duration::ZERO } else { Duration::from_secs(2) }
    }

    /// Returns the settings of a cache in it.
    pub fn settings(&self) -> Settings {
        self.opened.settings()
    }

    /// Makes caches that this thread sees: `default`, without a prefix.
    pub fn larder(&self) -> Isolated {
        self.larder_of([("default", self.settings())])
    }

    pub fn larder_of<const N: usize>(&self, caches: [(&str, Settings); N]) -> Isolated {
        testing::isolated_at(self.clock.clone(), caches).expect("settings that can work")
    }

    /// Returns where it is.
    pub fn place(&self) -> &str {
        &self.place.text
    }

    /// Opens it once more, as another process would.
    pub fn again(&self) -> Self {
        let opened = (self.kind.open)(&self.place.text, &self.clock).expect("a store that is open already");
        let place = Place { text: self.place.text.clone(), _kept: None };
        Self { kind: self.kind, clock: self.clock.clone(), opened, place }
    }

    /// Lets time go by, for the store and for the caches.
    pub fn pass(&self, time: Duration) {
        self.clock.advance(time);
        (self.opened.moves)(time);
    }
}
