//! A row of a server's table an entry: one caller, and many at once.

use std::future::Future;
use std::sync::Arc;

use larder::backend::Backend;
use larder::stores;
use sqlx::pool::PoolOptions;
use sqlx::{Database, MySql, MySqlPool, PgPool, Pool, Postgres};
use tokio::runtime::Runtime;

use crate::entries::{ENTRIES, check, key, value};
use crate::hits;
use crate::rounds::Candidate;
use crate::servers;

/// How many connections everybody may have.
const CONNECTIONS: u32 = 8;

/// How many callers ask at once, where more than one does.
pub const MANY: usize = 64;

/// Makes a candidate that is asked by so many callers at once.
fn asked_by<Fut: Future<Output = ()> + Send + 'static>(
    callers: usize,
    name: &str,
    runtime: &Arc<Runtime>,
    read: impl Fn(u64) -> Fut + Clone + Send + 'static,
) -> Candidate {
    let runtime = Arc::clone(runtime);
    let read = move |ids: &[u64]| {
        runtime.block_on(async {
            let share = ids.len().div_ceil(callers);
            let tasks: Vec<_> = ids
                .chunks(share)
                .map(|ids| {
                    let (read, ids) = (read.clone(), ids.to_vec());
                    runtime.spawn(async move {
                        for id in ids {
                            read(id).await;
                        }
                    })
                })
                .collect();
            for task in tasks {
                task.await.expect("a task that ends");
            }
        });
    };
    Candidate { name: name.to_owned(), read: Box::new(read), at_once: callers as u64 }
}

/// A server with the rows of everybody who asks it.
pub struct Server<D: Database, S> {
    pub store: Arc<S>,
    bare: Pool<D>,
    runtime: Arc<Runtime>,
    _server: servers::Server,
}

/// Fills a server with rows for the bare client, and for larder's store.
pub fn postgres_server(server: servers::Server) -> Server<Postgres, stores::postgres::Postgres> {
    let runtime = runtime();
    let config = stores::postgres::Config::new(&server.url()).expect("an address").pool(CONNECTIONS as usize);
    let store = Arc::new(stores::postgres::Postgres::new(config).expect("a store"));
    let bare = runtime.block_on(async {
        store.create_table().await.expect("a table");
        let bare = PoolOptions::new().max_connections(CONNECTIONS).connect(&server.url()).await.expect("a pool");
        fill_postgres(&bare).await.expect("rows");
        bare
    });
    hits::fill(&store);
    Server { store, bare, runtime, _server: server }
}

/// Does the same for MariaDB.
pub fn mariadb_server(server: servers::Server) -> Server<MySql, stores::mysql::MySql> {
    let runtime = runtime();
    let config = stores::mysql::Config::new(&server.url()).expect("an address").pool(CONNECTIONS as usize);
    let store = Arc::new(stores::mysql::MySql::new(config).expect("a store"));
    let bare = runtime.block_on(async {
        store.create_table().await.expect("a table");
        let bare = PoolOptions::new().max_connections(CONNECTIONS).connect(&server.url()).await.expect("a pool");
        fill_mariadb(&bare).await.expect("rows");
        bare
    });
    hits::fill(&store);
    Server { store, bare, runtime, _server: server }
}

fn runtime() -> Arc<Runtime> {
    Arc::new(Runtime::new().expect("a runtime"))
}

impl Server<Postgres, stores::postgres::Postgres> {
    /// Returns who is compared: the bare client, larder's store, and a function.
    pub fn candidates(&self, callers: usize) -> Vec<Candidate> {
        let bare = self.bare.clone();
        let question = move |id: u64| {
            let bare = bare.clone();
            async move {
                let question = sqlx::query_scalar("SELECT value FROM bare WHERE name = $1").bind(key(id));
                let found: Vec<u8> = question.fetch_one(&bare).await.expect("a row");
                check(id, &found);
            }
        };
        let function = |id| async move { check(id, hits::in_postgres(id).await.as_bytes()) };
        vec![
            asked_by(callers, "a prepared statement of `sqlx`", &self.runtime, question),
            of_the_store(callers, &self.runtime, &self.store),
            asked_by(callers, "a function of larder's", &self.runtime, function),
        ]
    }
}

impl Server<MySql, stores::mysql::MySql> {
    /// Returns the same.
    pub fn candidates(&self, callers: usize) -> Vec<Candidate> {
        let bare = self.bare.clone();
        let question = move |id: u64| {
            let bare = bare.clone();
            async move {
                let question = sqlx::query_scalar("SELECT value FROM bare WHERE name = ?").bind(key(id));
                let found: Vec<u8> = question.fetch_one(&bare).await.expect("a row");
                check(id, &found);
            }
        };
        let function = |id| async move { check(id, hits::in_mariadb(id).await.as_bytes()) };
        vec![
            asked_by(callers, "a prepared statement of `sqlx`", &self.runtime, question),
            of_the_store(callers, &self.runtime, &self.store),
            asked_by(callers, "a function of larder's", &self.runtime, function),
        ]
    }
}

fn of_the_store(callers: usize, runtime: &Arc<Runtime>, store: &Arc<impl Backend>) -> Candidate {
    let (store, names) = (Arc::clone(store), Arc::new(hits::names()));
    let read = move |id| {
        let (store, names) = (Arc::clone(&store), Arc::clone(&names));
        async move {
            let found = store.get(&names[hits::index(id)]).await.expect("the store answers");
            check(id, &found.expect("an entry"));
        }
    };
    asked_by(callers, "larder's store", runtime, read)
}

/// Makes the rows of the bare client.
async fn fill_postgres(bare: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query("CREATE TABLE bare (name text PRIMARY KEY, value bytea)").execute(bare).await?;
    for id in 0..ENTRIES {
        let row = sqlx::query("INSERT INTO bare VALUES ($1, $2)").bind(key(id)).bind(value(id).into_bytes());
        row.execute(bare).await?;
    }
    Ok(())
}

/// Makes the same rows in MariaDB.
async fn fill_mariadb(bare: &MySqlPool) -> Result<(), sqlx::Error> {
    sqlx::query("CREATE TABLE bare (name varbinary(250) PRIMARY KEY, value mediumblob)").execute(bare).await?;
    for id in 0..ENTRIES {
        let row = sqlx::query("INSERT INTO bare VALUES (?, ?)").bind(key(id)).bind(value(id).into_bytes());
        row.execute(bare).await?;
    }
    Ok(())
}
