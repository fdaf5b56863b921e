//! Larder: by attribute, and by hand.

use std::sync::Arc;

use ::larder::{Cache, Local, Options, cached, key};

use super::reader::{Candidate, awaits, calls};
use crate::entries::{self, Cell, Kept, Key, Numbered, Page};

/// The functions that attributes stand on, each with a cache of its own.
pub trait Sites: Cell {
    /// The caches of the three functions, and four that are filled by hand.
    const CACHES: [&'static str; 7];

    fn candidates() -> Vec<Candidate>;
}

/// Returns the names of all caches that are to be there, and how many entries each has room for.
#[must_use]
pub fn caches() -> Vec<(&'static str, u64)> {
    fn of<C: Sites>() -> impl Iterator<Item = (&'static str, u64)> {
        C::CACHES.into_iter().map(|name| (name, C::ROOM as u64))
    }
    of::<entries::Numbers>()
        .chain(of::<entries::Names>())
        .chain(of::<entries::Pages>())
        .chain(of::<entries::Texts>())
        .chain(of::<entries::ManyNumbers>())
        .chain(of::<entries::ManyNames>())
        .collect()
}

pub fn candidates<C: Sites>() -> Vec<Candidate> {
    let mut all = C::candidates();
    all.push(Candidate::new("larder by hand", || {
        let cache = filled::<C>(C::CACHES[3]);
        calls::<C, _, _>(move |key| {
            let id = key.argument();
            let found = cache.blocking().get::<Local<C::Value>>(key!("profile:<id>"));
            found.expect("the store works").expect("it is there").0
        })
    }));
    all.push(Candidate::new("larder by hand, async", || {
        let cache = filled::<C>(C::CACHES[4]);
        awaits::<C, _, _>(async move |key: &C::Key| {
            let id = key.argument();
            let found = cache.get::<Local<C::Value>>(key!("profile:<id>")).await;
            found.expect("the store works").expect("it is there").0
        })
    }));
    all.push(Candidate::new("larder by hand, `get_or_load`", || {
        let cache = filled::<C>(C::CACHES[5]);
        calls::<C, _, _>(move |key| {
            let id = key.argument();
            let load = || Local(C::Value::of(id.number()));
            cache.blocking().get_or_load(key!("profile:<id>"), Options::ttl(3_600), load).0
        })
    }));
    all.push(Candidate::new("larder by hand, `get_or_load`, async", || {
        let cache = filled::<C>(C::CACHES[6]);
        awaits::<C, _, _>(async move |key: &C::Key| {
            let id = key.argument();
            let load = async || Local(C::Value::of(id.number()));
            cache.get_or_load(key!("profile:<id>"), Options::ttl(3_600), load).await.0
        })
    }));
    all
}

fn filled<C: Cell>(name: &str) -> Cache {
    let cache = ::larder::cache(name).expect("it is installed");
    for (key, value) in C::entries() {
        let id = key.argument();
        let stored = cache.blocking().set(key!("profile:<id>"), Local(value), Options::ttl(3_600));
        stored.expect("there is room");
    }
    cache
}

macro_rules! sites {
    ($($cell:ident in $name:ident: $argument:ty => $value:ty,
        $local:tt $shared:tt $awaited:tt $by_hand:tt $by_hand_async:tt;)*)
    => {$(
        mod $name {
            use super::*;

            #[cached(cache = $local, key = "profile:<id>", ttl = 3_600, local)]
            pub fn local(id: $argument) -> $value {
                Kept::of(id.number())
            }

            #[cached(cache = $shared, key = "profile:<id>", ttl = 3_600)]
            pub fn shared(id: $argument) -> $value {
                Kept::of(id.number())
            }

            #[cached(cache = $awaited, key = "profile:<id>", ttl = 3_600, local)]
            pub async fn awaited(id: $argument) -> $value {
                Kept::of(id.number())
            }
        }

        impl Sites for entries::$cell {
            const CACHES: [&'static str; 7] = [
                $local,
                $shared,
                $awaited,
                $by_hand,
                $by_hand_async,
                concat!($by_hand, "-load"),
                concat!($by_hand_async, "-load"),
            ];

            fn candidates() -> Vec<Candidate> {
                vec![
                    Candidate::new("larder by attribute, size and time", || {
                        calls::<Self, _, _>(|key| $name::local(key.argument()))
                    }),
                    Candidate::new("larder by attribute, value not `local`", || {
                        calls::<Self, _, _>(|key| $name::shared(key.argument()))
                    }),
                    Candidate::new("larder by attribute, async", || {
                        awaits::<Self, _, _>(async |key: &<Self as Cell>::Key| $name::awaited(key.argument()).await)
                    }),
                ]
            }
        }
    )*};
}

sites! {
    Numbers in numbers: u64 => Arc<str>,
        "numbers" "numbers-shared" "numbers-async" "numbers-by-hand" "numbers-by-hand-async";
    Names in names: &str => Arc<str>,
        "names" "names-shared" "names-async" "names-by-hand" "names-by-hand-async";
    Pages in pages: &Page => Arc<str>,
        "pages" "pages-shared" "pages-async" "pages-by-hand" "pages-by-hand-async";
    Texts in texts: u64 => String,
        "texts" "texts-shared" "texts-async" "texts-by-hand" "texts-by-hand-async";
    ManyNumbers in many_numbers: u64 => Arc<str>,
        "many-numbers" "many-numbers-shared" "many-numbers-async" "many-numbers-by-hand" "many-numbers-by-hand-async";
    ManyNames in many_names: &str => Arc<str>,
        "many-names" "many-names-shared" "many-names-async" "many-names-by-hand" "many-names-by-hand-async";
}
