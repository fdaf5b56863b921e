//! What a header says, however it is written: for telling variants apart, where a site wants that (RFC 9111, 4.1).

use std::borrow::Cow;

use http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, COOKIE};
use http::{HeaderMap, HeaderName};

use super::aspect::lines;
use super::grammar::list;

/// Returns what a request says under this name: the members of all lines, without white space around their commas.
///
/// Languages have no case, and the order in which they stand says nothing, only their weights do (RFC 9110, 12.5.4). What
/// tells people apart is taken by the letter, and so is what has an open quote in it: nobody knows what belongs to that.
pub(super) fn of<'a>(request: &'a HeaderMap, name: &HeaderName) -> Option<Cow<'a, [u8]>> {
    let written = lines(request, name)?;
    let members: Vec<_> = list::elements(request, name).collect();
    if [COOKIE, AUTHORIZATION].contains(name) || members.iter().any(|member| list::is_open(member)) {
        return Some(written);
    }
    if name == ACCEPT_LANGUAGE {
        return Some(languages(&members).into());
    }
    Some(members.join(&b","[..]).into())
}

fn languages(members: &[&[u8]]) -> Vec<u8> {
    let plain = |member: &&[u8]| -> Vec<u8> {
        member.iter().filter(|byte| !byte.is_ascii_whitespace()).map(u8::to_ascii_lowercase).collect()
    };
    let mut plain: Vec<_> = members.iter().map(plain).collect();
    plain.sort_unstable();
    plain.join(&b","[..])
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn meaning(name: &'static str, lines: &[&'static str]) -> Option<String> {
        let name = HeaderName::from_static(name);
        let request = lines.iter().map(|line| (name.clone(), HeaderValue::from_static(line))).collect();
        of(&request, &name).map(|value| String::from_utf8(value.into_owned()).expect("a text"))
    }

    #[test]
    fn what_is_written_in_two_ways_is_one_and_all_else_is_not() {
        let table: [(&str, &[&str], &str); 15] = [
            ("foo", &["1, 2"], "1,2"),
            ("foo", &[" 1 ,\t2 "], "1,2"),
            ("foo", &["1", "2"], "1,2"),
            ("foo", &["1,,2,"], "1,2"),
            ("foo", &["2, 1"], "2,1"),
            ("foo", &["A b"], "A b"),
            ("foo", &["\"1, 2\", 3"], "\"1, 2\",3"),
            ("foo", &["\"1, 2"], "\"1, 2"),
            ("foo", &["\"1", "2\""], "\"1, 2\""),
            ("foo", &[""], ""),
            ("cookie", &["a=1, b=2"], "a=1, b=2"),
            ("authorization", &["Digest a, b"], "Digest a, b"),
            ("accept-language", &[" dE ,   EN; q=0.5"], "de,en;q=0.5"),
            ("accept-language", &["en;q=0.5", "de"], "de,en;q=0.5"),
            ("accept-language", &["en, de;q=0.5"], "de;q=0.5,en"),
        ];
        for (name, lines, expected) in table {
            assert_eq!(meaning(name, lines).as_deref(), Some(expected), "{name} {lines:?}");
        }
        assert_eq!(meaning("foo", &[]), None, "absent differs from empty");
    }
}
