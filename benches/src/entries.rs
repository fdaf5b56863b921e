//! What is kept, and under which keys.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use larder::KeyPart;

static MADE: AtomicUsize = AtomicUsize::new(0);

/// Returns how many values were made so far: a hit makes none.
#[must_use]
pub fn made() -> usize {
    MADE.load(Ordering::Relaxed)
}

/// The key of an entry, as a map owns it.
pub trait Key: Hash + Eq + Clone + Send + Sync + 'static {
    /// The same key as a function takes it.
    type Argument<'a>: KeyPart + Numbered + Copy;

    fn of(number: usize) -> Self;

    fn argument(&self) -> Self::Argument<'_>;
}

/// What says which entry it belongs to.
pub trait Numbered {
    fn number(&self) -> usize;
}

impl Key for u64 {
    type Argument<'a> = u64;

    fn of(number: usize) -> Self {
        number as u64
    }

    fn argument(&self) -> u64 {
        *self
    }
}

impl Numbered for u64 {
    fn number(&self) -> usize {
        *self as usize
    }
}

impl Key for Box<str> {
    type Argument<'a> = &'a str;

    fn of(number: usize) -> Self {
        format!("{number}@mail.example").into()
    }

    fn argument(&self) -> &str {
        self
    }
}

impl Numbered for String {
    fn number(&self) -> usize {
        self.as_str().number()
    }
}

impl Numbered for &str {
    fn number(&self) -> usize {
        let digits = self.split('@').next().expect("the first of some parts");
        digits.parse().expect("a number before the first `@`")
    }
}

/// A key of more than one part.
#[derive(Clone, Debug, PartialEq, Eq, Hash, KeyPart)]
#[cfg_attr(feature = "rivals", derive(hitbox_fn::KeyExtract))]
pub struct Page {
    pub user: u64,
    pub tab: String,
}

impl Key for Page {
    type Argument<'a> = &'a Self;

    fn of(number: usize) -> Self {
        Self { user: number as u64, tab: format!("tab{}", number % 7) }
    }

    fn argument(&self) -> &Self {
        self
    }
}

impl Numbered for Page {
    fn number(&self) -> usize {
        self.user as usize
    }
}

impl Numbered for &Page {
    fn number(&self) -> usize {
        Page::number(self)
    }
}

/// The value of an entry.
pub trait Kept: Clone + Send + Sync + 'static {
    /// Makes the value of an entry, and counts it.
    fn of(number: usize) -> Self;
}

impl Kept for Arc<str> {
    fn of(number: usize) -> Self {
        MADE.fetch_add(1, Ordering::Relaxed);
        format!("the value of entry {number}").into()
    }
}

impl Kept for String {
    fn of(number: usize) -> Self {
        MADE.fetch_add(1, Ordering::Relaxed);
        format!("{number:>1024}")
    }
}

/// So many entries of one kind.
pub trait Cell: 'static {
    type Key: Key;
    type Value: Kept;
    /// How a table calls the key.
    const KEY: &'static str;
    const ENTRIES: usize;
    /// Room for twice as many: nothing is evicted while hits are measured.
    const ROOM: usize = Self::ENTRIES * 2;

    #[must_use]
    fn keys() -> Vec<Self::Key> {
        (0..Self::ENTRIES).map(Self::Key::of).collect()
    }

    fn entries() -> impl Iterator<Item = (Self::Key, Self::Value)> {
        (0..Self::ENTRIES).map(|number| (Self::Key::of(number), Self::Value::of(number)))
    }
}

macro_rules! cells {
    ($($(#[$doc:meta])* $cell:ident: $key:ty as $name:literal => $value:ty, $entries:literal;)*) => {$(
        $(#[$doc])*
        pub enum $cell {}

        impl Cell for $cell {
            type Key = $key;
            type Value = $value;
            const KEY: &'static str = $name;
            const ENTRIES: usize = $entries;
        }
    )*};
}

cells! {
    Numbers: u64 as "`u64`" => Arc<str>, 1_024;
    Names: Box<str> as "`&str`" => Arc<str>, 1_024;
    Pages: Page as "struct" => Arc<str>, 1_024;
    /// Values of one KB, which a hit copies.
    Texts: u64 as "`u64`, 1 KB `String`" => String, 1_024;
    ManyNumbers: u64 as "`u64`" => Arc<str>, 100_000;
    ManyNames: Box<str> as "`&str`" => Arc<str>, 100_000;
}
