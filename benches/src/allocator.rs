//! An allocator that can count what is alive.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

#[global_allocator]
static COUNTING: Counting = Counting;

/// Off while anything else is measured: an allocation costs one look at it then.
static ON: AtomicBool = AtomicBool::new(false);
static ASKED: AtomicI64 = AtomicI64::new(0);
static TAKEN: AtomicI64 = AtomicI64::new(0);

/// Bytes that are alive.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bytes {
    /// As they were asked for.
    pub asked: i64,
    /// As glibc's `malloc` hands them out on 64 bits: with its header, in steps of 16, and in pages from 128 KB on.
    pub taken: i64,
}

/// Runs something, and returns with its result how many more bytes are alive than before.
pub fn alive_after<T>(run: impl FnOnce() -> T) -> (T, Bytes) {
    ASKED.store(0, Ordering::SeqCst);
    TAKEN.store(0, Ordering::SeqCst);
    ON.store(true, Ordering::SeqCst);
    let result = run();
    ON.store(false, Ordering::SeqCst);
    (result, Bytes { asked: ASKED.load(Ordering::SeqCst), taken: TAKEN.load(Ordering::SeqCst) })
}

fn taken(asked: usize) -> usize {
    if asked >= 128 << 10 { (asked + 16).next_multiple_of(4_096) } else { (asked + 8).next_multiple_of(16).max(32) }
}

fn count(asked: usize, sign: i64) {
    if ON.load(Ordering::Relaxed) {
        ASKED.fetch_add(sign * asked as i64, Ordering::Relaxed);
        TAKEN.fetch_add(sign * taken(asked) as i64, Ordering::Relaxed);
    }
}

struct Counting;

// SAFETY: everything is done by the system's allocator, with the arguments as they came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 1);
        // SAFETY: the caller promises what this asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 1);
        // SAFETY: the caller promises what this asks for.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(layout.size(), -1);
        // SAFETY: the caller promises what this asks for.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(layout.size(), -1);
        count(size, 1);
        // SAFETY: the caller promises what this asks for.
        unsafe { System.realloc(pointer, layout, size) }
    }
}
