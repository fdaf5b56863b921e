//! Edits of `Cache-Control`.

use http::HeaderValue;
use http::header::{CACHE_CONTROL, HeaderMap, HeaderName};

use super::written::Written;
use crate::IntoTime;
use crate::page::grammar::Fields;
use crate::page::grammar::seconds::LONGEST;

/// What a response is to say to caches, beside what it says already.
///
/// Directives that are there stay, in their order; new ones come after them, in the order in which they are said here. Of
/// two times the smaller stays, names of fields are added to names, and [`public`](Self::public) and
/// [`private`](Self::private) take each other's place.
///
/// ```
/// use http::{HeaderMap, header};
/// use larder::page::headers::CacheControl;
///
/// let mut map = HeaderMap::new();
/// map.insert(header::CACHE_CONTROL, "must-revalidate, max-age=60, private".parse()?);
/// CacheControl::new().public().max_age(3600).stale_if_error(600).apply(&mut map);
/// assert_eq!(map[header::CACHE_CONTROL], "must-revalidate, max-age=60, public, stale-if-error=600");
/// # Ok::<(), http::header::InvalidHeaderValue>(())
/// ```
///
/// A handler of axum returns it beside the rest:
///
/// ```
/// use axum::response::IntoResponse;
/// use http::header;
/// use larder::page::headers::CacheControl;
///
/// fn price() -> (CacheControl, &'static str) {
///     (CacheControl::new().public().max_age(60), "12.50")
/// }
///
/// assert_eq!(price().into_response().headers()[header::CACHE_CONTROL], "public, max-age=60");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "nothing is edited until it is applied"]
pub struct CacheControl {
    edits: Vec<Edit>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Edit {
    Word(&'static str),
    Time(&'static str, u64),
    Fields(&'static str, Fields),
    Public,
    Private,
}

/// Writes the methods of one kind, each with the directive that it says.
macro_rules! says {
    (words: $($(#[doc = $word_doc:literal])+ $word:ident = $word_name:literal;)+
     times: $($(#[doc = $time_doc:literal])+ $time:ident = $time_name:literal;)+) => {
        $($(#[doc = $word_doc])+
        pub fn $word(self) -> Self {
            self.with(Edit::Word($word_name))
        })+
        $($(#[doc = $time_doc])+
        pub fn $time(self, time: impl IntoTime) -> Self {
            self.with(Edit::Time($time_name, time.into_time().as_secs().min(LONGEST)))
        })+
    };
}

impl CacheControl {
    /// Says nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    says! {
        words:
        /// Says that nobody keeps it.
        no_store = "no-store";
        /// Says that nobody uses it stale.
        must_revalidate = "must-revalidate";
        /// Says that no shared cache uses it stale.
        proxy_revalidate = "proxy-revalidate";
        /// Says that only those keep it who know what its status code means.
        must_understand = "must-understand";
        /// Says that its content stays as it is.
        no_transform = "no-transform";
        /// Says that it does not change while it is fresh.
        immutable = "immutable";

        times:
        /// Says how long it is fresh, in whole seconds; a smaller time that is there stays.
        max_age = "max-age";
        /// Says how long it is fresh for shared caches; a smaller time that is there stays.
        s_maxage = "s-maxage";
        /// Says how long it may be used stale while another is fetched; a smaller time that is there stays.
        stale_while_revalidate = "stale-while-revalidate";
        /// Says how long it may be used stale where there is no other; a smaller time that is there stays.
        stale_if_error = "stale-if-error";
    }

    /// Says that everybody may have it, in the place of `private`. Fields that are private by name stay so.
    pub fn public(self) -> Self {
        self.without(&Edit::Private).with(Edit::Public)
    }

    /// Says that it is for one person, in the place of `public`.
    pub fn private(self) -> Self {
        self.without(&Edit::Public).with(Edit::Private)
    }

    /// Says that these fields of it are for one person.
    ///
    /// ```
    /// use http::{HeaderMap, header};
    /// use larder::page::headers::CacheControl;
    ///
    /// let mut map = HeaderMap::new();
    /// CacheControl::new().public().private_fields([header::SET_COOKIE]).apply(&mut map);
    /// assert_eq!(map[header::CACHE_CONTROL], r#"public, private="set-cookie""#);
    /// ```
    pub fn private_fields(self, names: impl IntoIterator<Item = HeaderName>) -> Self {
        self.with_fields("private", names)
    }

    /// Says that it is not used without asking.
    pub fn no_cache(self) -> Self {
        self.with(Edit::Fields("no-cache", Fields::Everything))
    }

    /// Says that these fields of it are not used without asking, beside those that are named already.
    pub fn no_cache_fields(self, names: impl IntoIterator<Item = HeaderName>) -> Self {
        self.with_fields("no-cache", names)
    }

    /// Makes a response say so, in one line. Where nothing is said here, nothing changes.
    ///
    /// A string that is never closed would swallow what comes after it: it is taken out, and `no-store` is what caches
    /// read in its place.
    pub fn apply(&self, headers: &mut HeaderMap) {
        if self.edits.is_empty() {
            return;
        }
        let mut written = Written::of(headers);
        // First, so that an edit never takes out what another one said.
        self.edits.iter().for_each(|edit| edit.make_room(&mut written));
        for edit in &self.edits {
            edit.apply(&mut written);
        }
        if let Ok(value) = HeaderValue::from_bytes(&written.join()) {
            headers.insert(CACHE_CONTROL, value);
        }
    }

    /// Returns what of it is said of errors as well: that they are not kept, or not for long. Nobody means them by what
    /// allows to keep a page.
    pub(in crate::page) fn of_errors(mut self) -> Self {
        self.edits.retain(|edit| !edit.allows());
        self
    }

    fn with(mut self, edit: Edit) -> Self {
        self.edits.push(edit);
        self
    }

    fn without(mut self, edit: &Edit) -> Self {
        self.edits.retain(|other| other != edit);
        self
    }

    fn with_fields(self, directive: &'static str, names: impl IntoIterator<Item = HeaderName>) -> Self {
        let names: Vec<_> = names.into_iter().collect();
        if names.is_empty() { self } else { self.with(Edit::Fields(directive, Fields::These(names))) }
    }
}

impl Edit {
    /// Returns whether it makes caches keep what they would not keep, or not for as long.
    fn allows(&self) -> bool {
        matches!(self, Self::Public | Self::Word("immutable") | Self::Time(_, 1..))
    }

    /// Takes out what contradicts it.
    fn make_room(&self, written: &mut Written) {
        match self {
            Self::Public => written.remove_of_everything("private"),
            Self::Private => written.remove("public"),
            Self::Word(_) | Self::Time(..) | Self::Fields(..) => {}
        }
    }

    fn apply(&self, written: &mut Written) {
        match self {
            Self::Word(name) => written.set(name, None),
            Self::Time(name, time) => written.shorten(name, *time),
            Self::Fields(name, fields) => written.widen(name, fields.clone()),
            Self::Public => written.set("public", None),
            Self::Private => written.widen("private", Fields::Everything),
        }
    }
}

#[cfg(test)]
mod tests;
