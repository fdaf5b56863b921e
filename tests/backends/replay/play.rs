//! A scenario on our caches: what an operation of Django's is here.

use std::thread;
use std::time::Duration;

use larder::key::Scope;
use larder::testing::Isolated;
use larder::{Cache, Error, Options, Settings, Ttl, testing};
use serde_json::{Map, Value, json};

use super::fragment::{Fragment, key_of};
use super::{Answer, Scenario, Step};
use crate::stores::Store;

/// What stands for an error of whatever kind.
pub const ERROR: &str = "an error";
/// What stands for what does not compile.
const NOT_WRITTEN: &str = "cannot be written";
/// What stands for a question that nobody can ask.
const NOT_ASKED: &str = "cannot be asked";

pub struct Play<'a> {
    store: &'a Store,
    larder: Isolated,
    scenario: &'a Scenario,
}

/// Whole numbers are kept as such, so that they can be counted; anything else as the text of its JSON.
enum Kept {
    Number(i64),
    Text(String),
}

type Outcome = Result<Value, Stop>;

/// Why a step has no value.
enum Stop {
    Failed,
    Unwritten,
    Unasked,
}

impl From<Error> for Stop {
    fn from(_: Error) -> Self {
        Self::Failed
    }
}

/// Returns so many seconds; minutes in their place where a store lets an entry live a little longer than it should, or lives by
/// the clock of a server, which goes on while a machine stands still.
fn seconds(store: &Store, seconds: f64) -> Duration {
    let unit = if store.later_by().is_zero() && store.ages_tickets() { 1.0 } else { 60.0 };
    Duration::from_secs_f64(seconds * unit)
}

fn settings(store: &Store, options: &Map<String, Value>) -> Settings {
    let mut settings = match options.get("OPTIONS").and_then(|options| options["MAX_ENTRIES"].as_u64()) {
        Some(entries) => Settings::memory().max_entries(entries),
        None => store.settings(),
    };
    settings = match options.get("TIMEOUT") {
        Some(Value::Null) => settings.forever(),
        Some(time) => settings.ttl(seconds(store, time.as_f64().expect("a time"))),
        None => settings,
    };
    let text = |name: &str| options.get(name).map(|value| value.as_str().map_or(value.to_string(), str::to_owned));
    settings = settings.key_prefix(text("KEY_PREFIX").unwrap_or_default());
    settings.version(text("VERSION").unwrap_or_else(|| "1".to_owned()))
}

impl<'a> Play<'a> {
    pub fn begin(scenario: &'a Scenario, store: &'a Store) -> Result<Self, Error> {
        let caches = scenario.caches.iter().map(|(name, options)| (name.as_str(), settings(store, options)));
        let larder = testing::isolated_at(store.clock.clone(), caches)?;
        Ok(Self { store, larder, scenario })
    }

    /// Does what a step says. A moment goes by before it.
    pub fn take(&mut self, step: &Step) -> Answer {
        let time = step.s.map_or(Duration::from_millis(1), |time| seconds(self.store, time));
        self.store.pass(time);
        match self.value(step) {
            Ok(value) => value.to_string(),
            Err(Stop::Failed) => ERROR.to_owned(),
            Err(Stop::Unwritten) => NOT_WRITTEN.to_owned(),
            Err(Stop::Unasked) => NOT_ASKED.to_owned(),
        }
    }

    fn cache(&self, step: &Step) -> Result<Cache, Error> {
        let cache = self.larder.cache(step.cache.as_deref().unwrap_or("default"));
        step.kw.get("version").map_or(Ok(cache.clone()), |version| cache.at_version(version))
    }

