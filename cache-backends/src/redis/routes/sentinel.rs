//! [`Watched`]: a server that sentinels watch over, and have another one take the place of.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant};

use cache_core::error::{Error, Kind};
use tokio::time::sleep;

use super::super::command::Command;
use super::super::ear::Ear;
use super::super::error;
use super::super::making::Making;
use super::super::node::Node;
use super::super::resp::Answer;
use super::ears::Ears;
use super::{Asking, Failure, Fixed, Intent, first};
use crate::driver::run_beside;
use crate::pipe::{Heard, Listening, Server};

/// How often it is looked who leads, where nobody asks and somebody listens.
const LOOKED_AT: Duration = Duration::from_secs(1);
/// How long it is believed who follows, where those are read, in milliseconds.
const KNOWN: u64 = 10_000;
/// How long what sentinels have said is believed, at least: a server that is away is not asked for at each call.
const BELIEVED: u64 = 100;

/// A server that sentinels watch over, and have another one take the place of.
pub(in super::super) struct Watched {
    this: Weak<Self>,
    /// What they call it.
    service: Box<str>,
    /// How those are spoken to that hold the entries, and how the sentinels are.
    making: Making,
    asking: Making,
    sentinels: Vec<Node>,
    reads_followers: bool,
    found: RwLock<Option<Arc<Fixed>>>,
    /// Who is said to lead, and has not said so yet: all who look ask one.
    candidate: Mutex<Option<Arc<Node>>>,
    born: Instant,
    /// When the sentinels were asked last, in milliseconds since then.
    asked: AtomicU64,
    /// How often another was found.
    changes: AtomicU64,
    ears: Ears,
    is_followed: AtomicBool,
    listening: OnceLock<Vec<Listening>>,
}

