//! [`Link`]: a server as the store in a table sees it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cache_core::error::{Error, Kind};
use tokio::time::{sleep, timeout, timeout_at};

use super::connections::{Connections, Held};
use super::finishing::Finishing;
use super::{Fault, Verdict, Wire};
use crate::database::client::{Bind, Client, Row, Told, Work};
use crate::database::dialect::Dialect;
use crate::driver::{entered, run_beside};

/// How often a statement is tried at most.
const TRIES: u32 = 6;

/// A server, or one for writing and one for reading.
pub(crate) struct Link<W: Wire> {
    dialect: Dialect,
    writing: Arc<Connections<W>>,
    reading: Arc<Connections<W>>,
    limit: Duration,
}

#[derive(Clone, Copy, PartialEq)]
enum Purpose {
    Read,
    Write,
}

impl<W: Wire> Link<W> {
    /// Makes a link that opens so many connections to each server at most, and lets each call take so long.
    pub(crate) fn new(dialect: Dialect, writing: W, reading: Option<W>, most: usize, limit: Duration) -> Self {
        let connections = |wire| Connections::new(wire, most);
        let writing = connections(writing);
        let reading = reading.map_or_else(|| Arc::clone(&writing), connections);
        Self { dialect, writing, reading, limit }
    }

    async fn call(&self, purpose: Purpose, text: &Arc<str>, binds: &[Bind<'_>]) -> Result<Told, Error> {
        let connections = if purpose == Purpose::Read { &self.reading } else { &self.writing };
        let until = Instant::now() + self.limit;
        // A timer belongs to the runtime that it is made in.
        let answer = async { timeout_at(until.into(), attempts(connections, purpose, text, binds, until)).await };
        if let Ok(answer) = entered(answer)?.await {
            return answer.map_err(|fault| fault.into_error(&connections.wire, &self.dialect.table));
        }
        connections.forget();
        Err(Error::new(Kind::Store, format!("{} gave no answer within {:?}", connections.wire.name(), self.limit)))
    }
}

/// Runs a statement. It is tried again where it certainly was not run, or where it may run twice.
async fn attempts<W: Wire>(
    connections: &Arc<Connections<W>>,
    purpose: Purpose,
    text: &Arc<str>,
    binds: &[Bind<'_>],
    until: Instant,
) -> Result<Told, Fault> {
    let mut tries = 0;
    loop {
        tries += 1;
        let arguments = W::arguments(binds).map_err(|error| Fault::of::<W>(&sqlx::Error::Encode(error)))?;
        let surely = purpose == Purpose::Write;
        if surely {
            connections.left.none().await;
        }
        let held = match connections.newest(connections.place().await, surely) {
            Ok(held) => held,
            // Who leaves while it is opened leaves it to the next one, and nothing is run on it.
            Err(place) => Finishing::new(Arc::clone(connections).take(place), until, keep)
                .await
                .map_err(|e| Fault::of::<W>(&e))?,
        };
        let was_kept = held.was_kept;
        let once = Finishing::new(once(held, Arc::clone(text), arguments), until, drop);
        let once = if surely { once.counted(&connections.left) } else { once };
        let fault = match once.await {
            Ok(told) => return Ok(told),
            Err(fault) => fault,
        };
        let may_repeat = match fault.verdict {
            Verdict::Refused | Verdict::NoTable => false,
            Verdict::Again => true,
            Verdict::Unheard => was_kept,
            Verdict::Lost => was_kept && purpose == Purpose::Read,
        };
        if !may_repeat || tries == TRIES {
            return Err(fault);
        }
        if fault.verdict == Verdict::Again {
            // Two who stood in each other's way do not come back at the same moment, as only one was sent away.
            sleep(Duration::from_millis(1 << tries)).await;
        }
    }
}

fn keep<W: Wire>(taken: Result<Held<W>, sqlx::Error>) {
    if let Ok(held) = taken {
        held.put_back();
    }
}

/// Runs a statement once, and puts the connection back where it is of any use.
async fn once<W: Wire>(mut held: Held<W>, text: Arc<str>, arguments: W::Arguments) -> Result<Told, Fault> {
    let fault = match held.home.wire.run(&mut held.connection, text, arguments).await {
        Ok(told) => {
            held.put_back();
            return Ok(told);
        }
        Err(error) => Fault::of::<W>(&error),
    };
    match fault.verdict {
        Verdict::Refused | Verdict::NoTable | Verdict::Again => held.put_back(),
        Verdict::Unheard | Verdict::Lost => held.give_up(),
    }
    Err(fault)
}

impl<W: Wire> Client for Link<W> {
    fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    async fn ask(&self, text: &Arc<str>, binds: &[Bind<'_>]) -> Result<Vec<Row>, Error> {
        Ok(self.call(Purpose::Read, text, binds).await?.rows)
    }

    async fn tell(&self, text: &Arc<str>, binds: &[Bind<'_>]) -> Result<Told, Error> {
        self.call(Purpose::Write, text, binds).await
    }

    async fn close(&self) {
        let both = async {
            self.writing.close().await;
            self.reading.close().await;
        };
        if let Ok(closing) = entered(async { timeout(self.limit, both).await }) {
            // A server that does not answer is not waited for.
            let _ = closing.await;
        }
    }

    fn beside(&self, work: Work) -> Option<Work> {
        run_beside(work)
    }
}