    fn value(&self, step: &Step) -> Outcome {
        // The twins with an `a` in front are the methods that everything here is done by.
        let op = if self.scenario.name == "async_twins" { &step.op[1..] } else { &step.op };
        let (cache, args) = (self.cache(step)?, &step.args);
        let calls = cache.blocking();
        let key = || args.first().and_then(Value::as_str).unwrap_or_default();
        let number =
            |at: usize, usual: i64| args.get(at).map_or(Ok(usual), |number| number.as_i64().ok_or(Stop::Unwritten));
        Ok(match op {
            "wait" | "close" => Value::Null,
            "get" => get(&cache, key())?.unwrap_or_else(|| default(step)),
            "has_key" => calls.has(key())?.into(),
            "set" => set(&cache, key(), &args[1], time(self.store, step, 2)?)?,
            "add" => add(&cache, key(), &args[1], time(self.store, step, 2)?)?.into(),
            "delete" => calls.delete(key())?.into(),
            "touch" => calls.touch(key(), time(self.store, step, 1)?)?.into(),
            "incr" => calls.incr(key(), number(1, 1)?)?.into(),
            "decr" => calls.decr(key(), number(1, 1)?)?.into(),
            "incr_version" => moved(&cache, key(), number(1, 1)?)?.into(),
            "decr_version" => moved(&cache, key(), -number(1, 1)?)?.into(),
            "get_or_set" => get_or_set(&cache, key(), args.get(1).ok_or(Stop::Unwritten)?)?,
            "set_many" => set_many(self.store, &cache, step)?,
            "get_many" => get_many(&cache, &args[0])?,
            "delete_many" => {
                calls.delete_many(args[0].as_array().into_iter().flatten().filter_map(Value::as_str))?;
                Value::Null
            }
            "clear" => {
                calls.clear()?;
                Value::Null
            }
            "fill" => self.fill(&cache, args)?,
            "count_present" => count_present(&cache, args)?.into(),
            "present" => present(&cache, &args[0])?,
            "stored_entries" => cache.stats().entries.into(),
            "make_key" => self.name(step)?.into(),
            "get_alias" => is_known(key()).then_some(json!(true)).ok_or(Stop::Failed)?,
            "render" => Fragment::read(key(), &args[1]).render(|time| seconds(self.store, time)).into(),
            "delete_fragment" => calls.delete(key_of(args))?.into(),
            "fragment_key" => key_of(args).as_str().into(),
            _ => return Err(Stop::Unasked),
        })
    }

    fn fill(&self, cache: &Cache, args: &[Value]) -> Outcome {
        for number in args[1].as_i64().unwrap_or(0)..args[2].as_i64().unwrap_or(0) {
            self.store.pass(Duration::from_millis(1));
            cache.blocking().set(numbered(&args[0], number).as_str(), number, Options::DEFAULT)?;
        }
        Ok(Value::Null)
    }

    /// Returns the full name of a key.
    fn name(&self, step: &Step) -> Result<String, Error> {
        let options = &self.scenario.caches[step.cache.as_deref().unwrap_or("default")];
        let prefix = options.get("KEY_PREFIX").and_then(Value::as_str).unwrap_or_default();
        let key = step.args[0].as_str().unwrap_or_default();
        Ok(Scope::new(prefix, "1", None)?.name(&key.into()).as_str().to_owned())
    }
}

fn count_present(cache: &Cache, args: &[Value]) -> Result<usize, Error> {
    let names: Vec<_> = (0..args[1].as_i64().unwrap_or(0)).map(|number| numbered(&args[0], number)).collect();
    Ok(cache.blocking().get_many::<i64>(names.iter().map(String::as_str))?.iter().flatten().count())
}

fn numbered(prefix: &Value, number: i64) -> String {
    format!("{}{number:03}", prefix.as_str().unwrap_or_default())
}

/// Asks a program without a configuration, which this thread is not.
fn is_known(name: &str) -> bool {
    let name = name.to_owned();
    thread::spawn(move || larder::cache(&name).is_ok()).join().expect("it does not panic")
}

/// Returns what is answered where nothing is.
fn default(step: &Step) -> Value {
    step.args.get(1).or_else(|| step.kw.get("default")).cloned().unwrap_or_default()
}

fn kept(value: &Value) -> Result<Kept, Stop> {
    if value.get("$unpicklable").is_some() {
        return Err(Stop::Unwritten);
    }
    let big = value.get("$big").and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok());
    Ok(match (value.as_i64(), big) {
        (Some(number), _) => Kept::Number(number),
        (_, Some(size)) => Kept::Text(json!("x".repeat(size)).to_string()),
        _ => Kept::Text(value.to_string()),
    })
}

