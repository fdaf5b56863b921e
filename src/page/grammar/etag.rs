//! Entity tags (RFC 9110, 8.8.3), one and in lists.

use http::header::{ETAG, HeaderMap, HeaderName};

use super::line;
use super::list::trim;

/// The mark of one version of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntityTag<'a> {
    /// Whether versions that differ in their bytes may share it.
    pub weak: bool,
    /// What stands between the quotes. It may hold commas and backslashes, which mean nothing.
    pub opaque: &'a [u8],
}

impl<'a> EntityTag<'a> {
    /// Reads the tag of a response; `None` where it has none, or several.
    pub fn of(headers: &'a HeaderMap) -> Option<Self> {
        Self::parse(trim(line::only(headers, &ETAG)?))
    }

    /// Reads a value that is one tag and nothing else.
    pub fn parse(value: &'a [u8]) -> Option<Self> {
        let (tag, rest) = Self::first(value)?;
        rest.is_empty().then_some(tag)
    }

    /// Reads the tag that a value begins with, and returns what comes after it.
    fn first(value: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let strong = value.strip_prefix(b"W/");
        let inside = strong.unwrap_or(value).strip_prefix(b"\"")?;
        let end = inside.iter().position(|&byte| !is_of_tag(byte))?;
        let rest = inside[end..].strip_prefix(b"\"")?;
        Some((Self { weak: strong.is_some(), opaque: &inside[..end] }, rest))
    }

    /// Returns whether both mark the same bytes.
    pub fn strong_eq(self, other: EntityTag) -> bool {
        !self.weak && !other.weak && self.opaque == other.opaque
    }

    /// Returns whether both mark what may stand for each other.
    pub fn weak_eq(self, other: EntityTag) -> bool {
        self.opaque == other.opaque
    }
}

/// Returns whether a field says `*` and nothing beside it: any version at all.
pub fn is_any(headers: &HeaderMap, name: &HeaderName) -> bool {
    let mut lines = headers.get_all(name).iter();
    lines.next().is_some_and(|line| trim(line.as_bytes()) == b"*") && lines.next().is_none()
}

/// Returns the tags of a list, over all lines. What is malformed is left out, up to the next comma: it can match nothing.
pub fn listed<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = EntityTag<'a>> + use<'a> {
    headers.get_all(name).into_iter().flat_map(|line| split(line.as_bytes()))
}

/// Returns the tags of one line. Their quotes are no quoted strings, so that this cannot be a list like others.
fn split(line: &[u8]) -> impl Iterator<Item = EntityTag<'_>> {
    let mut rest = line;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let element = trim(rest);
            let (tag, after) = EntityTag::first(element).map_or((None, element), |(tag, after)| (Some(tag), after));
            let end = after.iter().position(|&byte| byte == b',').unwrap_or(after.len());
            rest = after.get(end + 1..).unwrap_or_default();
            if tag.is_some() && trim(&after[..end]).is_empty() {
                return tag;
            }
        }
        None
    })
}

