//! Why a response is not kept.

use std::fmt;

/// Why a response is not kept: one for each rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It answers `HEAD`, and is no page without its content.
    Head,
    /// A status code that is not kept.
    Status,
    /// The handler calls it an error. The service says so.
    Failed,
    /// `must-understand`, and a status code that is not understood.
    NotUnderstood,
    /// `no-store`.
    NoStore,
    /// `private`.
    Private,
    /// It answers a request with `Authorization`, and does not say that others may have it.
    Authorization,
    /// It sets a cookie.
    Cookie,
    /// `Vary` says `*`, or what is no name of a field: no other request is like this one.
    Vary,
    /// A part of a page with variants, or one that does not say where it belongs.
    Part,
    /// Its handler says that it is not to be kept. The service says so.
    Discarded,
    /// Nobody says how long it is fresh.
    NoTime,
    /// It could never be used: it is stale already or has to be asked for each time, and has nothing to ask with.
    Useless,
    /// It is compressed, and its holes cannot be seen. The service says so.
    Encoded,
    /// It says that it is larger than what is kept. The service says so.
    TooLarge,
    /// Its body is not of the length that its head says. The service says so.
    Length,
    /// A layer nearer to the handler keeps it. The service says so.
    Nearer,
    /// It is part of the page that it would be. The service says so.
    Inside,
}

impl Refusal {
    /// Returns the reason in a few words.
    pub(crate) const fn words(self) -> &'static str {
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
            Self::NoTime => "no time said",
            Self::Encoded => "compressed where holes are filled",
            Self::Inside => "inside of itself",
            Self::Nearer => "kept nearer to the handler",
            Self::TooLarge => "larger than the limit",
            Self::Length => "a Content-Length that is not its own",
            Self::Useless => "stale at once and without a validator",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}
