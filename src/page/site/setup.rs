//! What one place in a program was told.

use std::fmt;
use std::panic::Location;

use http::{HeaderName, StatusCode};

use crate::page::aspect::Aspect;
use crate::page::hide::View;
use crate::page::hole::Fillers;
use crate::page::key::Extension;
use crate::page::named::Naming;
use crate::page::policy::Policy;
use crate::{Cache, Key};

/// What one place was told.
#[expect(clippy::struct_excessive_bools, reason = "each is a word of its own, which a layer is told or not")]
#[derive(Clone, Debug)]
pub(in crate::page) struct Setup {
    pub(in crate::page) choice: Choice,
    /// Where in the source it was told, where nobody has named it: other services stand behind what is told elsewhere.
    pub(in crate::page) spot: Option<Spot>,
    /// The handler that has been told, where it is one.
    pub(in crate::page) annotated: Option<Annotation>,
    pub(in crate::page) prefix: String,
    pub(in crate::page) policy: Policy,
    /// Whether what says no time is kept for as long as its cache keeps such things.
    pub(in crate::page) is_usual: bool,
    /// What its pages are told apart by, whatever they say themselves.
    pub(in crate::page) aspects: Vec<Aspect>,
    /// What layers outside put into requests, by which pages are told apart.
    pub(in crate::page) extensions: Vec<Extension>,
    /// What the handler says of requests, by which pages are told apart.
    pub(in crate::page) naming: Naming,
    pub(in crate::page) view: View,
    /// Whether somebody in front of it may refuse a request: its pages are for nobody who was not let in.
    pub(in crate::page) guarded: bool,
    /// Status codes of pages that are kept although the handler calls them an error.
    pub(in crate::page) failures: Vec<StatusCode>,
    /// What the holes of its pages are filled with.
    pub(in crate::page) fillers: Fillers,
    /// How long those downstream may keep a page, in seconds, where that is to differ.
    pub(in crate::page) browser: Option<u64>,
    /// How many bytes a page may have that is kept.
    pub(in crate::page) limit: u64,
    /// How many variants of one URL are kept.
    pub(in crate::page) variants: usize,
    /// Whether answers to `POST` are kept that are pages too.
    pub(in crate::page) posts: bool,
    /// Whether answers to `POST` are kept, and told apart by what was sent.
    pub(in crate::page) by_body: bool,
    /// Whether pages get an `ETag` that have none.
    pub(in crate::page) tagged: bool,
    /// Whether parts of pages are kept.
    pub(in crate::page) parts: bool,
    /// Whether answers say in `Cache-Status` where they come from.
    pub(in crate::page) tells: bool,
    /// The tags of all its pages.
    pub(in crate::page) tags: Vec<Key>,
    /// Headers of a response that hold its own tags.
    pub(in crate::page) tags_from: Vec<HeaderName>,
}

/// A place in the source.
#[derive(Clone, Copy)]
pub(in crate::page) struct Spot(pub(in crate::page) &'static Location<'static>);

impl fmt::Debug for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which cache the pages live in.
#[derive(Clone)]
pub(in crate::page) enum Choice {
    Named(String),
    Given(Cache),
    /// That of a handler which says so itself.
    Annotated(Annotation),
}

/// The handler that says so.
#[derive(Clone, Copy)]
pub(in crate::page) struct Annotation {
    pub(in crate::page) site: &'static crate::Site,
    pub(in crate::page) path: &'static str,
}

/// Another program, or a later build of this one, finds the same handler at another line, and with other counts.
impl fmt::Debug for Annotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { site, path } = self;
        write!(f, "`{}::{}`, {path}, {}, {:?}", site.module(), site.name(), site.cache_name(), site.own_version())
    }
}

impl fmt::Debug for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => write!(f, "the cache named `{name}`"),
            Self::Given(cache) => cache.fmt(f),
            Self::Annotated(annotation) => write!(f, "the cache of {annotation:?}"),
        }
    }
}
