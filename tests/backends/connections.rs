//! How many connections a program has to a server: one for each runtime that asks, and where there is none one for all, however
//! many caches it keeps there, and however many call at once.

use std::thread;

use larder::testing::{self, Isolated};
use larder::{Options, Settings};

/// Makes caches as a configuration describes them: three at one address.
fn caches(url: &str) -> Result<Isolated, String> {
    let described = ["default", "pages", "sessions"]
        .map(|name| format!("[caches.{name}]\nurl = \"{url}\"\nkey_prefix = \"{name}\"\n"))
        .concat();
    let settings = larder::builder().toml(described).and_then(|builder| builder.settings());
    let settings: Vec<(String, Settings)> = settings.map_err(|error| format!("{error:?}"))?.into_iter().collect();
    let settings = settings.iter().map(|(name, settings)| (name.as_str(), settings.clone()));
    testing::isolated_at(larder::clock::Clock::default(), settings).map_err(|error| format!("{error:?}"))
}

/// Has eight threads call, each in all of the caches.
fn call_often(larder: &Isolated) {
    let caches = ["default", "pages", "sessions"].map(|name| larder.cache(name));
    thread::scope(|scope| {
        for caller in 0..8 {
            let caches = &caches;
            scope.spawn(move || {
                for (at, cache) in (0..200).zip(caches.iter().cycle()) {
                    let key = format!("key{}", (caller + at) % 20);
                    let value = cache.blocking().get_or_load(key.as_str(), Options::forever(), || key.clone());
                    assert_eq!(value, key);
                }
            });
        }
    });
}

#[cfg(feature = "redis")]
pub mod redis {
    use crate::faults::{Needed, own};
    use crate::servers::Redis;

    const REDIS: &[Needed] = &[("redis-server", Redis::is_installed)];

    own!(REDIS => three_caches_of_one_address_have_one_connection_to_redis);

    fn three_caches_of_one_address_have_one_connection_to_redis() -> Result<(), String> {
        let server = Redis::setup().on_port().start()?;
        let larder = super::caches(&server.url())?;
        let ours = || -> Result<usize, String> {
            Ok(server.ask(&["CLIENT", "LIST"])?.concat().matches("name=larder").count())
        };
        super::call_often(&larder);
        assert_eq!(ours()?, 1);
        Ok(())
    }
}

#[cfg(feature = "memcached")]
pub mod memcached {
    use crate::faults::{Needed, own};
    use crate::servers::Memcached;

    const MEMCACHED: &[Needed] = &[("memcached", Memcached::is_installed)];

    own!(MEMCACHED => three_caches_of_one_address_have_one_connection_to_memcached);

    fn three_caches_of_one_address_have_one_connection_to_memcached() -> Result<(), String> {
        let server = Memcached::setup().on_port().start()?;
        let larder = super::caches(&server.url())?;
        let open = || server.stat("curr_connections").ok_or("no figure of connections");
        let before = open()?;
        super::call_often(&larder);
        assert_eq!(open()?, before + 1);
        Ok(())
    }
}
