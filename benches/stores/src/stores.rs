//! All stores, open at once: a program makes its caches once.

use std::sync::Arc;

use larder::Settings;
use larder::stores::{file, mysql, postgres, sqlite};
use tempfile::TempDir;

use crate::hits;
use crate::servers;
use crate::tables::{Server, mariadb_server, postgres_server};

pub struct Stores {
    pub files: Arc<file::File>,
    pub sqlite: Arc<sqlite::Sqlite>,
    pub postgres: Option<Server<sqlx::Postgres, postgres::Postgres>>,
    pub mariadb: Option<Server<sqlx::MySql, mysql::MySql>>,
    _folder: TempDir,
}

impl Stores {
    /// Opens them, and makes a cache in each.
    pub fn open() -> Self {
        let folder = TempDir::new().expect("a folder");
        let files = file::File::new(file::Config::new(folder.path().join("files"))).map(Arc::new).expect("a folder");
        let config = sqlite::Config::new(folder.path().join("cache.db"));
        let sqlite = sqlite::Sqlite::new(config).map(Arc::new).expect("a database");
        let postgres = started("PostgreSQL", servers::Postgres::start()).map(postgres_server);
        let mariadb = started("MariaDB", servers::MariaDb::start()).map(mariadb_server);
        let mut caches =
            vec![("file", Settings::backend(Arc::clone(&files))), ("sqlite", Settings::backend(Arc::clone(&sqlite)))];
        caches.extend(postgres.as_ref().map(|server| ("postgres", Settings::backend(Arc::clone(&server.store)))));
        caches.extend(mariadb.as_ref().map(|server| ("mariadb", Settings::backend(Arc::clone(&server.store)))));
        hits::install(caches);
        Self { files, sqlite, postgres, mariadb, _folder: folder }
    }
}

fn started(name: &str, server: Result<servers::Server, String>) -> Option<servers::Server> {
    server.inspect_err(|why| println!("{name} is left out: {why}")).ok()
}
