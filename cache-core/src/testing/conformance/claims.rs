//! Whether a backend can do what it says, and says what it can do.

use std::fmt::Debug;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::ground::{Ground, fails, same};
use super::{Case, Verdict, every};
use crate::backend::{Capabilities, Listener, Ticket};
use crate::error::{Error, Kind};
use crate::executor::block_on;

/// Hears nothing.
struct Deaf;

impl Listener for Deaf {
    fn changed(&self, _: &[u8]) {}

    fn changed_all(&self) {}

    fn lost(&self) {}

    fn regained(&self) {}
}

/// Larger limits are taken at their word: filling them would take the suite's own memory.
const LARGEST_TRIED: u64 = 64 << 20;

pub(super) const CASES: &[Case] = &[
    Case { says: "what is not claimed says that it is not supported", concerns: every, run: unclaimed },
    Case { says: "a value of the largest size is kept", concerns: limited, run: largest },
    Case { says: "a larger one is refused, and what was there before is gone", concerns: limited, run: too_large },
    Case { says: "half a second is half a second", concerns: sub_second, run: half_a_second },
    Case { says: "a get in place ends when it is first polled", concerns: in_place, run: at_once },
    Case { says: "whole seconds are rounded up, never down to nothing", concerns: whole_seconds, run: rounded_up },
];

pub(super) fn limited(capabilities: &Capabilities) -> bool {
    capabilities.max_value_bytes.is_some_and(|max| max <= LARGEST_TRIED)
}

fn sub_second(capabilities: &Capabilities) -> bool {
    capabilities.sub_second
}

fn in_place(capabilities: &Capabilities) -> bool {
    capabilities.in_place
}

fn whole_seconds(capabilities: &Capabilities) -> bool {
    !capabilities.sub_second
}

fn unclaimed(ground: &Ground<'_>) -> Verdict {
    let (name, backend, claims) = (ground.name("key"), ground.backend, ground.capabilities);
    ground.set(&name, b"1", None)?;
    if !claims.touch {
        unsupported("touch", "touch", block_on(backend.touch(&name, None)))?;
    }
    if !claims.atomic_incr {
        unsupported("incr", "atomic_incr", block_on(backend.incr(&name, 1)))?;
    }
    if !claims.clear_scope {
        unsupported("clear_scope", "clear_scope", block_on(backend.clear_scope("scope:1:")))?;
    }
    if !claims.conditional_fill {
        unsupported("begin_fill", "conditional_fill", block_on(backend.begin_fill(&name)))?;
        let filled = block_on(backend.set_if(&name, b"", None, &Ticket(vec![])));
        unsupported("set_if", "conditional_fill", filled)?;
    }
    if !claims.tells {
        unsupported("listen", "tells", backend.listen("scope:", Arc::new(Deaf)))?;
    }
    if !claims.lists {
        unsupported("list", "lists", block_on(backend.list("scope:", None)))?;
    }
    ground.holds("after all that", &name, b"1")
}

/// Asks that an operation is not supported that is not claimed.
fn unsupported<T: Debug>(operation: &str, claim: &str, outcome: Result<T, Error>) -> Verdict {
    let what = format!("`{operation}`, with the claim `{claim}: false`");
    let verdict = fails(&what, outcome, Kind::Unsupported);
    verdict.map_err(|what| format!("{what}; if it works, claim `{claim}: true`, and else leave it as the trait has it"))
}

pub(super) fn sized(ground: &Ground<'_>, more: u64) -> Vec<u8> {
    let size = ground.capabilities.max_value_bytes.unwrap_or(0) + more;
    vec![b'x'; usize::try_from(size).unwrap_or(usize::MAX)]
}

fn largest(ground: &Ground<'_>) -> Verdict {
    let (name, value) = (ground.name("key"), sized(ground, 0));
    ground.set(&name, &value, None)?;
    ground.holds("after `set`", &name, &value)
}

fn too_large(ground: &Ground<'_>) -> Verdict {
    let (name, value) = (ground.name("key"), sized(ground, 1));
    ground.set(&name, b"before", None)?;
    fails("`set`", block_on(ground.backend.set(&name, &value, None)), Kind::TooLarge)?;
    ground.holds_nothing("after that", &name)?;
    fails("`add`", block_on(ground.backend.add(&name, &value, None)), Kind::TooLarge)
}

fn at_once(ground: &Ground<'_>) -> Verdict {
    let [there, missing] = ["there", "missing"].map(|key| ground.name(key));
    ground.set(&there, b"value", None)?;
    ground.holds("after `set`", &there, b"value")?;
    for (name, found) in [(&there, Some(b"value".to_vec())), (&missing, None)] {
        match ground.backend.get(name).as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(answer)) => same("`get` says", answer, found)?,
            Poll::Ready(Err(error)) => return Err(format!("`get` failed: {error}")),
            Poll::Pending => return Err("`get` had not ended when it was first polled".to_owned()),
        }
    }
    Ok(())
}

fn half_a_second(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    let half = Duration::from_millis(500);
    ground.in_less_than(half, || {
        ground.set(&name, b"value", Some(half))?;
        ground.holds("at once", &name, b"value")?;
        ground.pass_time(Duration::from_millis(600));
        ground.holds_nothing("after 600 ms", &name)
    })
}

fn rounded_up(ground: &Ground<'_>) -> Verdict {
    let name = ground.name("key");
    ground.in_less_than(Duration::from_secs(1), || {
        ground.set(&name, b"value", Some(Duration::from_millis(1)))?;
        ground.holds("at once", &name, b"value")?;
        ground.pass_time(Duration::from_millis(2100));
        ground.holds_nothing("after two seconds", &name)?;
        same("`ttl` says", ground.ttl(&name)?, None)
    })
}
