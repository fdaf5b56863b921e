//! A node's line to the remote: the backend that its engine is given.

use std::sync::Arc;
use std::time::Duration;

use cache_core::backend::{Backend, Capabilities, Entry, Listener, Listening, Remaining, Ticket};
use cache_core::error::{Error, Kind};
use cache_core::key::Name;

use crate::remote::Remote;
use crate::store::{Ask, NoSum, Put, Said};
use crate::world::Life;

/// The line of one life of a node.
pub struct Line {
    /// What it leads to.
    pub remote: Arc<Remote>,
    /// Whose it is.
    pub life: Life,
    /// What the remote can do.
    pub can: Capabilities,
}

fn named(name: &Name) -> Box<[u8]> {
    name.as_bytes().into()
}

fn odd<T>(said: &Said) -> Result<T, Error> {
    panic!("the remote answers something else than it was asked: {said:?}")
}

impl Line {
    async fn ask(&self, ask: Ask) -> Result<Said, Error> {
        self.remote.ask(self.life, ask).await
    }

    async fn did(&self, ask: Ask) -> Result<Vec<bool>, Error> {
        match self.ask(ask).await? {
            Said::Did(did) => Ok(did),
            said => odd(&said),
        }
    }

    async fn did_one(&self, ask: Ask) -> Result<bool, Error> {
        Ok(self.did(ask).await? == [true])
    }

    async fn done(&self, ask: Ask) -> Result<(), Error> {
        match self.ask(ask).await? {
            Said::Done => Ok(()),
            said => odd(&said),
        }
    }
}

impl Backend for Line {
    fn capabilities(&self) -> Capabilities {
        self.can
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.get_many(std::slice::from_ref(name)).await?.pop().flatten())
    }

    async fn get_many(&self, names: &[Name]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        match self.ask(Ask::Get(names.iter().map(named).collect())).await? {
            Said::Values(values) => Ok(values),
            said => odd(&said),
        }
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        self.done(Ask::Set(vec![Put::new(name.as_bytes(), value, time)])).await
    }

    async fn set_many(&self, entries: &[Entry]) -> Vec<Result<(), Error>> {
        let done = self.done(Ask::Set(entries.iter().map(Put::from).collect())).await;
        entries.iter().map(|_| done.clone()).collect()
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.did_one(Ask::Add(Put::new(name.as_bytes(), value, time))).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        Ok(self.delete_many(std::slice::from_ref(name)).await? > 0)
    }

    async fn delete_many(&self, names: &[Name]) -> Result<u64, Error> {
        match self.ask(Ask::Delete(names.iter().map(named).collect())).await? {
            Said::Count(count) => Ok(count),
            said => odd(&said),
        }
    }

    async fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
        self.did_one(Ask::Touch(named(name), time)).await
    }

    async fn incr(&self, name: &Name, delta: i64) -> Result<i64, Error> {
        match self.ask(Ask::Incr(named(name), delta)).await? {
            Said::Sum(sum) => sum.map_err(|why| {
                let kind = match why {
                    NoSum::Missing => Kind::Missing,
                    NoSum::NotANumber => Kind::NotANumber,
                    NoSum::Overflow => Kind::Overflow,
                };
                Error::new(kind, "there is nothing to add to")
            }),
            said => odd(&said),
        }
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        match self.ask(Ask::Ttl(named(name))).await? {
            Said::Has(has) => Ok(has),
            said => odd(&said),
        }
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        self.done(Ask::Clear(scope.as_bytes().into())).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.done(Ask::Clear([].into())).await
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        self.begin_fill_many(std::slice::from_ref(name)).await.pop().expect("it is one")
    }

    async fn begin_fill_many(&self, names: &[Name]) -> Vec<Result<Ticket, Error>> {
        match self.ask(Ask::Begin(names.iter().map(named).collect())).await {
            Ok(Said::Tickets(tickets)) => tickets.into_iter().map(Ok).collect(),
            Ok(said) => odd::<Ticket>(&said).into_iter().map(Ok).collect(),
            Err(error) => names.iter().map(|_| Err(error.clone())).collect(),
        }
    }

    async fn set_if(&self, name: &Name, value: &[u8], time: Option<Duration>, ticket: &Ticket) -> Result<bool, Error> {
        self.did_one(Ask::SetIf(vec![(Put::new(name.as_bytes(), value, time), ticket.0.clone())])).await
    }

    async fn set_many_if(&self, entries: &[(Entry, Ticket)]) -> Vec<Result<bool, Error>> {
        let puts = entries.iter().map(|(entry, ticket)| (Put::from(entry), ticket.0.clone())).collect();
        match self.did(Ask::SetIf(puts)).await {
            Ok(did) => did.into_iter().map(Ok).collect(),
            Err(error) => entries.iter().map(|_| Err(error.clone())).collect(),
        }
    }

    fn listen(&self, start: &str, listener: Arc<dyn Listener>) -> Result<Listening, Error> {
        if !self.can.tells {
            return Err(Error::new(Kind::Unsupported, "this remote does not tell"));
        }
        Ok(self.remote.bus.listen(self.life, start, listener))
    }
}
