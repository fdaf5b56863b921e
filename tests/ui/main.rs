//! Mistakes, each with the message that its author reads. `TRYBUILD=overwrite cargo test --test ui` writes the messages
//! anew; read every one that changes.

#[test]
fn every_mistake_is_told_what_to_do_about_it() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/cached/*.rs");
    cases.compile_fail("tests/ui/invalidates/*.rs");
    cases.compile_fail("tests/ui/updates/*.rs");
}
