//! A store in memory with one fault, such as people build around another store.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use crate::backend::{Backend, Capabilities, Memory, Remaining, Ticket};
use crate::clock::Clock;
use crate::error::{Error, Kind};
use crate::key::Name;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fault {
    None,
    IncrResetsTheTime,
    IncrReadsThenWrites,
    TouchRevives,
    AddLooksThenSets,
    AddOverwrites,
    ClearTakesNeighbours,
    GetReturnsExpired,
    DeleteLies,
    FillForgetsRemovals,
    FillLooksThenSets,
    FillIgnoresTheTime,
    TouchOnlyLengthens,
    ZeroIsForEver,
    GetManyReturnsExpired,
    ClaimsIncrInVain,
    ClaimsTouchInVain,
    FillIsASet,
    KeepsWhatIsTooLarge,
    TouchesUnclaimed,
    WaitsInPlace,
    Panics,
}

/// A store that holds but for one fault; what has expired stays in it, as in a table.
pub(super) struct Broken {
    inner: Memory,
    /// The same entries for ever: what a table still holds after their time.
    kept: Memory,
    fault: Fault,
}

impl Broken {
    pub(super) fn new(clock: &Clock, fault: Fault) -> Self {
        let [inner, kept] = [Memory::new(clock.clone()), Memory::new(clock.clone())];
        Self { inner, kept, fault }
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == fault
    }
}

impl Backend for Broken {
    fn capabilities(&self) -> Capabilities {
        let touch = !self.has(Fault::TouchesUnclaimed);
        let max_value_bytes = self.has(Fault::KeepsWhatIsTooLarge).then_some(100_000);
        Capabilities { touch, max_value_bytes, in_place: true, ..Capabilities::ALL }
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        assert!(!self.has(Fault::Panics), "nobody home");
        if self.has(Fault::WaitsInPlace) {
            yield_once().await;
        }
        if self.has(Fault::GetReturnsExpired) { self.kept.get(name).await } else { self.inner.get(name).await }
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        self.kept.set(name, value, None).await?;
        self.inner.set(name, value, time).await
    }

    async fn get_many(&self, names: &[Name]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        let table = if self.has(Fault::GetManyReturnsExpired) { &self.kept } else { &self.inner };
        table.get_many(names).await
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        match self.fault {
            Fault::ZeroIsForEver => self.inner.add(name, value, time.filter(|time| !time.is_zero())).await,
            Fault::AddLooksThenSets => {
                let free = self.inner.get(name).await?.is_none();
                (0..100).for_each(|_| std::thread::yield_now());
                if free {
                    self.set(name, value, time).await?;
                }
                Ok(free)
            }
            Fault::AddOverwrites => {
                let free = self.inner.get(name).await?.is_none();
                self.set(name, value, time).await?;
                Ok(free)
            }
            _ => self.inner.add(name, value, time).await,
        }
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        self.kept.delete(name).await?;
        let removed = self.inner.delete(name).await?;
        Ok(removed || self.has(Fault::DeleteLies))
    }

    async fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
        match self.fault {
            Fault::TouchesUnclaimed => Ok(true),
            Fault::ZeroIsForEver => self.inner.touch(name, time.filter(|time| !time.is_zero())).await,
            Fault::TouchOnlyLengthens => match (self.inner.ttl(name).await?, time) {
                (Some(Remaining::For(left)), Some(time)) if time < left => Ok(true),
                _ => self.inner.touch(name, time).await,
            },
            Fault::ClaimsTouchInVain => Err(Error::new(Kind::Unsupported, "it cannot change times")),
            Fault::TouchRevives => match self.kept.get(name).await? {
                Some(value) => self.inner.set(name, &value, time).await.map(|()| true),
                None => Ok(false),
            },
            _ => self.inner.touch(name, time).await,
        }
    }

    async fn incr(&self, name: &Name, delta: i64) -> Result<i64, Error> {
        match self.fault {
            Fault::IncrReadsThenWrites => {
                let there = self.inner.get(name).await?.ok_or_else(|| Error::new(Kind::Missing, "nothing"))?;
                let number: i64 = String::from_utf8_lossy(&there).parse().unwrap_or(0);
                (0..10).for_each(|_| std::thread::yield_now());
                self.inner.set(name, (number + delta).to_string().as_bytes(), None).await?;
                Ok(number + delta)
            }
            Fault::ClaimsIncrInVain => Err(Error::new(Kind::Unsupported, "this store cannot count")),
            Fault::IncrResetsTheTime => {
                let sum = self.inner.incr(name, delta).await?;
                self.inner.touch(name, None).await?;
                Ok(sum)
            }
            _ => self.inner.incr(name, delta).await,
        }
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.inner.ttl(name).await
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        let wide = self.has(Fault::ClearTakesNeighbours);
        self.inner.clear_scope(if wide { scope.trim_end_matches(':') } else { scope }).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.inner.clear_store().await
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        // As a version in a table of its own, which only some of the writers raise.
        let versions = if self.has(Fault::FillLooksThenSets) { &self.kept } else { &self.inner };
        versions.begin_fill(name).await
    }

    async fn set_if(&self, name: &Name, value: &[u8], time: Option<Duration>, ticket: &Ticket) -> Result<bool, Error> {
        if self.has(Fault::FillIsASet) {
            return self.inner.set(name, value, time).await.map(|()| true);
        }
        if self.has(Fault::FillForgetsRemovals) && self.inner.get(name).await?.is_none() {
            return self.inner.set(name, value, time).await.map(|()| true);
        }
        if self.has(Fault::FillLooksThenSets) {
            let unchanged = self.kept.begin_fill(name).await? == *ticket;
            (0..100).for_each(|_| std::thread::yield_now());
            if unchanged {
                self.inner.set(name, value, time).await?;
            }
            return Ok(unchanged);
        }
        self.inner.set_if(name, value, time.filter(|_| !self.has(Fault::FillIgnoresTheTime)), ticket).await
    }
}

/// Ends when it is polled for the second time.
async fn yield_once() {
    let mut polled = false;
    poll_fn(|context| {
        context.waker().wake_by_ref();
        if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}
