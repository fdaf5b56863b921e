//! [`Pipe`]: asking, and hearing the answer.

use std::future::{Future, poll_fn};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use cache_core::error::Error;
use tokio::runtime::Id;
use tokio::time::{Instant, sleep};

use super::backoff::Backoff;
use super::deadline::Deadline;
use super::fault::Fault;
use super::hold::Holder;
use super::home::Home;
use super::line::{Line, Unheard};
use super::questions::Answers;
use super::watch::watch;
use super::{Language, Limits, Server};
use crate::ids::Ids;

/// How often a question is put to another connection, as the one at hand has ended meanwhile.
const TRIES: usize = 3;

/// How soon a connection is opened again on which there is something to say: not before the server was left alone for its time.
const COMES_BACK: Duration = Duration::from_millis(1_100);

/// All connections to one server: one for each runtime that somebody asks in.
pub(crate) struct Pipe<L: Language>(Arc<Shared<L>>);

/// What all connections to one server share.
pub(super) struct Shared<L: Language> {
    pub server: Server,
    pub language: L,
    pub limits: Limits,
    lines: Mutex<Lines<L::Answer>>,
    backoff: Mutex<Backoff>,
    connections: AtomicU64,
    ids: Ids,
}

/// The connections, and the runtimes that those who ask through them stand in: few, so that they are looked through.
type Lines<A> = Vec<(Option<Id>, Arc<Line<A>>)>;

impl<L: Language> Pipe<L> {
    /// Makes a pipe. It opens nothing yet.
    pub(crate) fn new(server: Server, language: L, limits: Limits) -> Self {
        Self(Arc::new(Shared {
            server,
            language,
            limits,
            lines: Mutex::default(),
            backoff: Mutex::default(),
            connections: AtomicU64::new(0),
            ids: Ids::default(),
        }))
    }

    /// Asks a question, and waits for its answer. The request is written under a lock: it does nothing else, and does not panic.
    ///
    /// # Errors
    ///
    /// When the server is away, or does not answer in time.
    pub(crate) async fn call(&self, request: impl FnOnce(&mut Vec<u8>)) -> Result<L::Answer, Error> {
        let answers = self.ask(1, request).await?;
        Ok(answers.one().expect("as many as were asked for"))
    }

    /// Asks so many questions at once, and waits for all answers.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call) does, when one of them does not come.
    pub(crate) async fn call_many(
        &self,
        count: usize,
        request: impl FnOnce(&mut Vec<u8>),
    ) -> Result<Vec<L::Answer>, Error> {
        if count == 0 {
            return Ok(Vec::new());
        }
        self.ask(count, request).await.map(Answers::many)
    }

    async fn ask<F: FnOnce(&mut Vec<u8>)>(&self, count: usize, mut request: F) -> Result<Answers<L::Answer>, Error> {
        let most = self.0.limits.waiting_bytes;
        let waker = poll_fn(|context| Poll::Ready(context.waker().clone())).await;
        let mut ended = None;
        for _ in 0..TRIES {
            let line = self.0.line(&Home::of_caller(), ended.as_ref())?;
            request = match line.ask(count, request, most, waker.clone()) {
                Ok(waiting) if waiting.is_early => return Box::pin(self.early(&line, waiting)).await,
                Ok(waiting) => return waiting.await,
                Err(Unheard::Ended(request)) => request,
                Err(Unheard::OnTrial(error)) => return Err(error),
                Err(Unheard::Full) => return Err(Fault::Full.of(&self.0.server)),
            };
            ended = Some(line);
        }
        Err(Fault::Ended.of(&self.0.server))
    }

    /// Waits for an answer, and for the connection that it comes on, no longer than for an answer alone.
    async fn early<T>(
        &self,
        line: &Line<L::Answer>,
        waiting: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let Shared { server, limits, .. } = &*self.0;
        // It may end before the greeting's limit does, and is not to say less then.
        let missed = |time| if line.is_open() { Fault::Late(time) } else { Fault::Unheard(time) }.of(server);
        let heard = Deadline::after(limits.timeout).keep_or(missed, waiting).await;
        let stands_still = heard.is_err() && !line.has_ended() && line.progress().0 == 0;
        if stands_still { Err(Fault::Still.of(server)) } else { heard }
    }

