//! Locks that a panic elsewhere does not close: what is behind them is whole after each step, so that a panic under one
//! must not take the cache down.
//!
//! Loads, tags and the store take their locks and shared numbers from here, and what a thread has for itself, since a
//! model checker puts its own in the place of these.

use std::sync::PoisonError;

#[cfg(not(shuttle))]
pub(crate) use crossbeam_utils::sync::{
    ShardedLock as ReadersLock, ShardedLockReadGuard as ReadersGuard, ShardedLockWriteGuard as WriterGuard,
};
#[cfg(not(shuttle))]
pub(crate) use std::sync::{Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard, atomic};
#[cfg(not(shuttle))]
pub(crate) use std::thread_local;

#[cfg(shuttle)]
pub(crate) use shuttle::sync::{
    Mutex, MutexGuard, RwLock, RwLock as ReadersLock, RwLockReadGuard, RwLockReadGuard as ReadersGuard,
    RwLockWriteGuard, RwLockWriteGuard as WriterGuard, atomic,
};
#[cfg(shuttle)]
pub(crate) use shuttle::thread_local;

pub(crate) use std::sync::Mutex as OfProcess;

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Locks what the process has once. A model checker runs many processes in one, and must not take what one of them has
/// left for a matter between the threads of the next: so this is no place where others have their turn.
pub(crate) fn lock_of_process<T>(mutex: &OfProcess<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

/// Reads what is read all the time: there are eight locks for that, of which a reader takes the one for the number of its
/// thread, so that few readers write to one place. A writer takes all of them.
#[inline]
pub(crate) fn read_often<T>(lock: &ReadersLock<T>) -> ReadersGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn write_seldom<T>(lock: &ReadersLock<T>) -> WriterGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_read_at_once_and_a_panic_does_not_close_it_to_them() {
        let table = ReadersLock::new(1);
        let (one, other) = (read_often(&table), read_often(&table));
        assert!(*one == *other && table.try_write().is_err());
        drop((one, other));
        let panics = || {
            let _own = write_seldom(&table);
            panic!("under the lock");
        };
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(panics)).expect_err("it panics");
        *write_seldom(&table) += 1;
        assert_eq!(*read_often(&table), 2);
    }

    #[test]
    fn a_panic_under_a_lock_does_not_close_it() {
        let (mutex, table) = (Mutex::new(1), RwLock::new(2));
        let panics = || {
            let _both = (lock(&mutex), write(&table));
            panic!("under both locks");
        };
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(panics)).expect_err("it panics");
        assert!(mutex.is_poisoned() && table.is_poisoned());
        *write(&table) += 1;
        assert_eq!((*lock(&mutex), *read(&table)), (1, 3));
    }
}
