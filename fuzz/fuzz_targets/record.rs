//! Whatever stands in a store outside the process is a value or none: nothing panics, and nothing is allocated on
//! its word.
#![no_main]

use std::collections::BTreeMap;

use cache_core::codec::wire::Wire;
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Nothing,
    Named { name: String, tags: BTreeMap<String, Option<i64>> },
    Many(Vec<Shape>),
}

/// What serde allocates on the word of a length: items of one MB, at each of the 128 levels that are read.
const TAKEN_IN_ADVANCE: u64 = 128 << 20;

/// Runs something, and returns how many bytes it had allocated at most at one time.
fn allocated(run: impl FnOnce()) -> u64 {
    allocation_counter::measure(run).bytes_max
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let len = bytes.len() as u64;
    let taken = allocated(|| {
        if let Some(record) = Wire::read(bytes) {
            assert!(record.tags().count() * size_of::<u64>() <= bytes.len());
        }
    });
    assert!(taken <= 16 * len + 1_000, "{taken} bytes for a record of {len}");
    let mut value = None;
    let taken = allocated(|| value = cache_core::codec::decode::<Shape>(bytes));
    assert!(taken <= 100 * len + TAKEN_IN_ADVANCE, "{taken} bytes for a value of {len}");
    if let Some(value) = value {
        let written = cache_core::codec::encode(&value).expect("what was read can be written");
        assert_eq!(cache_core::codec::decode(&written), Some(value));
    }
});
