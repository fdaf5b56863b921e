//! Whatever is done to the store in memory, it agrees with a plain map, and counts what it holds.
#![no_main]

#[path = "../../cache-core/tests/store/model.rs"]
mod model;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| model::run(bytes));
