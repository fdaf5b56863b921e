//! Values of one type, one behind the other, for types whose copies are harmless.
//!
//! A record of its own costs a place in memory to look at, and as much room again as its name. Numbers, short texts, and
//! what is shared by count, need none: they are copied where they lie, under a lock, since no code of a user's own runs in
//! that. A long text keeps its record: copying it would let those who write wait for too long.

use std::any::{Any, TypeId};
use std::fmt;
use std::hint::black_box;
use std::mem::needs_drop;
use std::sync::Arc;

use crate::clock::Tick;
use crate::record::{Erased, Kind, Record, Times};

/// Values of one type, each at the number of the slot that it belongs to: whoever knows the slot need not look into that
/// to know where the value lies.
pub(crate) trait Column: Any + fmt::Debug + Send + Sync {
    /// Puts a copy of a record's value there, and returns whether it is of this type.
    fn put(&mut self, at: u32, record: &Erased) -> bool;

    /// Takes a value out, to be dropped outside of all locks where dropping it is anything.
    fn take(&mut self, at: u32) -> Option<Box<dyn Any + Send + Sync>>;

    /// Makes a record of a copy, with these times but for when it was made, where that is known better.
    fn record(&self, at: u32, mark: u64, times: Times) -> Option<Erased>;

    /// Asks memory for a value and for the text behind it, and waits for neither.
    fn touch(&self, at: u32);

    /// Returns whether it is known of its values when they were made.
    fn remembers(&self) -> bool;
}

/// So many types of values have columns; those that come later keep their records.
pub(crate) const COLUMNS: u8 = 15;

/// A text of more bytes than this is copied outside of all locks, and so keeps its record.
pub(crate) const LONG: usize = 4_096;

/// When a value was made is noted where it is larger than what is shared by count: a number would take twice the room.
const SMALL: usize = size_of::<Arc<str>>();

/// So many bytes come from memory at once.
const LINE: usize = 64;

/// Makes an empty column.
pub(crate) type NewColumn = fn() -> Box<dyn Column>;

/// Values of type `V`, in one of two vectors.
pub(crate) struct Values<V> {
    /// Where dropping one does nothing: what is taken may as well stay.
    idle: Vec<V>,
    owned: Vec<Option<V>>,
    /// When they were made; nothing where values are small.
    made: Vec<Tick>,
    kind: Option<&'static Kind>,
}

/// The columns of all types that there are values of.
#[derive(Debug, Default)]
pub(crate) struct Columns(Vec<(TypeId, Box<dyn Column>)>);

impl Columns {
    /// Returns the column of a type, with its number.
    #[inline]
    pub(crate) fn of<V: Send + Sync + 'static>(&self) -> Option<(usize, &Values<V>)> {
        let mut columns = self.0.iter().enumerate();
        columns.find_map(|(number, (_, column))| Some((number, (&**column as &dyn Any).downcast_ref()?)))
    }

    /// Asks memory for a value of this type, which may not be there, and waits for nothing.
    #[inline(never)]
    pub(crate) fn touch(&self, of: &TypeId, at: u32) {
        if let Some((_, column)) = self.0.iter().find(|(other, _)| other == of) {
            column.touch(at);
        }
    }

    pub(crate) fn get(&self, number: u8) -> Option<&dyn Column> {
        self.0.get(usize::from(number)).map(|(_, column)| &**column)
    }

    /// Returns whether it is known of the values of a column when they were made.
    pub(crate) fn remember(&self, number: u8) -> bool {
        self.get(number).is_some_and(Column::remembers)
    }

    /// Puts a copy of a record's value into the column of its type, and returns the number of that; `None` where that is
    /// not one of the first [`COLUMNS`].
    pub(crate) fn put(&mut self, at: u32, record: &Erased, new: NewColumn) -> Option<u8> {
        let of = record.value.type_id();
        let number = match self.0.iter().position(|(other, _)| *other == of) {
            Some(number) => number,
            None if self.0.len() == usize::from(COLUMNS) => return None,
            None => {
                self.0.push((of, new()));
                self.0.len() - 1
            }
        };
        self.0[number].1.put(at, record).then_some(u8::try_from(number).ok()?)
    }

    /// Takes a value out, to be dropped outside of all locks where dropping it is anything.
    pub(crate) fn take(&mut self, number: u8, at: u32) -> Option<Box<dyn Any + Send + Sync>> {
        self.0.get_mut(usize::from(number))?.1.take(at)
    }
}

impl<V: Clone + Send + Sync + 'static> Values<V> {
    pub(crate) fn boxed() -> Box<dyn Column> {
        Box::new(Self { idle: Vec::new(), owned: Vec::new(), made: Vec::new(), kind: None })
    }
}

