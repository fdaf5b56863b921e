//! Whatever stands in a store outside the process is a value or none: nothing panics, and nothing is allocated on
//! its word.
#![no_main]

use std::collections::BTreeMap;

use cache_core::codec::wire::Wire;
use cache_core::codec::{Codec, encode};
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Nothing,
    Named {
        name: String,
        tags: BTreeMap<String, Option<i64>>,
    },
    Many(Vec<Shape>),
    Numbers(f32, f64, u128),
    Sparse {
        #[serde(skip_serializing_if = "Option::is_none", default)]
        first: Option<u8>,
        #[serde(default)]
        second: Option<u8>,
    },
}

const ALL: [Codec; 3] = [Codec::MessagePack, Codec::Compact, Codec::Json];

/// What serde allocates on the word of a length: items of one MB, at each of the 128 levels that are read.
const TAKEN_IN_ADVANCE: u64 = 128 << 20;

/// Runs something, and returns how many bytes it had allocated at most at one time.
fn allocated(run: impl FnOnce()) -> u64 {
    allocation_counter::measure(run).bytes_max
}

/// Reads a value in a form, and what it is written to in every other.
fn read_and_write(codec: Codec, bytes: &[u8]) {
    let len = bytes.len() as u64;
    let mut value = None;
    let taken = allocated(|| value = codec.read::<Shape>(bytes));
    assert!(taken <= 100 * len + TAKEN_IN_ADVANCE, "{taken} bytes for a value of {len}");
    let Some(value) = value else { return };
    if codec != Codec::Json {
        let with_more = [bytes, &bytes[..1]].concat();
        assert_eq!(codec.read::<Shape>(&with_more), None, "there is something left over");
    }
    for codec in ALL {
        let (written, bytes) = codec.write(&value).expect("what was read can be written");
        let read = written.read::<Shape>(&bytes).expect("what was written can be read");
        // By their bytes: a number that is none is not equal to itself.
        assert_eq!(encode(&read).ok(), encode(&value).ok(), "{codec:?}, {written:?}");
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let len = bytes.len() as u64;
    let taken = allocated(|| {
        if let Some(record) = Wire::read(bytes) {
            assert!(record.tags().count() * size_of::<[u64; 2]>() <= bytes.len());
        }
    });
    assert!(taken <= 16 * len + 1_000, "{taken} bytes for a record of {len}");
    if let Some(record) = Wire::read(bytes) {
        let tags: Vec<_> = record.tags().collect();
        assert_eq!(record.header.write(&tags, record.payload), bytes, "it is written as it was read");
        read_and_write(record.header.codec, record.payload);
    }
    for codec in ALL {
        read_and_write(codec, bytes);
    }
});
