//! Whether a store that tells of changes tells of all of them.

use std::sync::{Arc, Condvar, Mutex as StdMutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::ground::Ground;
use super::{Case, Verdict};
use crate::backend::{Capabilities, Entry, Listener, Listening};
use crate::key::Name;

pub(super) const CASES: &[Case] = &[
    Case { says: "whoever listens hears of each change of an entry", concerns: tells, run: changes },
    Case { says: "whoever listens hears of what is changed in one go", concerns: tells, run: many },
    Case { says: "whoever listens hears of counts, times and fills", concerns: tells, run: others },
    Case { says: "whoever listens hears of the clear of a scope", concerns: tells_of_scopes, run: clear },
    Case { says: "all who listen hear of a change", concerns: tells, run: everybody },
    Case { says: "whoever listens no more is let go", concerns: tells, run: let_go },
];

/// What cannot be asked of a store that others use too.
pub(super) const EMPTYING: &[Case] =
    &[Case { says: "whoever listens hears that the store was emptied", concerns: tells, run: emptied }];

fn tells(capabilities: &Capabilities) -> bool {
    capabilities.tells
}

fn tells_of_scopes(capabilities: &Capabilities) -> bool {
    capabilities.tells && capabilities.clear_scope
}

/// What was heard so far. A server's word takes its time, and so it is waited for, as long as the suite is patient.
#[derive(Default)]
struct Heard {
    so_far: StdMutex<SoFar>,
    more: Condvar,
}

#[derive(Default)]
struct SoFar {
    ready: bool,
    all: usize,
    names: Vec<Vec<u8>>,
}

/// Somebody who listens.
struct Ear {
    heard: Arc<Heard>,
    listening: Listening,
    patience: Duration,
}

impl Heard {
    fn note(&self, note: impl FnOnce(&mut SoFar)) {
        note(&mut self.so_far.lock().unwrap_or_else(PoisonError::into_inner));
        self.more.notify_all();
    }
}

impl Listener for Heard {
    fn changed(&self, name: &[u8]) {
        self.note(|heard| heard.names.push(name.to_vec()));
    }

    fn changed_all(&self) {
        self.note(|heard| heard.all += 1);
    }

    fn lost(&self) {
        self.note(|heard| heard.ready = false);
    }

    fn regained(&self) {
        self.note(|heard| heard.ready = true);
    }
}

impl Ear {
    fn new(ground: &Ground<'_>) -> Result<Self, String> {
        let heard = Arc::<Heard>::default();
        let listener = Arc::clone(&heard) as Arc<dyn Listener>;
        let listening = ground.backend.listen(&ground.raw_scope(""), listener).map_err(|error| error.to_string())?;
        let ear = Self { heard, listening, patience: ground.patience };
        ear.waits("that it is listened to", |heard| heard.ready)?;
        Ok(ear)
    }

    /// Waits until this is so.
    fn waits(&self, what: &str, is_so: impl Fn(&SoFar) -> bool) -> Verdict {
        let until = Instant::now() + self.patience;
        let mut so_far = self.heard.so_far.lock().unwrap_or_else(PoisonError::into_inner);
        while !is_so(&so_far) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(format!("nothing says {what}"));
            }
            so_far = self.heard.more.wait_timeout(so_far, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(())
    }

    /// Makes a change and waits until it is told that this name was changed, or everything.
    fn hears_of<T>(&self, what: &str, name: &Name, change: impl FnOnce() -> Result<T, String>) -> Verdict {
        self.heard.note(|heard| *heard = SoFar { ready: true, ..SoFar::default() });
        change()?;
        self.waits(&format!("`{what}` changed `{name}`"), |heard| {
            heard.all > 0 || heard.names.iter().any(|heard| heard == name.as_bytes())
        })
    }
}

fn changes(ground: &Ground<'_>) -> Verdict {
    let (ear, name) = (Ear::new(ground)?, ground.name("key"));
    ear.hears_of("add", &name, || ground.add(&name, b"one", None))?;
    ear.hears_of("set", &name, || ground.set(&name, b"two", ground.units(100)))?;
    ear.hears_of("delete", &name, || ground.delete(&name))?;
    ear.hears_of("set", &name, || ground.set(&name, b"three", None))?;
    ear.hears_of("set for no time", &name, || ground.set(&name, b"four", Some(Duration::ZERO)))
}

fn many(ground: &Ground<'_>) -> Verdict {
    let (ear, names) = (Ear::new(ground)?, ["a", "b"].map(|key| ground.name(key)));
    let entries = names.clone().map(|name| Entry { name, value: b"value".to_vec(), time: None });
    for name in &names {
        ear.hears_of("set_many", name, || ground.set_many(&entries))?;
        ear.hears_of("delete_many", name, || ground.delete_many(&names))?;
    }
    Ok(())
}

fn others(ground: &Ground<'_>) -> Verdict {
    let (ear, name, can) = (Ear::new(ground)?, ground.name("key"), ground.capabilities);
    ground.set(&name, b"1", None)?;
    if can.atomic_incr {
        ear.hears_of("incr", &name, || ground.incr(&name, 1))?;
    }
    if can.touch {
        ear.hears_of("touch", &name, || ground.touch(&name, ground.units(100)))?;
    }
    if can.conditional_fill {
        let ticket = ground.begin_fill(&name)?;
        ear.hears_of("set_if", &name, || ground.set_if(&name, b"3", &ticket))?;
    }
    Ok(())
}

fn clear(ground: &Ground<'_>) -> Verdict {
    let (ear, scope) = (Ear::new(ground)?, ground.scope("1"));
    for name in ["a", "b"].map(|key| scope.name(&key.into())) {
        ground.set(&name, b"value", None)?;
        ear.hears_of("clear_scope", &name, || ground.clear(&scope))?;
    }
    Ok(())
}

fn emptied(ground: &Ground<'_>) -> Verdict {
    let (ear, name) = (Ear::new(ground)?, ground.name("key"));
    ground.set(&name, b"value", None)?;
    ear.hears_of("clear_store", &name, || ground.clear_store())
}

fn everybody(ground: &Ground<'_>) -> Verdict {
    let (first, second, name) = (Ear::new(ground)?, Ear::new(ground)?, ground.name("key"));
    first.hears_of("set", &name, || ground.set(&name, b"one", None))?;
    second.hears_of("delete", &name, || ground.delete(&name))?;
    drop(first);
    second.hears_of("set", &name, || ground.set(&name, b"two", None))
}

fn let_go(ground: &Ground<'_>) -> Verdict {
    let Ear { heard, listening, patience } = Ear::new(ground)?;
    let (left, until) = (Arc::downgrade(&heard), Instant::now() + patience);
    drop((heard, listening));
    // Its thread may be about to say something.
    while Weak::strong_count(&left) > 0 {
        if Instant::now() >= until {
            return Err("the listener is still held by its store".to_owned());
        }
        std::thread::yield_now();
    }
    Ok(())
}
