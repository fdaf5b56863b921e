//! The kinds of servers, and a store on one.

use std::fmt::Debug;
use std::sync::OnceLock;
use std::time::Duration;

use cache_backends::{mysql, postgres};
use cache_core::backend::ErasedBackend;
use cache_core::error::Error;
use cache_core::key::{Name, Scope};
use cache_core::testing::block_on;
use libtest_mimic::Failed;

use crate::servers::{self, Server};

pub const SECOND: Option<Duration> = Some(Duration::from_secs(1));

/// A test, by its name.
pub type Test = (&'static str, fn() -> Result<(), Failed>);

/// A kind of server.
pub trait Kind: 'static {
    const NAME: &str;

    fn is_installed() -> bool;
    fn start() -> Result<Server, String>;
    /// Starts one that listens at an address, for those only who encrypt.
    #[cfg(feature = "tls")]
    fn start_encrypted() -> Result<Server, String>;
    fn store(config: postgres::Config) -> Result<Box<dyn Store>, Error>;
    /// The one that all tests share that do no harm to it.
    fn shared() -> &'static Server;
}

/// A store, and what only its author may do to it.
pub trait Store: ErasedBackend + Debug {
    fn create_table(&self) -> Result<bool, Error>;
    fn create_table_sql(&self) -> String;
    fn let_time_pass(&self, time: Duration);
    fn make_room(&self);
    fn close(&self);
}

macro_rules! kind {
    ($kind:ident, $name:literal, $store:ty) => {
        pub struct $kind;

        impl Kind for $kind {
            const NAME: &str = $name;

            fn is_installed() -> bool {
                servers::$kind::is_installed()
            }

            fn start() -> Result<Server, String> {
                servers::$kind::start()
            }

            #[cfg(feature = "tls")]
            fn start_encrypted() -> Result<Server, String> {
                servers::$kind::start_encrypted()
            }

            fn store(config: postgres::Config) -> Result<Box<dyn Store>, Error> {
                Ok(Box::new(<$store>::new(config)?))
            }

            fn shared() -> &'static Server {
                static SERVER: OnceLock<Server> = OnceLock::new();
                SERVER.get_or_init(|| Self::start().expect("a server"))
            }
        }

        impl Store for $store {
            fn create_table(&self) -> Result<bool, Error> {
                block_on(self.create_table())
            }

            fn create_table_sql(&self) -> String {
                self.create_table_sql()
            }

            fn let_time_pass(&self, time: Duration) {
                block_on(self.let_time_pass(time)).expect("a store");
            }

            fn make_room(&self) {
                block_on(self.make_room()).expect("a store");
            }

            fn close(&self) {
                block_on(self.close());
            }
        }
    };
}

kind!(Postgres, "postgres", postgres::Postgres);
kind!(MariaDb, "mariadb", mysql::MySql);

/// Returns the configuration for a server, as its address says it.
pub fn config(server: &Server) -> postgres::Config {
    postgres::Config::new(&server.url()).expect("an address")
}

/// Makes a store in a table of its own on the server that is shared.
pub fn store<K: Kind>(table: &str) -> Box<dyn Store> {
    let store = K::store(config(K::shared()).table(table)).expect("a store");
    store.create_table().expect("a table");
    store
}

pub fn name(key: &str) -> Name {
    Scope::new("shop", "1", None).expect("a scope").name(&key.into())
}
