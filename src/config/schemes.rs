//! From an address to a store: those of ours, and those that a program registers.

use std::collections::BTreeMap;
use std::sync::Arc;

use cache_backends::place::{Location, Place, nearest, shown};
use cache_core::error::{Error, Kind};
use cache_core::registry::Settings;

/// Makes a store for a place.
type Make = Arc<dyn Fn(Place) -> Result<Settings, Error> + Send + Sync>;

/// What makes a store of ours, or says why it does not.
type MakeOurs = fn(Place) -> Result<Settings, Error>;

/// What stands before `://`, and what makes a store of it. Several may stand for one store.
const OURS: [(&str, MakeOurs); 25] = [
    ("memory", memory),
    ("null", null),
    ("file", file),
    ("sqlite", sqlite),
    ("postgres", postgres),
    ("postgresql", postgres),
    ("mysql", mysql),
    ("mariadb", mysql),
    ("redis", redis),
    ("redis+unix", redis),
    ("redis+sentinel", redis),
    ("redis+cluster", redis),
    ("rediss", redis),
    ("rediss+sentinel", redis),
    ("rediss+cluster", redis),
    ("valkey", redis),
    ("valkey+unix", redis),
    ("valkey+sentinel", redis),
    ("valkey+cluster", redis),
    ("valkeys", redis),
    ("valkeys+sentinel", redis),
    ("valkeys+cluster", redis),
    ("memcached", memcached),
    ("memcacheds", memcached),
    ("memcached+unix", memcached),
];

/// What makes a store, by what stands before `://`.
#[derive(Clone, Default)]
pub(super) struct Schemes(BTreeMap<String, Make>);

impl Schemes {
    /// Registers one.
    pub(super) fn add(
        &mut self,
        scheme: &str,
        make: impl Fn(Place) -> Result<Settings, Error> + Send + Sync + 'static,
    ) -> Result<(), String> {
        let is_usable = Location::parse(&format!("{scheme}://")).is_ok_and(|location| location.scheme() == scheme);
        match () {
            () if OURS.iter().any(|(ours, _)| *ours == scheme) => {
                Err(format!("`{scheme}` is a store of larder's: call yours otherwise"))
            }
            () if !is_usable => {
                Err(format!("`{}` can begin no address: write small letters and digits", shown(scheme)))
            }
            () if self.0.insert(scheme.to_owned(), Arc::new(make)).is_some() => {
                Err(format!("`{scheme}` is registered twice"))
            }
            () => Ok(()),
        }
    }

    /// Makes the store of a place whose addresses begin so.
    pub(super) fn make(&self, scheme: &str, place: Place) -> Result<Settings, Error> {
        if let Some(make) = self.0.get(scheme) {
            return make(place);
        }
        match OURS.iter().find(|(ours, _)| *ours == scheme) {
            Some((_, make)) => make(place),
            None => Err(self.unknown(scheme)),
        }
    }

    fn unknown(&self, scheme: &str) -> Error {
        let names: Vec<_> = OURS.iter().map(|(ours, _)| *ours).chain(self.0.keys().map(String::as_str)).collect();
        let near = nearest(scheme, names.iter().copied()).map(|near| format!("did you mean `{near}`?"));
        // What stands behind a plus is a way to one of the others.
        let plain: Vec<_> = names.into_iter().filter(|name| !name.contains('+')).collect();
        let what =
            near.unwrap_or_else(|| format!("there are `{}`, and what `Builder::scheme` registers", plain.join("`, `")));
        trouble(format!("there is no store `{}`; {what}", shown(scheme)))
    }
}

/// Returns one word for all that stand for the same store.
pub(super) fn usual(scheme: &str) -> &str {
    match scheme {
        "postgresql" => "postgres",
        "mariadb" => "mysql",
        "valkey" => "redis",
        "valkeys" => "rediss",
        "valkey+unix" => "redis+unix",
        "valkey+sentinel" => "redis+sentinel",
        "valkeys+sentinel" => "rediss+sentinel",
        "valkey+cluster" => "redis+cluster",
        "valkeys+cluster" => "rediss+cluster",
        other => other,
    }
}

fn trouble(sentence: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(Kind::Configuration, sentence)
}

fn memory(place: Place) -> Result<Settings, Error> {
    let [location] = &place.locations[..] else { return Err(trouble("a cache in memory has one address")) };
    if !location.path().is_empty() || location.hosts().len() > 1 || location.port().is_some() {
        return Err(trouble("write `memory://`, or `memory://NAME` for room that several caches share"));
    }
    let mut settings = location.host().map_or_else(Settings::memory, Settings::memory_named);
    if let Some(entries) = place.max_entries {
        settings = settings.max_entries(entries);
    }
    if let Some(bytes) = place.max_bytes {
        settings = settings.max_bytes(bytes);
    }
    place.options.done().map(|()| settings)
}

fn null(place: Place) -> Result<Settings, Error> {
    place.options.done().map(|()| Settings::null())
}

/// Makes what makes a store of ours, or says which feature brings it in.
macro_rules! store {
    ($make:ident, $feature:literal, $module:ident::$store:ident) => {
        #[cfg(feature = $feature)]
        fn $make(place: Place) -> Result<Settings, Error> {
            use cache_backends::$module::{Config, $store};

            Config::from_place(place).and_then($store::new).map(Settings::backend)
        }

        #[cfg(not(feature = $feature))]
        fn $make(_: Place) -> Result<Settings, Error> {
            let (name, feature) = (stringify!($module), $feature);
            Err(trouble(format!(
                "the store `{name}` is left out of this build: enable the feature `{feature}` of larder"
            )))
        }
    };
}

store!(file, "file", file::File);
store!(sqlite, "sqlite", sqlite::Sqlite);
store!(postgres, "postgres", postgres::Postgres);
store!(mysql, "mysql", mysql::MySql);
store!(redis, "redis", redis::Redis);
store!(memcached, "memcached", memcached::Memcached);
