//! Writing: one thread, which commits together what has queued up.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SendError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use cache_core::error::Error;
use rusqlite::Connection;

use super::base::Base;
use super::error::{is_locked, lacks_table, locked, said, stopped, unmade};
use super::opening;
use super::readers::{all, bind};
use crate::database::client::{Bind, Told, Work};
use crate::reply::{Promise, promise};

/// The most statements that are committed together: so long does nobody else write.
const MOST: usize = 256;

/// What is longer than this is as long.
const LONGEST: Duration = Duration::from_secs(1 << 30);

/// The way to the thread that writes. It begins with the first use, and ends with the store.
#[derive(Debug, Default)]
pub(super) struct Writer(Mutex<Option<Sender<Job>>>);

#[derive(Debug)]
enum Job {
    Tell(Tell),
    Open(Promise<Result<(), Error>>),
    Close(Promise<()>),
    Beside(Hidden),
}

/// One statement, and who waits for it.
#[derive(Debug)]
struct Tell {
    text: Arc<str>,
    binds: Vec<Owned>,
    to: Promise<Result<Told, Error>>,
    /// Until when it may wait for a lock.
    until: Instant,
}

/// What is bound, to be taken to another thread.
#[derive(Debug)]
enum Owned {
    Bytes(Box<[u8]>),
    Text(Box<str>),
    Number(i64),
    Nothing,
}

/// Work that goes on between the statements of others.
struct Hidden(Work);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Work")
    }
}

impl Writer {
    pub(super) async fn tell(&self, base: &Arc<Base>, text: &Arc<str>, binds: &[Bind<'_>]) -> Result<Told, Error> {
        let (to, reply) = promise();
        let binds = binds.iter().map(Owned::of).collect();
        let until = Instant::now() + base.patience.min(LONGEST);
        self.send(base, Job::Tell(Tell { text: Arc::clone(text), binds, to, until }))?;
        reply.await.unwrap_or_else(|| Err(stopped(base)))
    }

    /// Has the file opened, and made where it is not there.
    pub(super) async fn open(&self, base: &Arc<Base>) -> Result<(), Error> {
        let (to, reply) = promise();
        self.send(base, Job::Open(to))?;
        reply.await.unwrap_or_else(|| Err(stopped(base)))
    }

    pub(super) async fn close(&self, base: &Arc<Base>) {
        let (to, reply) = promise();
        if self.send(base, Job::Close(to)).is_ok() {
            reply.await;
        }
    }

    pub(super) fn beside(&self, base: &Arc<Base>, work: Work) {
        drop(self.send(base, Job::Beside(Hidden(work))));
    }

    fn send(&self, base: &Arc<Base>, job: Job) -> Result<(), Error> {
        let mut sender = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What comes back met a thread that has panicked.
        let job = match &*sender {
            Some(to) => match to.send(job) {
                Ok(()) => return Ok(()),
                Err(SendError(job)) => job,
            },
            None => job,
        };
        let to = sender.insert(begin(base)?);
        to.send(job).map_err(|_| stopped(base))
    }
}

/// Begins a thread that writes.
fn begin(base: &Arc<Base>) -> Result<Sender<Job>, Error> {
    let (to, jobs) = channel();
    let thread = Thread { base: Arc::clone(base), connection: None, beside: Vec::new(), lock_was_met: false };
    let named = thread::Builder::new().name("larder-sqlite".into());
    named.spawn(move || thread.run(&jobs)).map_err(|error| unmade(base, &error))?;
    Ok(to)
}

impl Owned {
    fn of(bind: &Bind<'_>) -> Self {
        match bind {
            Bind::Bytes(bytes) => Self::Bytes((*bytes).into()),
            Bind::Text(text) => Self::Text((*text).into()),
            Bind::Number(number) => Self::Number(*number),
            Bind::Nothing => Self::Nothing,
        }
    }

    fn lent(&self) -> Bind<'_> {
        match self {
            Self::Bytes(bytes) => Bind::Bytes(bytes),
            Self::Text(text) => Bind::Text(text),
            Self::Number(number) => Bind::Number(*number),
            Self::Nothing => Bind::Nothing,
        }
    }
}

/// What the thread has.
struct Thread {
    base: Arc<Base>,
    connection: Option<Connection>,
    beside: Vec<Work>,
    /// What was done last ran out of patience with somebody else who writes.
    lock_was_met: bool,
}

