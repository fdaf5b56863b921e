//! More callers at once than a store has connections, threads or files for.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Barrier;
use std::task::Poll;
use std::thread;

use super::ground::{Ground, same};
use super::{Case, Verdict, every};
use crate::backend::ErasedBackend;
use crate::error::Error;
use crate::executor::block_on;
use crate::key::Name;

const CALLERS: usize = 64;
const ROUNDS: usize = 5;

pub(super) const CASES: &[Case] = &[
    Case {
        says: "64 callers on threads of their own are all answered, each with what is theirs",
        concerns: every,
        run: threads,
    },
    Case {
        says: "64 callers on one thread are all answered, each with what is theirs",
        concerns: every,
        run: one_thread,
    },
];

/// Writes, reads and removes an entry of one's own, over and over.
async fn call(backend: &dyn ErasedBackend, name: &Name, caller: usize) -> Verdict {
    let failed = |error: Error| format!("caller {caller} was told: {error:?}");
    for round in 0..ROUNDS {
        let value = format!("{caller} in round {round}").into_bytes();
        backend.set(name, &value, None).await.map_err(failed)?;
        let found = backend.get(name).await.map_err(failed)?;
        same(&format!("caller {caller} finds what it wrote"), found.as_ref() == Some(&value), true)?;
        let removed = backend.delete(name).await.map_err(failed)?;
        same(&format!("caller {caller} removes what it wrote"), removed, true)?;
        let left = backend.get(name).await.map_err(failed)?;
        same(&format!("caller {caller} leaves something behind"), left.is_some(), false)?;
    }
    Ok(())
}

fn names(ground: &Ground<'_>) -> Vec<Name> {
    (0..CALLERS).map(|caller| ground.name(&format!("caller{caller}"))).collect()
}

fn threads(ground: &Ground<'_>) -> Verdict {
    let (backend, names) = (ground.backend, names(ground));
    let start = Barrier::new(CALLERS);
    thread::scope(|scope| {
        let start = &start;
        let run = |(caller, name)| {
            scope.spawn(move || {
                start.wait();
                block_on(call(backend, name, caller))
            })
        };
        let calls: Vec<_> = names.iter().enumerate().map(run).collect();
        calls.into_iter().try_for_each(|call| call.join().map_err(|_| "a caller panicked".to_owned())?)
    })
}

fn one_thread(ground: &Ground<'_>) -> Verdict {
    let names = names(ground);
    let mut open: Vec<Pin<Box<dyn Future<Output = Verdict> + '_>>> = Vec::new();
    for (caller, name) in names.iter().enumerate() {
        open.push(Box::pin(call(ground.backend, name, caller)));
    }
    block_on(poll_fn(|context| {
        let mut wrong = Ok(());
        open.retain_mut(|call| match call.as_mut().poll(context) {
            Poll::Pending => true,
            Poll::Ready(verdict) => {
                wrong = std::mem::replace(&mut wrong, Ok(())).and(verdict);
                false
            }
        });
        if wrong.is_err() || open.is_empty() { Poll::Ready(wrong) } else { Poll::Pending }
    }))
}
