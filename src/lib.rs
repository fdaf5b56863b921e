//! Caching for Rust: an attribute turns a function into a cached one, and the compiler checks the key.
//!
//! ```
//! use larder::{cached, invalidates, testing};
//!
//! #[cached(key = "profile:<id>")]
//! fn profile(id: u64) -> String {
//!     format!("the profile of user {id}")
//! }
//!
//! #[invalidates(profile(id))]
//! fn rename(id: u64) {}
//!
//! let _larder = testing::isolated();
//! assert_eq!(profile(42), profile(42)); // the body ran once
//! rename(42);
//! assert_eq!(profile::get(42), None);
//! ```
//!
//! # Where to look
//!
//! | for | see |
//! |---|---|
//! | functions that are cached | [`macro@cached`], [`macro@invalidates`], [`macro@updates`] |
//! | keys by hand, and types of one's own in keys | [`macro@key`], [`KeyPart`], [`KeyName`], [`mod@key`] |
//! | caches by hand | [`cache`], [`Cache`], [`Options`] |
//! | what goes together in one step | [`invalidate_tag`], [`Key::tagged`], [`Namespace`] |
//! | what a change invalidates, in one place | [`on_change`], [`changed`], [`events`] |
//! | what a transaction invalidates | [`after_commit`]; `sqlx::commit`, with the feature `sqlx` |
//! | what a body, or the handler of a page, says of its own result | [`entry`] |
//! | named caches, where they live and their bounds | [`init`], [`config`], [`builder`], [`Settings`] |
//! | stores outside the process, and where they differ | [`stores`] |
//! | what the compiler cannot see | [`check`] |
//! | tests | [`testing`] |
//! | what to cache, and where: function, page, site or browser; and what not | [`mod@which_level`], [`mod@when_not`] |
//! | what people build around caches, each in ten lines | [`mod@patterns`] |
//! | what stands in the place of each word of Django's | [`mod@from_django`] |
//! | what to do on call: why is this stale, what is in there, how do I empty it | [`mod@operating`] |
//! | what is tried on all of this, and how a stranger does it again | [`mod@tested`] |
//! | what a person does to caches from a terminal | [`mod@command_line`] |
//! | why something was a hit, stale or a miss | [`explain`](fn@explain), [`mod@explain`] |
//! | a store of one's own | [`backend`] |
//! | parts of pages, as in templates | [`macro@fragment`], [`mod@fragment`] |
//! | handlers whose pages are kept, pages, and what a request asked of caches | `cache_page`, `page`, `report`, with the feature `axum` |
//! | what caches do, live, in a browser | `panel`, with the feature `panel` |
//! | what loads do, in traces | [`mod@tracing`] |
//! | what caches count, in Prometheus and the like | `metrics`, with the feature `metrics` |
//! | all that on actix-web | `actix`, with the feature `actix` |
//! | what handlers say to caches and clients | `cache_control`, `never_cache`, `vary_on_headers`, `vary_on_cookie`, `etag`, `last_modified`, with the feature `axum` |
//!
//! # Features
//!
//! | feature | what it adds |
//! |---|---|
//! | `file` (default), `sqlite`, `postgres`, `mysql`, `redis`, `memcached` | [`stores`] outside the process |
//! | `tls` | connections to their servers that are encrypted |
//! | `toml` (default) | caches as a file of configuration says |
//! | `compression`, `encryption`, `json` | values outside in fewer bytes; that nobody reads or changes there; that a person can read |
//! | `cli` | the program `larder` |
//! | `tokio` | refreshes beside their callers, and time limits, on the tokio runtime the caller stands in |
//! | `sqlx` | `sqlx::commit`: a transaction of sqlx, after which listeners are told and what it invalidates is gone |
//! | `uuid` | `Uuid` in keys |
//! | `chrono` | dates and times of `chrono` in keys, and in `last_modified` |
//! | `page` | `page`: cached pages of any tower service of `http`; brings `tokio` along |
//! | `axum` | `page`, and the attributes on handlers of axum |
//! | `actix` | `page`, and `actix`: the attributes on handlers of actix-web, and layers around its scopes and apps |
//! | `metrics` | `metrics`: what caches count, for whatever recorder the program has for the crate `metrics` |
//! | `tracing` | a span around each load, for whoever listens by the crate `tracing`: [`mod@tracing`] |
//! | `minijinja`, `askama` | [`mod@fragment`] in their templates |
//! | `panel` | `panel`: a page that shows what caches do; with `axum` or `actix` |
//!
//! # What it promises
//!
//! A thousand callers of one key run one body; whoever leads may fail, leave or panic, and the others go on. What was read
//! before an invalidation is not kept. Stale values are served only where they were asked for. Trouble with a store is
//! counted and logged, and never becomes the function's, unless it asks for that. A hit in memory
//! allocates nothing.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "actix")]
pub mod actix;
pub mod config;
pub mod fragment;
#[cfg(feature = "metrics")]
pub mod metrics;
#[cfg(feature = "page")]
pub mod page;
#[cfg(feature = "panel")]
pub mod panel;
#[cfg(feature = "page")]
pub mod report;
#[cfg(feature = "sqlx")]
pub mod sqlx;
pub mod stores;

