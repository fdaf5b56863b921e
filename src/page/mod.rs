#![doc = include_str!("../docs/page_ways.md")]
#![doc = include_str!("../docs/page_request.svg")]
#![doc = ""]
#![doc = include_str!("../docs/page.md")]
#![cfg_attr(
    not(any(feature = "axum", feature = "actix")),
    allow(dead_code, unused_imports, reason = "of handlers that are places, frameworks alone make use")
)]
// Each floor imports only the floors above it in this list, as a test sees to: so `grammar` and `policy` know nothing of the
// engine.
//
// | floor | what it holds |
// |---|---|
// | `grammar`, `names`, `named`, `lasting`, `digest`, `aspect`, `status`, `locale`, `error`, `driven`, `heard`, `whole`, `carried` | the ground |
// | `headers`, `policy`, `conditional`, `meaning`, `told` | what HTTP says of keeping, and what answers say |
// | `hide`, `tee`, `hole` | what is seen of a request; a body for many; what is filled in it |
// | `key`, `nested`, `record`, `body`, `sent` | the name of a page, the page, and what carries it |
// | `early` | answers before a handler runs |
// | `flights`, `purge`, `arrived` | who makes a page, and what was invalidated |
// | `quiet` | who is not asked |
// | `site`, `variant`, `kept` | one place in a program, and where its pages are |
// | `answer`, `downstream` | how a page becomes a response, and what those downstream are told |
// | `part` | parts of pages |
// | `change`, `shelf`, `ring` | what is emptied, where a page is put, and how many variants there are |
// | `tell` | what is told to whoever asks why |
// | `render` | how a page is made |
// | `service`, `by_body` | who answers |
// | `layer` | what a place is told |
// | `handler` | handlers that are places themselves |
// | `axum`, `actix` | how frameworks bring requests to all of that |
// | `__private` | what expansions call |

#[doc(hidden)]
pub mod __private;
#[cfg(feature = "actix")]
pub(crate) mod actix;
mod answer;
mod arrived;
mod aspect;
#[cfg(feature = "axum")]
mod axum;
mod body;
mod by_body;
#[cfg(feature = "actix")]
mod carried;
mod change;
mod conditional;
mod digest;
mod downstream;
mod driven;
mod early;
mod error;
mod flights;
// Fuzzers see how fields are read, and nobody else.
#[cfg(not(fuzzing))]
mod grammar;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod grammar;
mod handler;
pub mod headers;
mod heard;
mod hide;
mod hole;
#[cfg(feature = "panel")]
pub(crate) mod kept;
mod key;
mod lasting;
mod layer;
mod locale;
mod meaning;
mod named;
mod names;
mod nested;
mod part;
mod policy;
mod purge;
mod quiet;
mod record;
mod render;
mod ring;
mod sent;
mod service;
mod shelf;
mod site;
mod status;
mod tee;
pub(crate) mod tell;
mod told;
mod variant;
mod whole;

#[doc(hidden)]
#[cfg(feature = "axum")]
pub use self::axum::ByRoutersElseUncached;
#[cfg(feature = "axum")]
pub use self::axum::{Arrival, Derived};
pub use body::PageBody;
pub use by_body::{PostLayer, PostService};
pub use early::{Conditions, IntoEntityTag, IntoLastModified};
pub use error::BoxError;
pub use handler::PageCompanion;
pub use hole::{Fill, Hole};
pub use layer::{CacheLayer, cache_page};
pub use locale::{Language, TimeZone};
pub use policy::Statuses;
pub use purge::{invalidate, invalidate_blocking, invalidate_in, invalidate_in_blocking};
pub use service::{CacheService, PageFuture};

#[cfg(doc)]
#[doc = include_str!("../docs/pages_conformance.md")]
pub mod conformance {}

#[cfg(doc)]
#[doc = include_str!("../docs/pages_django.md")]
pub mod django {}

#[cfg(doc)]
#[doc = include_str!("../docs/pages_order.md")]
pub mod order {}
