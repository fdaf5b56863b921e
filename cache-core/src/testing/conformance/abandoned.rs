//! Callers who leave half-way: their client is gone, or their time is over.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use super::ground::{Ground, entry, same, short};
use super::{Case, Verdict, every};
use crate::backend::{Answer, Ticket};
use crate::error::Error;

const ROUNDS: u8 = 20;
/// Nobody is asked to be quick, only to answer at all.
const PATIENCE: Duration = Duration::from_millis(if cfg!(test) { 200 } else { 30_000 });

pub(super) const CASES: &[Case] = &[
    Case { says: "a store is as it was for others when callers leave half-way", concerns: every, run: usable },
    Case { says: "a write that is left half-way is whole or not there", concerns: every, run: whole },
];

/// Begins an operation, goes on with it so often, and leaves.
fn leave<T>(mut answer: Answer<'_, T>, polls: u8) {
    for _ in 0..=polls {
        if answer.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            return;
        }
        thread::yield_now();
    }
}

fn usable(ground: &Ground<'_>) -> Verdict {
    let (backend, name) = (ground.backend, ground.name("left"));
    let scope = ground.scope("2");
    let names = [name.clone(), ground.name("left too")];
    let entries = names.each_ref().map(|name| entry(name, "7"));
    for round in 0..ROUNDS {
        let polls = round % 3;
        leave(backend.get(&name), polls);
        leave(backend.set(&name, b"7", None), polls);
        leave(backend.add(&name, b"7", ground.units(100)), polls);
        leave(backend.incr(&name, 1), polls);
        leave(backend.touch(&name, None), polls);
        leave(backend.ttl(&name), polls);
        leave(backend.begin_fill(&name), polls);
        leave(backend.set_if(&name, b"7", None, &Ticket(vec![])), polls);
        leave(backend.get_many(&names), polls);
        leave(backend.set_many(&entries), polls);
        leave(backend.delete_many(&names), polls);
        leave(backend.delete(&name), polls);
        leave(backend.clear_scope(scope.text().expect("no key function")), polls);
    }
    for name in [&name, &ground.name("new")] {
        within("set", backend.set(name, b"value", None))?;
        let found = within("get", backend.get(name))?;
        same("after all who left, there is", found.as_deref(), Some(&b"value"[..]))?;
    }
    same("`delete` says", within("delete", backend.delete(&name))?, true)
}

fn whole(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    let values = [vec![b'a'; 5_000], vec![b'b'; 9_000]];
    within("set", ground.backend.set(&name, &values[0], None))?;
    for round in 0..ROUNDS {
        leave(ground.backend.set(&name, &values[usize::from(round % 2)], None), round % 3);
        leave(ground.backend.set_many(&[entry(&name, &values[1][..])]), round % 3);
        match within("get", ground.backend.get(&name))? {
            Some(found) if values.contains(&found) => {}
            Some(found) => {
                return Err(format!("there is {} of {} bytes, which nobody wrote", short(&found), found.len()));
            }
            None => return Err("nothing is there, and nobody removed it".to_owned()),
        }
    }
    Ok(())
}

/// Waits for an answer, but not for ever.
fn within<T>(what: &str, mut answer: Answer<'_, Result<T, Error>>) -> Result<T, String> {
    let begun = Instant::now();
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(answer) = Pin::new(&mut answer).poll(&mut context) {
            return answer.map_err(|error| format!("`{what}` failed: {error:?}"));
        }
        if begun.elapsed() >= PATIENCE {
            return Err(format!("`{what}` does not come to an end, after callers who left"));
        }
        thread::park_timeout(PATIENCE);
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
