//! `hitbox`, over `moka`, with a time. It serializes what it keeps, so `Arc<str>` is a `String` here, and its functions
//! own their arguments, so a call copies the key.

use std::time::Duration;

use ::hitbox::concurrency::NoopConcurrencyManager;
use ::hitbox::policy::PolicyConfig;
use hitbox_core::DisabledOffload;
use hitbox_fn::Cache;
use hitbox_moka::MokaBackend;

use crate::entries::{self, Cell, Kept, Numbered, Page};
use crate::hits::reader::{Candidate, awaits};

pub fn candidates<C: Sites>() -> Vec<Candidate> {
    vec![C::candidate()]
}

/// The functions that attributes stand on.
pub trait Sites: Cell {
    fn candidate() -> Candidate;
}

fn cache(room: u64) -> Cache<MokaBackend, NoopConcurrencyManager, DisabledOffload> {
    Cache::builder()
        .backend(MokaBackend::builder().max_entries(room).build())
        .policy(PolicyConfig::builder().ttl(Duration::from_secs(3_600)).build())
        .build()
}

macro_rules! sites {
    ($($cell:ident in $name:ident: $argument:ty;)*) => {$(
        mod $name {
            use super::*;

            #[hitbox_fn::cached(prefix = "profile")]
            pub async fn profile(id: $argument) -> String {
                String::from(&*<entries::$cell as Cell>::Value::of(Numbered::number(&id)))
            }
        }

        impl Sites for entries::$cell {
            fn candidate() -> Candidate {
                Candidate::new("`#[cached]` of `hitbox` over `moka`, time, async", || {
                    let cache = cache(Self::ROOM as u64);
                    awaits::<Self, _, _>(async move |key: &<Self as Cell>::Key| {
                        $name::profile(key.clone().into()).cache(&cache).await
                    })
                })
            }
        }
    )*};
}

sites! {
    Numbers in numbers: u64;
    Names in names: String;
    Pages in pages: Page;
    Texts in texts: u64;
    ManyNumbers in many_numbers: u64;
    ManyNames in many_names: String;
}
