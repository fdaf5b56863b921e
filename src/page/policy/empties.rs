//! Which requests empty which pages (RFC 9111, 4.4).

use std::str;

use http::header::{CONTENT_LOCATION, HeaderMap, LOCATION};
use http::{Method, StatusCode, Uri};

use crate::page::grammar::list;

/// The methods that are safe, of those that IANA lists; of any other nobody knows.
const SAFE: [&str; 8] = ["GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "QUERY", "REPORT", "SEARCH"];

/// Returns whether what is stored of the request's URL may be wrong after such an answer.
pub(crate) fn empties(method: &Method, status: StatusCode) -> bool {
    !SAFE.contains(&method.as_str()) && (status.is_success() || status.is_redirection())
}

/// Returns the other URLs of the same origin that may be wrong as well, written with the origin of the request.
///
/// `request` has a scheme and an authority. What is of another origin is not for this answer to empty.
pub(crate) fn also_empties(request: &Uri, answer: &HeaderMap) -> Vec<Uri> {
    let fields = [LOCATION, CONTENT_LOCATION];
    let lines = fields.iter().flat_map(|name| answer.get_all(name));
    lines.filter_map(|line| resolve(request, list::trim(line.as_bytes()))).collect()
}

/// Resolves a reference (RFC 3986, 5.2); `None` where it is malformed or leads elsewhere.
pub(super) fn resolve(base: &Uri, reference: &[u8]) -> Option<Uri> {
    let reference = str::from_utf8(reference).ok()?.split('#').next()?;
    let path_and_query = if has_scheme(reference) {
        of_origin(base, reference)?
    } else if reference.starts_with("//") {
        of_origin(base, &format!("{}:{reference}", base.scheme_str()?))?
    } else if reference.is_empty() {
        base.path_and_query()?.to_string()
    } else if reference.starts_with('?') {
        format!("{}{reference}", base.path())
    } else if reference.starts_with('/') {
        reference.to_owned()
    } else {
        let directory = &base.path()[..=base.path().rfind('/')?];
        format!("{directory}{reference}")
    };
    let (path, query) = path_and_query.split_at(path_and_query.find('?').unwrap_or(path_and_query.len()));
    let target = format!("{}{query}", without_dots(path));
    Uri::builder()
        .scheme(base.scheme()?.clone())
        .authority(base.authority()?.clone())
        .path_and_query(target)
        .build()
        .ok()
}

fn has_scheme(reference: &str) -> bool {
    let end = reference.find(|byte: char| !byte.is_ascii_alphanumeric() && !"+-.".contains(byte));
    reference.starts_with(|first: char| first.is_ascii_alphabetic())
        && end.is_some_and(|end| reference[end..].starts_with(':'))
}

/// Returns path and query of an absolute URL that has the same origin as another.
fn of_origin(base: &Uri, url: &str) -> Option<String> {
    let url: Uri = url.parse().ok()?;
    let path_and_query = url.path_and_query().map_or("/", |target| target.as_str());
    (origin(&url)? == origin(base)?).then(|| path_and_query.to_owned())
}

fn origin(url: &Uri) -> Option<(String, String, u16)> {
    let scheme = url.scheme_str()?.to_ascii_lowercase();
    let usual = if scheme == "https" { 443 } else { 80 };
    Some((scheme, url.host()?.to_ascii_lowercase(), url.port_u16().unwrap_or(usual)))
}

/// Removes `.` and `..` from an absolute path (RFC 3986, 5.2.4).
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut ends_open = false;
    for segment in path.split('/').skip(1) {
        ends_open = matches!(segment, "." | "..");
        match segment {
            "." => {}
            ".." => drop(kept.pop()),
            segment => kept.push(segment),
        }
    }
    let end = if ends_open && !kept.is_empty() { "/" } else { "" };
    format!("/{}{end}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn what_is_not_known_to_be_safe_empties_unless_it_failed() {
        let table = [
            ("POST", 200, true),
            ("PUT", 204, true),
            ("DELETE", 303, true),
            ("PATCH", 200, true),
            ("M-SEARCH", 200, true),
            ("get", 200, true),
            ("POST", 400, false),
            ("POST", 500, false),
            ("POST", 199, false),
            ("GET", 200, false),
            ("HEAD", 200, false),
            ("OPTIONS", 200, false),
            ("TRACE", 200, false),
            ("PROPFIND", 207, false),
        ];
        for (method, status, expected) in table {
            let name = Method::from_bytes(method.as_bytes()).expect("a method");
            let status = StatusCode::from_u16(status).expect("a status code");
            assert_eq!(empties(&name, status), expected, "{method} {status}");
        }
    }

    fn emptied(request: &str, lines: &[(http::HeaderName, &str)]) -> Vec<String> {
        let value = |text: &str| HeaderValue::from_bytes(text.as_bytes()).expect("a value");
        let answer = lines.iter().map(|(name, text)| (name.clone(), value(text))).collect();
        let request = request.parse().expect("a URL");
        also_empties(&request, &answer).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn references_are_resolved_as_the_rfc_shows() {
        // RFC 3986, 5.4, without those that lead elsewhere.
        let table = [
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q"),
            ("g#s", "http://a/b/c/g"),
            ("g?y#s", "http://a/b/c/g?y"),
            (";x", "http://a/b/c/;x"),
            ("g;x?y#s", "http://a/b/c/g;x?y"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("./", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../..", "http://a/"),
            ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("/../g", "http://a/g"),
            ("g.", "http://a/b/c/g."),
            ("..g", "http://a/b/c/..g"),
            ("./../g", "http://a/b/g"),
            ("./g/.", "http://a/b/c/g/"),
            ("g;x=1/../y", "http://a/b/c/y"),
            ("g?y/../x", "http://a/b/c/g?y/../x"),
            ("//a/g", "http://a/g"),
            ("//a", "http://a/"),
        ];
        for (reference, expected) in table {
            assert_eq!(emptied("http://a/b/c/d;p?q", &[(LOCATION, reference)]), [expected], "{reference:?}");
        }
    }

    #[test]
    fn only_the_own_origin_is_emptied_in_whatever_way_it_is_written() {
        let table: [(&str, &[&str]); 10] = [
            ("http://Shop.Example/x", &["http://shop.example/x"]),
            ("HTTP://shop.example:80/x?y", &["http://shop.example/x?y"]),
            ("http://user@shop.example/x", &["http://shop.example/x"]),
            ("http://shop.example", &["http://shop.example/"]),
            ("https://shop.example/x", &[]),
            ("http://shop.example:81/x", &[]),
            ("http://shop.example.org/x", &[]),
            ("//other.example/x", &[]),
            ("mailto:a@shop.example", &[]),
            ("http://[/x", &[]),
        ];
        for (location, expected) in table {
            assert_eq!(emptied("http://shop.example/a", &[(LOCATION, location)]), expected, "{location}");
        }
    }

    #[test]
    fn both_fields_count_and_what_is_no_reference_is_left_out() {
        let lines = [(LOCATION, "/x"), (CONTENT_LOCATION, "y"), (LOCATION, "a b"), (CONTENT_LOCATION, "http:x")];
        assert_eq!(emptied("http://a/b/c", &lines), ["http://a/x", "http://a/b/y"]);
    }
}
