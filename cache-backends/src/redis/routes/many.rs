//! Asking for many names at once.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use cache_core::error::Error;

use super::super::error;
use super::super::making::NAME;
use super::super::node::Node;
use super::super::resp::Answer;
use super::{Asking, Failure, Intent, Next, Routes, TRIES, Topology};
use crate::pipe::Deadline;

/// A server, and what is asked of it.
type Group = (Arc<Node>, Vec<usize>);

impl Routes {
    /// Asks for each of several names, each server at once and with all that is asked of it.
    pub(in super::super) async fn ask_each<'a>(
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
    #[expect(clippy::option_option, reason = "that there is nobody else is something to remember")]
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
}

/// Puts a question to the others that a server is asked.
fn put(groups: &mut Vec<Group>, node: Arc<Node>, question: usize) {
    match groups.iter_mut().find(|(other, _)| Arc::ptr_eq(other, &node)) {
        Some((_, questions)) => questions.push(question),
        None => groups.push((node, vec![question])),
    }
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
