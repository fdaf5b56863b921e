//! What the panel answers: a text of JSON or the page, with headers that keep it where it belongs.

use std::fmt::Write;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use super::secret;
use crate::{Error, Kind};

/// Why something is not done: in one sentence, for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) sentence: String,
}

impl Refusal {
    pub(super) fn wrong(sentence: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, sentence: sentence.into() }
    }

    pub(super) fn forbidden(sentence: impl Into<String>) -> Self {
        Self { status: StatusCode::FORBIDDEN, sentence: sentence.into() }
    }

    pub(super) fn missing(sentence: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, sentence: sentence.into() }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let status = match error.kind() {
            Kind::Unsupported => StatusCode::CONFLICT,
            Kind::UnknownCache => StatusCode::NOT_FOUND,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self { status, sentence: error.to_string() }
    }
}

#[derive(Serialize)]
struct Wrong<'a> {
    error: &'a str,
}

/// Answers a question.
pub(super) fn json(answer: Result<String, Refusal>) -> Response<Bytes> {
    let (status, text) = match answer {
        Ok(text) => (StatusCode::OK, text),
        Err(Refusal { status, sentence }) => (status, text(&Wrong { error: &sentence })),
    };
    let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    finish(status, HeaderValue::from_static("application/json"), policy, text)
}

/// Writes something as JSON that can stand anywhere: no sign of HTML is in it.
pub(super) fn text(answer: &impl Serialize) -> String {
    let text = serde_json::to_string(answer).expect("nothing in it is without a form in JSON");
    // They stand in texts only, where each sign has a second spelling.
    if !text.contains(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        return text;
    }
    let mut safe = String::with_capacity(text.len() + 64);
    for sign in text.chars() {
        match sign {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(safe, "\\u{:04x}", u32::from(sign));
            }
            _ => safe.push(sign),
        }
    }
    safe
}

/// The page, in one file.
const PAGE: &str = include_str!("page.html");

/// What is below the mount is asked for by relative addresses: those lead astray where the address has no slash at its end.
const SLASH: &str =
    "if(!location.pathname.endsWith('/'))location.replace(location.pathname+'/'+location.search+location.hash)";

/// Answers with the page. Its own script and style run, and nothing else that may have got into it.
pub(super) fn page() -> Response<Bytes> {
    let nonce = secret::new();
    let script = format!("<script nonce=\"{nonce}\">");
    let page = PAGE.replace("<script>", &script).replace("<style>", &format!("<style nonce=\"{nonce}\">"));
    let page = page.replacen("<head>", &format!("<head>{script}{SLASH}</script>"), 1);
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; img-src data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let policy = HeaderValue::try_from(policy).expect("printable text");
    finish(StatusCode::OK, HeaderValue::from_static("text/html; charset=utf-8"), policy, page)
}

/// Answers a stranger as one who asks for what is not there is answered.
pub(super) fn nothing() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NOT_FOUND;
    // Nobody is to be shown this who may look.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn finish(status: StatusCode, kind: HeaderValue, policy: HeaderValue, text: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(text));
    *response.status_mut() = status;
    let said = [
        (CONTENT_TYPE, kind),
        (HeaderName::from_static("content-security-policy"), policy),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    ];
    response.headers_mut().extend(said);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_brings_nothing_that_its_policy_forbids() {
        for forbidden in ["style=\"", " onclick=", " onload=", " onerror=", "javascript:", "src=\"http", "href=\"http"]
        {
            assert!(!PAGE.contains(forbidden), "the policy of the page forbids `{forbidden}`");
        }
        let page = page();
        let text = std::str::from_utf8(page.body()).expect("a text");
        assert!(!text.contains("<script>") && !text.contains("<style>"), "each has the nonce");
        assert!(text.contains("endsWith('/')"));
    }

    #[test]
    fn no_sign_of_html_is_in_what_is_answered() {
        let answer = text(&["</script><!--&\u{2028}"]);
        assert_eq!(answer, r#"["\u003c/script\u003e\u003c!--\u0026\u2028"]"#);
        assert_eq!(serde_json::from_str::<Vec<String>>(&answer).expect("JSON"), ["</script><!--&\u{2028}"]);
    }
}
