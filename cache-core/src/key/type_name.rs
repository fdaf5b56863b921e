//! [`KeyName`]: the name that stands for a type in keys.

/// A type with a name of its own in keys: what `<T>` in a pattern writes.
///
/// The name is part of the program's keys and outlives builds, which is why it is not `type_name`.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::key::{Key, KeyName};
///
/// struct Invoice;
///
/// impl KeyName for Invoice {
///     const KEY_NAME: &'static str = "Invoice";
/// }
///
/// assert_eq!(Key::write(0, |key| { key.literal("all:").name::<Invoice>(); }).as_str(), "all:Invoice");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no name in keys",
    label = "`<T>` in a key writes the name of a type, and this one has none",
    note = "for a type of your own write `#[derive(KeyName)]`, or `impl KeyName` with the name that stands for it in keys",
    note = "in a generic function write the bound: `T: KeyName`",
    note = "`std::any::type_name` is not taken: it may change with every build"
)]
pub trait KeyName {
    /// The name. Two types that can stand in the same place need two names.
    const KEY_NAME: &'static str;
}

macro_rules! names {
    ($($type:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl KeyName for $type {
            const KEY_NAME: &'static str = stringify!($type);
        }
    )*};
}

names! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 bool char str String }

#[diagnostic::do_not_recommend]
impl KeyName for () {
    const KEY_NAME: &'static str = "()";
}

/// Names as they are spelled: `Option<User>`. In a key the brackets are escaped.
macro_rules! wrappers {
    ($($outer:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: KeyName> KeyName for $outer<T> {
            const KEY_NAME: &'static str = const { &Wrapped::new(stringify!($outer), T::KEY_NAME) }.text();
        }
    )*};
}

wrappers! { Option Vec }

/// The most bytes of a name that is put together; what would be longer does not build.
const MAX: usize = 120;

/// A name put together at compile time, where no `String` can be had.
struct Wrapped {
    bytes: [u8; MAX],
    len: usize,
}

impl Wrapped {
    const fn new(outer: &str, inner: &str) -> Self {
        Self { bytes: [0; MAX], len: 0 }.with(outer).with("<").with(inner).with(">")
    }

    const fn with(mut self, text: &str) -> Self {
        assert!(self.len + text.len() <= MAX, "the name of this type in keys has more than 120 bytes");
        self.bytes.split_at_mut(self.len).1.split_at_mut(text.len()).0.copy_from_slice(text.as_bytes());
        self.len += text.len();
        self
    }

    const fn text(&self) -> &str {
        match str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => panic!("texts put together are text"),
        }
    }
}
