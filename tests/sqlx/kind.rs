//! The kinds of servers, and the table that the tests write to.

use std::sync::OnceLock;

use sqlx::{AssertSqlSafe, Database, Error, MySql, Pool};

use crate::servers::{self, Server};

/// A kind of server.
pub trait Kind: 'static {
    const NAME: &str;

    type Database: Database;

    fn is_installed() -> bool;
    fn start() -> Result<Server, String>;
    /// The one that all tests share that do no harm to it.
    fn shared() -> &'static Server;
    fn run(connection: &mut Connected<Self>, sql: String) -> impl Future<Output = Result<(), Error>> + Send;
    fn read(connection: &mut Connected<Self>, sql: String) -> impl Future<Output = Result<String, Error>> + Send;
}

pub type Connected<K> = <<K as Kind>::Database as Database>::Connection;

macro_rules! kind {
    ($kind:ident, $name:literal, $database:ty) => {
        pub struct $kind;

        impl Kind for $kind {
            const NAME: &str = $name;

            type Database = $database;

            fn is_installed() -> bool {
                servers::$kind::is_installed()
            }

            fn start() -> Result<Server, String> {
                servers::$kind::start()
            }

            fn shared() -> &'static Server {
                static SERVER: OnceLock<Server> = OnceLock::new();
                SERVER.get_or_init(|| Self::start().expect("a server"))
            }

            async fn run(connection: &mut Connected<Self>, sql: String) -> Result<(), Error> {
                sqlx::query(AssertSqlSafe(sql)).execute(connection).await.map(drop)
            }

            async fn read(connection: &mut Connected<Self>, sql: String) -> Result<String, Error> {
                sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(connection).await
            }
        }
    };
}

kind!(Postgres, "postgres", sqlx::Postgres);
kind!(MariaDb, "mariadb", MySql);

/// A post in a table of a test's own.
pub struct Table<K: Kind> {
    pub pool: Pool<K::Database>,
    name: &'static str,
}

impl<K: Kind> Clone for Table<K> {
    fn clone(&self) -> Self {
        Self { pool: self.pool.clone(), name: self.name }
    }
}

impl<K: Kind> Table<K> {
    pub async fn on(server: &Server, name: &'static str) -> Result<Self, Error> {
        let pool = Pool::connect(&server.url()).await?;
        let mut connection = pool.acquire().await?;
        K::run(&mut connection, format!("CREATE TABLE {name} (id INT PRIMARY KEY, title VARCHAR(20) NOT NULL)"))
            .await?;
        K::run(&mut connection, format!("INSERT INTO {name} VALUES (1, 'before')")).await?;
        drop(connection);
        Ok(Self { pool, name })
    }

    pub async fn rename(&self, connection: &mut Connected<K>, title: &str) -> Result<(), Error> {
        K::run(connection, format!("UPDATE {} SET title = '{title}' WHERE id = 1", self.name)).await
    }

    pub async fn title(&self, connection: &mut Connected<K>) -> Result<String, Error> {
        K::read(connection, format!("SELECT title FROM {} WHERE id = 1", self.name)).await
    }

    /// Returns what others see.
    pub async fn committed(&self) -> Result<String, Error> {
        let mut connection = self.pool.acquire().await?;
        self.title(&mut connection).await
    }
}