#[cfg(feature = "axum")]
#[doc = include_str!("docs/cache_page.md")]
pub use cache_macros::cache_page;
#[doc = include_str!("docs/cached.md")]
pub use cache_macros::cached;
#[doc = include_str!("docs/invalidates.md")]
pub use cache_macros::invalidates;
#[doc = include_str!("docs/updates.md")]
pub use cache_macros::updates;

#[cfg(feature = "axum")]
#[doc = include_str!("docs/cache_control.md")]
pub use cache_macros::cache_control;
#[cfg(feature = "axum")]
#[doc = include_str!("docs/etag.md")]
pub use cache_macros::etag;
#[cfg(feature = "axum")]
#[doc = include_str!("docs/last_modified.md")]
pub use cache_macros::last_modified;
#[cfg(feature = "axum")]
#[doc = include_str!("docs/never_cache.md")]
pub use cache_macros::never_cache;
#[cfg(feature = "axum")]
#[doc = include_str!("docs/vary_on_cookie.md")]
pub use cache_macros::vary_on_cookie;
#[cfg(feature = "axum")]
#[doc = include_str!("docs/vary_on_headers.md")]
pub use cache_macros::vary_on_headers;

#[doc = include_str!("docs/key_name.md")]
pub use cache_macros::KeyName;
#[doc = include_str!("docs/key_part.md")]
pub use cache_macros::KeyPart;
#[doc = include_str!("docs/fragment.md")]
pub use cache_macros::fragment;
#[doc = include_str!("docs/key.md")]
pub use cache_macros::key;

pub use cache_core::cache::{Blocking, Cache, Filling, Inspected, Keys, Namespace};
pub use cache_core::clock;
pub use cache_core::codec::Codec;
pub use cache_core::commit::{Committed, after_commit, after_commit_blocking, committing, committing_blocking};
pub use cache_core::error::{Error, Kind};
pub use cache_core::executor::{self, Executor};
pub use cache_core::explain::{explain, explain_blocking};
pub use cache_core::key::{self, Key, KeyName, KeyPart};
pub use cache_core::policy::{IntoTime, Options, Ttl};
pub use cache_core::registry::{
    Problem, Problems, Settings, Site, cache, changed, changed_blocking, check, created, created_blocking, deleted,
    deleted_blocking, invalidate_tag, invalidate_tag_blocking, on_change, on_change_blocking, sites,
};
pub use cache_core::stats::{LoadTimes, Stats};
pub use cache_core::testing;
pub use cache_core::value::{Local, LocalValue, Value};
pub use cache_core::{backend, entry};
pub use config::{Builder, builder, init};

pub mod explain {
    #![doc = include_str!("docs/explain.md")]

    pub use cache_core::explain::{
        Alone, Asked, Done, Found, Kept, Level, Miss, NotKept, Place, Story, TagName, Unasked, WhoSays, Whom, WhyStale,
        page,
    };
}

pub mod warm {
    #![doc = include_str!("docs/warm.md")]

    pub use cache_core::warm::{Failure, Nothing, Report, Warming};
}

/// What has changed, and who listens to that: see [`on_change`].
pub mod events {
    pub use cache_core::events::{Change, Listener, Stats, Subscription, What};
    pub use cache_core::registry::events as stats;
}

/// ```
/// use larder::{cached, testing};
///
/// struct Shop;
///
/// impl Shop {
///     #[cached(key = "shop:price:<product>", ignore(self), companion = prices)]
///     fn price(&self, product: u64) -> u64 {
///         product * 100
///     }
/// }
///
/// let _larder = testing::isolated();
/// assert_eq!(Shop.price(7), 700);
/// assert_eq!(Shop::prices_site().get(7), Some(700));
/// Shop::prices_site().invalidate(7);
/// assert_eq!(Shop::prices_site().get(7), None);
/// ```
#[doc(inline)]
pub use cache_core::companion::BlockingCompanion;
/// ```
/// use larder::{cached, testing};
///
/// struct Shop;
///
/// impl Shop {
///     #[cached(key = "shop:stock:<product>", ignore(self), companion = prices)]
///     async fn stock(&self, product: u64) -> u64 {
///         product + 5
///     }
/// }
///
/// let _larder = testing::isolated();
/// testing::block_on(async {
///     Shop::prices_site().put(7, 3).await;
///     assert_eq!(Shop.stock(7).await, 3);
/// });
/// assert_eq!(Shop::prices_site().key(7).as_str(), "shop:stock:7");
/// ```
#[doc(inline)]
pub use cache_core::companion::Companion;

#[cfg(doc)]
#[doc = include_str!("docs/measured.md")]
pub mod measured {}

#[cfg(doc)]
#[doc = include_str!("docs/patterns.md")]
pub mod patterns {}

#[cfg(doc)]
#[doc = include_str!("docs/command_line.md")]
pub mod command_line {}

#[cfg(doc)]
#[doc = include_str!("docs/tracing.md")]
pub mod tracing {}

#[cfg(doc)]
#[doc = include_str!("docs/operating.md")]
pub mod operating {}

#[cfg(doc)]
#[doc = include_str!("docs/tested.md")]
pub mod tested {}

#[cfg(doc)]
#[doc = include_str!("docs/from_django.md")]
pub mod from_django {}

#[cfg(doc)]
#[doc = include_str!("docs/which_level.md")]
pub mod which_level {}

#[cfg(doc)]
#[doc = include_str!("docs/when_not.md")]
pub mod when_not {}

#[doc(hidden)]
pub use cache_core::__private;
