//! Values of one type, one behind the other, for types whose copies are harmless.
//!
//! A record of its own costs a place in memory to look at, and as much room again as its name. Numbers, and what is shared
//! by count, need none: they are copied where they lie, under a lock, since no code of a user's own runs in that.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::Arc;

use crate::record::{Erased, Record, Times};

/// Values of one type, which a store knows by their numbers.
pub(crate) trait Column: Any + fmt::Debug + Send + Sync {
    /// Returns the type of the values.
    fn of(&self) -> TypeId;

    /// Adds a copy of a record's value, which is of this type, and returns its number.
    fn put(&mut self, record: &Erased) -> Option<u32>;

    /// Takes a value out, to be dropped outside of all locks where dropping it is anything.
    fn take(&mut self, at: u32) -> Option<Box<dyn Any + Send + Sync>>;

    /// Makes a record of a copy.
    fn record(&self, at: u32, mark: u64, times: Times) -> Option<Erased>;
}

/// Makes an empty column.
pub(crate) type NewColumn = fn() -> Box<dyn Column>;

/// Values of type `V`; a number without a value is free.
pub(crate) struct Values<V> {
    values: Vec<Option<V>>,
    free: Vec<u32>,
}

impl<V: Clone + Send + Sync + 'static> Values<V> {
    pub(crate) fn boxed() -> Box<dyn Column> {
        Box::new(Self { values: Vec::new(), free: Vec::new() })
    }
}

impl<V: Clone> Values<V> {
    #[inline]
    pub(crate) fn copy(&self, at: u32) -> Option<V> {
        self.values.get(at as usize)?.clone()
    }
}

impl<V: Clone + Send + Sync + 'static> Column for Values<V> {
    fn of(&self) -> TypeId {
        TypeId::of::<V>()
    }

    fn put(&mut self, record: &Erased) -> Option<u32> {
        let value: &V = record.value.downcast_ref()?;
        if let Some(at) = self.free.pop() {
            self.values[at as usize] = Some(value.clone());
            return Some(at);
        }
        let at = u32::try_from(self.values.len()).ok()?;
        self.values.push(Some(value.clone()));
        Some(at)
    }

    fn take(&mut self, at: u32) -> Option<Box<dyn Any + Send + Sync>> {
        let value = self.values.get_mut(at as usize)?.take()?;
        self.free.push(at);
        if std::mem::needs_drop::<V>() { Some(Box::new(value)) } else { None }
    }

    fn record(&self, at: u32, mark: u64, times: Times) -> Option<Erased> {
        let record = Record::new(mark, times, self.copy(at)?);
        Some(Arc::new(record.in_a(Values::<V>::boxed)))
    }
}

impl<V> fmt::Debug for Values<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Values").field("len", &(self.values.len() - self.free.len())).finish_non_exhaustive()
    }
}

/// Returns whether copying a value runs no code but that of the standard library, as far as that can be seen of any type;
/// an attribute, which knows its type, sees further.
pub(crate) fn is_plain<V: 'static>() -> bool {
    let of = TypeId::of::<V>();
    macro_rules! one_of {
        ($($plain:ty)*) => { false $(|| of == TypeId::of::<$plain>())* };
    }
    one_of! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 bool char Arc<str> Arc<[u8]> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Tick;

    fn times() -> Times {
        Times { created: Tick::from_nanos(0), fresh_until: Tick::NEVER, kept_until: Tick::NEVER }
    }

    fn record<V: Send + Sync + 'static>(value: V) -> Erased {
        Arc::new(Record::new(7, times(), value))
    }

    #[test]
    fn a_value_has_its_number_until_it_is_taken_and_then_another_one_has() {
        let mut column = Values::<u64>::boxed();
        let numbers = [10_u64, 11, 12].map(|value| column.put(&record(value)).unwrap());
        assert!(column.take(numbers[1]).is_none(), "a number is nothing to drop");
        assert!(column.record(numbers[1], 7, times()).is_none());
        assert_eq!(column.put(&record(13_u64)), Some(numbers[1]));
        let read = numbers.map(|at| *column.record(at, 7, times()).unwrap().value.downcast_ref::<u64>().unwrap());
        assert_eq!(read, [10, 13, 12]);
    }

    #[test]
    fn what_is_taken_is_dropped_by_whoever_took_it() {
        let (mut column, value) = (Values::<Arc<str>>::boxed(), Arc::<str>::from("text"));
        let at = column.put(&record(Arc::clone(&value))).unwrap();
        let taken = column.take(at);
        assert_eq!(Arc::strong_count(&value), 2);
        drop(taken);
        assert_eq!(Arc::strong_count(&value), 1);
    }

    #[test]
    fn a_value_of_another_type_is_not_taken_in() {
        assert_eq!(Values::<u64>::boxed().put(&record(1_u32)), None);
    }

    #[test]
    fn a_type_with_code_of_its_own_is_not_plain() {
        assert!(is_plain::<u64>() && is_plain::<Arc<str>>());
        assert!(!is_plain::<String>() && !is_plain::<Vec<u8>>() && !is_plain::<Arc<String>>());
    }
}
