//! [`Place`]: where one value of a key goes, and the shapes that a value can have.

use std::fmt;

use crate::key::{KeyPart, KeyWriter};

/// A place of a key, to be filled once.
///
/// Every way to fill it takes the place away: two values can never be run together by accident. A value of several
/// parts is a [`tuple`](Self::tuple), a [`record`](Self::record), a [`list`](Self::list), a [`map`](Self::map) or a
/// [`variant`](Self::variant).
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::key::{Key, KeyPart, Place};
///
/// struct Money { cents: i64, currency: String }
///
/// impl KeyPart for Money {
///     fn write_key(&self, place: Place<'_>) {
///         place.tuple(|items| {
///             items.item(&self.cents).item(&self.currency);
///         });
///     }
/// }
///
/// let money = Money { cents: 1250, currency: "EUR".into() };
/// assert_eq!(Key::write(0, |key| { key.part(&money); }).as_str(), "<1250,EUR>");
/// ```
///
/// Two texts one after the other could be split in more than one way, and do not compile:
///
/// ```compile_fail,E0382
/// # use cache_core::key::{KeyPart, Place};
/// struct Name { first: String, last: String }
///
/// impl KeyPart for Name {
///     fn write_key(&self, place: Place<'_>) {
///         place.text(&self.first);
///         place.text(&self.last);
///     }
/// }
/// ```
pub struct Place<'a> {
    writer: KeyWriter<'a>,
    /// Whether the value stands directly in an `Option`: an `Option` there marks itself. Carried along here, and not
    /// a property of the type, it is right for every wrapper too, also for those written by hand.
    in_option: bool,
}

impl<'a> Place<'a> {
    #[inline]
    pub(super) fn new(writer: KeyWriter<'a>) -> Self {
        Self { writer, in_option: false }
    }

    /// Fills the place with the value of another type: what a wrapper does that means no more than what it wraps.
    ///
    /// ```
    /// use cache_core::key::{Key, KeyPart, Place};
    ///
    /// struct UserId(u64);
    ///
    /// impl KeyPart for UserId {
    ///     fn write_key(&self, place: Place<'_>) {
    ///         place.part(&self.0);
    ///     }
    /// }
    ///
    /// assert_eq!(Key::write(0, |key| { key.part(&UserId(7)); }).as_str(), "7");
    /// ```
    #[inline]
    pub fn part<P: KeyPart + ?Sized>(self, part: &P) {
        part.write_key(self);
    }

    /// Fills the place with text, escaped.
    ///
    /// ```
    /// # use cache_core::key::{Key, KeyPart, Place};
    /// struct Path(String);
    ///
    /// impl KeyPart for Path {
    ///     fn write_key(&self, place: Place<'_>) {
    ///         place.text(&self.0);
    ///     }
    /// }
    ///
    /// assert_eq!(Key::write(0, |key| { key.part(&Path("a/b".into())); }).as_str(), "a%2Fb");
    /// ```
    #[inline]
    pub fn text(mut self, text: &str) {
        self.writer.text(text);
    }

