//! A store in memory with one fault, such as people build around another store.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use crate::backend::{Backend, Capabilities, Entry, Listener, Listening, Memory, Names, Remaining, Ticket};
use crate::clock::Clock;
use crate::error::{Error, Kind};
use crate::key::Name;
use crate::lock::{Mutex, lock};

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
    TellsNothing,
    TellsOfTheFirst,
    HearsOfFewCalls,
    TellsOfNoClear,
    TellsOneAlone,
    HoldsListeners,
    ListsByNumber,
    ListsByPattern,
    ListsNeighbours,
    ListsTheFirst,
    ListsWhatIsOver,
    ListsWhatIsPromised,
    StandsStill,
    Panics,
}

/// A store that holds but for one fault; what has expired stays in it, as in a table.
pub(super) struct Broken {
    inner: Memory,
    /// The same entries for ever: what a table still holds after their time.
    kept: Memory,
    clock: Clock,
    fault: Fault,
    /// How often it was asked.
    asked: AtomicUsize,
    /// Whether changes are not told just now.
    is_quiet: Arc<AtomicBool>,
    listeners: Mutex<Vec<Arc<dyn Listener>>>,
}

/// Hears only what it is to hear.
struct Muffled {
    listener: Arc<dyn Listener>,
    is_quiet: Arc<AtomicBool>,
}

impl Broken {
    pub(super) fn new(clock: &Clock, fault: Fault) -> Self {
        let [inner, kept] = [Memory::new(clock.clone()), Memory::new(clock.clone())];
        let (clock, asked) = (clock.clone(), AtomicUsize::new(0));
        Self { inner, kept, clock, fault, asked, is_quiet: Arc::default(), listeners: Mutex::default() }
    }

    /// Takes minutes to answer now and then, where it has this fault.
    fn stand_still(&self) {
        if self.has(Fault::StandsStill) && self.asked.fetch_add(1, Ordering::SeqCst).is_multiple_of(11) {
            self.clock.advance(Duration::from_secs(600));
        }
    }

    /// Lists so many at a time, and goes on behind as many as were listed: others, where some of those are gone.
    async fn list_by_number(&self, start: &str, behind: Option<&[u8]>) -> Result<Names, Error> {
        let (mut names, mut at) = (Vec::new(), None);
        loop {
            let listed = self.inner.list(start, at.as_deref()).await?;
            names.extend(listed.names);
            at = listed.next;
            if at.is_none() {
                break;
            }
        }
        let listed = behind.and_then(|number| str::from_utf8(number).ok()?.parse().ok()).unwrap_or(0);
        let names: Vec<_> = names.into_iter().skip(listed).take(100).collect();
        let next = (names.len() == 100).then(|| (listed + 100).to_string().into_bytes());
        Ok(Names { names, next })
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    /// Tells nothing from now on, where it has this fault.
    fn hush(&self, is_quiet: bool, fault: Fault) {
        self.is_quiet.store((is_quiet && self.has(fault)) || self.has(Fault::TellsNothing), Ordering::SeqCst);
    }
}

impl Backend for Broken {
    fn capabilities(&self) -> Capabilities {
        let touch = !self.has(Fault::TouchesUnclaimed);
        let max_value_bytes = self.has(Fault::KeepsWhatIsTooLarge).then_some(100_000);
        Capabilities { touch, max_value_bytes, in_place: true, tells: true, lists: true, ..Capabilities::ALL }
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        assert!(!self.has(Fault::Panics), "nobody home");
        self.stand_still();
        if self.has(Fault::WaitsInPlace) {
            yield_once().await;
        }
        if self.has(Fault::GetReturnsExpired) { self.kept.get(name).await } else { self.inner.get(name).await }
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        self.kept.set(name, value, None).await?;
        self.inner.set(name, value, time).await
    }

    async fn set_many(&self, entries: &[Entry]) -> Vec<Result<(), Error>> {
        let mut kept = Vec::new();
        for entry in entries {
            self.hush(!kept.is_empty(), Fault::TellsOfTheFirst);
            kept.push(self.set(&entry.name, &entry.value, entry.time).await);
        }
        self.hush(false, Fault::TellsOfTheFirst);
        kept
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
        self.stand_still();
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
        self.hush(true, Fault::HearsOfFewCalls);
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
        self.stand_still();
        self.inner.ttl(name).await
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        let wide = self.has(Fault::ClearTakesNeighbours);
        self.hush(true, Fault::TellsOfNoClear);
        self.inner.clear_scope(if wide { scope.trim_end_matches(':') } else { scope }).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.hush(true, Fault::TellsOfNoClear);
        self.inner.clear_store().await
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        // As a version in a table of its own, which only some of the writers raise.
        let versions = if self.has(Fault::FillLooksThenSets) { &self.kept } else { &self.inner };
        if self.has(Fault::ListsWhatIsPromised) {
            self.kept.set(name, b"", None).await?;
        }
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

    fn listen(&self, start: &str, listener: Arc<dyn Listener>) -> Result<Listening, Error> {
        let mut listeners = lock(&self.listeners);
        let is_quiet = match self.fault {
            Fault::TellsOneAlone => Arc::new(AtomicBool::new(!listeners.is_empty())),
            _ => Arc::clone(&self.is_quiet),
        };
        self.hush(false, self.fault);
        if matches!(self.fault, Fault::TellsOneAlone | Fault::HoldsListeners) {
            listeners.push(Arc::clone(&listener));
        }
        self.inner.listen(start, Arc::new(Muffled { listener, is_quiet }))
    }

    async fn list(&self, start: &str, behind: Option<&[u8]>) -> Result<Names, Error> {
        match self.fault {
            Fault::ListsByNumber => self.list_by_number(start, behind).await,
            Fault::ListsByPattern => {
                self.inner.list(start.split(['*', '?', '[', '_', '%']).next().unwrap_or(start), behind).await
            }
            Fault::ListsNeighbours => self.inner.list(start.trim_end_matches(':'), behind).await,
            Fault::ListsTheFirst => Ok(Names { next: None, ..self.inner.list(start, behind).await? }),
            Fault::ListsWhatIsOver | Fault::ListsWhatIsPromised => self.kept.list(start, behind).await,
            _ => self.inner.list(start, behind).await,
        }
    }
}

impl Muffled {
    fn hears(&self) -> bool {
        !self.is_quiet.load(Ordering::SeqCst)
    }
}

impl Listener for Muffled {
    fn changed(&self, name: &[u8]) {
        if self.hears() {
            self.listener.changed(name);
        }
    }

    fn changed_all(&self) {
        if self.hears() {
            self.listener.changed_all();
        }
    }

    fn lost(&self) {
        self.listener.lost();
    }

    fn regained(&self) {
        self.listener.regained();
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
