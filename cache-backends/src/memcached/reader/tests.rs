use proptest::prelude::*;

use super::pieces::read;
use super::*;
use crate::pipe::Reader as _;

fn whole(text: &str) -> Vec<Said> {
    let (said, garbled) = read(text.as_bytes(), vec![]);
    assert_eq!(garbled, None, "{text:?}");
    said
}

fn refusal(text: &str) -> Refusal {
    match whole(text).pop() {
        Some(Said::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_word_is_read_for_what_it_says() {
    let plain = Flags::default();
    for (text, said) in [
        ("VA 5\r\nhello\r\n", Said::Value(b"hello".to_vec(), plain)),
        ("VA 2 c77 t-1\r\n\r\n\r\n", Said::Value(b"\r\n".to_vec(), Flags { cas: 77, left: Some(-1), ..plain })),
        ("VA 0 Z\r\n\r\n", Said::Value(vec![], Flags { is_promised: true, ..plain })),
        ("HD\r\n", Said::Done(plain)),
        (
            "HD s12 t30 c18446744073709551615 f0 O1\r\n",
            Said::Done(Flags { cas: u64::MAX, left: Some(30), size: Some(12), ..plain }),
        ),
        ("HD c1 X W\r\n", Said::Done(Flags { cas: 1, is_promised: true, is_stale: true, ..plain })),
        ("EN\r\n", Said::Nothing),
        ("NF\r\n", Said::Nothing),
        ("NS\r\n", Said::NotStored),
        ("EX\r\n", Said::Changed),
        ("MN\r\n", Said::Well),
        ("OK\r\n", Said::Well),
        ("STORED\r\n", Said::Well),
    ] {
        assert_eq!(whole(text), [said], "{text:?}");
    }
}

#[test]
fn each_refusal_is_read_for_what_it_means() {
    assert_eq!(refusal("ERROR\r\n"), Refusal::Unknown);
    assert_eq!(refusal("CLIENT_ERROR cannot increment or decrement non-numeric value\r\n"), Refusal::NoNumber);
    assert_eq!(refusal("CLIENT_ERROR unauthenticated\r\n"), Refusal::Unauthenticated);
    assert_eq!(refusal("CLIENT_ERROR authentication failure\r\n"), Refusal::Unauthenticated);
    assert_eq!(refusal("CLIENT_ERROR flush_all not allowed\r\n"), Refusal::NoFlush);
    assert_eq!(refusal("SERVER_ERROR object too large for cache\r\n"), Refusal::TooLarge);
    assert_eq!(refusal("SERVER_ERROR out of memory\u{1b}[2J\r\n"), Refusal::Cannot("out of memory\\u{1b}[2J".into()));
}

#[test]
fn a_lease_is_empty_and_promised_or_too_old_to_be_used() {
    let flags = |text: &str| flags(text.as_bytes()).unwrap();
    assert!(flags("c1 W").is_lease(0) && flags("Z").is_lease(0) && flags("X W").is_lease(9));
    assert!(!flags("").is_lease(0), "a value of no bytes");
    assert!(!flags("c1 Z").is_lease(9), "somebody is refreshing what may still be used");
}

#[test]
fn what_no_server_says_ends_the_connection() {
    for text in [
        "\r\n",
        "HD\n",
        "hello\r\n",
        "VA\r\n",
        "VA -1\r\n",
        "VA 1073741825\r\n",
        "VA 99999999999999999999\r\n",
        "VA 5\r\nhello!\r\n",
        "HD cx\r\n",
        "HD t-2\r\n",
        "CLIENT_ERROR bad data chunk\r\n",
        "MN\r\nERROR\r\n",
    ] {
        assert!(read(text.as_bytes(), vec![]).1.is_some(), "{text:?}");
    }
    let endless = "x".repeat(LONGEST_LINE);
    assert_eq!(read(&endless.as_bytes()[1..], vec![]).1, None);
    assert_eq!(read(endless.as_bytes(), vec![]).1, Some("a line that does not end"));
}

/// A reader that begins anew with each piece looks at a thousand pieces a thousand times.
#[test]
fn a_value_that_comes_byte_by_byte_is_not_read_over_and_over() {
    let mut reader = Reader::new(0);
    assert!(matches!(reader.read(b"VA 1000000 c1\r\n"), Ok(None)));
    assert!(reader.begun.is_some(), "the line is not read again");
    assert!(matches!(reader.read(b"VA 1000000 c1\r\nx"), Ok(None)));
    let mut reader = Reader::new(0);
    assert!(matches!(reader.read(b"VA 10000"), Ok(None)));
    assert_eq!(reader.searched, 8, "nor is its beginning");
}

fn answers() -> impl Strategy<Value = Vec<u8>> {
    let value = (prop::collection::vec(any::<u8>(), 0..40), any::<u64>())
        .prop_map(|(value, cas)| [format!("VA {} c{cas} t-1\r\n", value.len()).as_bytes(), &value, b"\r\n"].concat());
    let line =
        prop::sample::select(vec!["HD c3 W\r\n", "EN\r\n", "NS\r\n", "MN\r\n", "SERVER_ERROR out of memory\r\n"]);
    let one = prop_oneof![value, line.prop_map(|line: &str| line.as_bytes().to_vec())];
    prop::collection::vec(one, 0..8).prop_map(|all| all.concat())
}

proptest! {
    #[test]
    fn wherever_it_is_cut_the_same_is_read(bytes in answers(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..9)) {
        let ends = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        prop_assert_eq!(read(&bytes, ends), read(&bytes, vec![]));
        prop_assert_eq!(read(&bytes, (0..=bytes.len()).collect()), read(&bytes, vec![]));
    }

    #[test]
    fn whatever_comes_is_an_answer_or_the_end(bytes in prop::collection::vec(any::<u8>(), 0..99)) {
        prop_assert_eq!(read(&bytes, (0..=bytes.len()).collect()), read(&bytes, vec![]));
    }
}
