//! A store that says what it likes, whatever it was asked, and tells of changes that there were not: each call of a
//! cache ends with a value or an error, after so many questions and with so much memory, and a body that ran is
//! believed.
#![no_main]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use cache_core::backend::{Backend, Capabilities, Entry, Listener, Listening, Names, Remaining, Ticket};
use cache_core::cache::{Blocking, Cache};
use cache_core::clock::Clock;
use cache_core::error::{Error, Kind};
use cache_core::key::{Key, Name};
use cache_core::policy::{Options, Ttl};
use cache_core::registry::Settings;
use cache_core::testing;

/// So many questions for one thing that a cache is asked: a store where nobody can count is tried often.
const MOST_CALLS: usize = 2_000;

/// What is left of the input.
struct Dice(Vec<u8>);

impl Dice {
    fn next(&mut self) -> Option<u8> {
        self.0.pop()
    }

    fn bytes(&mut self) -> Vec<u8> {
        let length = usize::from(self.next().unwrap_or(0));
        let from = self.0.len().saturating_sub(length);
        self.0.split_off(from)
    }
}

/// What it was told, and what it says next.
struct State {
    dice: Dice,
    told: HashMap<Vec<u8>, Vec<u8>>,
    names: Vec<Vec<u8>>,
    calls: usize,
    listener: Option<Arc<dyn Listener>>,
}

struct Liar {
    can: Capabilities,
    state: Mutex<State>,
}

impl Liar {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics under it")
    }

    fn asked(&self, name: &Name) -> MutexGuard<'_, State> {
        let mut state = self.state();
        state.calls += 1;
        if state.names.len() < 64 {
            state.names.push(name.as_bytes().to_vec());
        }
        state
    }

    fn says(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        let mut state = self.asked(name);
        let truth = state.told.get(name.as_bytes()).cloned();
        match state.dice.next().unwrap_or(0) % 8 {
            0..3 => Ok(truth),
            3 => Ok(None),
            4 => Ok(Some(state.dice.bytes())),
            5 => Ok(truth.map(|mut bytes| {
                let (at, flip) = (state.dice.next().unwrap_or(0), state.dice.next().unwrap_or(1));
                if let Some(byte) = bytes.get_mut(usize::from(at)) {
                    *byte ^= flip;
                }
                bytes
            })),
            6 => Ok(state.told.values().next().cloned()),
            _ => Err(Error::new(Kind::Store, "it is away")),
        }
    }

    fn hears(&self, name: &Name, value: Option<&[u8]>) -> Result<bool, Error> {
        let mut state = self.asked(name);
        match state.dice.next().unwrap_or(0) % 8 {
            0..6 => {
                let there = state.told.remove(name.as_bytes()).is_some();
                if let Some(value) = value {
                    state.told.insert(name.as_bytes().to_vec(), value.to_vec());
                }
                Ok(there)
            }
            6 => Ok(state.dice.next().unwrap_or(0).is_multiple_of(2)),
            _ => Err(Error::new(Kind::Store, "it is away")),
        }
    }
}

impl Backend for Liar {
    fn capabilities(&self) -> Capabilities {
        self.can
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        self.says(name)
    }

    async fn set(&self, name: &Name, value: &[u8], _: Option<Duration>) -> Result<(), Error> {
        self.hears(name, Some(value)).map(drop)
    }

    async fn add(&self, name: &Name, value: &[u8], _: Option<Duration>) -> Result<bool, Error> {
        let there = self.says(name)?.is_some();
        if there { Ok(false) } else { self.hears(name, Some(value)).map(|there| !there) }
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        self.hears(name, None)
    }

    async fn touch(&self, name: &Name, _: Option<Duration>) -> Result<bool, Error> {
        self.says(name).map(|there| there.is_some())
    }

    async fn incr(&self, name: &Name, delta: i64) -> Result<i64, Error> {
        match self.says(name)? {
            Some(bytes) => Ok(bytes.len() as i64 + delta),
            None => Err(Error::new(Kind::Missing, "nothing is there")),
        }
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        Ok(self.says(name)?.map(|bytes| match bytes.len() {
            0 => Remaining::Forever,
            length => Remaining::For(Duration::from_millis(u64::MAX / length as u64)),
        }))
    }

    async fn get_many(&self, names: &[Name]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        let mut all = Vec::new();
        for name in names {
            all.push(self.says(name)?);
        }
        // As many as it likes.
        match self.state().dice.next().unwrap_or(0) {
            1 => drop(all.pop()),
            2 => all.push(None),
            _ => {}
        }
        Ok(all)
    }

    async fn set_many(&self, entries: &[Entry]) -> Vec<Result<(), Error>> {
        let mut kept: Vec<_> =
            entries.iter().map(|entry| self.hears(&entry.name, Some(&entry.value)).map(drop)).collect();
        if self.state().dice.next() == Some(1) {
            kept.pop();
        }
        kept
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        self.state().told.retain(|name, _| !name.starts_with(scope.as_bytes()));
        Ok(())
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.state().told.clear();
        Ok(())
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        Ok(Ticket(self.says(name)?.unwrap_or_default()))
    }