impl Watched {
    pub(in super::super) fn new(
        service: &str,
        sentinels: &[Server],
        making: Making,
        asking: Making,
        reads_followers: bool,
    ) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            this: Weak::clone(this),
            service: service.into(),
            sentinels: sentinels.iter().map(|server| asking.follower(server.clone())).collect(),
            making,
            asking,
            reads_followers,
            found: RwLock::default(),
            candidate: Mutex::default(),
            born: Instant::now(),
            asked: AtomicU64::new(0),
            changes: AtomicU64::new(0),
            ears: Ears::default(),
            is_followed: AtomicBool::new(false),
            listening: OnceLock::new(),
        })
    }

    /// Returns who is to be asked, where that is known.
    pub(super) fn known(&self, intent: Intent) -> Option<Arc<Node>> {
        let found = self.found()?;
        if self.reads_followers && self.millis() > self.asked.load(Ordering::Relaxed) + KNOWN {
            // All who come meanwhile find that it was asked.
            self.asked.store(self.millis(), Ordering::Relaxed);
            self.look();
        }
        Some(found.node(intent))
    }

    pub(super) async fn node(&self, intent: Intent) -> Result<Arc<Node>, Error> {
        match self.known(intent) {
            Some(node) => Ok(node),
            None => Ok(self.find().await?.node(intent)),
        }
    }

    /// Returns who else may be asked: the leader in place of one that follows, or whoever leads now. What may have been done is
    /// not asked for once more.
    pub(super) async fn next(&self, node: &Arc<Node>, failure: &Failure<'_>, intent: Intent) -> Option<Arc<Node>> {
        if let Some(leader) = self.found().and_then(|found| found.next(node, failure, intent)) {
            return Some(leader);
        }
        let was_not_done = matches!(failure, Failure::Said(text) if text.starts_with("READONLY"));
        if !was_not_done && !matches!(failure, Failure::Away) {
            return None;
        }
        self.forget(node);
        if !was_not_done && intent == Intent::Write {
            return None;
        }
        let leader = self.find().await.ok()?.node(Intent::Write);
        (!Arc::ptr_eq(&leader, node)).then_some(leader)
    }

    pub(super) async fn leader(&self) -> Result<Arc<Node>, Error> {
        self.node(Intent::Write).await
    }

    pub(super) fn reads_followers(&self) -> bool {
        self.reads_followers
    }

    pub(super) fn changes(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    pub(super) fn listen(&self, ear: &Arc<Ear>) {
        self.ears.add(ear);
        // Nobody finds another one meanwhile: the last one is to be the one that is listened to.
        let found = self.found.read().unwrap_or_else(PoisonError::into_inner);
        let is_found = found.is_some();
        if let Some(found) = &*found {
            ear.listen_to(&[found.leader().server().clone()]);
        }
        drop(found);
        if !is_found {
            self.look();
        }
        self.follow();
    }

    pub(super) fn close(&self) {
        self.sentinels.iter().for_each(Node::close);
        if let Some(found) = self.found() {
            found.close();
        }
    }

    fn found(&self) -> Option<Arc<Fixed>> {
        self.found.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets who leads, where it is this one.
    fn forget(&self, node: &Arc<Node>) {
        let mut found = self.found.write().unwrap_or_else(PoisonError::into_inner);
        let is_old = self.millis() >= self.asked.load(Ordering::Relaxed) + BELIEVED;
        if is_old && found.as_ref().is_some_and(|found| Arc::ptr_eq(found.leader(), node)) {
            *found = None;
        }
    }

    /// Finds who leads.
    async fn find(&self) -> Result<Arc<Fixed>, Error> {
        self.hear();
        self.asked.store(self.millis(), Ordering::Relaxed);
        // At once: one that is cut off takes all the time that there is to say nothing.
        let asked = self.sentinels.iter().map(|sentinel| Box::pin(self.find_by(sentinel)) as Asking<'_, _>);
        first(asked.collect()).await
    }

    async fn find_by(&self, sentinel: &Node) -> Result<Arc<Fixed>, Error> {
        let service = self.service.as_bytes();
        let ask = |out: &mut Vec<u8>| Command::of(out, &[b"SENTINEL", b"GET-MASTER-ADDR-BY-NAME", service]);
        let server = match error::checked(sentinel.server(), sentinel.ask(ask).await?)? {
            Answer::List(parts) => address(&parts).ok_or_else(error::unusable)?,
            Answer::Nothing => return Err(self.unknown(sentinel)),
            _ => return Err(error::unusable()),
        };
        let leader = self.known_or_candidate(self.making.server(&server.0, server.1));
        if let Err(error) = leads(&leader).await {
            self.candidate.lock().unwrap_or_else(PoisonError::into_inner).take_if(|other| Arc::ptr_eq(other, &leader));
            return Err(error);
        }
        let followers = if self.reads_followers { self.followers(sentinel).await? } else { Vec::new() };
        Ok(self.install(leader, followers))
    }

    fn unknown(&self, sentinel: &Node) -> Error {
        let sentence = format!("the sentinel of {} watches over nothing called `{}`", sentinel.server(), self.service);
        Error::new(Kind::Configuration, sentence)
    }

    fn known_or_candidate(&self, server: Server) -> Arc<Node> {
        let known = self.found().map(|found| Arc::clone(found.leader()));
        known.filter(|node| node.server().to_string() == server.to_string()).unwrap_or_else(|| self.candidate(server))
    }

    fn candidate(&self, server: Server) -> Arc<Node> {
        let mut candidate = self.candidate.lock().unwrap_or_else(PoisonError::into_inner);
        match &*candidate {
            Some(node) if node.server().to_string() == server.to_string() => Arc::clone(node),
            _ => Arc::clone(candidate.insert(Arc::new(self.making.leader(server)))),
        }
    }

    /// Returns those that follow and are well.
    async fn followers(&self, sentinel: &Node) -> Result<Vec<Node>, Error> {
        let ask = |out: &mut Vec<u8>| Command::of(out, &[b"SENTINEL", b"REPLICAS", self.service.as_bytes()]);
        let Answer::List(replicas) = error::checked(sentinel.server(), sentinel.ask(ask).await?)? else {
            return Err(error::unusable());
        };
        let well = replicas.iter().filter_map(|replica| match replica {
            Answer::List(fields) => {
                let flags = field(fields, "flags")?;
                let address = address(&[field(fields, "ip")?.clone(), field(fields, "port")?.clone()])?;
                let is_well = matches!(flags, Answer::Bytes(flags) if flags == b"slave");
                is_well.then_some(address)
            }
            _ => None,
        });
        Ok(well.map(|(host, port)| self.making.follower(self.making.server(&host, port))).collect())
    }

    /// Puts what was found where all find it, unless another was as fast.
    fn install(&self, leader: Arc<Node>, followers: Vec<Node>) -> Arc<Fixed> {
        let (servers, fixed) = ([leader.server().clone()], Arc::new(Fixed::of(leader, followers)));
        let mut found = self.found.write().unwrap_or_else(PoisonError::into_inner);
        let is_same = |found: &&Arc<Fixed>| Arc::ptr_eq(found.leader(), fixed.leader()) && found.follows_alike(&fixed);
        if let Some(found) = found.as_ref().filter(is_same) {
            return Arc::clone(found);
        }
        *found = Some(Arc::clone(&fixed));
        self.changes.fetch_add(1, Ordering::SeqCst);
        let mut candidate = self.candidate.lock().unwrap_or_else(PoisonError::into_inner);
        candidate.take_if(|other| Arc::ptr_eq(other, fixed.leader()));
        drop(candidate);
        // Before anybody finds another one, as in `listen`.
        self.ears.listen_to(&servers);
        fixed
    }

    /// Listens to the sentinels, which say when another leads.
    fn hear(&self) {
        self.listening.get_or_init(|| {
            let listen = |sentinel: &Node| {
                let this = Weak::clone(&self.this);
                let heard = move |heard| {
                    if let (Heard::Said(Answer::List(parts)), Some(this)) = (heard, this.upgrade()) {
                        this.heard(&parts);
                    }
                };
                self.asking.subscribe(sentinel.server().clone(), b"+switch-master", heard)
            };
            self.sentinels.iter().map(listen).collect()
        });
    }

    /// Hears who leads, and who did: `service host port host port`.
    fn heard(&self, parts: &[Answer]) {
        let [Answer::Bytes(what), _, Answer::Bytes(said)] = parts else { return };
        let is_ours = said.split(|byte| *byte == b' ').next() == Some(self.service.as_bytes());
        if what == b"message" && is_ours {
            *self.found.write().unwrap_or_else(PoisonError::into_inner) = None;
            self.look();
        }
    }

    /// Looks who leads, beside whoever asks.
    fn look(&self) {
        let Some(this) = self.this.upgrade() else { return };
        drop(run_beside(async move { drop(this.find().await) }));
    }

    /// Looks again and again, as long as somebody listens: nobody else may ask.
    fn follow(&self) {
        if self.is_followed.swap(true, Ordering::SeqCst) {
            return;
        }
        let this = Weak::clone(&self.this);
        drop(run_beside(async move {
            loop {
                sleep(LOOKED_AT).await;
                let Some(this) = this.upgrade().filter(|this| !this.stops_following()) else { return };
                if this.found().is_none() {
                    drop(this.find().await);
                } else if let Some(leader) = this.found().map(|found| Arc::clone(found.leader()))
                    && leads(&leader).await.is_err()
                {
                    this.forget(&leader);
                }
            }
        }));
    }

    fn stops_following(&self) -> bool {
        if !self.ears.are_none() {
            return false;
        }
        self.is_followed.store(false, Ordering::SeqCst);
        // Somebody may have come meanwhile, and not have begun to follow.
        self.ears.are_none() || self.is_followed.swap(true, Ordering::SeqCst)
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// Asks a server whether it leads: a sentinel may be behind.
async fn leads(node: &Node) -> Result<(), Error> {
    let role = error::checked(node.server(), node.ask(|out| Command::of(out, &[b"ROLE"])).await?)?;
    match role {
        Answer::List(parts) if parts.first() == Some(&Answer::Bytes(b"master".to_vec())) => Ok(()),
        _ => Err(Error::new(Kind::Store, format!("{} is said to lead, and follows another one", node.server()))),
    }
}

/// Reads a host and a port.
fn address(parts: &[Answer]) -> Option<(String, u16)> {
    let [Answer::Bytes(host), Answer::Bytes(port)] = parts else { return None };
    Some((String::from_utf8(host.clone()).ok()?, std::str::from_utf8(port).ok()?.parse().ok()?))
}

/// Returns what stands behind a name.
fn field<'a>(fields: &'a [Answer], name: &str) -> Option<&'a Answer> {
    let pair =
        fields.chunks_exact(2).find(|pair| matches!(&pair[0], Answer::Bytes(field) if field == name.as_bytes()))?;
    pair.get(1)
}