fn shown(text: &str) -> Value {
    let value: Value = serde_json::from_str(text).expect("what was written");
    match value.as_str() {
        Some(text) if text.len() > 1_000_000 => json!({ "$big": text.len() }),
        _ => value,
    }
}

/// Reads a time; a negative one cannot be said here, and is none.
fn time(store: &Store, step: &Step, at: usize) -> Result<Ttl, Stop> {
    match step.args.get(at).or_else(|| step.kw.get("timeout")) {
        None => Ok(Ttl::Default),
        Some(Value::Null) => Ok(Ttl::Forever),
        Some(Value::Number(time)) => Ok(Ttl::For(seconds(store, time.as_f64().unwrap_or(0.0).max(0.0)))),
        Some(_) => Err(Stop::Unwritten),
    }
}

fn get(cache: &Cache, key: &str) -> Result<Option<Value>, Error> {
    if let Some(number) = cache.blocking().get::<i64>(key)? {
        return Ok(Some(number.into()));
    }
    Ok(cache.blocking().get::<String>(key)?.map(|text| shown(&text)))
}

fn set(cache: &Cache, key: &str, value: &Value, time: Ttl) -> Outcome {
    let time = Options::DEFAULT.with_ttl(time);
    match kept(value)? {
        Kept::Number(number) => cache.blocking().set(key, number, time)?,
        Kept::Text(text) => cache.blocking().set(key, text, time)?,
    }
    Ok(Value::Null)
}

fn add(cache: &Cache, key: &str, value: &Value, time: Ttl) -> Result<bool, Stop> {
    let time = Options::DEFAULT.with_ttl(time);
    Ok(match kept(value)? {
        Kept::Number(number) => cache.blocking().add(key, number, time)?,
        Kept::Text(text) => cache.blocking().add(key, text, time)?,
    })
}

fn moved(cache: &Cache, key: &str, delta: i64) -> Result<i64, Error> {
    let calls = cache.blocking();
    calls.incr_version::<i64>(key, delta).or_else(|_| calls.incr_version::<String>(key, delta))
}

fn get_or_set(cache: &Cache, key: &str, value: &Value) -> Outcome {
    let made = value.get("$fn").unwrap_or(value);
    let is_wrong = value.get("raises").is_some();
    let load = || if is_wrong { Err(Stop::Failed) } else { Ok(made.to_string()) };
    Ok(shown(&cache.blocking().try_get_or_load(key, Options::DEFAULT, load)?))
}

fn set_many(store: &Store, cache: &Cache, step: &Step) -> Outcome {
    let time = Options::DEFAULT.with_ttl(time(store, step, 1)?);
    let (mut numbers, mut texts) = (Vec::new(), Vec::new());
    for (key, value) in step.args[0].as_object().into_iter().flatten() {
        match kept(value)? {
            Kept::Number(number) => numbers.push((key.as_str(), number)),
            Kept::Text(text) => texts.push((key.as_str(), text)),
        }
    }
    let failed = cache.blocking().set_many(numbers, time).len() + cache.blocking().set_many(texts, time).len();
    if failed == 0 { Ok(json!([])) } else { Err(Stop::Failed) }
}

fn get_many(cache: &Cache, keys: &Value) -> Outcome {
    let keys: Vec<_> = keys.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let numbers = cache.blocking().get_many::<i64>(keys.iter().copied())?;
    let texts = cache.blocking().get_many::<String>(keys.iter().copied())?;
    let values = numbers
        .into_iter()
        .zip(texts)
        .map(|(number, text)| number.map(Value::from).or_else(|| text.map(|text| shown(&text))));
    Ok(keys
        .into_iter()
        .zip(values)
        .filter_map(|(key, value)| Some((key.to_owned(), value?)))
        .collect::<Map<_, _>>()
        .into())
}

fn present(cache: &Cache, keys: &Value) -> Outcome {
    let mut there = Vec::new();
    for key in keys.as_array().into_iter().flatten().filter_map(Value::as_str) {
        if cache.blocking().has(key)? {
            there.push(key);
        }
    }
    Ok(json!(there))
}
