//! What becomes of caches when the servers below them fail: each test has servers of its own, and does to them what it
//! says.

#[cfg(feature = "redis")]
mod apart;
#[cfg(feature = "redis")]
mod behind;
#[cfg(all(feature = "tls", any(feature = "redis", feature = "memcached")))]
mod encrypted;
#[cfg(any(feature = "redis", feature = "memcached"))]
mod load;
#[cfg(feature = "memcached")]
mod memcached;
mod proxied;
#[path = "../support/proxy/mod.rs"]
mod proxy;
#[cfg(feature = "redis")]
mod redis;
#[cfg(any(feature = "redis", feature = "memcached"))]
mod row;
#[cfg(feature = "redis")]
mod snapshot;
mod started;

use libtest_mimic::{Completion, Failed, Trial};

use crate::times;
#[cfg(feature = "redis")]
pub use load::SLACK;

/// A test with servers of its own.
pub struct Own {
    pub name: &'static str,
    pub needs: &'static [Needed],
    pub run: fn() -> Result<(), String>,
}

/// A program, and whether it is here.
pub type Needed = (&'static str, fn() -> bool);

/// Lists the tests of a module: functions that start what they need.
macro_rules! own {
    ($needs:expr => $($name:ident),+ $(,)?) => {
        pub const TESTS: &[crate::faults::Own] =
            &[$(crate::faults::Own { name: stringify!($name), needs: $needs, run: $name }),+];
    };
}
pub(crate) use own;

/// Prints what a test has found, for whoever runs it with `--nocapture`.
#[cfg(any(feature = "redis", feature = "memcached"))]
pub fn told(figures: &str) {
    if std::env::args().any(|argument| argument == "--nocapture") {
        println!("{figures}");
    }
}

const TESTS: &[(&str, &[Own])] = &[
    ("proxy", proxied::TESTS),
    ("started::redis", started::redis::TESTS),
    ("started::memcached", started::memcached::TESTS),
    #[cfg(feature = "redis")]
    ("redis", redis::TESTS),
    #[cfg(feature = "redis")]
    ("apart", apart::TESTS),
    #[cfg(feature = "redis")]
    ("snapshot", snapshot::TESTS),
    #[cfg(feature = "redis")]
    ("behind", behind::TESTS),
    #[cfg(all(feature = "redis", feature = "tls"))]
    ("encrypted", encrypted::redis::TESTS),
    #[cfg(all(feature = "memcached", feature = "tls"))]
    ("encrypted", encrypted::memcached::TESTS),
    #[cfg(feature = "redis")]
    ("told", crate::told::TESTS),
    #[cfg(all(feature = "redis", feature = "toml"))]
    ("connections", crate::connections::redis::TESTS),
    #[cfg(all(feature = "memcached", feature = "toml"))]
    ("connections", crate::connections::memcached::TESTS),
    #[cfg(feature = "memcached")]
    ("memcached", memcached::TESTS),
];

pub fn trials() -> impl Iterator<Item = Trial> {
    TESTS.iter().flat_map(|(of, tests)| tests.iter().map(move |test| trial(of, test)))
}

fn trial(of: &str, test: &'static Own) -> Trial {
    let name = format!("faults::{of}::{}", test.name);
    Trial::ignorable_test(name.clone(), move || match test.needs.iter().find(|(_, is_here)| !is_here()) {
        None => times::note("faults", &name, test.run).map(|()| Completion::Completed).map_err(Failed::from),
        Some((program, _)) if std::env::var_os("LARDER_REQUIRE_SERVERS").is_some() => {
            Err(format!("`{program}` is not installed").into())
        }
        Some((program, _)) => Ok(Completion::ignored_with(format!("`{program}` is not installed"))),
    })
}
