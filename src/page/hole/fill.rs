//! What a hole is filled with.

use std::borrow::Cow;

use bytes::Bytes;

/// What a hole is filled with: a text, or what is written as it is. `None` is nothing at all.
///
/// ```
/// use larder::page::Fill;
///
/// let name: Fill = "<Ann & Ben>".into(); // is written as &lt;Ann &amp; Ben&gt;
/// let menu = Fill::raw("<li>Sign out</li>");
/// # drop((name, menu));
/// ```
///
/// In a header it stands as it is, either way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fill {
    pub(super) in_header: Bytes,
    pub(super) in_body: Bytes,
}

impl Fill {
    /// Fills a hole with what is written as it is: HTML, or a text that is escaped already.
    ///
    /// In a script, in a style, in an attribute without quotes and in JSON other characters have to be escaped than in
    /// HTML, and it is for the caller to do so.
    pub fn raw(html: impl Into<String>) -> Self {
        let bytes = Bytes::from(html.into());
        Self { in_header: bytes.clone(), in_body: bytes }
    }
}

impl From<String> for Fill {
    fn from(text: String) -> Self {
        match escaped(&text) {
            Cow::Borrowed(_) => Self::raw(text),
            Cow::Owned(html) => Self { in_body: html.into(), in_header: text.into() },
        }
    }
}

impl From<&str> for Fill {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl<T: Into<Fill>> From<Option<T>> for Fill {
    fn from(fill: Option<T>) -> Self {
        fill.map(Into::into).unwrap_or_default()
    }
}

/// Escapes what ends a text or an attribute in quotes.
fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut html = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    Cow::Owned(html)
}
