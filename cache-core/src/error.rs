//! The one error type: what kind, where, and what lies behind it.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// What went wrong, for a program to decide on.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Kind, testing};
///
/// let larder = testing::isolated();
/// let visits = match larder.cache("default").blocking().incr("visits", 1) {
///     Err(error) if error.kind() == Kind::Missing => 0,
///     counted => counted?,
/// };
/// assert_eq!(visits, 0);
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A cache was asked for by a name that nobody configured.
    UnknownCache,
    /// A setting, an address or a combination of options that cannot work.
    Configuration,
    /// The store failed to answer, or answered with something unusable.
    Store,
    /// A body took longer than it was given.
    Timeout,
    /// A number was asked for where the entry holds something else.
    NotANumber,
    /// There is no live entry under this key.
    Missing,
    /// Counting further would leave the range of `i64`.
    Overflow,
    /// The value is over the limit of the cache or its store.
    TooLarge,
    /// The value could not be turned into bytes.
    Encode,
    /// The store cannot do this.
    Unsupported,
}

/// What went wrong in a cache: a kind, a sentence, and what lies behind it.
///
/// It is `Clone`, so that one failure can be handed to every caller who waited for the same load.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Error, Kind};
///
/// let error = Error::new(Kind::Store, "the store is away");
/// assert!(error.is_transient() && error.to_string() == "the store is away");
/// ```
#[derive(Clone)]
pub struct Error {
    kind: Kind,
    context: Cow<'static, str>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// Makes an error of this kind, with one sentence for the person who reads it.
    pub fn new(kind: Kind, context: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, context: context.into(), source: None }
    }

    /// Makes the error of somebody's having written down what cannot be: in code, or in a file of configuration.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Error, Kind};
    ///
    /// assert_eq!(Error::configuration("a pool of 0 connections has none").kind(), Kind::Configuration);
    /// ```
    pub fn configuration(sentence: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Configuration, sentence)
    }

    /// Adds what lies behind it.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use std::error::Error as _;
    /// use larder::{Error, Kind};
    ///
    /// let cause = "x".parse::<u8>().unwrap_err();
    /// let error = Error::new(Kind::Store, "the answer is no number").with_source(cause);
    /// assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("invalid digit found in string"));
    /// ```
    #[must_use]
    pub fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Returns what went wrong, for a program to decide on.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns whether the same call may succeed later without a change by anybody.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Error, Kind};
    ///
    /// assert!(Error::new(Kind::Timeout, "it took too long").is_transient());
    /// assert!(!Error::new(Kind::TooLarge, "it does not fit").is_transient());
    /// ```
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self.kind, Kind::Store | Kind::Timeout)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.context)
    }
}

/// A mistake in a configuration reads as in `Display`, lines and all: a `main` that returns it shows it so.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kind == Kind::Configuration {
            return fmt::Display::fmt(self, f);
        }
        let mut out = f.debug_struct("Error");
        out.field("kind", &self.kind).field("context", &self.context);
        if let Some(source) = &self.source {
            out.field("source", source);
        }
        out.finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
