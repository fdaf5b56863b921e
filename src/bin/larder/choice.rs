//! The caches that a command speaks of, as they are opened.

use std::fmt;
use std::path::Path;

use larder::config::{Described, Place};
use larder::{Cache, Error, Kind, Settings};

use crate::arguments::Chosen;
use crate::ending::Failure;
use crate::{configuration, output};

/// A cache that is looked at from outside the programs that use it.
pub struct Choice {
    pub cache: Cache,
    pub described: Described,
    /// Whether it has no name but its address.
    is_bare: bool,
    /// Whether its file or folder is not there yet.
    is_unmade: bool,
}

/// What a cache at an address is called here.
const BARE: &str = "default";

/// A cache before it is opened.
struct Meant {
    settings: Settings,
    described: Described,
    /// Whether its file or folder is not there yet.
    is_unmade: bool,
}

/// Opens the one cache that is meant.
pub fn one(chosen: &Chosen) -> Result<Choice, Failure> {
    let (all, is_bare) = described(chosen)?;
    let names = || output::names(all.iter().map(|meant| meant.described.name.as_str()));
    let at = match (&chosen.cache, &all[..]) {
        (Some(name), _) => {
            all.iter().position(|meant| meant.described.name == *name).ok_or_else(|| unknown(name, &names()))?
        }
        (None, [_]) => 0,
        (None, []) => return Err(Failure::Trouble(NOWHERE.to_owned())),
        (None, _) => {
            return Err(Failure::Words(format!(
                "there is more than one cache: write `--cache` and one of {}",
                names()
            )));
        }
    };
    let choice = all.into_iter().nth(at).into_iter().collect();
    open(choice, is_bare)?.pop().ok_or_else(|| Failure::Trouble(NOWHERE.to_owned()))
}

/// Opens all caches that are meant.
pub fn all(chosen: &Chosen) -> Result<Vec<Choice>, Failure> {
    if chosen.cache.is_some() {
        return Ok(vec![one(chosen)?]);
    }
    let (all, is_bare) = described(chosen)?;
    if all.is_empty() {
        return Err(Failure::Trouble(NOWHERE.to_owned()));
    }
    open(all, is_bare)
}

const NOWHERE: &str = "no cache is described here: write `--url`, or where its `larder.toml` is by `--config`";

fn unknown(name: &str, names: &str) -> Failure {
    if names.is_empty() {
        return Failure::Trouble(NOWHERE.to_owned());
    }
    Failure::Words(format!("there is no cache `{name}`; there is {names}"))
}

/// Returns the caches that somebody has said something of, and whether they are one that has an address alone.
fn described(chosen: &Chosen) -> Result<(Vec<Meant>, bool), Error> {
    let builder = match &chosen.url {
        Some(url) => larder::builder().cache_of_argument("--url", url)?,
        None => configuration::read(&chosen.configuration)?,
    };
    let settings = builder.settings()?.into_iter().map(|(_, settings)| settings);
    let places = builder.places()?;
    let is_unmade = |name: &String| places.iter().any(|(names, place)| names.contains(name) && is_unmade(place));
    let all = settings.zip(builder.described()?).filter(|(_, described)| !described.said.is_empty());
    let all = all.map(|(settings, described)| {
        let is_unmade = is_unmade(&described.name);
        Meant { settings, described, is_unmade }
    });
    let bare = |Meant { mut settings, mut described, is_unmade }| {
        BARE.clone_into(&mut described.name);
        if let Some(prefix) = &chosen.prefix {
            (settings, described.key_prefix) = (settings.key_prefix(prefix), prefix.clone());
        }
        if let Some(version) = &chosen.cache_version {
            (settings, described.version) = (settings.version(version), version.clone());
        }
        Meant { settings, described, is_unmade }
    };
    let is_bare = chosen.url.is_some();
    Ok((if is_bare { all.map(bare).collect() } else { all.collect() }, is_bare))
}

fn open(all: Vec<Meant>, is_bare: bool) -> Result<Vec<Choice>, Failure> {
    let (mut builder, mut opened) = (larder::builder(), Vec::new());
    for Meant { settings, described, is_unmade } in all {
        builder = builder.cache(&described.name, settings);
        opened.push((described, is_unmade));
    }
    builder.install()?;
    let choice = |(described, is_unmade): (Described, bool)| {
        let cache = larder::cache(&described.name)?;
        // One that is off would not ask.
        cache.switch_on();
        Ok(Choice { cache, described, is_bare, is_unmade })
    };
    opened.into_iter().map(choice).collect()
}

/// Returns whether a store is a file or folder that is not there: whoever only looks is not to make it.
fn is_unmade(place: &Place) -> bool {
    place.locations.iter().any(|location| {
        let path = location.path();
        matches!(location.scheme(), "sqlite" | "file") && path != ":memory:" && !Path::new(&path).exists()
    })
}

impl Choice {
    /// Returns the same, also where its file is made by this.
    pub fn made_if_needed(mut self) -> Self {
        self.is_unmade = false;
        self
    }

    /// Returns an error where nothing of it can be seen from here.
    pub fn outside(self) -> Result<Self, Failure> {
        match self.why_unseen() {
            Some(why) => Err(Failure::Trouble(format!("{self}: {why}"))),
            None => Ok(self),
        }
    }

    /// Returns why nothing of it can be seen from here, where that is so.
    pub fn why_unseen(&self) -> Option<&'static str> {
        match self.described.store.as_str() {
            "memory" => Some("it lives in the memory of each program, where nobody else sees it"),
            "null" => Some("it keeps nothing"),
            _ if !self.cache.is_outside() => Some("how its store is made, your program alone knows"),
            _ if self.is_unmade => Some("there is nothing there; a program makes it as soon as it keeps something"),
            _ => None,
        }
    }

    /// Returns where it is, without who logs in there.
    pub fn place(&self) -> String {
        if self.described.addresses.is_empty() {
            self.described.store.clone()
        } else {
            self.described.addresses.join(", ")
        }
    }

    /// Returns what tells its entries from others in its store.
    pub fn scope(&self) -> String {
        let Described { key_prefix, version, .. } = &self.described;
        if key_prefix.is_empty() {
            return format!("version `{version}`, no prefix");
        }
        format!("prefix `{key_prefix}`, version `{version}`")
    }

    /// Makes a failure of what its store said.
    pub fn failed(&self, error: &Error) -> Failure {
        let hint = match error.kind() {
            Kind::Unsupported if self.described.key_function.is_some() => {
                "; what is under one key, `larder get` shows, and `larder clear --everything` empties the store"
            }
            Kind::Unsupported => "; what is under one key, `larder get` shows",
            _ => "",
        };
        Failure::Trouble(format!("{self}: {error}{hint}"))
    }
}

/// Its name, and where it is.
impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_bare {
            write!(f, "`{}` at ", self.described.name)?;
        }
        f.write_str(&self.place())
    }
}
