//! `Cache-Control`, and what is said in its place to one kind of cache (RFC 9111, 5.2; RFC 9213).

use std::borrow::Cow;

use http::header::{CACHE_CONTROL, HeaderMap, HeaderName};

use super::list;
use super::seconds::{self, LONGEST};
use super::structured::{self, Value};

/// What a request or a response says to caches.
///
/// Said twice, the one that keeps less counts; what cannot be read is what keeps least: a time of zero, all fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one word that stands there or does not")]
pub struct Directives {
    /// How long it is fresh; in a request, how old it may be.
    pub max_age: Option<u64>,
    /// How long it is fresh for shared caches.
    pub s_maxage: Option<u64>,
    /// How long it may have been stale; `u64::MAX` where no time is said.
    pub max_stale: Option<u64>,
    /// How long it must stay fresh.
    pub min_fresh: Option<u64>,
    /// How long it may be stale while another is made.
    pub stale_while_revalidate: Option<u64>,
    /// How long it may be stale when there is no other.
    pub stale_if_error: Option<u64>,
    /// Nothing of it is kept.
    pub no_store: bool,
    /// Everybody may have it.
    pub public: bool,
    /// It is never used stale.
    pub must_revalidate: bool,
    /// It is never used stale by shared caches.
    pub proxy_revalidate: bool,
    /// It is kept only by those who know its status code.
    pub must_understand: bool,
    /// Its content stays as it is.
    pub no_transform: bool,
    /// The answer is a stored one or none.
    pub only_if_cached: bool,
    /// What is not used without asking.
    pub no_cache: Fields,
    /// What is for one person.
    pub private: Fields,
}

/// Which fields of a response are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fields {
    /// Not said at all.
    #[default]
    Not,
    /// These fields; the rest of the response is not meant.
    These(Vec<HeaderName>),
    /// The whole response.
    Everything,
}

/// What stands behind the name of a directive.
pub enum Argument<'a> {
    /// Nothing.
    None,
    /// A token, or a string without its quotes.
    Text(Cow<'a, [u8]>),
    /// Neither.
    Malformed,
}

impl Directives {
    /// Reads `Cache-Control`, all lines of it.
    pub fn of(headers: &HeaderMap) -> Self {
        let mut directives = Self::default();
        for element in list::elements(headers, &CACHE_CONTROL) {
            // Whatever the open string swallowed may have been this.
            directives.no_store |= list::is_open(element);
            let (name, argument) = halves(element);
            directives.say(name, &argument);
        }
        directives
    }

    /// Reads a field that is meant for some caches only, which is a dictionary; `None` where it is absent, empty or
    /// malformed, and `Cache-Control` is what counts.
    pub fn targeted(headers: &HeaderMap, field: &HeaderName) -> Option<Self> {
        let lines: Vec<_> = headers.get_all(field).iter().map(http::HeaderValue::as_bytes).collect();
        let joined = lines.join(b", " as &[u8]);
        let members = structured::dictionary(&joined).filter(|members| !members.is_empty())?;
        let mut directives = Self::default();
        for (name, value) in members {
            let argument = match value {
                Value::Boolean(false) => continue,
                Value::Boolean(true) => Argument::None,
                Value::Integer(number) => Argument::Text(number.to_string().into_bytes().into()),
                // A number in quotes is none here.
                Value::String(_) if !matches!(name, b"no-cache" | b"private") => Argument::Malformed,
                Value::String(text) => Argument::Text(text.into()),
                Value::Token(token) => Argument::Text(token.into()),
                Value::Other => Argument::Malformed,
            };
            directives.say(name, &argument);
        }
        Some(directives)
    }