    async fn set_if(&self, name: &Name, value: &[u8], _: Option<Duration>, _: &Ticket) -> Result<bool, Error> {
        self.hears(name, Some(value))
    }

    fn listen(&self, _: &str, listener: Arc<dyn Listener>) -> Result<Listening, Error> {
        listener.regained();
        self.state().listener = Some(listener);
        Ok(Listening::new(()))
    }

    async fn list(&self, _: &str, behind: Option<&[u8]>) -> Result<Names, Error> {
        let mut state = self.state();
        state.calls += 1;
        let names: Vec<_> = (0..state.dice.next().unwrap_or(0) % 4).map(|_| state.dice.bytes()).collect();
        let names = names.into_iter().chain(state.names.iter().cloned()).collect();
        // An end there is, or else a list that never ends would be no lie.
        let next = behind.is_none().then(|| state.dice.bytes());
        Ok(Names { names, next })
    }
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Some((&[how, fills, steps], rest)) = input.split_first_chunk::<3>() else { return };
    let can = Capabilities {
        atomic_add: how & 1 != 0,
        atomic_incr: how & 2 != 0,
        touch: how & 4 != 0,
        clear_scope: how & 8 != 0,
        conditional_fill: fills & 1 != 0,
        tells: how & 16 != 0,
        lists: true,
        ..Capabilities::NONE
    };
    let rest = rest.iter().rev().copied().collect();
    let state = State { dice: Dice(rest), told: HashMap::new(), names: Vec::new(), calls: 0, listener: None };
    let liar = Arc::new(Liar { can, state: Mutex::new(state) });
    let settings = Settings::backend(Arc::clone(&liar));
    let settings = if how & 32 != 0 { settings.near(60) } else { settings };
    let larder = testing::isolated_at(Clock::manual(), [("default", settings)]).expect("settings that can work");
    let cache = larder.cache("default");
    let taken = allocation_counter::measure(|| {
        for _ in 0..steps % 16 {
            let before = liar.state().calls;
            step(&liar, &cache, &cache.blocking());
            larder.run_tasks();
            let calls = liar.state().calls - before;
            assert!(calls <= MOST_CALLS, "{calls} calls");
            larder.advance(Duration::from_millis(300));
        }
    });
    assert!(taken.bytes_max <= 200 * input.len() as u64 + 4_000_000, "{} bytes for {}", taken.bytes_max, input.len());
});

fn step(liar: &Liar, cache: &Cache, blocking: &Blocking<'_>) {
    let (what, which) = {
        let mut state = liar.state();
        (state.dice.next().unwrap_or(0), state.dice.next().unwrap_or(0))
    };
    let options = if which & 16 == 0 { Options::ttl(10) } else { Options::ttl(1).stale(5).stale_if_error(9) };
    let key = Key::from(["a", "b"][usize::from(which % 2)]);
    let key = if which & 2 == 0 { key } else { key.tagged(["tag", "other"]) };
    let mut ran = 0;
    match what % 16 {
        0..4 => {
            let loaded = blocking.get_or_load(key, options, || {
                ran += 1;
                u64::MAX
            });
            assert!(ran <= 1 && (ran == 0 || loaded == u64::MAX), "its body ran, and it has {loaded}");
        }
        4 => drop(blocking.get::<String>(key)),
        5 => drop(blocking.set(key, "text".to_owned(), options)),
        6 => drop(blocking.add(key, 7_u64, options)),
        7 => drop(blocking.incr(key, i64::from(which))),
        8 => drop(blocking.touch(key, Ttl::For(Duration::from_secs(5)))),
        9 => drop((blocking.ttl(key.clone()), blocking.has(key.clone()), cache.inspect_blocking(key))),
        10 => drop(blocking.delete(key)),
        11 => drop(blocking.get_many::<u64>(["a", "b", "c"])),
        12 => drop(blocking.clear()),
        13 => drop(testing::block_on(cache.namespace("part").invalidate())),
        14 => tells(liar, which),
        _ => drop(cache.keys("").next_blocking()),
    }
}

/// Tells of something.
fn tells(liar: &Liar, which: u8) {
    let (listener, name) = {
        let mut state = liar.state();
        let name = match which % 4 {
            0 => state.dice.bytes(),
            at => state.names.get(usize::from(at)).cloned().unwrap_or_default(),
        };
        (state.listener.clone(), name)
    };
    let Some(listener) = listener else { return };
    match which / 4 % 4 {
        0 => listener.lost(),
        1 => listener.regained(),
        2 => listener.changed_all(),
        _ => listener.changed(&name),
    }
}
