use http::header::CONTENT_RANGE;

use super::*;

fn said(content_range: &'static str) -> HeaderMap {
    [(CONTENT_RANGE, HeaderValue::from_static(content_range))].into_iter().collect()
}

#[test]
fn the_bytes_of_a_part_belong_where_it_says_and_fewer_are_its_beginning() {
    let table = [
        ("bytes 0-4/10", 5, Some(0..5)),
        ("bytes 4-9/10", 5, Some(4..9)),
        ("bytes 4-9/10", 6, Some(4..10)),
        ("bytes 4-9/10", 7, None),
        ("bytes 4-9/10", 0, None),
        ("bytes 4-9/*", 6, None),
        ("bytes */10", 6, None),
    ];
    for (text, length, expected) in table {
        assert_eq!(Extent::new(&said(text), length).map(|extent| extent.came), expected, "{text} {length}");
    }
    let mut encoded = said("bytes 4-9/10");
    encoded.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    assert_eq!(Extent::new(&encoded, 5), None, "the part may have been made smaller on the way");
    assert!(Extent::new(&encoded, 6).is_some());
}

#[test]
fn a_part_answers_for_what_is_inside_of_it() {
    let extent = |length| Extent::new(&said("bytes 10-19/100"), length).expect("a part");
    let table = [
        (10, 10..20, Some(10..20)),
        (10, 12..13, Some(12..13)),
        (10, 9..11, None),
        (10, 19..21, None),
        (10, 0..100, None),
        (10, 20..30, None),
        (7, 10..17, Some(10..17)),
        (7, 12..20, Some(12..17)),
        (7, 12..21, None),
        (7, 17..20, None),
    ];
    for (length, asked, expected) in table {
        assert_eq!(extent(length).share(&asked), expected, "{asked:?} of {length}");
    }
}
