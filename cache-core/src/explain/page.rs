//! The reasons that there are for pages alone. Those of all values are beside this module.

use std::fmt::{self, Display};

/// Why a request is none that a page answers, and goes to the handler as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pass {
    /// It is neither `GET` nor `HEAD`.
    Method,
    /// It has a body, which is no part of its key.
    Body,
    /// It says `no-store`, and its client is trusted.
    NoStore,
    /// It is not clear what it asks for: it has two `Host`s, say.
    Malformed,
    /// It asks for another protocol.
    Upgrade,
    /// It asks for a part of a page that is not there.
    Range,
    /// The cache or the handler is switched off.
    Off,
    /// The same place stands around this one, and makes the page.
    Inside,
}

/// Why a page that is there is none for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unusable {
    /// It is another one of this URL: those depend on headers or cookies in which this request is another.
    OtherVariant,
    /// It was invalidated, by its path or a pattern of paths.
    Purged,
    /// It was made by a place that was told something else.
    OtherPlace,
    /// The request has `Authorization`, and the page does not say that it is for such requests too.
    Authorization,
    /// It says itself that its handler is to be asked each time: `no-cache`.
    AlwaysAsk,
    /// A client that is trusted wants nothing that is not asked for anew: `no-cache`.
    ClientNoCache,
    /// A client that is trusted wants nothing so old: `max-age`.
    ClientMaxAge,
    /// A client that is trusted wants nothing that ends so soon: `min-fresh`.
    ClientMinFresh,
    /// It was made in the future: the clock was turned back.
    FromTheFuture,
    /// The last answers of this URL were not to be kept, and so nobody waits for one that might be.
    NotKeptLately,
}

/// Why an answer is not kept as a page: one for each rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// It answers `HEAD`, and is no page without its content.
    Head,
    /// Its status code is none that is kept.
    Status,
    /// Its handler calls it an error.
    Failed,
    /// It says `must-understand`, and its status code is not understood.
    NotUnderstood,
    /// It says `no-store`.
    NoStore,
    /// It says `private`.
    Private,
    /// It answers a request with `Authorization`, and does not say that others may have it.
    Authorization,
    /// It sets a cookie.
    Cookie,
    /// Its `Vary` says `*`: no other request is like this one.
    Vary,
    /// It is a part of a page with variants, or one that does not say where it belongs.
    Part,
    /// Its handler says that it is not to be kept.
    Discarded,
    /// What it was made of has more tags than it could go with.
    TooManyTags,
    /// Nobody says how long it is fresh.
    NoTime,
    /// It could never be used: it is stale already or has to be asked for each time, and has nothing to ask with.
    Useless,
    /// It is compressed, and its holes cannot be seen.
    Encoded,
    /// It says that it is larger than what is kept.
    TooLarge,
    /// Its body is not of the length that its head says.
    Length,
    /// A layer nearer to the handler keeps it.
    Nearer,
    /// It is part of the page that it would be.
    Inside,
    /// Its body grew larger than what is kept, or was cut short.
    Body,
}

impl Pass {
    /// Returns what `Cache-Status` says of it, where there is more to say than that it was passed on.
    #[must_use]
    pub const fn brief(self) -> Option<&'static str> {
        match self {
            Self::Method => None,
            Self::Body => Some("a request with a body"),
            Self::NoStore => Some("no-store"),
            Self::Malformed => Some("an unclear address"),
            Self::Upgrade => Some("another protocol"),
            Self::Range => Some("a part of what is not stored"),
            Self::Off => Some("switched off"),
            Self::Inside => Some("inside of itself"),
        }
    }
}

impl Refusal {
    /// Returns it in the few words that `Cache-Status` has for it.
    #[must_use]
    pub const fn brief(self) -> &'static str {
        match self {
            Self::Head => "an answer to HEAD",
            Self::Status => "a status code that is not kept",
            Self::Failed => "an error of the handler",
            Self::NotUnderstood => "must-understand with an unknown status code",
            Self::NoStore => "no-store",
            Self::Private => "private",
            Self::Authorization => "made for a request with Authorization",
            Self::Cookie => "sets a cookie",
            Self::Vary => "Vary with * in it",
            Self::Part => "a part that stands for itself alone",
            Self::Discarded => "discarded by its handler",
            Self::TooManyTags => "made of too many tags",
            Self::NoTime => "no time said",
            Self::Useless => "stale at once and without a validator",
            Self::Encoded => "compressed where holes are filled",
            Self::TooLarge => "larger than the limit",
            Self::Length => "a Content-Length that is not its own",
            Self::Nearer => "kept nearer to the handler",
            Self::Inside => "inside of itself",
            Self::Body => "a body over the limit, or cut short",
        }
    }
}

impl Display for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Method => "neither GET nor HEAD",
            Self::Body => "it has a body",
            Self::NoStore => "its client says `no-store`",
            Self::Malformed => "it is not clear what it asks for",
            Self::Upgrade => "it asks for another protocol",
            Self::Range => "a part of what is not there",
            Self::Off => "switched off",
            Self::Inside => "the same place stands around this one",
        })
    }
}

impl Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherVariant => "what is there is for requests with other headers (`Vary`)",
            Self::Purged => "its path was invalidated",
            Self::OtherPlace => "what is there was made by a place that was told something else",
            Self::Authorization => "the request has `Authorization`, and the page is not for such requests",
            Self::AlwaysAsk => "the page says that its handler is to be asked each time",
            Self::ClientNoCache => "its client wants nothing that is not asked for anew (`no-cache`)",
            Self::ClientMaxAge => "its client wants nothing so old (`max-age`)",
            Self::ClientMinFresh => "its client wants nothing that ends so soon (`min-fresh`)",
            Self::FromTheFuture => "the page was made in the future: the clock was turned back",
            Self::NotKeptLately => {
                "the last page of this URL was not to be kept, and for a moment nobody waits for the next"
            }
        })
    }
}

impl Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Head => "it answers HEAD",
            Self::Status => "its status code is none that is kept",
            Self::Failed => "its handler calls it an error",
            Self::NotUnderstood => "it says `must-understand`, and its status code is not understood",
            Self::NoStore => "it says `no-store`",
            Self::Private => "it says `private`",
            Self::Authorization => "the request has `Authorization`, and it does not say that others may have it",
            Self::Cookie => "it sets a cookie",
            Self::Vary => "its `Vary` says `*`",
            Self::Part => "it is a part that stands for itself alone",
            Self::Discarded => "its handler has discarded it",
            Self::TooManyTags => "what it was made of has more tags than it could go with",
            Self::NoTime => "nobody says how long it is fresh",
            Self::Useless => "it is stale at once, and has nothing to ask with",
            Self::Encoded => "it is compressed, and its holes cannot be seen",
            Self::TooLarge => "it says that it is larger than the limit",
            Self::Length => "its `Content-Length` is not that of its body",
            Self::Nearer => "a layer nearer to the handler keeps it",
            Self::Inside => "it is part of the page that it would be",
            Self::Body => "its body grew over the limit, or was cut short",
        })
    }
}
