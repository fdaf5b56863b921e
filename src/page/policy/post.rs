//! When an answer to `POST` is the page of its URL too (RFC 9110, 9.3.3).

use http::header::CONTENT_LOCATION;
use http::{HeaderMap, StatusCode, Uri};

use super::empties::resolve;
use crate::page::grammar::{line, list};

/// Returns whether an answer says that it is what `GET` would be answered with. `request` has a scheme and an authority.
pub(crate) fn is_page_of(request: &Uri, status: StatusCode, answer: &HeaderMap) -> bool {
    let location = line::only(answer, &CONTENT_LOCATION).and_then(|line| resolve(request, list::trim(line)));
    status == StatusCode::OK && location.is_some_and(|location| location == *request)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn an_answer_that_is_at_the_url_that_was_asked_is_its_page() {
        let request = Uri::from_static("http://example.org/a/b?c");
        let table: [(&[&'static str], bool); 9] = [
            (&["http://example.org/a/b?c"], true),
            (&["/a/b?c"], true),
            (&["b?c"], true),
            (&[" ?c "], true),
            (&["/a/b"], false),
            (&["http://example.com/a/b?c"], false),
            (&["/a/b?c", "/a/b?c"], false),
            (&["%"], false),
            (&[], false),
        ];
        for (lines, expected) in table {
            let answer = lines.iter().map(|line| (CONTENT_LOCATION, HeaderValue::from_static(line))).collect();
            assert_eq!(is_page_of(&request, StatusCode::OK, &answer), expected, "{lines:?}");
            assert!(!is_page_of(&request, StatusCode::CREATED, &answer));
        }
    }
}
