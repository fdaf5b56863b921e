//! [`Link`]: a server as the store in a table sees it.

use std::sync::Arc;
use std::time::Duration;

use cache_core::error::{Error, Kind};
use tokio::time::{sleep, timeout};

use super::connections::Connections;
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
        let connections = |wire| Arc::new(Connections::new(wire, most));
        let writing = connections(writing);
        let reading = reading.map_or_else(|| Arc::clone(&writing), connections);
        Self { dialect, writing, reading, limit }
    }

    async fn call(&self, purpose: Purpose, text: &Arc<str>, binds: &[Bind<'_>]) -> Result<Told, Error> {
        let connections = if purpose == Purpose::Read { &self.reading } else { &self.writing };
        // A timer belongs to the runtime that it is made in.
        let answer = async { timeout(self.limit, attempts(connections, purpose, text, binds)).await };
        if let Ok(answer) = entered(answer)?.await {
            return answer.map_err(|fault| fault.into_error::<W>(&self.dialect.table));
        }
        connections.forget();
        Err(Error::new(Kind::Store, format!("{} gave no answer within {:?}", W::NAME, self.limit)))
    }
}

/// Runs a statement. It is tried again where it certainly was not run, or where it may run twice.
async fn attempts<W: Wire>(
    connections: &Connections<W>,
    purpose: Purpose,
    text: &Arc<str>,
    binds: &[Bind<'_>],
) -> Result<Told, Fault> {
    let mut tries = 0;
    loop {
        tries += 1;
        let held = connections.take(purpose == Purpose::Write).await;
        let mut held = held.map_err(|error| Fault::of::<W>(&error))?;
        let fault = match W::run(&mut held.connection, text, binds).await {
            Ok(told) => {
                held.put_back();
                return Ok(told);
            }
            Err(error) => Fault::of::<W>(&error),
        };
        let once_more = match fault.verdict {
            Verdict::Refused | Verdict::NoTable => false,
            Verdict::Again => true,
            Verdict::Unheard => held.was_kept,
            Verdict::Lost => held.was_kept && purpose == Purpose::Read,
        };
        match fault.verdict {
            Verdict::Refused | Verdict::NoTable | Verdict::Again => held.put_back(),
            Verdict::Unheard | Verdict::Lost => connections.forget(),
        }
        if !once_more || tries == TRIES {
            return Err(fault);
        }
        if fault.verdict == Verdict::Again {
            // Two who stood in each other's way do not come back at the same moment, as only one was sent away.
            sleep(Duration::from_millis(1 << tries)).await;
        }
    }
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
