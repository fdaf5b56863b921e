//! Lists with commas, over all lines of a field (RFC 9110, 5.6.1).

use http::header::{HeaderMap, HeaderName};

/// Returns the elements of a list, without the white space around them and without empty ones.
///
/// A comma in a quoted string separates nothing. A string that is never closed reaches to the end of its line.
pub fn elements<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    headers.get_all(name).into_iter().flat_map(|line| split(line.as_bytes()))
}

/// Returns the elements of one line.
pub fn split(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = line;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let end = Quotes::default().first_comma(rest).unwrap_or(rest.len());
            let element = trim(&rest[..end]);
            rest = rest.get(end + 1..).unwrap_or_default();
            if !element.is_empty() {
                return Some(element);
            }
        }
        None
    })
}

/// Returns whether a quoted string begins in here that does not end.
pub fn is_open(element: &[u8]) -> bool {
    let mut quotes = Quotes::default();
    for &byte in element {
        quotes.read(byte);
    }
    quotes.inside
}

/// Returns a value without spaces and tabs at its ends.
pub fn trim(value: &[u8]) -> &[u8] {
    let is_white = |byte: &u8| matches!(byte, b' ' | b'\t');
    let begin = value.iter().position(|byte| !is_white(byte)).unwrap_or(value.len());
    let end = value.iter().rposition(|byte| !is_white(byte)).map_or(begin, |last| last + 1);
    &value[begin..end]
}

/// Where a reader is with regard to quoted strings.
#[derive(Default)]
struct Quotes {
    inside: bool,
    escaped: bool,
}

impl Quotes {
    fn first_comma(mut self, text: &[u8]) -> Option<usize> {
        text.iter().position(|&byte| {
            self.read(byte);
            byte == b',' && !self.inside
        })
    }

    fn read(&mut self, byte: u8) {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' => self.escaped = self.inside,
            b'"' => self.inside = !self.inside,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::{CACHE_CONTROL, VARY};

    use super::*;

    fn split_texts(line: &str) -> Vec<&str> {
        split(line.as_bytes()).map(|element| std::str::from_utf8(element).expect("a text")).collect()
    }

    #[test]
    fn commas_separate_outside_of_quoted_strings_only() {
        let table: [(&str, &[&str]); 12] = [
            ("", &[]),
            (" , ,\t,", &[]),
            ("a", &["a"]),
            ("a,b", &["a", "b"]),
            (" a \t,, b c ,", &["a", "b c"]),
            (r#"a="b,c",d"#, &[r#"a="b,c""#, "d"]),
            (r#"a="b\",c",d"#, &[r#"a="b\",c""#, "d"]),
            (r#"a="b\\",d"#, &[r#"a="b\\""#, "d"]),
            (r"a\,b", &[r"a\", "b"]),
            (r#"a="b,c"#, &[r#"a="b,c"#]),
            (r#"a="b\"#, &[r#"a="b\"#]),
            ("*, *", &["*", "*"]),
        ];
        for (line, expected) in table {
            assert_eq!(split_texts(line), expected, "{line:?}");
        }
    }

    #[test]
    fn all_lines_are_one_list_and_a_string_that_is_open_ends_with_its_line() {
        let lines = ["a, \"b", "", "c\"", "d"].map(|line| (VARY, HeaderValue::from_static(line)));
        let headers: HeaderMap = lines.into_iter().collect();
        let found: Vec<_> = elements(&headers, &VARY).collect();
        assert_eq!(found, [b"a" as &[u8], b"\"b", b"c\"", b"d"]);
        assert_eq!(elements(&headers, &CACHE_CONTROL).count(), 0);
    }

    #[test]
    fn an_open_string_is_seen() {
        for (element, open) in
            [("a", false), (r#"a="b""#, false), (r#"a="b"#, true), (r#"a="b\""#, true), ("a\"", true)]
        {
            assert_eq!(is_open(element.as_bytes()), open, "{element:?}");
        }
    }
}
