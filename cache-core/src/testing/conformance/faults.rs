//! The suite on backends that are broken on purpose, each in one way.

use std::time::Duration;

use super::{Report, Suite, check};
use crate::backend::{Backend, Capabilities, Memory, Null, Remaining, Ticket};
use crate::clock::Clock;
use crate::error::{Error, Kind};
use crate::key::Name;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
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
    ClaimsTouchInVain,
    KeepsWhatIsTooLarge,
    TouchesUnclaimed,
    Panics,
}

/// A store that holds but for one fault; what has expired stays in it, as in a table.
struct Broken {
    inner: Memory,
    /// The same entries for ever: what a table still holds after their time.
    kept: Memory,
    fault: Fault,
}

impl Broken {
    fn has(&self, fault: Fault) -> bool {
        self.fault == fault
    }
}

impl Backend for Broken {
    fn capabilities(&self) -> Capabilities {
        let touch = !self.has(Fault::TouchesUnclaimed);
        let max_value_bytes = self.has(Fault::KeepsWhatIsTooLarge).then_some(100_000);
        Capabilities { touch, max_value_bytes, ..Capabilities::ALL }
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        assert!(!self.has(Fault::Panics), "nobody home");
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

fn report(fault: Fault) -> Report {
    let clock = Clock::manual();
    let [inner, kept] = [Memory::new(clock.clone()), Memory::new(clock.clone())];
    Suite::new(&Broken { inner, kept, fault }, &|time| clock.advance(time)).run()
}

/// Asks that the suite finds this fault, in this case among others.
fn finds(fault: Fault, case: &str) {
    let report = report(fault);
    assert!(report.failures.iter().any(|failure| failure.case == case), "{fault:?}: {report}");
}

#[test]
fn the_model_holds() {
    let clock = Clock::manual();
    check(&Memory::new(clock.clone()), |time| clock.advance(time));
    let report = report(Fault::None);
    assert!(report.failures.is_empty() && report.held.len() > 40, "{report}");
}

#[test]
fn a_count_that_resets_the_time_is_found() {
    finds(Fault::IncrResetsTheTime, "incr keeps the time that an entry has left");
}

#[test]
fn a_count_that_reads_and_then_writes_is_found() {
    finds(Fault::IncrReadsThenWrites, "of counts at once, none is lost");
}

#[test]
fn a_touch_that_revives_what_has_expired_is_found() {
    finds(Fault::TouchRevives, "touch never revives what has expired, nor makes what is missing");
}

#[test]
fn an_add_that_looks_and_then_sets_is_found() {
    let report = report(Fault::AddLooksThenSets);
    let failed: Vec<_> = report.failures.iter().map(|failure| failure.case).collect();
    assert_eq!(failed, ["of callers who add at once, one wins"]);
}

#[test]
fn an_add_that_overwrites_is_found() {
    finds(Fault::AddOverwrites, "add takes an empty place and leaves a taken one alone");
    finds(Fault::AddOverwrites, "add leaves a live entry its value and its time");
}

#[test]
fn a_clear_that_takes_the_neighbours_is_found() {
    finds(Fault::ClearTakesNeighbours, "clear_scope removes what is in it, and none of its neighbours");
}

#[test]
fn a_get_that_returns_what_has_expired_is_found() {
    finds(Fault::GetReturnsExpired, "an entry is there until its time is over, and not after");
}

#[test]
fn a_delete_that_lies_is_found() {
    finds(Fault::DeleteLies, "delete removes, and says whether there was anything");
    finds(Fault::DeleteLies, "what has expired was not there for delete either");
}

#[test]
fn a_fill_that_forgets_removals_is_found() {
    finds(Fault::FillForgetsRemovals, "a fill is not kept after a removal");
}

#[test]
fn a_fill_that_looks_and_then_sets_is_found() {
    finds(Fault::FillLooksThenSets, "of a fill and a removal at once, the removal wins");
    finds(Fault::FillLooksThenSets, "a ticket is good for one fill");
    finds(Fault::FillLooksThenSets, "a fill is not kept after a count");
}

#[test]
fn times_that_only_some_operations_heed_are_found() {
    finds(Fault::FillIgnoresTheTime, "a fill is there until its time is over, and not after");
    finds(Fault::TouchOnlyLengthens, "touch shortens a time as well as it lengthens one");
    finds(Fault::ZeroIsForEver, "add or touch for no time keeps nothing either");
    finds(Fault::GetManyReturnsExpired, "each of many keeps the time it was given");
}

#[test]
fn claims_that_do_not_hold_are_found() {
    finds(Fault::ClaimsTouchInVain, "touch gives an entry another time, and leaves its value");
    finds(Fault::TouchesUnclaimed, "what is not claimed says that it is not supported");
    finds(Fault::KeepsWhatIsTooLarge, "a larger one is refused, and what was there before is gone");
}

#[test]
fn a_backend_that_panics_fails_and_does_not_take_the_suite_along() {
    let report = report(Fault::Panics);
    assert!(report.to_string().contains("it panicked: nobody home"), "{report}");
    assert!(report.held.contains(&"none at all is as good as many"));
}

#[test]
fn a_store_that_keeps_nothing_is_no_backend_to_count_with() {
    let report = Suite::new(&Null, &|_| ()).run();
    assert!(report.failures.iter().any(|failure| failure.case == "what was written is read back byte for byte"));
    assert!(report.left_out.contains(&"of counts at once, none is lost"));
}
