//! [`Routes`]: which server is asked for a name.

mod cluster;
mod ears;
mod fixed;
mod map;
mod sentinel;
mod slot;

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use cache_core::error::Error;

pub(super) use cluster::Cluster;
pub(super) use fixed::Fixed;
pub(super) use sentinel::Watched;

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

/// A server, and what is asked of it.
type Group = (Arc<Node>, Vec<usize>);

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

    /// Asks for each of several names, each server at once and with all that is asked of it.
    pub(super) async fn ask_each<'a>(
        &self,
        count: usize,
        intent: Intent,
        name: impl Fn(usize) -> &'a [u8] + Sync,
        write: impl Fn(usize, &mut Vec<u8>) + Sync,
    ) -> Vec<Result<Answer, Error>> {
        let mut answers: Vec<_> = (0..count).map(|_| Err(error::unusable())).collect();
        let deadline = self.deadline();
        let mut groups = self.grouped(&mut answers, intent, deadline, &name).await;
        let ask = async |(node, questions): &Group| {
            let asked = deadline.keep(node.server(), async { Ok(node.ask_each(questions, &write).await) }).await;
            asked.unwrap_or_else(|error| questions.iter().map(|_| Err(error.clone())).collect())
        };
        for tries in 1..=TRIES {
            let said = all(groups.iter().map(|group| Box::pin(ask(group)) as Asking<'_, _>).collect()).await;
            let mut others = Vec::new();
            for ((node, questions), said) in groups.iter().zip(said) {
                let mut beside = None;
                for (&question, answer) in questions.iter().zip(said) {
                    let next = match &answer {
                        Err(_) | Ok(Answer::Error(_)) if tries < TRIES => {
                            let next = self.next_of_many(node, &answer, name(question), intent, &mut beside);
                            deadline.keep(NAME, async { Ok(next.await) }).await.unwrap_or_default()
                        }
                        _ => None,
                    };
                    let request = |out: &mut Vec<u8>| write(question, out);
                    answers[question] = match next {
                        None => answer.and_then(|answer| error::checked(node.server(), answer)),
                        Some(Next { node, is_asking: false }) => {
                            put(&mut others, node, question);
                            continue;
                        }
                        // Each of these is said to be one, and they are few: what is on its way from one server to another.
                        Some(Next { node, .. }) => {
                            let asked = async {
                                let answer = node.ask_asking(request).await;
                                self.ask_others(node, answer, name(question), intent, &request).await
                            };
                            deadline.keep(NAME, asked).await
                        }
                    };
                    self.noted(name(question), intent);
                }
            }
            groups = others;
        }
        answers
    }

    /// Returns who else may be asked for one of many that one server has failed for. Where that one is away, it is the same for
    /// all of them, but in a cluster; and to find out who leads is not done for each.
    async fn next_of_many(
        &self,
        node: &Arc<Node>,
        answer: &Result<Answer, Error>,
        name: &[u8],
        intent: Intent,
        beside: &mut Option<Option<Arc<Node>>>,
    ) -> Option<Next> {
        let failure = match answer {
            Err(_) => Failure::Away,
            Ok(Answer::Error(text)) => Failure::Said(text),
            Ok(_) => return None,
        };
        if matches!(self.topology, Topology::Cluster(_)) || matches!(failure, Failure::Said(_)) {
            return self.topology.next(node, failure, name, intent).await;
        }
        if beside.is_none() {
            // It stays so where nobody waits any more for whoever that is.
            *beside = Some(None);
            *beside = Some(self.topology.next(node, failure, name, intent).await.map(|next| next.node));
        }
        beside.clone().flatten().map(|node| Next { node, is_asking: false })
    }

    /// Says of each server what is asked of it. For whom there is none, there is an answer already.
    async fn grouped<'a>(
        &self,
        answers: &mut [Result<Answer, Error>],
        intent: Intent,
        deadline: Deadline,
        name: &(impl Fn(usize) -> &'a [u8] + Sync),
    ) -> Vec<Group> {
        let mut groups = Vec::new();
        for (question, answer) in answers.iter_mut().enumerate() {
            let name = name(question);
            let intent = self.noted(name, intent);
            let found = match self.topology.known(name, intent) {
                Some(node) => Ok(node),
                None => deadline.keep(NAME, self.topology.node(name, intent)).await,
            };
            match found {
                Err(error) => *answer = Err(error),
                Ok(node) => put(&mut groups, node, question),
            }
        }
        groups
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

/// Puts a question to the others that a server is asked.
fn put(groups: &mut Vec<Group>, node: Arc<Node>, question: usize) {
    match groups.iter_mut().find(|(other, _)| Arc::ptr_eq(other, &node)) {
        Some((_, questions)) => questions.push(question),
        None => groups.push((node, vec![question])),
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

/// Waits for all of these.
async fn all<T>(mut futures: Vec<Asking<'_, T>>) -> Vec<T> {
    let mut done: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (future, done) in futures.iter_mut().zip(&mut done).filter(|(_, done)| done.is_none()) {
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                *done = Some(output);
            }
        }
        if done.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}
