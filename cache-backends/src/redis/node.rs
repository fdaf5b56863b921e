//! [`Node`]: one server, and the connections to it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cache_core::error::Error;

use super::command::Command;
use super::error;
use super::language::{Login, Part, Resp};
use super::resp::Answer;
use crate::pipe::{Limits, Pipe, Server};

/// How long a server is passed over that could not be reached, where another can be asked.
const PASSED_OVER: Duration = Duration::from_secs(1);

/// One server, and the connections to it.
pub(super) struct Node {
    server: Server,
    pipe: Pipe<Resp>,
    born: Instant,
    /// Until when it is passed over, in milliseconds since then.
    away_until: AtomicU64,
}

/// How questions are sent to one server: not all at once, or nobody else would be answered meanwhile.
const MOST_AT_ONCE: usize = 1_000;
const MOST_BYTES_AT_ONCE: usize = 1 << 20;

impl Node {
    pub(super) fn new(server: Server, login: Login, part: Part, limits: Limits) -> Self {
        let pipe = Pipe::new(server.clone(), Resp::new(server.clone(), login, part), limits);
        Self { server, pipe, born: Instant::now(), away_until: AtomicU64::new(0) }
    }

    pub(super) fn server(&self) -> &Server {
        &self.server
    }

    /// Returns a number that is another one after each new connection.
    pub(super) fn epoch(&self) -> u64 {
        self.pipe.epoch()
    }

    pub(super) fn close(&self) {
        self.pipe.close();
    }

    pub(super) async fn ask(&self, request: impl FnOnce(&mut Vec<u8>)) -> Result<Answer, Error> {
        self.pipe.call(request).await
    }

    /// Asks a server that is about to take a name over, and does not answer for it without being asked to.
    pub(super) async fn ask_asking(&self, request: impl FnOnce(&mut Vec<u8>)) -> Result<Answer, Error> {
        let asking = |out: &mut Vec<u8>| {
            Command::of(out, &[b"ASKING"]);
            request(out);
        };
        self.pipe.call_many(2, asking).await?.pop().ok_or_else(error::unusable)
    }

    /// Asks several questions, of which each is one command; each has its answer, or the error of the connection.
    pub(super) async fn ask_each(
        &self,
        questions: &[usize],
        write: &(impl Fn(usize, &mut Vec<u8>) + Sync),
    ) -> Vec<Result<Answer, Error>> {
        let mut answers = Vec::with_capacity(questions.len());
        let (mut written, mut waiting) = (Vec::new(), 0);
        for (number, question) in questions.iter().enumerate() {
            write(*question, &mut written);
            waiting += 1;
            let is_last = number + 1 == questions.len();
            if is_last || waiting == MOST_AT_ONCE || written.len() >= MOST_BYTES_AT_ONCE {
                self.ask_these(&mut written, waiting, &mut answers).await;
                waiting = 0;
            }
        }
        answers
    }

    async fn ask_these(&self, written: &mut Vec<u8>, count: usize, answers: &mut Vec<Result<Answer, Error>>) {
        let asked = self.pipe.call_many(count, |out| out.append(written)).await;
        written.clear();
        match asked {
            Ok(said) => answers.extend(said.into_iter().map(Ok)),
            Err(error) => answers.extend((0..count).map(|_| Err(error.clone()))),
        }
    }

    pub(super) fn is_passed_over(&self, now: Instant) -> bool {
        self.away_until.load(Ordering::Relaxed) > self.since_birth(now)
    }

    /// Passes it over for a while.
    pub(super) fn pass_over(&self, now: Instant) {
        self.away_until.store(self.since_birth(now + PASSED_OVER), Ordering::Relaxed);
    }

    fn since_birth(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.born).as_millis()).unwrap_or(u64::MAX)
    }
}