impl Thread {
    fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let (mut told, mut opened, mut closed) = (Vec::new(), Vec::new(), None);
            for job in std::iter::once(first).chain(jobs.try_iter().take(MOST - 1)) {
                match job {
                    Job::Tell(tell) => told.push(tell),
                    Job::Open(to) => opened.push(to),
                    Job::Beside(work) => self.beside.push(work.0),
                    Job::Close(to) => closed = Some(to),
                }
            }
            self.open(opened);
            self.commit(told);
            if let Some(to) = closed {
                // What goes on beside would open it again.
                self.beside.clear();
                self.connection = None;
                self.base.forget();
                to.tell(());
            }
            self.go_on();
        }
    }

    /// Returns the connection, to the file that is there now.
    fn connection(&mut self) -> Result<&Connection, Error> {
        self.base.look();
        if self.connection.is_none() || !self.base.is_open() {
            self.connection = None;
            self.connection = Some(opening::writer(&self.base)?);
        }
        self.connection.as_ref().ok_or_else(|| stopped(&self.base))
    }

    /// Opens the file for all who ask for it: they wait for a lock together.
    fn open(&mut self, asked: Vec<Promise<Result<(), Error>>>) {
        if asked.is_empty() {
            return;
        }
        let opened = self.connection().map(drop);
        for to in asked {
            to.tell(opened.clone());
        }
    }

    /// Commits statements together, and answers each of them.
    ///
    /// While somebody else keeps the lock, all that has waited long enough is given up at once: else whoever came last would
    /// wait for the patience of all before, and what nobody waits for any more would fill the memory.
    fn commit(&mut self, mut told: Vec<Tell>) {
        if self.lock_was_met {
            let now = Instant::now();
            for late in told.extract_if(.., |tell| tell.until <= now) {
                late.to.tell(Err(locked(&self.base)));
            }
        }
        if told.is_empty() {
            return;
        }
        let base = Arc::clone(&self.base);
        let done = match self.connection() {
            Ok(connection) => outcomes(&base, connection, &told),
            Err(error) => vec![Err(error); told.len()],
        };
        self.lock_was_met = done.iter().filter_map(|done| done.as_ref().err()).any(is_locked);
        for (tell, done) in told.into_iter().zip(done) {
            tell.to.tell(done);
        }
    }

    /// Takes the work beside a step further: it waits for nothing but statements, and those are done by now.
    fn go_on(&mut self) {
        let mut context = Context::from_waker(Waker::noop());
        self.beside.retain_mut(|work| {
            catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(&mut context).is_pending())).unwrap_or(false)
        });
    }
}

/// Does what is told. A statement that fails has done nothing, and its error is its own.
fn outcomes(base: &Base, connection: &Connection, told: &[Tell]) -> Vec<Result<Told, Error>> {
    let together = if told.len() > 1 { together(base, connection, told) } else { Ok(None) };
    let done = match together {
        Ok(Some(done)) => done,
        // Whatever it was, it is to concern only those whose statement it was.
        Ok(None) => told.iter().map(|tell| alone(base, connection, tell)).collect(),
        Err(error) => return vec![Err(said(base, &error)); told.len()],
    };
    done.into_iter().map(|done| done.map_err(|error| said(base, &error))).collect()
}

/// Does statements in one transaction; `None` where nothing of it stays, and an error where it could not begin.
fn together(
    base: &Base,
    connection: &Connection,
    told: &[Tell],
) -> rusqlite::Result<Option<Vec<rusqlite::Result<Told>>>> {
    connection.prepare_cached("begin immediate")?.raw_execute()?;
    let mut done = Vec::with_capacity(told.len());
    for tell in told {
        done.push(execute(base, connection, tell));
        // What is beyond one statement, such as a full disk, has taken the whole transaction back, or may have.
        if done.last().is_some_and(Result::is_err) && connection.is_autocommit() {
            return Ok(None);
        }
    }
    let lost = done.iter().filter_map(|done| done.as_ref().err()).any(lacks_table);
    if lost || connection.prepare_cached("commit")?.raw_execute().is_err() {
        drop(connection.execute_batch("rollback"));
        return Ok(None);
    }
    Ok(Some(done))
}

/// Does one statement, which commits by itself; after a table was dropped, with a new one.
fn alone(base: &Base, connection: &Connection, tell: &Tell) -> rusqlite::Result<Told> {
    match execute(base, connection, tell) {
        Err(error) if lacks_table(&error) => {
            opening::create(base, connection)?;
            execute(base, connection, tell)
        }
        done => done,
    }
}

fn execute(base: &Base, connection: &Connection, tell: &Tell) -> rusqlite::Result<Told> {
    let mut statement = connection.prepare_cached(&tell.text)?;
    let binds: Vec<_> = tell.binds.iter().map(Owned::lent).collect();
    bind(&mut statement, base.now(), &binds)?;
    let rows = all(&mut statement)?;
    let affected = if statement.readonly() { 0 } else { connection.changes() };
    Ok(Told { affected, rows, number: None })
}

#[cfg(test)]
mod tests {
    use cache_core::testing::block_on;

    use super::super::Config;
    use super::*;
    use crate::database::error::no_table;

    /// Returns a thread that has met a lock, or none, and what it answers to a statement that was to be done until then.
    fn answer(lock_was_met: bool, until: Instant) -> Result<Told, Error> {
        let base = Arc::new(Base::new(&Config::in_memory()).unwrap());
        let mut thread = Thread { base, connection: None, beside: Vec::new(), lock_was_met };
        let (to, reply) = promise();
        let tell = Tell { text: "select 1".into(), binds: Vec::new(), to, until };
        thread.commit(vec![tell]);
        block_on(reply).unwrap_or_else(|| Err(no_table(&thread.base.dialect.table)))
    }

    #[test]
    fn whoever_writes_after_the_thread_has_panicked_begins_another() {
        let (gone, _) = channel();
        let (writer, base) = (Writer(Mutex::new(Some(gone))), Arc::new(Base::new(&Config::in_memory()).unwrap()));
        assert!(block_on(writer.tell(&base, &"select 1".into(), &[])).is_ok());
    }

    #[test]
    fn who_has_waited_behind_others_who_met_a_lock_waits_no_longer() {
        let (over, later) = (Instant::now(), Instant::now() + Duration::from_secs(3_600));
        let error = answer(true, over).expect_err("its time was over before it began");
        assert!(error.is_transient() && error.to_string().contains("is locked by another process"), "{error}");
        assert!(answer(true, later).is_ok(), "its time is not over");
        assert!(answer(false, over).is_ok(), "nobody holds a lock: there is only much to do");
    }
}