impl<V: Clone> Values<V> {
    #[inline]
    pub(crate) fn copy(&self, at: u32) -> Option<V> {
        if needs_drop::<V>() { self.owned.get(at as usize)?.clone() } else { self.idle.get(at as usize).cloned() }
    }
}

impl<V: Clone + Send + Sync + 'static> Column for Values<V> {
    fn put(&mut self, at: u32, record: &Erased) -> bool {
        let Some(value) = record.value.downcast_ref::<V>() else { return false };
        // Of the same type are values that stay in the process, and such as can be written out.
        if self.kind.is_none_or(|kind| kind.write.is_none()) {
            self.kind = record.kind().or(self.kind);
        }
        let at = at as usize;
        if self.remembers() {
            let made = record.times().created;
            if self.made.len() <= at {
                self.made.resize(at + 1, made);
            }
            self.made[at] = made;
        }
        if needs_drop::<V>() {
            if self.owned.len() <= at {
                self.owned.resize(at + 1, None);
            }
            self.owned[at] = Some(value.clone());
        } else {
            if self.idle.len() <= at {
                self.idle.resize(at + 1, value.clone());
            }
            self.idle[at] = value.clone();
        }
        true
    }

    fn take(&mut self, at: u32) -> Option<Box<dyn Any + Send + Sync>> {
        Some(Box::new(self.owned.get_mut(at as usize)?.take()?))
    }

    fn record(&self, at: u32, mark: u64, times: Times) -> Option<Erased> {
        let created = self.made.get(at as usize).copied().unwrap_or(times.created);
        Some(Arc::new(Record::new(mark, Times { created, ..times }, self.copy(at)?).of(self.kind)))
    }

    fn touch(&self, at: u32) {
        if needs_drop::<V>() {
            black_box(self.owned.get(at as usize).and_then(|value| behind(value.as_ref()?)));
        } else if size_of::<V>() <= LINE {
            black_box(self.idle.get(at as usize).cloned());
        }
    }

    fn remembers(&self) -> bool {
        size_of::<V>() > SMALL
    }
}

impl<V> fmt::Debug for Values<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Values").field("room", &self.idle.len().max(self.owned.len())).finish_non_exhaustive()
    }
}

/// Returns something of what a copy of a value reads that does not stand in the value itself: the count of an `Arc`, the
/// beginning of a text.
fn behind<V: 'static>(value: &V) -> Option<usize> {
    let value = value as &dyn Any;
    let count = value.downcast_ref::<Arc<str>>().map(Arc::strong_count);
    let count = count.or_else(|| value.downcast_ref::<Arc<[u8]>>().map(Arc::strong_count));
    let bytes = || Some(value.downcast_ref::<String>()?.as_bytes());
    let bytes = || bytes().or_else(|| Some(value.downcast_ref::<Vec<u8>>()?));
    count.or_else(|| bytes()?.first().map(|byte| usize::from(*byte)))
}

