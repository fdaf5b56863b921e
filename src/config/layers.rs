//! What is put around a store, as words say it.

use std::sync::Arc;
use std::time::Duration;

use cache_backends::place::{nearest, shown};
use cache_core::backend::Null;
use cache_core::backend::layer::{Breaker, Layer, Means, Retry, Timeout};
use cache_core::clock::Clock;
use cache_core::codec::Codec;
use cache_core::error::Error;
use cache_core::executor::NoExecutor;
use cache_core::registry::Settings;

use super::draft::Draft;
use super::fault::Faults;
use super::origin::{Origin, Said};
#[cfg(not(all(feature = "json", feature = "compression", feature = "encryption")))]
use super::schemes::left_out;
use super::word::Word;

/// How long a store is left alone where nobody says so.
const REST: Duration = Duration::from_secs(10);

/// Puts around a store what is said of one outside; for those in the process it is only looked at, so that a cache moves
/// there and back by its address alone.
pub(super) fn layers(settings: Settings, draft: &Draft, faults: &mut Faults) -> Settings {
    let is_outside = settings.is_outside();
    let around = all_around(settings.clone(), draft, faults);
    if is_outside { around } else { settings }
}

fn all_around(mut settings: Settings, draft: &Draft, faults: &mut Faults) -> Settings {
    if let Some(Said { value, origin }) = draft.span(Word::StoreTimeout) {
        check(&Timeout::after(value), &origin, faults);
        settings = settings.time_limit(value);
    }
    if let Some(Said { value, origin }) = draft.number(Word::Retry) {
        let times = small(value);
        check(&Retry::times(times), &origin, faults);
        settings = settings.retry(times);
    }
    let rest = draft.span(Word::BreakerRest);
    match (draft.number(Word::Breaker), rest) {
        (Some(Said { value, origin }), rest) => {
            let breaker = Breaker::new(small(value), rest.map_or(REST, |rest| rest.value));
            check(&breaker, &origin, faults);
            settings = settings.breaker(breaker);
        }
        (None, Some(rest)) => faults.add(&rest.origin, "`breaker_rest` goes with `breaker`, the number of failures"),
        (None, None) => {}
    }
    settings = near(settings, draft, faults);
    if let Some(most) = draft.number(Word::MaxValueBytes) {
        settings = settings.max_value_bytes(most.value);
    }
    if let Some(Said { value, origin }) = draft.text(Word::Codec) {
        settings = faults.take(&origin, codec(value)).map_or(settings.clone(), |codec| settings.codec(codec));
    }
    settings = compressed(settings, draft, faults);
    sealed(settings, draft, faults)
}

/// Keeps values near, as far as that is said; code may have said for how long.
fn near(mut settings: Settings, draft: &Draft, faults: &mut Faults) -> Settings {
    if let Some(Said { value, .. }) = draft.span(Word::NearTtl) {
        settings = settings.near(value);
    }
    for (word, bound) in NEAR_BOUNDS {
        let Some(Said { value, origin }) = draft.number(word) else { continue };
        if settings.is_near() {
            settings = bound(settings, value);
        } else {
            let sentence = format!("`{}` goes with `near_ttl`, the time for which values are kept near", word.name());
            faults.add(&origin, &sentence);
        }
    }
    settings
}

type Bound = fn(Settings, u64) -> Settings;

/// What bounds what is kept near.
const NEAR_BOUNDS: [(Word, Bound); 2] =
    [(Word::NearEntries, Settings::near_entries), (Word::NearBytes, Settings::near_bytes)];

/// Returns the form in which values are written that has this name.
fn codec(name: &str) -> Result<Codec, Error> {
    let wrong = |sentence: String| Err(Error::configuration(sentence));
    match name {
        "messagepack" => Ok(Codec::MessagePack),
        "compact" => Ok(Codec::Compact),
        #[cfg(feature = "json")]
        "json" => Ok(Codec::Json),
        #[cfg(not(feature = "json"))]
        "json" => wrong(left_out("the codec `json`", "json")),
        other => {
            let near = nearest(other, ["messagepack", "compact", "json"]);
            let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            wrong(format!("there is no codec `{}`: write \"messagepack\", \"compact\" or \"json\"{near}", shown(other)))
        }
    }
}

fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Notes what the layer itself would say when the cache is made, where that is not known to stand in a file.
fn check(layer: &impl Layer, origin: &Origin, faults: &mut Faults) {
    let means = Means::new(Clock::default(), Arc::new(NoExecutor));
    let wrapped: Result<_, Error> = layer.wrap(Arc::new(Null), &means);
    faults.take(origin, wrapped.map(|_| ()));
}

#[cfg(feature = "compression")]
fn compressed(settings: Settings, draft: &Draft, _: &mut Faults) -> Settings {
    match draft.number(Word::Compress) {
        Some(threshold) => settings.compress(usize::try_from(threshold.value).unwrap_or(usize::MAX)),
        None => settings,
    }
}

#[cfg(not(feature = "compression"))]
fn compressed(settings: Settings, draft: &Draft, faults: &mut Faults) -> Settings {
    if let Some(said) = draft.number(Word::Compress) {
        faults.add(&said.origin, left_out("`compress`", "compression"));
    }
    settings
}

#[cfg(feature = "encryption")]
fn sealed(settings: Settings, draft: &Draft, faults: &mut Faults) -> Settings {
    match (draft.keys(Word::Encrypt), draft.keys(Word::Sign)) {
        (Some(keys), None) => settings.encrypt(secrets(keys, faults)),
        (None, Some(keys)) => settings.sign(secrets(keys, faults)),
        (Some(_), Some(keys)) => {
            faults.add(&keys[0].origin, "`encrypt` signs too: leave `sign` away");
            settings
        }
        (None, None) => settings,
    }
}

#[cfg(feature = "encryption")]
fn secrets(keys: &[Said<String>], faults: &mut Faults) -> Vec<cache_core::backend::layer::Secret> {
    let read = |key: &Said<String>| {
        let secret = cache_core::backend::layer::Secret::from_text(&key.value);
        faults.take(&key.origin, secret)
    };
    keys.iter().filter_map(read).collect()
}

#[cfg(not(feature = "encryption"))]
fn sealed(settings: Settings, draft: &Draft, faults: &mut Faults) -> Settings {
    for word in [Word::Encrypt, Word::Sign] {
        if let Some([key, ..]) = draft.keys(word) {
            faults.add(&key.origin, left_out(&format!("`{}`", word.name()), "encryption"));
        }
    }
    settings
}
