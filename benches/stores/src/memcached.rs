//! An entry on a server of Memcached: 64 callers at once, through larder and through other clients.
//!
//! Beside the time of a hit stands what it takes of this process's processors: what the server takes is its own.

use std::sync::{Arc, LazyLock};

use larder::backend::Backend;
use larder::stores::memcached::{Config, Memcached};
use tokio::runtime::Runtime;
use tokio::sync::Mutex;

use crate::aims::{self, Aim};
use crate::crowd::{self, Candidate, asked};
use crate::entries::{ENTRIES, check, key, value};
use crate::hits;
use crate::rounds::Effort;
use crate::servers;

/// How many callers ask at once.
const CALLERS: u64 = 64;

/// A server with the entries of everybody who asks it.
pub struct Server {
    pub store: Arc<Memcached>,
    server: servers::Memcached,
}

impl Server {
    pub fn new(server: servers::Memcached) -> Self {
        let config = Config::new(&format!("memcached+unix://{}", server.socket().display())).expect("an address");
        Self { store: Memcached::new(config).map(Arc::new).expect("a store"), server }
    }

    /// Measures, and prints the table: each beside the first. Returns what is held against an aim.
    pub fn print(&self, effort: Effort) -> Vec<Aim> {
        let runtime = Arc::new(
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads"),
        );
        let socket = self.server.socket().display().to_string();
        hits::fill(&*self.store);
        let candidates = [
            one_each(&runtime, &socket),
            few_for_all(&runtime, &socket),
            mcmc(&runtime, &socket),
            blocking(&socket),
            larder(&runtime, &self.store),
            function(&runtime),
        ];
        let took = crowd::print(&format!("Memcached, {CALLERS} callers"), &candidates, 64_000, effort);
        let (store, function) = (candidates.len() - 2, candidates.len() - 1);
        let fastest = (0..store).max_by(|one, other| took.rate(*one, 0).total_cmp(&took.rate(*other, 0)));
        let fastest = fastest.expect("other clients");
        let aims = |way: &str, of: usize| {
            let what = format!("Memcached, {CALLERS} at once on two threads, {way}");
            [
                (format!("{what}: rate"), took.rate(of, fastest), aims::FASTER),
                (format!("{what}: time of processors"), took.work(of, fastest), aims::LIGHTER),
            ]
            .map(|(what, figure, bound)| Aim { what, beside: "the fastest other client", figure, bound })
        };
        [aims("the store alone", store), aims("`#[cached]`", function)].concat()
    }
}

/// Returns a key that was written before, as the names are that larder's store is asked for.
fn own_key(id: u64) -> &'static str {
    static KEYS: LazyLock<Vec<String>> = LazyLock::new(|| (0..ENTRIES).map(key).collect());
    &KEYS[hits::index(id)]
}

fn many<C>(make: impl FnMut(u64) -> C) -> Vec<C> {
    (0..CALLERS).map(make).collect()
}

/// Each caller has a connection of its own, as a pool of 64 would give it, without what the pool takes.
fn one_each(runtime: &Arc<Runtime>, socket: &str) -> Candidate {
    let open = |_| runtime.block_on(async_memcached::Client::new(format!("unix://{socket}"))).expect("a connection");
    let callers = many(open).into_iter().map(|client| Arc::new(Mutex::new(client))).collect();
    fill_theirs(runtime, socket);
    asked("async-memcached, 64 connections", runtime, callers, read_theirs)
}

fn few_for_all(runtime: &Arc<Runtime>, socket: &str) -> Candidate {
    let open = || runtime.block_on(async_memcached::Client::new(format!("unix://{socket}"))).expect("a connection");
    let clients: Vec<_> = (0..8).map(|_| Arc::new(Mutex::new(open()))).collect();
    let callers = many(|caller| Arc::clone(&clients[caller as usize % clients.len()]));
    asked("async-memcached, 8 connections", runtime, callers, read_theirs)
}

async fn read_theirs(client: Arc<Mutex<async_memcached::Client>>, ids: Vec<u64>) {
    use async_memcached::AsciiProtocol;
    for id in ids {
        let found = client.lock().await.get(own_key(id)).await.expect("an answer").expect("an entry");
        check(id, &found.data.expect("a value"));
    }
}

fn fill_theirs(runtime: &Arc<Runtime>, socket: &str) {
    use async_memcached::AsciiProtocol;
    runtime.block_on(async {
        let mut client = async_memcached::Client::new(format!("unix://{socket}")).await.expect("a connection");
        for id in 0..ENTRIES {
            client.set(key(id), value(id).as_str(), None, None).await.expect("it keeps it");
        }
    });
}

fn mcmc(runtime: &Arc<Runtime>, socket: &str) -> Candidate {
    let open = |_| {
        let connection = runtime.block_on(mcmc_rs::Connection::unix_connect(socket)).expect("a connection");
        Arc::new(Mutex::new(connection))
    };
    asked("mcmc-rs, 64 connections", runtime, many(open), |connection, ids| async move {
        for id in ids {
            let found = connection.lock().await.get(own_key(id)).await.expect("an answer").expect("an entry");
            check(id, &found.data_block);
        }
    })
}

/// 64 threads, each with a connection. They stay, so that what they take can be read when they are done.
fn blocking(socket: &str) -> Candidate {
    let client = memcache::Client::with_pool_size(format!("memcache+unix://{socket}"), 64).expect("a pool");
    let threads: Vec<_> = many(|_| {
        let (client, (ask, asked)) =
            (client.clone(), std::sync::mpsc::channel::<(Vec<u64>, std::sync::mpsc::Sender<()>)>());
        std::thread::spawn(move || {
            for (ids, done) in asked {
                for id in ids {
                    let found: Vec<u8> = client.get(own_key(id)).expect("an answer").expect("an entry");
                    check(id, &found);
                }
                drop(done);
            }
        });
        ask
    });
    let run = move |ids: &[u64]| {
        let (done, all_done) = std::sync::mpsc::channel();
        for (ids, thread) in ids.chunks(ids.len().div_ceil(threads.len())).zip(&threads) {
            thread.send((ids.to_vec(), done.clone())).expect("a thread that goes on");
        }
        drop(done);
        assert!(all_done.recv().is_err());
    };
    ("memcache, 64 threads".to_owned(), Box::new(run))
}

fn larder(runtime: &Arc<Runtime>, store: &Arc<Memcached>) -> Candidate {
    let names = Arc::new(hits::names());
    let callers = many(|_| (Arc::clone(store), Arc::clone(&names)));
    asked("larder's store alone", runtime, callers, |(store, names), ids| async move {
        for id in ids {
            let found = store.get(&names[hits::index(id)]).await.expect("an answer");
            check(id, &found.expect("an entry"));
        }
    })
}

fn function(runtime: &Arc<Runtime>) -> Candidate {
    runtime.block_on(async {
        for id in 0..ENTRIES {
            hits::in_memcached(id).await;
        }
    });
    asked("`#[cached]`", runtime, many(|_| ()), |(), ids| async move {
        for id in ids {
            check(id, hits::in_memcached(id).await.as_bytes());
        }
    })
}