/// Returns whether a tag may hold this: what is printed, but quotes and white space, and whatever is no ASCII.
fn is_of_tag(byte: u8) -> bool {
    matches!(byte, b'!' | b'#'..=b'~' | 0x80..)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::{IF_MATCH, IF_NONE_MATCH};

    use super::*;

    fn strong(opaque: &str) -> EntityTag<'_> {
        EntityTag { weak: false, opaque: opaque.as_bytes() }
    }

    fn weak(opaque: &str) -> EntityTag<'_> {
        EntityTag { weak: true, ..strong(opaque) }
    }

    fn headers(name: &HeaderName, lines: &[&str]) -> HeaderMap {
        lines.iter().map(|line| (name.clone(), HeaderValue::from_bytes(line.as_bytes()).expect("a value"))).collect()
    }

    #[test]
    fn a_tag_is_quoted_and_perhaps_weak() {
        let table = [
            (r#""abc""#, Some(strong("abc"))),
            (r#"W/"abc""#, Some(weak("abc"))),
            (r#""""#, Some(strong(""))),
            (r#"W/"""#, Some(weak(""))),
            (r#""a,b\""#, Some(strong(r"a,b\"))),
            ("\"abcdefü\"", Some(strong("abcdefü"))),
            ("abc", None),
            ("", None),
            ("*", None),
            ("W/", None),
            (r#""abc"#, None),
            (r#"abc""#, None),
            (r#"w/"abc""#, None),
            (r#"W/ "abc""#, None),
            (r#""a"b""#, None),
            (r#""a b""#, None),
            (r#""abc" "#, None),
            (r#""a", "b""#, None),
        ];
        for (text, tag) in table {
            assert_eq!(EntityTag::parse(text.as_bytes()), tag, "{text}");
        }
    }

    #[test]
    fn a_response_has_one_tag_or_none() {
        assert_eq!(EntityTag::of(&headers(&ETAG, &[" W/\"a\" "])), Some(weak("a")));
        for lines in [&[] as &[_], &["a"], &["\"a\", \"b\""], &["\"a\"", "\"a\""]] {
            assert_eq!(EntityTag::of(&headers(&ETAG, lines)), None, "{lines:?}");
        }
    }

    #[test]
    fn weak_tags_are_never_strongly_equal() {
        // The table of RFC 9110, 8.8.3.2.
        let table = [
            (weak("1"), weak("1"), false, true),
            (weak("1"), weak("2"), false, false),
            (weak("1"), strong("1"), false, true),
            (strong("1"), strong("1"), true, true),
            (strong("a"), strong("A"), false, false),
        ];
        for (one, other, strongly, weakly) in table {
            assert_eq!((one.strong_eq(other), other.strong_eq(one)), (strongly, strongly), "{one:?} {other:?}");
            assert_eq!((one.weak_eq(other), other.weak_eq(one)), (weakly, weakly), "{one:?} {other:?}");
        }
    }

    #[test]
    fn a_list_goes_over_all_lines_and_leaves_out_what_is_malformed() {
        let table: [(&[&str], &[EntityTag]); 15] = [
            (&[], &[]),
            (&[""], &[]),
            (&["*"], &[]),
            (&["abc"], &[]),
            (&["\"a\""], &[strong("a")]),
            (&["\"a\",W/\"b\""], &[strong("a"), weak("b")]),
            (&[" ,, \"a\"\t, W/\"b\" ,"], &[strong("a"), weak("b")]),
            (&["\"a\"", "\"b\", \"c\""], &[strong("a"), strong("b"), strong("c")]),
            (&["\"a,b\", \"c\""], &[strong("a,b"), strong("c")]),
            (&["\"a\\\", \"b\""], &[strong("a\\"), strong("b")]),
            (&["abc, \"a\""], &[strong("a")]),
            (&["*, \"a\""], &[strong("a")]),
            (&["\"a\" \"b\", \"c\""], &[strong("c")]),
            (&["\"\"\""], &[]),
            (&["\"a\", \"b"], &[strong("a")]),
        ];
        for (lines, tags) in table {
            let headers = headers(&IF_NONE_MATCH, lines);
            assert_eq!(listed(&headers, &IF_NONE_MATCH).collect::<Vec<_>>(), tags, "{lines:?}");
            assert_eq!(listed(&headers, &IF_MATCH).count(), 0);
        }
    }

    #[test]
    fn a_star_stands_alone() {
        for (lines, any) in [
            (&["*"] as &[_], true),
            (&[" *\t"], true),
            (&[], false),
            (&["*, \"a\""], false),
            (&["*, *"], false),
            (&["*", "\"a\""], false),
            (&["\"*\""], false),
        ] {
            assert_eq!(is_any(&headers(&IF_NONE_MATCH, lines), &IF_NONE_MATCH), any, "{lines:?}");
        }
    }

    #[test]
    fn lists_are_read_as_django_reads_them_but_for_commas_in_tags() {
        let tables = include_str!("../../../tests/page/django/helpers.json");
        let tables: serde_json::Value = serde_json::from_str(tables).expect("JSON");
        let rows = tables["parse_etags"].as_array().expect("rows");
        assert_eq!(rows.len(), 11);
        for row in rows {
            let text = row["text"].as_str().expect("a text");
            let of_django: Vec<_> =
                row["result"].as_array().expect("tags").iter().filter_map(|tag| tag.as_str()).collect();
            let headers = headers(&IF_NONE_MATCH, &[text]);
            let written = |tag: EntityTag| {
                format!("{}\"{}\"", if tag.weak { "W/" } else { "" }, String::from_utf8_lossy(tag.opaque))
            };
            let mut found: Vec<_> = listed(&headers, &IF_NONE_MATCH).map(written).collect();
            found.extend(is_any(&headers, &IF_NONE_MATCH).then(|| "*".to_owned()));
            let expected = if text == r#""a,b", "c""# { vec![r#""a,b""#, r#""c""#] } else { of_django };
            assert_eq!(found, expected, "{text}");
        }
    }
}
