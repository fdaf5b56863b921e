//! What a value must be able to do to be kept, gathered in one place so that a mistake is one error.

use std::any::{Any, TypeId};
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::codec::{self, Codec, Written};
use crate::column::{Columns, LONG, Values, is_plain};
use crate::error::Error;
use crate::record::{Erased, Kind, Record, Times};

/// A value that can go to any store, also outside the process.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Options, testing};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
/// struct Profile {
///     name: String,
/// }
///
/// let larder = testing::isolated();
/// let cache = larder.cache("default");
/// let profile = Profile { name: "Ada".to_owned() };
/// cache.blocking().set("profile", profile.clone(), Options::ttl(60))?;
/// assert_eq!(cache.blocking().get("profile")?, Some(profile));
/// # Ok::<(), larder::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be kept in a cache that may live outside the process",
    label = "this value cannot leave the process",
    note = "derive what it takes: `#[derive(Clone, serde::Serialize, serde::Deserialize)]`, and no borrowed fields",
    note = "in a generic function write the bound: `where {Self}: larder::Value`",
    note = "or keep it in this process only: add the word `local` to the attribute, or by hand wrap it: `Local(value)`"
)]
pub trait Value: Sized {
    /// Which type it is: told here, so that nobody who writes `V: Value` has to write `'static` as well.
    #[doc(hidden)]
    const OF: &'static TypeId;

    /// Returns what the engine needs to know of the type.
    #[doc(hidden)]
    fn keep() -> Keep<Self>;

    /// Reads a copy where it lies, or `None` when that is of another type.
    #[doc(hidden)]
    fn read(lying: Lying<'_>) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<V: Clone + Send + Sync + Serialize + DeserializeOwned + 'static> Value for V {
    const OF: &'static TypeId = V::OF_HERE;

    fn keep() -> Keep<Self> {
        Keep {
            coder: Some(Coder {
                encode: Codec::write::<V>,
                decode: Codec::read::<V>,
                shape: codec::shape::<V>,
                number: Some(Number {
                    to: |value| (value as &dyn Any).downcast_ref().copied(),
                    from: |number| (&number as &dyn Any).downcast_ref().cloned(),
                }),
            }),
            bytes: codec::weight::<V>,
            wrap: [wrap_open, wrap_plain_open],
            ..V::keep_here()
        }
    }

    #[inline(always)]
    fn read(lying: Lying<'_>) -> Option<Self> {
        V::read_here(lying)
    }
}

/// A value that can be kept in this process.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Local, LocalValue, Options, testing};
///
/// /// Keeps anything that can be handed to many callers, without a word of serde.
/// fn keep<V: LocalValue>(value: V) -> Result<bool, larder::Error>
/// where
///     Local<V>: larder::Value,
/// {
///     let larder = testing::isolated();
///     larder.cache("default").blocking().add("value", Local(value), Options::ttl(60))
/// }
///
/// struct Connection;
/// assert!(keep(std::sync::Arc::new(Connection))?);
/// # Ok::<(), larder::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be kept in a cache",
    label = "this value cannot be kept",
    note = "a cached value is handed to many callers on many threads: it must be `Clone + Send + Sync + 'static`",
    note = "derive `Clone`, own what is borrowed, or keep an `Arc` of it"
)]
pub trait LocalValue: Sized {
    /// Which type it is: see [`Value::OF`].
    #[doc(hidden)]
    const OF_HERE: &'static TypeId;

    /// Returns what the engine needs to know of the type.
    #[doc(hidden)]
    fn keep_here() -> Keep<Self>;

    /// Reads a copy where it lies, or `None` when that is of another type.
    #[doc(hidden)]
    fn read_here(lying: Lying<'_>) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<V: Clone + Send + Sync + 'static> LocalValue for V {
    const OF_HERE: &'static TypeId = &TypeId::of::<V>();

    fn keep_here() -> Keep<Self> {
        Keep {
            of: *V::OF_HERE,
            is_plain: is_plain::<V>(),
            wrap: [wrap, wrap_plain],
            read: |record| record.value.downcast_ref::<V>().cloned(),
            copy: V::read_here,
            bytes: |value| size_of_val(value) as u64,
            coder: None,
        }
    }

    #[inline(always)]
    fn read_here(lying: Lying<'_>) -> Option<Self> {
        match lying {
            Lying::Record(record) if record.is_failure() => None,
            Lying::Record(record) => record.value.downcast_ref::<V>().cloned(),
            Lying::Column(columns, column, at) => {
                let (number, values) = columns.of::<V>()?;
                if number == usize::from(column) { values.copy(at) } else { None }
            }
        }
    }
}

/// A value that is kept in this process only, for use by hand: `cache.set("pool", Local(pool), …)`.
///
/// It asks nothing of serde. In a cache that lives outside the process it is an error.
///
/// ```
/// # use cache_core::__private::larder;
/// use std::sync::Arc;
/// use larder::{Local, Options, testing};
///
/// struct Pool;
/// let larder = testing::isolated();
/// let cache = larder.cache("default");
/// cache.blocking().set("pool", Local(Arc::new(Pool)), Options::forever())?;
/// assert!(cache.blocking().get::<Local<Arc<Pool>>>("pool")?.is_some());
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Local<V>(pub V);

#[diagnostic::do_not_recommend]
impl<V: Clone + Send + Sync + 'static> Value for Local<V> {
    const OF: &'static TypeId = Self::OF_HERE;

    fn keep() -> Keep<Self> {
        Keep { is_plain: is_plain::<V>(), ..Self::keep_here() }
    }

    fn read(lying: Lying<'_>) -> Option<Self> {
        Self::read_here(lying)
    }
}

/// Where a value lies that is to be copied.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Lying<'a> {
    Record(&'a Erased),
    #[allow(private_interfaces, reason = "only the engine makes one of these, or looks into it")]
    Column(&'a Columns, u8, u32),
}

fn wrap<V: Send + Sync + 'static>(mark: u64, times: Times, value: V) -> Erased {
    Arc::new(record(mark, times, value))
}

fn record<V: 'static>(mark: u64, times: Times, value: V) -> Record<V> {
    let is_long = is_long(&value);
    Record::new(mark, times, value).long(is_long)
}

