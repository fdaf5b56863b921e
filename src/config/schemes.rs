//! From an address to a store: those of ours, and those that a program registers.

use std::collections::BTreeMap;
use std::sync::Arc;

use cache_backends::place::{ALIASES, Location, Place, WrongBounds, nearest, shown, usual_scheme};
use cache_core::error::Error;
use cache_core::registry::Settings;

/// Makes a store for a place.
type Make = Arc<dyn Fn(Place) -> Result<Settings, Error> + Send + Sync>;

/// What makes a store of ours, or says why it does not.
type MakeOurs = fn(Place) -> Result<Settings, Error>;

/// What stands before `://`, and what makes a store of it.
const OURS: [(&str, MakeOurs); 16] = [
    ("memory", memory),
    ("null", null),
    ("file", file),
    ("sqlite", sqlite),
    ("postgres", postgres),
    ("mysql", mysql),
    ("redis", redis),
    ("redis+unix", redis),
    ("redis+sentinel", redis),
    ("redis+cluster", redis),
    ("rediss", redis),
    ("rediss+sentinel", redis),
    ("rediss+cluster", redis),
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
            () if ours().any(|ours| ours == scheme) => {
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
            return made_by_the_program(make, scheme, place);
        }
        match OURS.iter().find(|(ours, _)| *ours == usual_scheme(scheme)) {
            Some((_, make)) => make(place),
            None => Err(self.unknown(scheme)),
        }
    }

    fn unknown(&self, scheme: &str) -> Error {
        let mut names: Vec<&str> = ours().collect();
        names.extend(self.0.keys().map(String::as_str));
        let near = nearest(scheme, names.iter().copied()).map(|near| format!("did you mean `{near}`?"));
        // What stands behind a plus is a way to one of the others.
        names.retain(|name| !name.contains('+'));
        let what = near.unwrap_or_else(|| format!("there are `{}`.", names.join("`, `")));
        let scheme = shown(scheme);
        Error::configuration(format!(
            "there is no store `{scheme}`; {what} A store of your own is registered with `Builder::scheme(\"{scheme}\", …)`, \
             and the command `larder` is told of it by `--scheme {scheme}`"
        ))
    }
}

/// Returns all that may stand before `://` for a store of ours.
fn ours() -> impl Iterator<Item = &'static str> {
    OURS.iter().map(|(ours, _)| *ours).chain(ALIASES.iter().map(|(alias, _)| *alias))
}

/// Says how to bring in what this build was made without, to who writes a program and to who has only the one from us.
#[cfg_attr(
    all(
        feature = "compression",
        feature = "encryption",
        feature = "file",
        feature = "json",
        feature = "memcached",
        feature = "mysql",
        feature = "postgres",
        feature = "redis",
        feature = "sqlite"
    ),
    expect(dead_code, reason = "all is there")
)]
pub(super) fn left_out(what: &str, feature: &str) -> String {
    format!(
        "{what} is left out of this build: in a program's `Cargo.toml` add `{feature}` to the features of larder; the \
         command `larder` gets it with `cargo install larder --features cli,{feature}`, and all others that it is to have"
    )
}

/// Makes a store as a program does, which is to take all bounds that were said.
fn made_by_the_program(make: &Make, scheme: &str, place: Place) -> Result<Settings, Error> {
    let untaken = place.untaken();
    let settings = make(place)?;
    let names: Vec<_> = untaken.names().collect();
    if names.is_empty() {
        return Ok(settings);
    }
    let sentence = format!(
        "the store `{scheme}` does not take `{}`: leave that away, or take it where the scheme is registered, as with \
         `place.max_entries()`",
        names.join("`, `")
    );
    Err(WrongBounds::error(names, &format!("the store `{scheme}` does not take it"), sentence))
}

fn memory(mut place: Place) -> Result<Settings, Error> {
    let [location] = &place.locations[..] else {
        return Err(Error::configuration("a cache in memory has one address"));
    };
    if !location.path().is_empty() || location.hosts().len() > 1 || location.port().is_some() {
        return Err(Error::configuration("write `memory://`, or `memory://NAME` for room that several caches share"));
    }
    let mut settings = location.host().map_or_else(Settings::memory, Settings::memory_named);
    if let Some(entries) = place.max_entries() {
        settings = settings.max_entries(entries);
    }
    if let Some(bytes) = place.max_bytes() {
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
            Err(Error::configuration(left_out(concat!("the store `", stringify!($module), "`"), $feature)))
        }
    };
}

store!(file, "file", file::File);
store!(sqlite, "sqlite", sqlite::Sqlite);
store!(postgres, "postgres", postgres::Postgres);
store!(mysql, "mysql", mysql::MySql);
store!(redis, "redis", redis::Redis);
store!(memcached, "memcached", memcached::Memcached);
