//! Two argument lists of one site that differ have keys that differ, whatever they hold.
#![no_main]

#[path = "../../cache-core/tests/keys/argument.rs"]
#[allow(dead_code)]
mod argument;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (site, [first, second]) = argument::two_lists(bytes);
    let (one, other) = (site.key(&first), site.key(&second));
    assert_eq!(first == second, one == other, "{first:?} and {second:?} read {one} and {other}");
    assert!(one.as_bytes().len() <= 200 && one.as_bytes().iter().all(u8::is_ascii_graphic), "{one}");
});
