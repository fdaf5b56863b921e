//! Whether a store does what a cache asks of it: an entry is written, read back and deleted.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::process;

use larder::{Cache, Error, Options};

/// What a store answered.
pub enum Answer {
    /// It did what it was asked.
    Yes,
    /// It did not, at this step.
    No(Step, Option<Error>),
    /// It was not asked: the program alone knows how to make the store of this scheme.
    NotAsked(String),
}

/// What a store is asked, in this order.
#[derive(Clone, Copy)]
pub enum Step {
    Open,
    Write,
    Read,
    Delete,
}

/// How long the entry lives where this process ends before it has deleted it.
const SECONDS: u64 = 60;

/// Asks the store of a cache; `keeps_nothing` says that it is none.
pub fn ask(name: &str, keeps_nothing: bool) -> Answer {
    match larder::cache(name) {
        Ok(cache) => asked(&cache, keeps_nothing).err().unwrap_or(Answer::Yes),
        Err(error) => Answer::No(Step::Open, Some(error)),
    }
}

fn asked(cache: &Cache, keeps_nothing: bool) -> Result<(), Answer> {
    // One that is off would not ask.
    cache.switch_on();
    let (store, key, value) = (cache.blocking(), own_key("check"), drawn());
    let failed = |step| move |error| Answer::No(step, Some(error));
    store.set(key.clone(), value, Options::ttl(SECONDS)).map_err(failed(Step::Write))?;
    let found = store.get::<u64>(key.clone());
    // Whatever was found, nothing is left behind.
    let deleted = store.delete(key).map_err(failed(Step::Delete));
    if found.map_err(failed(Step::Read))? != Some(value).filter(|_| !keeps_nothing) {
        return Err(Answer::No(Step::Read, None));
    }
    deleted.map(drop)
}

/// Returns a key that nobody else has: other processes and other machines may ask the same store at the same time.
pub fn own_key(verb: &str) -> String {
    format!("larder:{verb}:{}:{:016x}{:016x}", process::id(), drawn(), drawn())
}

/// Draws a number; the standard library asks the system for it.
fn drawn() -> u64 {
    RandomState::new().hash_one(process::id())
}

impl Step {
    /// Returns what it is called, for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Write => "write",
            Self::Read => "read",
            Self::Delete => "delete",
        }
    }
}

impl Answer {
    /// Returns whether nothing is known to be wrong.
    pub fn is_well(&self) -> bool {
        !matches!(self, Self::No(..))
    }

    /// Returns why it is no, where it is.
    pub fn trouble(&self) -> Option<String> {
        match self {
            Self::No(step, Some(error)) => Some(format!("to {} an entry failed: {error}", step.name())),
            Self::No(step, None) => {
                Some(format!("to {} an entry failed: what was written a moment ago is not there", step.name()))
            }
            Self::Yes | Self::NotAsked(_) => None,
        }
    }
}

/// `yes`, or why not.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.trouble()) {
            (_, Some(trouble)) => write!(f, "no: {trouble}"),
            (Self::NotAsked(scheme), None) => {
                write!(f, "not asked: how to make a store of `{scheme}://`, your program alone knows")
            }
            (_, None) => f.write_str("yes"),
        }
    }
}

#[cfg(test)]
mod tests {
    use larder::backend::layer::{Call, Guard, around};
    use larder::backend::{Answer as Waits, Memory};
    use larder::clock::Clock;
    use larder::{Kind, Settings, testing};

    use super::*;

    /// A store that does all but this.
    struct Without(Call);

    impl Guard for Without {
        async fn around<'a, T: Send + 'a>(
            &'a self,
            call: Call,
            run: impl Fn() -> Waits<'a, Result<T, Error>> + Send + Sync + 'a,
        ) -> Result<T, Error> {
            if call == self.0 { Err(Error::new(Kind::Store, "it is away")) } else { run().await }
        }
    }

    fn asked_of(settings: Settings) -> Result<u64, String> {
        let larder = testing::isolated_with([("default", settings.off())]).unwrap();
        match ask("default", false) {
            Answer::Yes => Ok(larder.cache("default").stats().entries),
            other => Err(other.to_string()),
        }
    }

    #[test]
    fn each_step_that_fails_is_named() {
        for (call, step) in [(Call::Set, "write"), (Call::Get, "read"), (Call::Delete, "delete")] {
            let store = Settings::backend(Memory::new(Clock::manual())).layer(around(Without(call)));
            assert_eq!(asked_of(store), Err(format!("no: to {step} an entry failed: it is away")));
        }
        let lost = asked_of(Settings::null());
        assert_eq!(lost, Err("no: to read an entry failed: what was written a moment ago is not there".to_owned()));
    }

    #[test]
    fn nothing_of_the_question_is_left_behind() {
        assert_eq!(asked_of(Settings::memory()), Ok(0));
    }
}
