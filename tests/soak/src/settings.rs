//! What the command line says.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::Outcome;
use crate::stores::Store;

const USAGE: &str = "soak [--minutes N | --seconds N] [--stores redis,memcached,files] [--rate N] [--seed N] \
                     [--plant prefix] [--built]";

pub struct Settings {
    time: Duration,
    stores: Vec<Store>,
    /// How many questions a second readers ask, all together.
    pub rate: u32,
    pub seed: u64,
    pub plant: Option<Plant>,
    /// Whether the programs of the blog are beside this one already.
    pub is_built: bool,
}

/// A fault that is made on purpose, to see that it is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plant {
    /// One process has another prefix: what it writes invalidates nothing of the others.
    Prefix,
}

impl Settings {
    pub fn of(words: impl Iterator<Item = String>) -> Outcome<Self> {
        let seed = u64::from(SystemTime::now().duration_since(UNIX_EPOCH)?.subsec_nanos());
        let (time, stores) = (Duration::from_secs(3600), vec![Store::Redis]);
        let mut settings = Self { time, stores, rate: 300, seed, plant: None, is_built: false };
        let mut words = words.peekable();
        while let Some(word) = words.next() {
            if word == "--built" {
                settings.is_built = true;
                continue;
            }
            let value = words.next().ok_or(USAGE)?;
            match word.as_str() {
                "--minutes" => settings.time = Duration::from_secs(60 * value.parse::<u64>()?),
                "--seconds" => settings.time = Duration::from_secs(value.parse()?),
                "--rate" => settings.rate = value.parse()?,
                "--seed" => settings.seed = value.parse()?,
                "--plant" if value == "prefix" => settings.plant = Some(Plant::Prefix),
                "--stores" => {
                    let of = |name: &str| Store::ALL.into_iter().find(|store| store.name() == name);
                    settings.stores = value.split(',').map(of).collect::<Option<_>>().ok_or(USAGE)?;
                }
                _ => return Err(USAGE.into()),
            }
        }
        Ok(settings)
    }

    /// Returns for how long each store is tried: the first one for half of the time, if there are others.
    pub fn shares(&self) -> Vec<(Store, Duration)> {
        let others = u32::try_from(self.stores.len()).unwrap_or(1).saturating_sub(1);
        let first = if others == 0 { self.time } else { self.time / 2 };
        let rest = if others == 0 { Duration::ZERO } else { self.time.saturating_sub(first) / others };
        let shares = self.stores.iter().enumerate();
        shares.map(|(at, store)| (*store, if at == 0 { first } else { rest })).collect()
    }
}