    #[cfg(feature = "memcached")]
    pub(crate) fn language(&self) -> &L {
        &self.0.language
    }

    /// Returns a number that is another one after each new connection to this server.
    #[cfg(any(feature = "redis", test))]
    pub(crate) fn epoch(&self) -> u64 {
        self.0.connections.load(Ordering::SeqCst)
    }

    /// Returns how many runtimes are served at the moment.
    #[cfg(test)]
    pub(super) fn runtimes(&self) -> usize {
        self.0.lines().len()
    }

    /// Returns whether the server has failed, and nobody has reached it since.
    #[cfg(feature = "memcached")]
    pub(crate) fn is_away(&self) -> bool {
        self.0.backoff().is_away()
    }

    /// Closes all connections, as soon as those who wait have heard their answers. The next call opens one again.
    pub(crate) fn close(&self) {
        let lines = std::mem::take(&mut *self.0.lines());
        for (_, line) in lines {
            line.close();
        }
    }
}

impl<L: Language> Drop for Pipe<L> {
    fn drop(&mut self) {
        self.close();
    }
}

impl<L: Language> Shared<L> {
    /// Returns the line of those who stand in this runtime; another one than the one that has ended.
    fn line(
        self: &Arc<Self>,
        home: &Home,
        ended: Option<&Arc<Line<L::Answer>>>,
    ) -> Result<Arc<Line<L::Answer>>, Error> {
        let id = home.id();
        if let Some(line) = self.kept(id, ended) {
            return Ok(line);
        }
        if home.has_sockets() {
            return self.open(home);
        }
        let line = self.line(&Home::driver(), ended)?;
        self.lines().push((id, Arc::clone(&line)));
        Ok(line)
    }

    fn kept(&self, id: Option<Id>, ended: Option<&Arc<Line<L::Answer>>>) -> Option<Arc<Line<L::Answer>>> {
        let mut lines = self.lines();
        if let Some(ended) = ended {
            lines.retain(|(_, line)| !Arc::ptr_eq(line, ended));
        }
        lines.iter().find(|(whose, _)| *whose == id).map(|(_, line)| Arc::clone(line))
    }

    /// Begins a line, unless somebody else has been faster, and opens its connection.
    fn open(self: &Arc<Self>, home: &Home) -> Result<Arc<Line<L::Answer>>, Error> {
        let mut lines = self.lines();
        if let Some((_, line)) = lines.iter().find(|(whose, _)| *whose == home.id()) {
            return Ok(Arc::clone(line));
        }
        let trial = self.backoff().begin(Instant::now(), self.limits.timeout)?;
        let line = Arc::new(Line::new(trial));
        lines.push((home.id(), Arc::clone(&line)));
        // A runtime that ends drops what it is to run at once, and the lock is needed for that.
        drop(lines);
        let (shared, runs_first) = (Arc::clone(self), home.may_run_first());
        home.run(Holder { shared, line: Arc::clone(&line), runs_first }.hold());
        if home.id().is_some() {
            let watched = watch(Arc::downgrade(&line), self.limits.timeout, Fault::Still.of(&self.server));
            Home::driver().run(watched);
        }
        Ok(line)
    }

    /// Opens a connection again, beside whoever asks, as long as there is something to say and nobody else has one.
    pub(super) fn come_back(self: &Arc<Self>) {
        let this = Arc::downgrade(self);
        Home::driver().run(async move {
            loop {
                sleep(COMES_BACK).await;
                let Some(this) = this.upgrade().filter(|this| this.language.has_more_to_say()) else { return };
                // Whoever holds it then comes back himself.
                if !this.lines().is_empty() || this.open(&Home::driver()).is_ok() {
                    return;
                }
            }
        });
    }

    /// Takes note that a line has ended.
    pub(super) fn forget(&self, line: &Arc<Line<L::Answer>>) {
        self.lines().retain(|(_, kept)| !Arc::ptr_eq(kept, line));
    }

    pub(super) fn count_connection(&self) {
        self.connections.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn succeeded(&self) {
        self.backoff().succeeded();
    }

    pub(super) fn failed(&self, error: &Error) {
        self.backoff().failed(Instant::now(), error.clone(), self.ids.draw());
    }

    fn lines(&self) -> MutexGuard<'_, Lines<L::Answer>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn backoff(&self) -> MutexGuard<'_, Backoff> {
        self.backoff.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
