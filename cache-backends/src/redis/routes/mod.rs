//! [`Routes`]: which server is asked for a name.

mod cluster;
mod ears;
mod fixed;
mod many;
mod map;
mod sentinel;
mod slot;
mod witness;

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use cache_core::error::Error;

pub(super) use cluster::Cluster;
pub(super) use fixed::Fixed;
pub(super) use sentinel::Watched;
pub(super) use witness::is_witness;

use super::ear::Ear;
use super::error;
use super::making::NAME;
use super::node::Node;
use super::recent::Recent;
use super::resp::Answer;
use crate::pipe::Deadline;

/// What somebody is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Intent {
    /// To look, where what is there may be a little behind.
    Read,
    /// To change something, or to look at what is there now.
    Write,
}

/// Which server is asked for a name, and which one next where that one does not answer.
pub(super) struct Routes {
    topology: Topology,
    recent: Arc<Recent>,
    /// How long a call may take, whomever it asks.
    limit: Duration,
    reads_followers: bool,
}

/// How the servers of a store belong together.
pub(super) enum Topology {
    Fixed(Fixed),
    Watched(Arc<Watched>),
    Cluster(Arc<Cluster>),
}

/// Why a server is of no use for a question.
pub(super) enum Failure<'a> {
    /// It could not be asked, or did not answer.
    Away,
    /// It says that it will not, in its own words.
    Said(&'a str),
}

/// Where a question goes next.
pub(super) struct Next {
    node: Arc<Node>,
    /// Whether the server has to be told that it is asked for a name that it is only taking over.
    is_asking: bool,
}

/// A question under way.
type Asking<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// How many servers are asked one question, one after the other.
const TRIES: usize = 5;

impl Topology {
    /// Returns the server that is to be asked, where nobody else has to be asked for it.
    fn known(&self, name: &[u8], intent: Intent) -> Option<Arc<Node>> {
        match self {
            Self::Fixed(fixed) => Some(fixed.node(intent)),
            Self::Watched(watched) => watched.known(intent),
            Self::Cluster(cluster) => cluster.known(name, intent),
        }
    }

    /// Returns the server that is to be asked.
    async fn node(&self, name: &[u8], intent: Intent) -> Result<Arc<Node>, Error> {
        match self {
            Self::Fixed(fixed) => Ok(fixed.node(intent)),
            Self::Watched(watched) => watched.node(intent).await,
            Self::Cluster(cluster) => cluster.node(name, intent).await,
        }
    }

    /// Returns who else may be asked.
    async fn next(&self, node: &Arc<Node>, failure: Failure<'_>, name: &[u8], intent: Intent) -> Option<Next> {
        let node = match self {
            Self::Fixed(fixed) => fixed.next(node, &failure, intent),
            Self::Watched(watched) => watched.next(node, &failure, intent).await,
            Self::Cluster(cluster) => return cluster.next(node, &failure, name, intent),
        };
        node.map(|node| Next { node, is_asking: false })
    }
}

impl Routes {
    /// Makes routes, on which what this process has written is read where it was written for so long, and on which a call may take
    /// up to a limit.
    pub(super) fn new(topology: Topology, read_your_writes: Duration, limit: Duration) -> Self {
        let reads_followers = match &topology {
            Topology::Fixed(fixed) => !fixed.is_alone(),
            Topology::Watched(watched) => watched.reads_followers(),
            Topology::Cluster(cluster) => cluster.reads_followers(),
        };
        let window = if reads_followers { read_your_writes } else { Duration::ZERO };
        Self { topology, recent: Arc::new(Recent::new(window, Instant::now())), limit, reads_followers }
    }

    /// Returns whether what is read may come from a replica.
    pub(super) fn reads_followers(&self) -> bool {
        self.reads_followers
    }

    /// Returns when a call is over that begins now.
    pub(super) fn deadline(&self) -> Deadline {
        Deadline::after(self.limit)
    }

