//! A handler as a place where pages are cached.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cache_core::registry::is_anyone_isolated;
use http::StatusCode;
use once_cell::sync::OnceCell;

use crate::page::layer::CacheLayer;
use crate::page::named::Naming;
use crate::page::site::{Annotation, Choice, Site};
use crate::{Key, Site as Annotated};

/// A handler with [`#[cache_page]`](macro@crate::cache_page): what it was told, and where its pages live.
pub struct PageSite {
    site: &'static Annotated,
    /// Tells two handlers of one name apart, which stand in two functions of a module.
    path: fn() -> &'static str,
    layer: fn(CacheLayer) -> CacheLayer,
    place: OnceCell<Arc<Site>>,
}

impl PageSite {
    /// Makes one. For expansions.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        site: &'static Annotated,
        path: fn() -> &'static str,
        layer: fn(CacheLayer) -> CacheLayer,
    ) -> Self {
        Self { site, path, layer, place: OnceCell::new() }
    }

    /// Returns the annotated place.
    #[must_use]
    pub fn site(&self) -> &'static Annotated {
        self.site
    }

    /// Returns where its pages live. A test with caches of its own asks anew each time.
    pub(in crate::page) fn place(&'static self) -> Cow<'static, Arc<Site>> {
        let annotation = || Annotation { site: self.site, path: (self.path)() };
        let make = || Arc::new(Site::new((self.layer)(CacheLayer::new().annotated(annotation())).into_setup()));
        if is_anyone_isolated() { Cow::Owned(make()) } else { Cow::Borrowed(self.place.get_or_init(make)) }
    }
}

/// What an attribute says and a layer does not.
#[doc(hidden)]
impl CacheLayer {
    fn annotated(self, annotation: Annotation) -> Self {
        self.with(|setup| {
            (setup.choice, setup.annotated) = (Choice::Annotated(annotation), Some(annotation));
            setup.spot = None;
        })
    }

    /// Says by what pages go, beside their URLs.
    pub fn __naming(self, naming: Naming) -> Self {
        self.with(|setup| setup.naming = naming)
    }

    /// Says that somebody stands guard over the pages: browsers ask each time, unless they are told another time.
    pub fn __guarded(self) -> Self {
        self.with(|setup| {
            setup.guarded = true;
            setup.browser.get_or_insert(0);
        })
    }

    /// Keeps pages of this status, also where the handler calls them an error.
    ///
    /// # Panics
    ///
    /// When this is no status code.
    pub fn __status(self, status: u16, time: Option<Duration>) -> Self {
        let status = StatusCode::from_u16(status).expect("the attribute has looked at it");
        self.with(|setup| {
            let statuses = std::mem::take(&mut setup.policy.statuses);
            setup.policy.statuses = match time {
                Some(time) => statuses.and_for(status, time.as_secs()),
                None => statuses.and(status),
            };
            setup.failures.push(status);
        })
    }

    /// Gives all pages the name of their handler as a tag.
    pub fn __tag(self, name: Key) -> Self {
        self.with(|setup| setup.tags.push(name))
    }
}

impl fmt::Debug for PageSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.site.fmt(f)
    }
}
