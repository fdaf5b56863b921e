//! [`Pipe`]: asking, and hearing the answer.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cache_core::error::{Error, Kind};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::runtime::{Handle, Id};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::server::Address;
use super::{Language, Limits, Message, Reader, Server};
use crate::driver::run_beside;

/// All connections to one server.
pub(crate) struct Pipe<L: Language> {
    inner: Arc<Inner<L>>,
    lines: Mutex<HashMap<Option<Id>, mpsc::UnboundedSender<Question<L::Answer>>>>,
}

pub(super) struct Inner<L> {
    pub server: Server,
    pub language: L,
    pub limits: Limits,
    epoch: AtomicU64,
}

struct Question<A> {
    bytes: Vec<u8>,
    count: usize,
    answers: Vec<A>,
    told: oneshot::Sender<Result<Vec<A>, Error>>,
}

pub(super) trait Socket: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Socket for T {}

impl<L: Language> Pipe<L> {
    /// Makes a pipe. It opens nothing yet.
    pub(crate) fn new(server: Server, language: L, limits: Limits) -> Self {
        let inner = Arc::new(Inner { server, language, limits, epoch: AtomicU64::new(0) });
        Self { inner, lines: Mutex::default() }
    }

    /// Asks a question, and waits for its answer.
    ///
    /// # Errors
    ///
    /// When the server is away, or does not answer in time.
    pub(crate) async fn call(&self, request: impl FnOnce(&mut Vec<u8>)) -> Result<L::Answer, Error> {
        let mut answers = self.call_many(1, request).await?;
        Ok(answers.pop().expect("as many as were asked for"))
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
        let mut bytes = Vec::new();
        request(&mut bytes);
        let (told, answers) = oneshot::channel();
        self.line().send(Question { bytes, count, answers: Vec::new(), told }).map_err(|_| self.inner.away())?;
        answers.await.unwrap_or_else(|_| Err(self.inner.away()))
    }

    pub(crate) fn language(&self) -> &L {
        &self.inner.language
    }

    /// Returns a number that is another one after each new connection to this server.
    pub(crate) fn epoch(&self) -> u64 {
        self.inner.epoch.load(Ordering::SeqCst)
    }

    /// Closes all connections; the next call opens one again.
    pub(crate) fn close(&self) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn line(&self) -> mpsc::UnboundedSender<Question<L::Answer>> {
        let runtime = Handle::try_current().ok();
        let id = runtime.as_ref().map(Handle::id);
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = lines.get(&id).filter(|line| !line.is_closed()) {
            return line.clone();
        }
        let (sender, questions) = mpsc::unbounded_channel();
        let drive = drive(Arc::clone(&self.inner), questions);
        match runtime {
            Some(runtime) => drop(runtime.spawn(drive)),
            None => drop(run_beside(drive)),
        }
        lines.insert(id, sender.clone());
        sender
    }
}

impl<L: Language> Inner<L> {
    pub(super) fn away(&self) -> Error {
        Error::new(Kind::Store, format!("{} is away", self.server))
    }

    pub(super) async fn open(&self) -> std::io::Result<Box<dyn Socket>> {
        match &self.server.address {
            Address::Tcp(host, port) => {
                let stream = TcpStream::connect((&**host, *port)).await?;
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
            Address::Unix(path) => Ok(Box::new(UnixStream::connect(path).await?)),
        }
    }

    /// Opens a connection and greets.
    pub(super) async fn greeted(&self) -> Result<Talk<L>, Error> {
        let opening = async {
            let socket = self.open().await.map_err(|error| self.away().with_source(error))?;
            let mut talk = Talk { socket, reader: self.language.reader(), came: Vec::new() };
            let mut out = Vec::new();
            let count = self.language.greet(&mut out);
            talk.socket.write_all(&out).await.map_err(|error| self.away().with_source(error))?;
            let mut answers = Vec::new();
            while answers.len() < count {
                match talk.next().await {
                    Some(Message::Answer(answer)) => answers.push(answer),
                    Some(Message::Push(_)) => {}
                    None => return Err(self.away()),
                }
            }
            self.language.greeted(&answers)?;
            self.epoch.fetch_add(1, Ordering::SeqCst);
            Ok(talk)
        };
        timeout(self.limits.timeout, opening).await.unwrap_or_else(|_| Err(self.away()))
    }

    pub(super) fn new(server: Server, language: L, limits: Limits) -> Self {
        Self { server, language, limits, epoch: AtomicU64::new(0) }
    }
}

pub(super) struct Talk<L: Language> {
    socket: Box<dyn Socket>,
    reader: L::Reader,
    came: Vec<u8>,
}

impl<L: Language> Talk<L> {
    /// Waits for the next message; `None` at the end, or where it is none. Dropped on the way, it loses nothing.
    pub(super) async fn next(&mut self) -> Option<Message<L::Answer>> {
        loop {
            if let Some((length, message)) = self.reader.read(&self.came).ok()? {
                self.came.drain(..length);
                return Some(message);
            }
            if self.socket.read_buf(&mut self.came).await.ok()? == 0 {
                return None;
            }
        }
    }
}

async fn drive<L: Language>(inner: Arc<Inner<L>>, mut questions: mpsc::UnboundedReceiver<Question<L::Answer>>) {
    while let Some(first) = questions.recv().await {
        match inner.greeted().await {
            Ok(talk) => serve(&inner, talk, first, &mut questions).await,
            Err(error) => drop(first.told.send(Err(error))),
        }
    }
}

/// Serves until the connection ends; then all who wait are told so, as their slots are dropped.
async fn serve<L: Language>(
    inner: &Inner<L>,
    mut talk: Talk<L>,
    first: Question<L::Answer>,
    questions: &mut mpsc::UnboundedReceiver<Question<L::Answer>>,
) {
    let mut waiting = VecDeque::new();
    let mut next = Some(first);
    loop {
        if let Some(question) = next.take() {
            if talk.socket.write_all(&question.bytes).await.is_err() {
                return;
            }
            waiting.push_back(question);
        }
        if waiting.is_empty() {
            let Some(question) = questions.recv().await else { return };
            next = Some(question);
            continue;
        }
        let Ok(Some(message)) = timeout(inner.limits.timeout, talk.next()).await else { return };
        let Message::Answer(answer) = message else { continue };
        let oldest = waiting.front_mut().expect("somebody waits");
        oldest.answers.push(answer);
        if oldest.answers.len() == oldest.count {
            let Question { answers, told, .. } = waiting.pop_front().expect("somebody waits");
            let _ = told.send(Ok(answers));
        }
        next = questions.try_recv().ok();
    }
}
