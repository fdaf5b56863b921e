//! `cached`: its attributes with size and time, and its stores by hand.

use std::sync::Arc;
use std::time::Duration;

use ::cached::ShardedLruTtlCache;

use crate::entries::{self, Cell, Kept, Key, Numbered, Page};
use crate::hits::reader::{Candidate, awaits, calls};

pub fn candidates<C: Cell + Sites>() -> Vec<Candidate> {
    let mut all = C::candidates();
    all.push(Candidate::new("`cached` sharded LRU by hand, size and time", || {
        let cache: ShardedLruTtlCache<C::Key, C::Value> = ShardedLruTtlCache::new(C::ROOM, Duration::from_secs(3_600));
        C::entries().for_each(|(key, value)| drop(cache.set(key, value)));
        calls::<C, _, _>(move |key| cache.get(key).expect("it is there"))
    }));
    all
}

/// The functions that attributes stand on.
pub trait Sites: Cell {
    fn candidates() -> Vec<Candidate>;
}

macro_rules! sites {
    ($($cell:ident in $name:ident: ($id:ident: $argument:ty) as $key:literal by $convert:tt => $value:ty, $room:literal;)*)
    => {$(
        mod $name {
            use super::*;

            #[::cached::macros::cached(max_size = $room, ttl_secs = 3_600, key = $key, convert = $convert)]
            pub fn locked($id: $argument) -> $value {
                Kept::of($id.number())
            }

            #[::cached::macros::cached(max_size = $room, ttl_secs = 3_600, key = $key, convert = $convert)]
            pub async fn awaited($id: $argument) -> $value {
                Kept::of($id.number())
            }

            #[::cached::macros::concurrent_cached(max_size = $room, ttl_secs = 3_600, key = $key, convert = $convert)]
            pub fn sharded($id: $argument) -> $value {
                Kept::of($id.number())
            }
        }

        impl Sites for entries::$cell {
            fn candidates() -> Vec<Candidate> {
                vec![
                    Candidate::new("`#[cached]` of `cached`, size and time", || {
                        calls::<Self, _, _>(|key| $name::locked(key.argument()))
                    }),
                    Candidate::new("`#[cached]` of `cached`, size and time, async", || {
                        awaits::<Self, _, _>(async |key: &<Self as Cell>::Key| $name::awaited(key.argument()).await)
                    }),
                    Candidate::new("`#[concurrent_cached]`, size and time", || {
                        calls::<Self, _, _>(|key| $name::sharded(key.argument()))
                    }),
                ]
            }
        }
    )*};
}

sites! {
    Numbers in numbers: (id: u64) as "u64" by { id } => Arc<str>, 2_048;
    Names in names: (id: &str) as "String" by { id.to_owned() } => Arc<str>, 2_048;
    Pages in pages: (id: &Page) as "Page" by { id.clone() } => Arc<str>, 2_048;
    Texts in texts: (id: u64) as "u64" by { id } => String, 2_048;
    ManyNumbers in many_numbers: (id: u64) as "u64" by { id } => Arc<str>, 200_000;
    ManyNames in many_names: (id: &str) as "String" by { id.to_owned() } => Arc<str>, 200_000;
}