/// Returns whether copying a value takes long though it is plain.
fn is_long<V: 'static>(value: &V) -> bool {
    fn len(value: &dyn Any) -> Option<usize> {
        let text = value.downcast_ref::<String>().or_else(|| Some(&value.downcast_ref::<Local<String>>()?.0));
        let bytes = value.downcast_ref::<Vec<u8>>().or_else(|| Some(&value.downcast_ref::<Local<Vec<u8>>>()?.0));
        text.map(String::len).or_else(|| bytes.map(Vec::len))
    }
    len(value).is_some_and(|len| len > LONG)
}

fn wrap_plain<V: Clone + Send + Sync + 'static>(mark: u64, times: Times, value: V) -> Erased {
    let kind = &const { Kind { column: Some(Values::<V>::boxed), write: None } };
    Arc::new(record(mark, times, value).of(Some(kind)))
}

/// Wraps a value that can leave the process: then a person can be shown what it holds.
fn wrap_open<V>(mark: u64, times: Times, value: V) -> Erased
where
    V: Send + Sync + Serialize + DeserializeOwned + 'static,
{
    let kind = &const { Kind { column: None, write: Some(write_out::<V>) } };
    Arc::new(record(mark, times, value).of(Some(kind)))
}

fn wrap_plain_open<V>(mark: u64, times: Times, value: V) -> Erased
where
    V: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
{
    let kind = &const { Kind { column: Some(Values::<V>::boxed), write: Some(write_out::<V>) } };
    Arc::new(record(mark, times, value).of(Some(kind)))
}

fn write_out<V: Serialize + DeserializeOwned + 'static>(value: &(dyn Any + Send + Sync)) -> Option<Written> {
    Codec::default().write(value.downcast_ref::<V>()?).ok()
}

/// What the engine does with a value of type `V`: function pointers, so that only the place that makes them has to
/// know what `V` can do, and reports it when `V` cannot.
#[derive(Debug)]
pub struct Keep<V> {
    pub(crate) of: TypeId,
    /// Whether its copies are harmless, so that a store may keep it without a record of its own.
    pub(crate) is_plain: bool,
    /// Wrap a value that is not plain, and one that is.
    wrap: [fn(u64, Times, V) -> Erased; 2],
    /// Reads a copy, or `None` when the record holds another type; whether it is a failure is not asked.
    pub(crate) read: fn(&Erased) -> Option<V>,
    /// Reads a copy where it lies; no failure is one.
    pub(crate) copy: fn(Lying<'_>) -> Option<V>,
    pub(crate) bytes: fn(&V) -> u64,
    /// Missing where the value must not leave the process.
    pub(crate) coder: Option<Coder<V>>,
}

/// How a value becomes bytes, and bytes a value.
#[derive(Debug)]
pub(crate) struct Coder<V> {
    /// Writes a value out in a form, or in the usual one, and says in which.
    pub(crate) encode: fn(Codec, &V) -> Result<Written, Error>,
    pub(crate) decode: fn(Codec, &[u8]) -> Option<V>,
    pub(crate) shape: fn() -> u64,
    /// Present where a value that is a number is written as one, for servers to count with.
    pub(crate) number: Option<Number<V>>,
}

/// How a value of type `i64` is known, and made; no value of another type is.
#[derive(Debug)]
pub(crate) struct Number<V> {
    pub(crate) to: fn(&V) -> Option<i64>,
    pub(crate) from: fn(i64) -> Option<V>,
}

impl<V> Keep<V> {
    /// Makes a record of a value.
    pub(crate) fn record(&self, mark: u64, times: Times, value: V) -> Erased {
        self.wrap[usize::from(self.is_plain)](mark, times, value)
    }

    /// Writes numbers as records too: bare digits would not say which pattern they belong to.
    pub(crate) fn with_its_mark(mut self) -> Self {
        if let Some(coder) = &mut self.coder {
            coder.number = None;
        }
        self
    }
}

impl<V> Clone for Number<V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for Number<V> {}

impl<V> Clone for Keep<V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for Keep<V> {}

impl<V> Clone for Coder<V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for Coder<V> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_value_is_plain_by_hand_too() {
        assert!(u64::keep().is_plain && Local::<u64>::keep().is_plain && Local::<Arc<str>>::keep().is_plain);
        assert!(String::keep().is_plain && Local::<String>::keep().is_plain);
        assert!(!Vec::<String>::keep().is_plain && !Local::<Vec<String>>::keep().is_plain);
    }
}
