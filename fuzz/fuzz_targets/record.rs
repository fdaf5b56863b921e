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

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some(record) = Wire::read(bytes) {
        assert!(record.tags().count() * size_of::<u64>() <= bytes.len());
    }
    if let Some(value) = cache_core::codec::decode::<Shape>(bytes) {
        let written = cache_core::codec::encode(&value).expect("what was read can be written");
        assert_eq!(cache_core::codec::decode(&written), Some(value));
    }
});