    pub(super) fn say(&mut self, name: &[u8], argument: &Argument) {
        let mut lower = [0; "stale-while-revalidate".len()];
        let Some(lower) = lower.get_mut(..name.len()) else { return };
        lower.copy_from_slice(name);
        lower.make_ascii_lowercase();
        let alone = matches!(argument, Argument::None);
        match &*lower {
            b"max-age" => shorten(&mut self.max_age, argument),
            b"s-maxage" => shorten(&mut self.s_maxage, argument),
            b"stale-while-revalidate" => shorten(&mut self.stale_while_revalidate, argument),
            b"stale-if-error" => shorten(&mut self.stale_if_error, argument),
            b"max-stale" if alone => self.max_stale = self.max_stale.or(Some(u64::MAX)),
            b"max-stale" => shorten(&mut self.max_stale, argument),
            b"min-fresh" => self.min_fresh = self.min_fresh.max(Some(argument.seconds().unwrap_or(LONGEST))),
            // What forbids is heard also with an argument that it does not have; what allows is not.
            b"no-store" => self.no_store = true,
            b"must-revalidate" => self.must_revalidate = true,
            b"proxy-revalidate" => self.proxy_revalidate = true,
            b"no-transform" => self.no_transform = true,
            b"public" => self.public |= alone,
            b"must-understand" => self.must_understand |= alone,
            b"only-if-cached" => self.only_if_cached |= alone,
            b"no-cache" => self.no_cache.widen(argument.fields()),
            b"private" => self.private.widen(argument.fields()),
            _ => {}
        }
    }
}

fn shorten(time: &mut Option<u64>, argument: &Argument) {
    let said = argument.seconds().unwrap_or(0);
    *time = Some(time.map_or(said, |time| time.min(said)));
}

impl Argument<'_> {
    /// Returns the time that it is.
    pub fn seconds(&self) -> Option<u64> {
        match self {
            Self::Text(text) => seconds::parse(text),
            Self::None | Self::Malformed => None,
        }
    }

    /// Returns the fields that it names.
    pub fn fields(&self) -> Fields {
        let Self::Text(text) = self else { return Fields::Everything };
        let names: Result<Vec<_>, _> = list::split(text).map(HeaderName::from_bytes).collect();
        match names {
            Ok(names) if !names.is_empty() => Fields::These(names),
            _ => Fields::Everything,
        }
    }
}

impl Fields {
    /// Returns whether anything is meant.
    pub fn is_said(&self) -> bool {
        *self != Self::Not
    }

    /// Adds what is meant as well.
    pub fn widen(&mut self, others: Self) {
        match (&mut *self, others) {
            (_, Self::Not) | (Self::Everything, _) => {}
            (Self::These(names), Self::These(others)) => names.extend(others),
            (_, others) => *self = others,
        }
    }
}

/// Takes a directive apart. White space around `=`, which the grammar does not have, spoils the argument and not the name.
pub fn halves(element: &[u8]) -> (&[u8], Argument<'_>) {
    let Some(at) = element.iter().position(|&byte| byte == b'=') else { return (element, Argument::None) };
    let (name, argument) = (&element[..at], &element[at + 1..]);
    let trimmed = list::trim(name);
    let is_apart = trimmed.len() < name.len() || list::trim(argument).len() < argument.len();
    (trimmed, if is_apart { Argument::Malformed } else { unquoted(argument) })
}

/// Reads a token or a quoted string.
fn unquoted(argument: &[u8]) -> Argument<'_> {
    let Some(inside) = argument.strip_prefix(b"\"") else {
        return if argument.contains(&b'"') { Argument::Malformed } else { Argument::Text(argument.into()) };
    };
    let mut text = Vec::with_capacity(inside.len());
    let mut bytes = inside.iter();
    loop {
        match bytes.next() {
            Some(b'"') if bytes.as_slice().is_empty() => return Argument::Text(text.into()),
            Some(b'"') | None => return Argument::Malformed,
            Some(b'\\') => text.extend(bytes.next()),
            Some(&byte) => text.push(byte),
        }
    }
}

#[cfg(test)]
mod tests;
