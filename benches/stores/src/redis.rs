//! An entry on a server of Redis, through larder and through the bare client: one caller, many at once, and many entries at once.

use std::sync::Arc;

use ::redis::aio::MultiplexedConnection;
use larder::backend::Backend;
use larder::stores::redis::{Config, Redis};
use tokio::runtime::{Builder, Runtime};

use crate::aims::{self, Aim};
use crate::crowd::{self, Candidate, asked};
use crate::entries::{ENTRIES, check, key, value};
use crate::hits;
use crate::rounds::Effort;
use crate::servers;

/// How many entries are asked for at once.
const TOGETHER: usize = 100;

/// A server with the entries of everybody who asks it.
pub struct Server {
    pub store: Arc<Redis>,
    server: servers::Redis,
}

impl Server {
    pub fn start() -> Result<Self, String> {
        let server = servers::Redis::setup().on_port().start()?;
        let config = Config::new(&format!("redis://127.0.0.1:{}", server.port())).expect("an address");
        Ok(Self { store: Redis::new(config).map(Arc::new).expect("a store"), server })
    }

    /// Measures, and prints the tables: each beside the first. Returns what is held against an aim.
    pub fn print(&self, effort: Effort) -> Vec<Aim> {
        hits::fill(&*self.store);
        let one = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let two = Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads");
        let mut aims = Vec::new();
        for (runtime, name) in [(one, "one thread"), (two, "two threads")] {
            let runtime = Arc::new(runtime);
            let bare = self.bare(&runtime);
            runtime.block_on(fill(bare.clone()));
            let mut measure = |what: &str, beside, candidates: &[Candidate], calls, bound| {
                let title = format!("{what} on {name}");
                let took = crowd::print(&title, candidates, calls, effort);
                aims.push(Aim { what: title, beside, figure: took.rate(candidates.len() - 1, 0), bound });
            };
            for (callers, calls, bound) in [(1, 6_400, aims::ONE), (64, 64_000, aims::MANY)] {
                let candidates = self.candidates(&runtime, &bare, callers);
                measure(&format!("Redis, {callers} at once"), "the client of `redis`", &candidates, calls, bound);
            }
            let (what, together) = (format!("Redis, {TOGETHER} entries in one call"), self.together(&runtime, &bare));
            measure(&what, "`MGET` with the client of `redis`", &together, 64_000, aims::TOGETHER);
            measure("A near level over Redis", "a hit in memory", &near(&runtime), 640_000, aims::NEAR);
        }
        aims
    }

    fn bare(&self, runtime: &Runtime) -> MultiplexedConnection {
        let client = ::redis::Client::open(format!("redis://127.0.0.1:{}", self.server.port())).expect("an address");
        runtime.block_on(client.get_multiplexed_async_connection()).expect("a connection")
    }

    fn candidates(&self, runtime: &Arc<Runtime>, bare: &MultiplexedConnection, callers: usize) -> [Candidate; 3] {
        let names = Arc::new(hits::names());
        let stores = vec![(Arc::clone(&self.store), names); callers];
        [
            asked("the client of `redis`", runtime, vec![bare.clone(); callers], |mut bare, ids| async move {
                for id in ids {
                    let found: Vec<u8> =
                        ::redis::cmd("GET").arg(key(id)).query_async(&mut bare).await.expect("an answer");
                    check(id, &found);
                }
            }),
            asked("larder's store alone", runtime, stores, |(store, names), ids| async move {
                for id in ids {
                    let found = store.get(&names[hits::index(id)]).await.expect("an answer");
                    check(id, &found.expect("an entry"));
                }
            }),
            asked("`#[cached]`", runtime, vec![(); callers], |(), ids| async move {
                for id in ids {
                    check(id, hits::in_redis(id).await.as_bytes());
                }
            }),
        ]
    }

    fn together(&self, runtime: &Arc<Runtime>, bare: &MultiplexedConnection) -> [Candidate; 2] {
        let names = Arc::new(hits::names());
        [
            asked("`MGET` with the client of `redis`", runtime, vec![bare.clone()], |mut bare, ids| async move {
                for ids in ids.chunks(TOGETHER) {
                    let keys: Vec<_> = ids.iter().map(|id| key(*id)).collect();
                    let found: Vec<Vec<u8>> =
                        ::redis::cmd("MGET").arg(keys).query_async(&mut bare).await.expect("an answer");
                    ids.iter().zip(&found).for_each(|(id, found)| check(*id, found));
                }
            }),
            asked(
                "larder's store alone",
                runtime,
                vec![(Arc::clone(&self.store), names)],
                |(store, names), ids| async move {
                    for ids in ids.chunks(TOGETHER) {
                        let names: Vec<_> = ids.iter().map(|id| names[hits::index(*id)].clone()).collect();
                        let found = store.get_many(&names).await.expect("an answer");
                        ids.iter().zip(&found).for_each(|(id, found)| check(*id, found.as_ref().expect("an entry")));
                    }
                },
            ),
        ]
    }
}

/// Keeps what the bare client asks for, and what the functions do.
async fn fill(mut bare: MultiplexedConnection) {
    for id in 0..ENTRIES {
        let set = ::redis::cmd("SET").arg(key(id)).arg(value(id)).exec_async(&mut bare).await;
        set.expect("the server keeps it");
        hits::in_redis(id).await;
        hits::near_redis(id).await;
        hits::in_memory(id).await;
    }
}

fn near(runtime: &Arc<Runtime>) -> [Candidate; 2] {
    [
        asked("`#[cached]` in memory", runtime, vec![()], |(), ids| async move {
            for id in ids {
                check(id, hits::in_memory(id).await.as_bytes());
            }
        }),
        asked("`#[cached]` near", runtime, vec![()], |(), ids| async move {
            for id in ids {
                check(id, hits::near_redis(id).await.as_bytes());
            }
        }),
    ]
}
