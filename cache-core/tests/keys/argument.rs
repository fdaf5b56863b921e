//! From bytes to argument lists: sites with arguments of any type, and values for them.
//!
//! [`two_lists`] is a pure function, so that a fuzzer can drive it as well as a property test: whatever the bytes, two
//! lists that differ must have keys that differ.

use cache_core::key::{Key, KeyPart, Place};

/// The type of an argument.
#[derive(Clone, Debug)]
pub enum Shape {
    Text,
    Number,
    Flag,
    Letter,
    Maybe(Box<Shape>),
    List(Box<Shape>),
    Map(Box<Shape>, Box<Shape>),
    Tuple(Vec<Shape>),
    Record(Vec<Shape>),
    Wrapper(Box<Shape>),
    /// Variants of one enum, each with or without a value.
    Choice(Vec<Option<Shape>>),
}

/// A value of such a type. Values are compared, and written, as those of the type would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Number(i64),
    Flag(bool),
    Letter(char),
    Maybe(Option<Box<Value>>),
    List(Vec<Value>),
    Map(Vec<(Value, Value)>),
    Tuple(Vec<Value>),
    Record(Vec<Value>),
    Wrapper(Box<Value>),
    Choice(usize, Option<Box<Value>>),
}

const NAMES: [&str; 4] = ["a", "ab", "none", "ü"];

impl KeyPart for Value {
    fn write_key(&self, place: Place<'_>) {
        match self {
            Self::Text(text) => place.part(text),
            Self::Number(number) => place.part(number),
            Self::Flag(flag) => place.part(flag),
            Self::Letter(letter) => place.part(letter),
            Self::Maybe(value) => place.part(value),
            Self::List(items) => place.list(items),
            Self::Map(entries) => place.map(entries.iter().map(|(name, value)| (name, value))),
            Self::Tuple(items) => place.tuple(|out| {
                for item in items {
                    out.item(item);
                }
            }),
            Self::Record(values) => place.record(|out| {
                for (name, value) in NAMES.iter().zip(values) {
                    out.field(name, value);
                }
            }),
            Self::Wrapper(value) => place.part(&**value),
            Self::Choice(at, None) => place.variant(NAMES[*at]).unit(),
            Self::Choice(at, Some(value)) => place.variant(NAMES[*at]).tuple(|out| {
                out.item(&**value);
            }),
        }
    }
}

/// A site: literal text with a separator in it before each argument, and the arguments' types.
#[derive(Clone, Debug)]
pub struct Site(Vec<(&'static str, Shape)>);

/// Literal text that a pattern may have between two places.
const LITERALS: [&str; 14] = [":", "/", ",", ";", "=", "&", "|", "?", "#", "%none:", "a,", ">,", "25:%", "%+:"];

impl Site {
    /// Writes the key of an argument list.
    pub fn key(&self, arguments: &[Value]) -> Key {
        Key::write(1, |key| {
            for ((literal, _), value) in self.0.iter().zip(arguments) {
                key.literal(literal).part(value);
            }
        })
    }
}

/// Makes a site, and two lists of arguments for it.
pub fn two_lists(bytes: &[u8]) -> (Site, [Vec<Value>; 2]) {
    let mut source = Source { bytes, pieces: Vec::new() };
    let site = source.site();
    let lists = [source.arguments(&site), source.arguments(&site)];
    (site, lists)
}

/// Makes a site, and many lists of arguments for it: every pair of them is worth a look.
pub fn many_lists(bytes: &[u8]) -> (Site, Vec<Vec<Value>>) {
    let mut source = Source { bytes, pieces: Vec::new() };
    let site = source.site();
    let lists = (0..40).map(|_| source.arguments(&site)).collect();
    (site, lists)
}

/// Bytes to decide by; when they have run out, every decision is the first.
struct Source<'a> {
    bytes: &'a [u8],
    /// What texts are made of: few pieces, so that texts come close to each other, and the site's own literals.
    pieces: Vec<&'static str>,
}

/// Pieces of text that an encoding could stumble over.
const PIECES: [&str; 24] = [
    "a", "b", ":", "/", ",", ";", "=", "&", "|", "?", "#", "<", ">", "%", "+", "%none", "%some", "%2C", "<>", " ",
    "\n", "\0", "é", "none",
];

impl Source<'_> {
    fn below(&mut self, end: usize) -> usize {
        let Some((byte, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        usize::from(*byte) % end
    }

    fn site(&mut self) -> Site {
        let places = 1 + self.below(3);
        let site = Site((0..places).map(|_| (LITERALS[self.below(LITERALS.len())], self.shape(3))).collect());
        self.pieces = (0..2).map(|_| PIECES[self.below(PIECES.len())]).collect();
        self.pieces.extend(site.0.iter().map(|(literal, _)| *literal));
        site
    }

    fn piece(&mut self) -> &'static str {
        let at = self.below(self.pieces.len());
        self.pieces[at]
    }

    fn shape(&mut self, depth: usize) -> Shape {
        let kinds = if depth == 0 { 6 } else { 13 };
        match self.below(kinds) {
            0..=2 => Shape::Text,
            3 => Shape::Number,
            4 => Shape::Flag,
            5 => Shape::Letter,
            6 => Shape::Maybe(Box::new(self.inner(depth))),
            7 => Shape::List(Box::new(self.inner(depth))),
            8 => Shape::Map(Box::new(self.inner(depth)), Box::new(self.inner(depth))),
            9 => Shape::Tuple(self.shapes(depth)),
            10 => Shape::Record(self.shapes(depth)),
            11 => Shape::Wrapper(Box::new(self.inner(depth))),
            _ => Shape::Choice((0..=self.below(3)).map(|_| self.variant(depth)).collect()),
        }
    }

    fn inner(&mut self, depth: usize) -> Shape {
        self.shape(depth - 1)
    }

    fn shapes(&mut self, depth: usize) -> Vec<Shape> {
        (0..self.below(4)).map(|_| self.shape(depth - 1)).collect()
    }

    fn variant(&mut self, depth: usize) -> Option<Shape> {
        (self.below(2) == 1).then(|| self.shape(depth - 1))
    }

    fn arguments(&mut self, site: &Site) -> Vec<Value> {
        site.0.iter().map(|(_, shape)| self.value(shape)).collect()
    }

    fn value(&mut self, shape: &Shape) -> Value {
        match shape {
            Shape::Text => Value::Text((0..self.below(3)).map(|_| self.piece()).collect()),
            Shape::Number => Value::Number(i64::try_from(self.below(5)).unwrap() - 2),
            Shape::Flag => Value::Flag(self.below(2) == 1),
            Shape::Letter => Value::Letter(self.piece().chars().next().unwrap()),
            Shape::Maybe(inner) => Value::Maybe((self.below(2) == 1).then(|| Box::new(self.value(inner)))),
            Shape::List(inner) => Value::List((0..self.below(4)).map(|_| self.value(inner)).collect()),
            Shape::Map(name, value) => {
                Value::Map((0..self.below(3)).map(|_| (self.value(name), self.value(value))).collect())
            }
            Shape::Tuple(shapes) => Value::Tuple(shapes.iter().map(|shape| self.value(shape)).collect()),
            Shape::Record(shapes) => Value::Record(shapes.iter().map(|shape| self.value(shape)).collect()),
            Shape::Wrapper(inner) => Value::Wrapper(Box::new(self.value(inner))),
            Shape::Choice(variants) => {
                let at = self.below(variants.len());
                Value::Choice(at, variants[at].as_ref().map(|shape| Box::new(self.value(shape))))
            }
        }
    }
}
