//! All stores, open at once: a program makes its caches once.

use std::sync::Arc;

use larder::Settings;
use larder::stores::{file, mysql, postgres, sqlite};
use tempfile::TempDir;

use crate::hits;
use crate::memcached;
use crate::redis;
use crate::servers;
use crate::tables::{Server, mariadb_server, postgres_server};

pub struct Stores {
    pub files: Arc<file::File>,
    pub sqlite: Arc<sqlite::Sqlite>,
    pub postgres: Option<Server<sqlx::Postgres, postgres::Postgres>>,
    pub mariadb: Option<Server<sqlx::MySql, mysql::MySql>>,
    pub memcached: Option<memcached::Server>,
    pub redis: Option<redis::Server>,
    _folder: TempDir,
}

impl Stores {
    /// Opens them, and makes a cache in each; or the caches that take no database server alone.
    pub fn open(is_whole: bool) -> Self {
        let folder = TempDir::new().expect("a folder");
        let files = file::File::new(file::Config::new(folder.path().join("files"))).map(Arc::new).expect("a folder");
        let config = sqlite::Config::new(folder.path().join("cache.db"));
        let sqlite = sqlite::Sqlite::new(config).map(Arc::new).expect("a database");
        let postgres = is_whole
            .then(servers::Postgres::start)
            .and_then(|server| started("PostgreSQL", server))
            .map(postgres_server);
        let mariadb =
            is_whole.then(servers::MariaDb::start).and_then(|server| started("MariaDB", server)).map(mariadb_server);
        let memcached = started("Memcached", servers::Memcached::start()).map(memcached::Server::new);
        let redis = started("Redis", redis::Server::start());
        let mut caches =
            vec![("file", Settings::backend(Arc::clone(&files))), ("sqlite", Settings::backend(Arc::clone(&sqlite)))];
        caches.extend(postgres.as_ref().map(|server| ("postgres", Settings::backend(Arc::clone(&server.store)))));
        caches.extend(mariadb.as_ref().map(|server| ("mariadb", Settings::backend(Arc::clone(&server.store)))));
        caches.extend(memcached.as_ref().map(|server| ("memcached", Settings::backend(Arc::clone(&server.store)))));
        caches.extend(redis.as_ref().map(|server| ("redis", Settings::backend(Arc::clone(&server.store)))));
        caches.extend(redis.as_ref().map(|server| {
            let near =
                Settings::backend(Arc::clone(&server.store)).near(3_600).near_entries(crate::entries::ENTRIES * 4);
            ("near", near)
        }));
        hits::install(caches);
        Self { files, sqlite, postgres, mariadb, memcached, redis, _folder: folder }
    }
}

fn started<S>(name: &str, server: Result<S, String>) -> Option<S> {
    server.inspect_err(|why| println!("{name} is left out: {why}")).ok()
}