    /// Asks for one name. An error that a server answers with is an error.
    pub(super) async fn ask(
        &self,
        name: &[u8],
        intent: Intent,
        request: impl Fn(&mut Vec<u8>) + Sync,
    ) -> Result<Answer, Error> {
        let (deadline, intent) = (self.deadline(), self.noted(name, intent));
        // What is seldom is on the heap: it would make each question larger.
        let answer = match self.topology.known(name, intent) {
            Some(node) => match node.ask(&request).await {
                answer @ (Err(_) | Ok(Answer::Error(_))) => {
                    let others = self.ask_others(node, answer, name, intent, &request);
                    Box::pin(deadline.keep(NAME, others)).await
                }
                answer => answer,
            },
            None => Box::pin(deadline.keep(NAME, self.find_and_ask(name, intent, &request))).await,
        };
        self.noted(name, intent);
        answer
    }

    /// Asks where it is not known yet who is to be asked.
    async fn find_and_ask(
        &self,
        name: &[u8],
        intent: Intent,
        request: &(impl Fn(&mut Vec<u8>) + Sync),
    ) -> Result<Answer, Error> {
        let node = self.topology.node(name, intent).await?;
        let answer = node.ask(request).await;
        self.ask_others(node, answer, name, intent, request).await
    }

    /// Asks others, where one has failed and others may know more.
    async fn ask_others(
        &self,
        mut node: Arc<Node>,
        mut answer: Result<Answer, Error>,
        name: &[u8],
        intent: Intent,
        request: &(impl Fn(&mut Vec<u8>) + Sync),
    ) -> Result<Answer, Error> {
        for _ in 1..TRIES {
            let failure = match &answer {
                Err(_) => Failure::Away,
                Ok(Answer::Error(text)) => Failure::Said(text),
                Ok(_) => break,
            };
            let Some(next) = self.topology.next(&node, failure, name, intent).await else { break };
            node = next.node;
            answer = if next.is_asking { node.ask_asking(request).await } else { node.ask(request).await };
        }
        error::checked(node.server(), answer?)
    }

    /// Returns the servers that are written to: all entries are on one of them.
    pub(super) async fn leaders(&self) -> Result<Vec<Arc<Node>>, Error> {
        match &self.topology {
            Topology::Fixed(fixed) => Ok(vec![fixed.node(Intent::Write)]),
            Topology::Watched(watched) => Ok(vec![watched.leader().await?]),
            Topology::Cluster(cluster) => cluster.leaders().await,
        }
    }

    /// Returns how often servers have taken each other's places, as far as it is known.
    pub(super) fn changes(&self) -> u64 {
        match &self.topology {
            Topology::Fixed(_) => 0,
            Topology::Watched(watched) => watched.changes(),
            Topology::Cluster(cluster) => cluster.changes(),
        }
    }

    /// Has somebody listen to all servers that are written to.
    pub(super) fn listen(&self, ear: &Arc<Ear>) {
        match &self.topology {
            Topology::Fixed(fixed) => ear.listen_to(&[fixed.leader().server().clone()]),
            Topology::Watched(watched) => watched.listen(ear),
            Topology::Cluster(cluster) => cluster.listen(ear),
        }
    }

    pub(super) fn recent(&self) -> Arc<Recent> {
        Arc::clone(&self.recent)
    }

    pub(super) fn close(&self) {
        match &self.topology {
            Topology::Fixed(fixed) => fixed.close(),
            Topology::Watched(watched) => watched.close(),
            Topology::Cluster(cluster) => cluster.close(),
        }
    }

    /// Notes who writes, and has those read where they wrote who look a moment later.
    fn noted(&self, name: &[u8], intent: Intent) -> Intent {
        match intent {
            _ if self.recent.is_off() => {}
            Intent::Write => self.recent.note(name, Instant::now()),
            Intent::Read if self.recent.has(name, Instant::now()) => return Intent::Write,
            Intent::Read => {}
        }
        intent
    }
}

/// Waits for the first of these that succeeds, or for the last of them to fail.
async fn first<T>(mut futures: Vec<Asking<'_, Result<T, Error>>>) -> Result<T, Error> {
    let mut failed = error::unusable();
    poll_fn(|context| {
        let mut found = None;
        futures.retain_mut(|future| match future.as_mut().poll(context) {
            Poll::Ready(Ok(output)) => {
                found.get_or_insert(output);
                false
            }
            Poll::Ready(Err(error)) => {
                failed = error;
                false
            }
            Poll::Pending => true,
        });
        match found {
            Some(found) => Poll::Ready(Ok(found)),
            None if futures.is_empty() => Poll::Ready(Err(failed.clone())),
            None => Poll::Pending,
        }
    })
    .await
}
