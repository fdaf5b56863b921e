//! [`Cluster`]: several servers, each with a part of the names.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant};

use cache_core::error::{Error, Kind};
use tokio::time::sleep;

use super::super::command::Command;
use super::super::ear::Ear;
use super::super::error;
use super::super::journal::{KINDS, What};
use super::super::making::Making;
use super::super::node::Node;
use super::super::script;
use super::ears::Ears;
use super::map::Map;
use super::{Asking, Failure, Intent, Next, first};
use crate::driver::run_beside;
use crate::pipe::Server;

/// How often it is looked who holds what, where somebody listens who may ask nobody.
const LOOKED_AT: Duration = Duration::from_secs(2);
/// How many of those that are known are asked.
const ASKED: usize = 3;
/// How long a look is believed, at least, in milliseconds.
const BELIEVED: u64 = 100;

/// Several servers, each with a part of the names.
pub(in super::super) struct Cluster {
    this: Weak<Self>,
    making: Making,
    /// Those that were written down, which may know the others.
    seeds: Vec<(String, Node)>,
    reads_followers: bool,
    map: RwLock<Option<Arc<Map>>>,
    /// Those that others have told of since the map was made.
    strangers: Mutex<HashMap<String, Arc<Node>>>,
    born: Instant,
    /// When it was looked last, in milliseconds since then.
    looked: AtomicU64,
    /// How often the map has changed.
    changes: AtomicU64,
    is_looking: AtomicBool,
    ears: Ears,
    is_followed: AtomicBool,
}

impl Cluster {
    pub(in super::super) fn new(seeds: &[Server], making: Making, reads_followers: bool) -> Arc<Self> {
        let seeds = seeds.iter().map(|server| (server.host().to_owned(), making.follower(server.clone()))).collect();
        Arc::new_cyclic(|this| Self {
            this: Weak::clone(this),
            seeds,
            making,
            reads_followers,
            map: RwLock::default(),
            strangers: Mutex::default(),
            born: Instant::now(),
            looked: AtomicU64::new(0),
            changes: AtomicU64::new(0),
            is_looking: AtomicBool::new(false),
            ears: Ears::default(),
            is_followed: AtomicBool::new(false),
        })
    }

    /// Returns who is to be asked, where that is known.
    pub(super) fn known(&self, name: &[u8], intent: Intent) -> Option<Arc<Node>> {
        Some(self.map()?.shard(name)?.node(intent))
    }

    pub(super) async fn node(&self, name: &[u8], intent: Intent) -> Result<Arc<Node>, Error> {
        if let Some(node) = self.known(name, intent) {
            return Ok(node);
        }
        let map = self.find().await?;
        let shard = map.shard(name).ok_or_else(|| {
            Error::new(Kind::Store, "no server of the Redis cluster answers for this name: look at `CLUSTER INFO`")
        })?;
        Ok(shard.node(intent))
    }

    /// Returns who else may be asked: whom the server has named, or the leader in place of one that follows.
    pub(super) fn next(&self, node: &Arc<Node>, failure: &Failure<'_>, name: &[u8], intent: Intent) -> Option<Next> {
        if let Failure::Said(text) = failure {
            let mut words = text.split(' ');
            let is_asking = match words.next() {
                Some("MOVED") => false,
                Some("ASK") => true,
                _ => return self.elsewhere(node, failure, name, intent),
            };
            let next = self.named(node, words.nth(1)?)?;
            if !is_asking {
                self.look();
            }
            return Some(Next { node: next, is_asking });
        }
        self.elsewhere(node, failure, name, intent)
    }

    fn elsewhere(&self, node: &Arc<Node>, failure: &Failure<'_>, name: &[u8], intent: Intent) -> Option<Next> {
        self.look();
        let next = self.map()?.shard(name)?.next(node, failure, intent)?;
        Some(Next { node: next, is_asking: false })
    }

    /// Returns the server that another one has named: `host:port`, or `:port` where it is on the same host.
    fn named(&self, by: &Node, address: &str) -> Option<Arc<Node>> {
        let (host, port) = address.rsplit_once(':')?;
        let host = if host.is_empty() || host == "?" { by.server().host() } else { host };
        let server = self.making.server(host, port.parse().ok()?);
        if let Some(node) = self.map().and_then(|map| map.leader_at(&server)) {
            return Some(node);
        }
        let mut strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        let node = strangers.entry(server.to_string()).or_insert_with(|| Arc::new(self.making.leader(server)));
        Some(Arc::clone(node))
    }

    /// Returns all that are written to, as they are known now.
    pub(super) async fn leaders(&self) -> Result<Vec<Arc<Node>>, Error> {
        let map = self.find().await?;
        Ok(map.shards().iter().map(|shard| Arc::clone(shard.leader())).collect())
    }

    pub(super) fn reads_followers(&self) -> bool {
        self.reads_followers
    }

