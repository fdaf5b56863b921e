//! HTML in which every value is escaped, unless it is HTML itself.
//!
//! `html! { "<h1>" (title) "</h1>" }`: what stands in quotes is written as it is, what stands in brackets is a value.

use larder::page::Hole;

/// A piece of HTML.
#[derive(Default)]
pub(crate) struct Markup(String);

impl Markup {
    pub(crate) fn into_string(self) -> String {
        self.0
    }

    /// Writes HTML that stands in the program.
    pub(crate) fn raw(&mut self, html: &'static str) {
        self.0.push_str(html);
    }

    pub(crate) fn add(&mut self, piece: &(impl Piece + ?Sized)) {
        piece.write(self);
    }
}

macro_rules! html {
    ($($piece:tt)*) => {{
        let mut markup = $crate::html::markup::Markup::default();
        $crate::html::markup::pieces!(markup; $($piece)*);
        markup
    }};
}

macro_rules! pieces {
    ($markup:ident;) => {};
    ($markup:ident; ($value:expr) $($rest:tt)*) => {
        $markup.add(&$value);
        $crate::html::markup::pieces!($markup; $($rest)*);
    };
    ($markup:ident; $html:literal $($rest:tt)*) => {
        $markup.raw($html);
        $crate::html::markup::pieces!($markup; $($rest)*);
    };
}

pub(crate) use {html, pieces};

/// What can stand in a page.
pub(crate) trait Piece {
    fn write(&self, to: &mut Markup);
}

/// Also good inside of an attribute in quotes.
impl Piece for str {
    fn write(&self, to: &mut Markup) {
        for character in self.chars() {
            match character {
                '&' => to.raw("&amp;"),
                '<' => to.raw("&lt;"),
                '>' => to.raw("&gt;"),
                '"' => to.raw("&quot;"),
                '\'' => to.raw("&#39;"),
                other => to.0.push(other),
            }
        }
    }
}

impl Piece for String {
    fn write(&self, to: &mut Markup) {
        to.add(self.as_str());
    }
}

impl Piece for i64 {
    fn write(&self, to: &mut Markup) {
        to.0.push_str(&self.to_string());
    }
}

impl Piece for Markup {
    fn write(&self, to: &mut Markup) {
        to.0.push_str(&self.0);
    }
}

/// The mark of a hole has letters and digits alone, and is replaced on the way to each visitor.
impl Piece for Hole {
    fn write(&self, to: &mut Markup) {
        to.0.push_str(&self.to_string());
    }
}

impl<T: Piece + ?Sized> Piece for &T {
    fn write(&self, to: &mut Markup) {
        to.add(*self);
    }
}

impl<T: Piece> Piece for Option<T> {
    fn write(&self, to: &mut Markup) {
        if let Some(piece) = self {
            to.add(piece);
        }
    }
}

impl FromIterator<Markup> for Markup {
    fn from_iter<I: IntoIterator<Item = Markup>>(pieces: I) -> Self {
        Self(pieces.into_iter().map(|piece| piece.0).collect())
    }
}

/// Returns text as people write it: an empty line begins a paragraph.
pub(crate) fn paragraphs(text: &str) -> Markup {
    let text = text.replace("\r\n", "\n");
    let paragraphs = text.split("\n\n").map(str::trim).filter(|text| !text.is_empty());
    paragraphs.map(|text| html! { "<p>" (text) "</p>" }).collect()
}

/// Returns a text as it stands in the query of an address.
pub(crate) fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_escaped_and_html_is_not() {
        let inner = html! { "<b>" ("<i>") "</b>" };
        let outer = html! { "<a title=\"" (r#""'&"#) "\">" (inner) (Some("<")) (None::<&str>) (7_i64) "</a>" };
        assert_eq!(outer.into_string(), "<a title=\"&quot;&#39;&amp;\"><b>&lt;i&gt;</b>&lt;7</a>");
    }

    #[test]
    fn what_stands_in_an_address_ends_no_parameter() {
        assert_eq!(encoded("a-b&c=ä \""), "a-b%26c%3D%C3%A4%20%22");
    }

    #[test]
    fn an_empty_line_begins_a_paragraph() {
        let html = paragraphs("one\r\ntwo\r\n\r\n\n\n<three>\n").into_string();
        assert_eq!(html, "<p>one\ntwo</p><p>&lt;three&gt;</p>");
    }
}