    /// Fills the place with a fixed number of values: `<1,2>`.
    ///
    /// For a number that varies take [`list`](Self::list): nothing and one empty text are the same tuple.
    ///
    /// ```
    /// # use cache_core::key::{Key, KeyPart, Place};
    /// struct Point(i32, i32);
    ///
    /// impl KeyPart for Point {
    ///     fn write_key(&self, place: Place<'_>) {
    ///         place.tuple(|items| {
    ///             items.item(&self.0).item(&self.1);
    ///         });
    ///     }
    /// }
    ///
    /// assert_eq!(Key::write(0, |key| { key.part(&Point(1, -2)); }).as_str(), "<1,-2>");
    /// ```
    #[inline]
    pub fn tuple(mut self, write: impl FnOnce(&mut Items<'_>)) {
        self.writer.push(b"<");
        write(&mut Items { writer: self.writer.reborrow(), first: true });
        self.writer.push(b">");
    }

    /// Fills the place with named values: `<author=1,page=2>`.
    ///
    /// ```
    /// # use cache_core::key::{Key, KeyPart, Place};
    /// struct Filter { author: u64, page: u32 }
    ///
    /// impl KeyPart for Filter {
    ///     fn write_key(&self, place: Place<'_>) {
    ///         place.record(|fields| {
    ///             fields.field("author", &self.author).field("page", &self.page);
    ///         });
    ///     }
    /// }
    ///
    /// let filter = Filter { author: 1, page: 2 };
    /// assert_eq!(Key::write(0, |key| { key.part(&filter); }).as_str(), "<author=1,page=2>");
    /// ```
    #[inline]
    pub fn record(mut self, write: impl FnOnce(&mut Fields<'_>)) {
        let mut fields = Fields { writer: self.writer.reborrow(), first: true };
        write(&mut fields);
        // The first field brings the bracket that opens.
        let end: &[u8] = if fields.first { b"<>" } else { b">" };
        self.writer.push(end);
    }

    /// Fills the place with any number of values of one kind: `<1,2,>`, with a comma after each.
    ///
    /// ```
    /// # use cache_core::key::{Key, KeyPart, Place};
    /// struct Tags(Vec<String>);
    ///
    /// impl KeyPart for Tags {
    ///     fn write_key(&self, place: Place<'_>) {
    ///         place.list(&self.0);
    ///     }
    /// }
    ///
    /// assert_eq!(Key::write(0, |key| { key.part(&Tags(vec!["a".into(), "b".into()])); }).as_str(), "<a,b,>");
    /// ```
    pub fn list<P: KeyPart>(mut self, items: impl IntoIterator<Item = P>) {
        self.writer.push(b"<");
        for item in items {
            self.writer.part(&item).push(b",");
        }
        self.writer.push(b">");
    }

    /// Fills the place with any number of pairs: `<a=1,b=2,>`. Their order counts: give them sorted.
    ///
    /// ```
    /// # use cache_core::key::{Key, KeyPart, Place};
    /// # use std::collections::BTreeMap;
    /// struct Query(BTreeMap<String, u32>);
    ///
    /// impl KeyPart for Query {
    ///     fn write_key(&self, place: Place<'_>) {
    ///         place.map(&self.0);
    ///     }
    /// }
    ///
    /// let query = Query(BTreeMap::from([("b".into(), 2), ("a".into(), 1)]));
    /// assert_eq!(Key::write(0, |key| { key.part(&query); }).as_str(), "<a=1,b=2,>");
    /// ```
    pub fn map<K: KeyPart, V: KeyPart>(mut self, entries: impl IntoIterator<Item = (K, V)>) {
        self.writer.push(b"<");
        for (name, value) in entries {
            self.writer.part(&name).push(b"=");
            self.writer.part(&value).push(b",");
        }
        self.writer.push(b">");
    }

    /// Fills the place with the name of a variant and what it holds: `Empty`, `Circle<3>`, `Circle<radius=3>`.
    ///
    /// ```
    /// # use cache_core::key::{Key, KeyPart, Place};
    /// enum Shape { Empty, Circle(u32) }
    ///
    /// impl KeyPart for Shape {
    ///     fn write_key(&self, place: Place<'_>) {
    ///         match self {
    ///             Self::Empty => place.variant("Empty").unit(),
    ///             Self::Circle(radius) => place.variant("Circle").tuple(|items| { items.item(radius); }),
    ///         }
    ///     }
    /// }
    ///
    /// assert_eq!(Key::write(0, |key| { key.part(&Shape::Empty); }).as_str(), "Empty");
    /// assert_eq!(Key::write(0, |key| { key.part(&Shape::Circle(3)); }).as_str(), "Circle<3>");
    /// ```
    #[must_use = "say what the variant holds: `unit`, `tuple` or `record`"]
    #[inline]
    pub fn variant(mut self, name: &'static str) -> Variant<'a> {
        self.writer.text(name);
        Variant(self)
    }

    /// Fills the place with a value that may be missing.
    #[inline]
    pub(super) fn option<P: KeyPart>(mut self, value: Option<&P>) {
        if self.in_option {
            self.writer.push(b"%some");
        }
        match value {
            None => self.writer.push(b"%none"),
            Some(value) => value.write_key(Place { writer: self.writer, in_option: true }),
        }
    }

    /// Fills the place with what is known to need no escape.
    #[inline]
    pub(super) fn plain(mut self, write: impl FnOnce(&mut KeyWriter<'_>)) {
        write(&mut self.writer);
    }

    /// Fills the place with what the value's `Display` says, escaped.
    pub(super) fn display(mut self, value: &dyn fmt::Display) {
        self.writer.display(value);
    }
}

impl fmt::Debug for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Place").field("in_option", &self.in_option).finish_non_exhaustive()
    }
}

/// The values of a [`tuple`](Place::tuple), one after another.
#[derive(Debug)]
pub struct Items<'a> {
    writer: KeyWriter<'a>,
    first: bool,
}

impl Items<'_> {
    /// Writes the next value; see [`Place::tuple`] for an example.
    #[inline]
    pub fn item<P: KeyPart + ?Sized>(&mut self, item: &P) -> &mut Self {
        self.next();
        self.writer.part(item);
        self
    }

    /// Writes the comma between two values.
    #[inline]
    fn next(&mut self) {
        if !std::mem::take(&mut self.first) {
            self.writer.push(b",");
        }
    }
}

/// The values of a [`record`](Place::record) with their names.
#[derive(Debug)]
pub struct Fields<'a> {
    writer: KeyWriter<'a>,
    first: bool,
}

impl Fields<'_> {
    /// Writes the next value with its name; see [`Place::record`] for an example.
    #[inline]
    pub fn field<P: KeyPart + ?Sized>(&mut self, name: &str, value: &P) -> &mut Self {
        let separator = if std::mem::take(&mut self.first) { b'<' } else { b',' };
        self.writer.named(separator, name);
        self.writer.part(value);
        self
    }
}

/// A place that holds the name of a variant already.
#[derive(Debug)]
pub struct Variant<'a>(Place<'a>);

impl Variant<'_> {
    /// Writes nothing more: `Empty`; see [`Place::variant`] for an example.
    #[inline]
    pub fn unit(self) {}

    /// Writes the variant's values: `Circle<3>`; see [`Place::variant`] for an example.
    #[inline]
    pub fn tuple(self, write: impl FnOnce(&mut Items<'_>)) {
        self.0.tuple(write);
    }

    /// Writes the variant's values with their names: `Circle<radius=3>`; see [`Place::record`] for an example.
    #[inline]
    pub fn record(self, write: impl FnOnce(&mut Fields<'_>)) {
        self.0.record(write);
    }
}
