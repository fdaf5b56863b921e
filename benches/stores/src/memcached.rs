//! An entry on a server of Memcached: 64 callers at once, through larder and through other clients.
//!
//! Beside the time of a hit stands what it takes of this process's processors: what the server takes is its own.

use std::fs;
use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use larder::backend::Backend;
use larder::stores::memcached::{Config, Memcached};
use tokio::runtime::Runtime;
use tokio::sync::Mutex;

use crate::entries::{ENTRIES, asked_for, check, key, value};
use crate::hits;
use crate::report::{Table, median};
use crate::rounds::Effort;
use crate::servers;

/// How many callers ask at once.
const CALLERS: u64 = 64;
const ROUNDS: u64 = 15;

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

    /// Measures, and prints the table: each beside the first.
    pub fn print(&self, effort: Effort) {
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
        let calls = if effort == Effort::Full { 64_000 } else { 640 };
        let mut took = vec![Vec::new(); candidates.len()];
        for round in 0..=if effort == Effort::Full { ROUNDS } else { 1 } {
            for ((_, run), took) in candidates.iter().zip(&mut took) {
                let ids: Vec<_> = (0..calls).map(|call| asked_for(round * calls + call)).collect();
                let (began, busy) = (Instant::now(), busy());
                run(&ids);
                took.push(
                    [began.elapsed().as_secs_f64() * 1e6, self::busy() - busy].map(|micros| micros / ids.len() as f64),
                );
            }
        }
        print(&candidates, &took);
    }
}

/// A way to an entry: what it is called, and what asks for these entries with as many callers as there are.
type Candidate = (String, Box<dyn Fn(&[u64])>);

fn print(candidates: &[Candidate], took: &[Vec<[f64; 2]>]) {
    println!("\n## Memcached, {CALLERS} callers\n");
    let mut table = Table::new(&["a hit", "µs", "rate of the first", "µs of processors", "of the first"]);
    for ((name, _), took_each) in candidates.iter().zip(took) {
        let of = |at: usize| median(took_each[1..].iter().map(|took| took[at]).collect());
        let beside = |at: usize| {
            median(took_each[1..].iter().zip(&took[0][1..]).map(|(took, first)| took[at] / first[at]).collect())
        };
        let figures = [of(0), 1.0 / beside(0), of(1), beside(1)].map(|figure| format!("{figure:.2}"));
        table.row([vec![name.clone()], figures.to_vec()].concat());
    }
    table.print();
}

/// Returns for how many microseconds processors were busy with the threads of this process that still are.
fn busy() -> f64 {
    let threads = fs::read_dir("/proc/self/task").expect("a list of threads").flatten();
    let busy = threads.filter_map(|thread| {
        let told = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        told.split(' ').next()?.parse::<f64>().ok()
    });
    busy.sum::<f64>() / 1e3
}

/// Makes a candidate whose callers are tasks, each of which is made what it asks with.
fn asked<C, Fut>(
    name: &str,
    runtime: &Arc<Runtime>,
    callers: Vec<C>,
    read: impl Fn(C, Vec<u64>) -> Fut + 'static,
) -> Candidate
where
    C: Clone + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let runtime = Arc::clone(runtime);
    let run = move |ids: &[u64]| {
        let shares = ids.chunks(ids.len().div_ceil(callers.len())).zip(&callers);
        let tasks: Vec<_> = shares.map(|(ids, caller)| runtime.spawn(read(caller.clone(), ids.to_vec()))).collect();
        runtime.block_on(async {
            for task in tasks {
                task.await.expect("a task that ends");
            }
        });
    };
    (name.to_owned(), Box::new(run))
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
        let found = client.lock().await.get(key(id)).await.expect("an answer").expect("an entry");
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
            let found = connection.lock().await.get(key(id)).await.expect("an answer").expect("an entry");
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
                    let found: Vec<u8> = client.get(&key(id)).expect("an answer").expect("an entry");
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
