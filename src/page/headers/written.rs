//! `Cache-Control` while it is edited.

use http::header::{CACHE_CONTROL, HeaderMap, HeaderName};

use crate::page::grammar::directives::{Argument, halves};
use crate::page::grammar::{Fields, list};

/// The directives of a response, as they are written.
pub(super) struct Written(Vec<Directive>);

/// One directive, as it is written, but for its name, which is in lower case. It closes the strings that it opens.
struct Directive {
    text: Vec<u8>,
}

impl Written {
    /// Reads all lines of a response.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut written = Self(Vec::new());
        for element in list::elements(headers, &CACHE_CONTROL) {
            if list::is_open(element) {
                written.set("no-store", None);
            } else {
                written.0.push(Directive::of(element));
            }
        }
        written
    }

    fn arguments(&self, name: &str) -> impl Iterator<Item = Argument<'_>> {
        self.0.iter().filter(move |directive| directive.is(name)).map(Directive::argument)
    }

    fn fields(&self, name: &str) -> Fields {
        let mut all = Fields::Not;
        self.arguments(name).for_each(|argument| all.widen(argument.fields()));
        all
    }

    /// Says a time, or leaves the smaller one that is said.
    pub(super) fn shorten(&mut self, name: &str, time: u64) {
        let said = self.arguments(name).map(|argument| argument.seconds().unwrap_or(0));
        let least = said.fold(time, u64::min);
        self.set(name, Some(least.to_string()));
    }

    /// Says fields, beside those that are said.
    pub(super) fn widen(&mut self, name: &str, fields: Fields) {
        let mut all = self.fields(name);
        all.widen(fields);
        let names = match all {
            Fields::These(names) => Some(quoted(&names)),
            Fields::Not | Fields::Everything => None,
        };
        self.set(name, names);
    }

    /// Takes a directive out.
    pub(super) fn remove(&mut self, name: &str) {
        self.0.retain(|directive| !directive.is(name));
    }

    /// Takes a directive out, but for where it names fields.
    pub(super) fn remove_of_everything(&mut self, name: &str) {
        self.0.retain(|directive| !directive.is(name) || directive.argument().fields() != Fields::Everything);
    }

    /// Writes a directive where the first of its name stands, or at the end, and takes out all others of that name.
    pub(super) fn set(&mut self, name: &str, argument: Option<String>) {
        let text = argument.map_or_else(|| name.to_owned(), |argument| format!("{name}={argument}")).into_bytes();
        let at = self.0.iter().position(|directive| directive.is(name)).unwrap_or(self.0.len());
        self.remove(name);
        self.0.insert(at, Directive { text });
    }

    /// Writes all of them as one line.
    pub(super) fn join(&self) -> Vec<u8> {
        self.0.iter().map(|directive| &*directive.text).collect::<Vec<_>>().join(b", " as &[u8])
    }
}

impl Directive {
    fn of(element: &[u8]) -> Self {
        let name = halves(element).0.len();
        let mut text = element.to_vec();
        text[..name].make_ascii_lowercase();
        Self { text }
    }

    fn is(&self, name: &str) -> bool {
        halves(&self.text).0 == name.as_bytes()
    }

    fn argument(&self) -> Argument<'_> {
        halves(&self.text).1
    }
}

/// Writes names as a quoted list, each once.
fn quoted(names: &[HeaderName]) -> String {
    let mut once: Vec<&str> = Vec::new();
    for name in names {
        if !once.contains(&name.as_str()) {
            once.push(name.as_str());
        }
    }
    format!("\"{}\"", once.join(", "))
}