/// Returns whether copying a value runs no code but that of the standard library, as far as that can be seen of any type;
/// an attribute, which knows its type, sees further.
pub(crate) fn is_plain<V: 'static>() -> bool {
    let of = TypeId::of::<V>();
    macro_rules! one_of {
        ($($plain:ty)*) => { false $(|| of == TypeId::of::<$plain>())* };
    }
    one_of! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 bool char Arc<str> Arc<[u8]> String Vec<u8> }
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
    fn a_value_stands_at_the_number_of_its_slot() {
        let mut column = Values::<u64>::boxed();
        for (at, value) in [(4, 10_u64), (0, 11), (2, 12), (4, 13)] {
            assert!(column.put(at, &record(value)));
        }
        assert!(column.take(0).is_none(), "a number is nothing to drop");
        let read = |at| Some(*column.record(at, 7, times())?.value.downcast_ref::<u64>().unwrap());
        assert_eq!([2, 4, 5].map(read), [Some(12), Some(13), None]);
    }

    #[test]
    fn a_value_can_be_written_out_also_where_the_first_of_its_type_could_not() {
        static STAYS: Kind = Kind { column: None, write: None };
        static LEAVES: Kind = Kind { column: None, write: Some(|_| None) };
        let mut column = Values::<u64>::boxed();
        for kind in [&STAYS, &LEAVES, &STAYS] {
            column.put(0, &(Arc::new(Record::new(7, times(), 1_u64).of(Some(kind))) as Erased));
        }
        assert!(column.record(0, 7, times()).and_then(|record| record.kind()?.write).is_some());
    }

    #[test]
    fn what_is_asked_for_ahead_need_not_be_there_and_is_changed_by_nobody() {
        let (mut columns, text) = (Columns::default(), Arc::<str>::from("text"));
        assert_eq!(columns.put(3, &record(Arc::clone(&text)), Values::<Arc<str>>::boxed), Some(0));
        assert_eq!(columns.put(4, &record(1_u64), Values::<u64>::boxed), Some(1));
        for of in [TypeId::of::<Arc<str>>(), TypeId::of::<u64>(), TypeId::of::<char>()] {
            (0..6).for_each(|at| columns.touch(&of, at));
        }
        assert_eq!(Arc::strong_count(&text), 2);
        assert_eq!(columns.of::<u64>().and_then(|(_, values)| values.copy(4)), Some(1));
    }

    #[test]
    fn of_texts_what_lies_behind_them_is_asked_for() {
        assert_eq!(behind(&Arc::<str>::from("text")), Some(1));
        assert_eq!(behind(&Arc::<[u8]>::from([7])), Some(1));
        assert_eq!((behind(&"a".to_owned()), behind(&vec![7_u8])), (Some(97), Some(7)));
        assert_eq!((behind(&String::new()), behind(&7_u64)), (None, None));
    }

    #[test]
    fn what_was_taken_is_not_there_any_more() {
        let mut column = Values::<Arc<str>>::boxed();
        assert!(column.put(3, &record(Arc::<str>::from("text"))));
        assert!(column.take(3).is_some() && column.take(3).is_none());
        assert!([0, 3, 4].iter().all(|at| column.record(*at, 7, times()).is_none()));
    }

    #[test]
    fn each_type_has_one_column() {
        let mut columns = Columns::default();
        assert_eq!(columns.put(3, &record(1_u64), Values::<u64>::boxed), Some(0));
        assert_eq!(columns.put(4, &record('c'), Values::<char>::boxed), Some(1));
        assert_eq!(columns.put(5, &record(2_u64), Values::<u64>::boxed), Some(0));
        let (number, values) = columns.of::<u64>().unwrap();
        assert_eq!((number, values.copy(3), values.copy(5), values.copy(6)), (0, Some(1), Some(2), None));
        assert!(columns.of::<u8>().is_none());
    }

    #[test]
    fn a_type_that_comes_when_all_numbers_are_taken_has_no_column() {
        fn put<const N: usize>(columns: &mut Columns) -> Option<u8> {
            columns.put(0, &record([0_u8; N]), Values::<[u8; N]>::boxed)
        }
        let mut columns = Columns::default();
        let put_many =
            [put::<1>, put::<2>, put::<3>, put::<4>, put::<5>, put::<6>, put::<7>, put::<8>, put::<9>, put::<10>];
        assert!(put_many.iter().enumerate().all(|(number, put)| put(&mut columns) == u8::try_from(number).ok()));
        let put_more = [put::<11>, put::<12>, put::<13>, put::<14>, put::<15>, put::<16>, put::<17>];
        let numbers = put_more.map(|put| put(&mut columns));
        assert_eq!(numbers, [Some(10), Some(11), Some(12), Some(13), Some(14), None, None]);
        assert_eq!(put::<3>(&mut columns), Some(2));
    }

    #[test]
    fn what_is_taken_is_dropped_by_whoever_took_it() {
        let (mut column, value) = (Values::<Arc<str>>::boxed(), Arc::<str>::from("text"));
        assert!(column.put(0, &record(Arc::clone(&value))));
        let taken = column.take(0);
        assert_eq!(Arc::strong_count(&value), 2);
        drop(taken);
        assert_eq!(Arc::strong_count(&value), 1);
    }

    #[test]
    fn of_a_text_it_is_known_when_it_was_made_and_of_a_number_nothing_but_its_end() {
        let [made, now] = [5, 9].map(Tick::from_nanos);
        let of = |created| Times { created, ..times() };
        let (mut texts, mut numbers) = (Values::<String>::boxed(), Values::<u64>::boxed());
        assert!(texts.put(2, &(Arc::new(Record::new(7, of(made), "text".to_owned())) as Erased)));
        assert!(numbers.put(2, &(Arc::new(Record::new(7, of(made), 1_u64)) as Erased)));
        let created = [&texts, &numbers].map(|column| column.record(2, 7, of(now)).unwrap().times().created);
        assert_eq!((created, [texts.remembers(), numbers.remembers()]), ([made, now], [true, false]));
    }

    #[test]
    fn a_value_of_another_type_is_not_taken_in() {
        assert!(!Values::<u64>::boxed().put(0, &record(1_u32)));
    }

    #[test]
    fn a_type_with_code_of_its_own_is_not_plain() {
        assert!(is_plain::<u64>() && is_plain::<Arc<str>>() && is_plain::<String>() && is_plain::<Vec<u8>>());
        assert!(!is_plain::<Vec<String>>() && !is_plain::<Arc<String>>());
    }
}