    pub(super) fn changes(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    pub(super) fn listen(&self, ear: &Arc<Ear>) {
        self.ears.add(ear);
        // Nobody puts another map there meanwhile: the last one is to be the one that is listened to.
        let known = self.map.read().unwrap_or_else(PoisonError::into_inner);
        let is_known = known.is_some();
        if let Some(map) = &*known {
            ear.listen_to(&servers(map));
        }
        drop(known);
        if !is_known {
            self.look();
        }
        self.follow();
    }

    pub(super) fn close(&self) {
        self.seeds.iter().for_each(|(_, node)| node.close());
        if let Some(map) = self.map() {
            map.shards().iter().for_each(|shard| shard.close());
        }
        self.strangers.lock().unwrap_or_else(PoisonError::into_inner).values().for_each(|node| node.close());
    }

    fn map(&self) -> Option<Arc<Map>> {
        self.map.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Finds who holds what: some that are known are asked, and those that were written down. All at once: one that is cut off
    /// takes all the time that there is to say nothing.
    async fn find(&self) -> Result<Arc<Map>, Error> {
        let known = self.map();
        let leaders: Vec<_> =
            known.iter().flat_map(|map| map.shards()).map(|shard| Arc::clone(shard.leader())).collect();
        // Another turn begins elsewhere.
        let turn = usize::try_from(self.millis()).unwrap_or_default();
        let some = (0..leaders.len().min(ASKED)).map(|at| &*leaders[(turn + at) % leaders.len()]);
        let some = some.map(|node| (node.server().host(), node));
        let asked = some.chain(self.seeds.iter().map(|(host, seed)| (&**host, seed)));
        first(asked.map(|(host, node)| Box::pin(self.find_by(host, node)) as Asking<'_, _>).collect()).await
    }

    async fn find_by(&self, host: &str, node: &Node) -> Result<Arc<Map>, Error> {
        let said = node.ask(|out| Command::of(out, &[b"CLUSTER", b"SLOTS"])).await?;
        let said = error::checked(node.server(), said)?;
        let before = self.map();
        let known = |server: &Server| {
            let strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
            let stranger = || strangers.get(&server.to_string()).map(Arc::clone);
            before.as_ref().and_then(|map| map.leader_at(server)).or_else(stranger)
        };
        let mut map = Map::read(said, host, &self.making, self.reads_followers, known)?;
        if let Some(before) = &before {
            map.take_over_followers(before);
            // As a rule all is where it was, and nothing that was removed is to be looked through.
            if !before.is_like(&map) {
                self.remove_again(before, &map).await;
            }
        }
        Ok(self.install(map))
    }

    /// Removes what was removed a moment ago where another server holds it now, to which there is a connection already: a new
    /// one is greeted with it. Where that fails, the connection does, and the next one is greeted.
    async fn remove_again(&self, before: &Map, now: &Map) {
        type Removed = Vec<(Vec<u8>, What, Vec<Vec<u8>>)>;
        let mut removals: Vec<(Arc<Node>, Removed)> = Vec::new();
        self.making.journal.each(Instant::now(), |name, what, arguments| {
            let [was, is] = [before, now].map(|map| map.shard(name).map(|shard| Arc::clone(shard.leader())));
            let Some(is) = is.filter(|is| was.is_none_or(|was| !Arc::ptr_eq(is, &was))) else { return };
            let removal = (name.to_vec(), what, arguments.iter().map(|argument| argument.to_vec()).collect());
            match removals.iter_mut().find(|(node, _)| Arc::ptr_eq(node, &is)) {
                Some((_, removed)) => removed.push(removal),
                None => removals.push((is, vec![removal])),
            }
        });
        for (node, removed) in removals {
            let (questions, bus): (Vec<_>, _) = ((0..KINDS.len() + removed.len()).collect(), self.making.bus());
            let write = |at: usize, out: &mut Vec<u8>| match at.checked_sub(KINDS.len()).map(|at| &removed[at]) {
                None => script::again(KINDS[at]).load(out, bus.is_some()),
                Some((name, what, arguments)) => {
                    let arguments: Vec<_> = arguments.iter().map(Vec::as_slice).collect();
                    let channel = bus.map(|bus| bus.channel(name));
                    script::again(*what).call(out, name, &arguments, channel.as_deref());
                }
            };
            node.ask_each(&questions, &write).await;
        }
    }

    /// Puts a map where all find it, unless it is as the one that is there.
    fn install(&self, map: Map) -> Arc<Map> {
        self.looked.store(self.millis(), Ordering::Relaxed);
        let mut known = self.map.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.as_ref().filter(|known| known.is_like(&map)) {
            return Arc::clone(known);
        }
        let map = Arc::new(map);
        *known = Some(Arc::clone(&map));
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.strangers.lock().unwrap_or_else(PoisonError::into_inner).clear();
        // Before anybody puts another map there, as in `listen`.
        self.ears.listen_to(&servers(&map));
        map
    }

    /// Looks who holds what, beside whoever asks; once at a time, and not at each call.
    fn look(&self) {
        let is_known = self.map().is_some() && self.millis() < self.looked.load(Ordering::Relaxed) + BELIEVED;
        let Some(this) = self.this.upgrade().filter(|_| !is_known) else { return };
        if self.is_looking.swap(true, Ordering::SeqCst) {
            return;
        }
        let looked = run_beside(async move {
            drop(this.find().await);
            this.looked.store(this.millis(), Ordering::Relaxed);
            this.is_looking.store(false, Ordering::SeqCst);
        });
        if looked.is_some() {
            self.is_looking.store(false, Ordering::SeqCst);
        }
    }

    /// Looks again and again, as long as somebody listens.
    fn follow(&self) {
        if self.is_followed.swap(true, Ordering::SeqCst) {
            return;
        }
        let this = Weak::clone(&self.this);
        drop(run_beside(async move {
            loop {
                sleep(LOOKED_AT).await;
                let Some(this) = this.upgrade() else { return };
                if !this.ears.are_none() {
                    drop(this.find().await);
                }
            }
        }));
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

fn servers(map: &Map) -> Vec<Server> {
    map.shards().iter().map(|shard| shard.leader().server().clone()).collect()
}
