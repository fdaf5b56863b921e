//! Several callers at once, on threads of their own.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::counts::incr;
use super::fills::{fill, fill_and_clear};
use super::ground::{Ground, same};
use super::{Case, Verdict, every};
use crate::backend::{Capabilities, ErasedBackend};
use crate::error::Error;
use crate::executor::block_on;
use crate::key::Name;

const THREADS: usize = 8;
const ROUNDS: usize = 50;

pub(super) const CASES: &[Case] = &[
    Case { says: "of callers who add at once, one wins", concerns: add, run: one_winner },
    Case { says: "of counts at once, none is lost", concerns: incr, run: no_lost_count },
    Case { says: "whoever reads during writes finds one value or the other, whole", concerns: every, run: whole },
    Case { says: "of a fill and a removal at once, the removal wins", concerns: fill, run: removal_wins },
    Case { says: "of a fill and a clear at once, the clear wins", concerns: fill_and_clear, run: clear_wins },
    Case { says: "of fills with one ticket at once, one is kept", concerns: fill, run: one_fill },
];

fn add(capabilities: &Capabilities) -> bool {
    capabilities.atomic_add
}

/// Runs the same on several threads that begin together.
fn together<T: Send>(work: impl Fn(usize) -> Result<T, Error> + Sync) -> Result<Vec<T>, String> {
    let start = Barrier::new(THREADS);
    let run = |thread| {
        start.wait();
        work(thread)
    };
    let outcomes: Vec<_> = thread::scope(|scope| {
        let run = &run;
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || run(thread))).collect();
        threads.into_iter().map(thread::ScopedJoinHandle::join).collect()
    });
    let outcomes = outcomes.into_iter().map(|outcome| outcome.map_err(|_| "a thread panicked".to_owned()));
    outcomes.map(|outcome| outcome?.map_err(|error| format!("a thread failed: {error:?}"))).collect()
}

/// Asks that of those who try the same at once, each with a value of its own, one succeeds, and that its value stands.
fn one_succeeds(ground: &Ground<'_>, name: &Name, attempt: impl Fn(&[u8]) -> Result<bool, Error> + Sync) -> Verdict {
    let succeeded = together(|thread| attempt(thread.to_string().as_bytes()))?;
    same("so many succeeded", succeeded.iter().filter(|succeeded| **succeeded).count(), 1)?;
    let one = succeeded.iter().position(|succeeded| *succeeded).unwrap_or_default();
    ground.holds("the value of that one stands", name, one.to_string().as_bytes())
}

fn one_winner(ground: &Ground<'_>) -> Verdict {
    (0..ROUNDS).try_for_each(|round| {
        let name = ground.name(&format!("lock{round}"));
        one_succeeds(ground, &name, |value| block_on(ground.backend.add(&name, value, None)))
    })
}

fn no_lost_count(ground: &Ground<'_>) -> Verdict {
    let (backend, name) = (ground.backend, ground.name("count"));
    ground.set(&name, b"0", None)?;
    together(|_| (0..ROUNDS).try_for_each(|_| block_on(backend.incr(&name, 1)).map(drop)))?;
    ground.holds("after all counts", &name, (THREADS * ROUNDS).to_string().as_bytes())
}

fn whole(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    let values = [vec![b'a'; 5_000], vec![b'b'; 9_000]];
    ground.set(&name, &values[0], None)?;
    let (backend, torn): (&dyn ErasedBackend, _) = (ground.backend, AtomicBool::new(false));
    together(|thread| {
        (0..ROUNDS).try_for_each(|round| {
            if thread % 2 == 0 {
                return block_on(backend.set(&name, &values[round % 2], None));
            }
            let found = block_on(backend.get(&name))?;
            torn.fetch_or(!found.is_some_and(|found| values.contains(&found)), Ordering::SeqCst);
            Ok(())
        })
    })?;
    same("a reader found part of a value, or none", torn.into_inner(), false)
}

fn removal_wins(ground: &Ground<'_>) -> Verdict {
    let backend = ground.backend;
    for round in 0..ROUNDS {
        let name = ground.name(&format!("key{round}"));
        let ticket = ground.begin_fill(&name)?;
        together(|thread| match thread {
            0 => block_on(backend.delete(&name)),
            1 => block_on(backend.set_if(&name, b"old", None, &ticket)),
            _ => block_on(backend.get(&name)).map(|found| found.is_some()),
        })?;
        ground.holds_nothing("after both", &name)?;
    }
    Ok(())
}

fn clear_wins(ground: &Ground<'_>) -> Verdict {
    let backend = ground.backend;
    for round in 0..ROUNDS {
        let scope = ground.scope(&round.to_string());
        let names = ["a", "b"].map(|key| scope.name(&key.into()));
        let tickets = [ground.begin_fill(&names[0])?, ground.begin_fill(&names[1])?];
        together(|thread| match thread {
            0 => block_on(backend.clear_scope(scope.text().expect("no key function"))).map(|()| false),
            1 | 2 => block_on(backend.set_if(&names[thread - 1], b"old", None, &tickets[thread - 1])),
            _ => block_on(backend.get(&names[0])).map(|found| found.is_some()),
        })?;
        names.iter().try_for_each(|name| ground.holds_nothing("after both", name))?;
    }
    Ok(())
}

fn one_fill(ground: &Ground<'_>) -> Verdict {
    (0..ROUNDS).try_for_each(|round| {
        let name = ground.name(&format!("key{round}"));
        let ticket = ground.begin_fill(&name)?;
        one_succeeds(ground, &name, |value| block_on(ground.backend.set_if(&name, value, None, &ticket)))
    })
}
