//! A value as text that a person can read, whatever its type: from its bytes alone.

use std::fmt::{self, Write};

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};

use super::{Codec, MAX_DEPTH};

/// What stands where the text was cut off.
const CUT: &str = "…";

/// Returns what a value reads like, in the notation of JSON: at most so many bytes of it; `None` where these bytes are no
/// value.
///
/// ```
/// use cache_core::codec::{Codec, encode, show};
///
/// let bytes = encode(&("a \"text\"", [1_u8, 2], None::<u8>))?;
/// assert_eq!(show(Codec::MessagePack, &bytes, 100).as_deref(), Some(r#"["a \"text\"",[1,2],null]"#));
/// assert_eq!(show(Codec::MessagePack, &bytes, 12).as_deref(), Some(r#"["a \"text\"…"#));
/// # Ok::<(), cache_core::error::Error>(())
/// ```
#[must_use]
pub fn show(codec: Codec, bytes: &[u8], most: usize) -> Option<String> {
    let mut out = Out { text: String::new(), most };
    let read = match codec {
        Codec::MessagePack | Codec::Compact => {
            let mut source = rmp_serde::Deserializer::from_read_ref(bytes);
            source.set_max_depth(MAX_DEPTH);
            Shown(&mut out).deserialize(&mut source).map_err(drop)
        }
        #[cfg(feature = "json")]
        Codec::Json => Shown(&mut out).deserialize(&mut serde_json::Deserializer::from_slice(bytes)).map_err(drop),
    };
    match read {
        Ok(()) => Some(out.text),
        Err(()) if out.is_full() => Some(out.text + CUT),
        Err(()) => None,
    }
}

/// A text that ends where it is long enough.
struct Out {
    text: String,
    most: usize,
}

impl Out {
    fn is_full(&self) -> bool {
        self.text.len() >= self.most
    }
}

impl Write for Out {
    /// Fails where the text is full: whoever reads a value then reads no more of it.
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let room = self.most.saturating_sub(self.text.len());
        let fits = more.floor_char_boundary(room);
        self.text.push_str(&more[..fits]);
        if fits == more.len() {
            return Ok(());
        }
        // What is cut within a character is full too.
        self.most = self.text.len();
        Err(fmt::Error)
    }
}

/// The next value in a source, on its way into a text.
struct Shown<'a>(&'a mut Out);

/// The next key of a map: a text in any case, as JSON has it.
struct ShownKey<'a>(&'a mut Out);

impl<'de> DeserializeSeed<'de> for Shown<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de> DeserializeSeed<'de> for ShownKey<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        let mut key = Out { text: String::new(), most: self.0.most };
        let read = Shown(&mut key).deserialize(source);
        if read.is_err() && !key.is_full() {
            return read;
        }
        let written = if key.text.starts_with('"') { self.0.write_str(&key.text) } else { quoted(self.0, &key.text) };
        if read.is_err() {
            // What is cut in its key ends there.
            self.0.most = self.0.text.len();
        }
        read.and(written.map_err(D::Error::custom))
    }
}

impl Shown<'_> {
    fn write<E: serde::de::Error>(self, what: fmt::Arguments<'_>) -> Result<(), E> {
        self.0.write_fmt(what).map_err(E::custom)
    }
}

impl<'de> Visitor<'de> for Shown<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        self.write(format_args!("{value}"))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        self.write(format_args!("{value}"))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        self.write(format_args!("{value}"))
    }

    fn visit_f32<E: serde::de::Error>(self, value: f32) -> Result<(), E> {
        self.write(format_args!("{value:?}"))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        self.write(format_args!("{value:?}"))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<(), E> {
        quoted(self.0, value).map_err(E::custom)
    }

    fn visit_bytes<E: serde::de::Error>(self, value: &[u8]) -> Result<(), E> {
        self.write(format_args!("({} bytes)", value.len()))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.write(format_args!("null"))
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        self.deserialize(source)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        self.deserialize(source)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut before = "[";
        while items.next_element_seed(Behind { before, then: Shown(self.0) })?.is_some() {
            before = ",";
        }
        self.write(format_args!("{}", if before == "[" { "[]" } else { "]" }))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let mut before = "{";
        while fields.next_key_seed(Behind { before, then: ShownKey(self.0) })?.is_some() {
            fields.next_value_seed(Behind { before: ":", then: Shown(self.0) })?;
            before = ",";
        }
        self.write(format_args!("{}", if before == "{" { "{}" } else { "}" }))
    }
}

/// What stands behind a sign, which is only written where there is something.
struct Behind<T> {
    before: &'static str,
    then: T,
}

impl<'de> DeserializeSeed<'de> for Behind<Shown<'_>> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        self.then.0.write_str(self.before).map_err(D::Error::custom)?;
        self.then.deserialize(source)
    }
}

impl<'de> DeserializeSeed<'de> for Behind<ShownKey<'_>> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        self.then.0.write_str(self.before).map_err(D::Error::custom)?;
        self.then.deserialize(source)
    }
}

/// Writes a text in quotes, each sign escaped that would end it or not be seen.
fn quoted(out: &mut Out, text: &str) -> fmt::Result {
    out.write_char('"')?;
    for sign in text.chars() {
        match sign {
            '"' | '\\' => write!(out, "\\{sign}")?,
            '\n' => out.write_str("\\n")?,
            '\t' => out.write_str("\\t")?,
            sign if is_unseen(sign) => {
                sign.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(out, "\\u{unit:04x}"))?;
            }
            sign => out.write_char(sign)?,
        }
    }
    out.write_char('"')
}

/// Returns whether a sign takes no room, or turns the text around it: with these a text may read like another one.
fn is_unseen(sign: char) -> bool {
    sign.is_control()
        || matches!(
            sign,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Serialize;

    use super::super::encode;
    use super::*;

    #[derive(Serialize)]
    struct Post {
        title: &'static str,
        by: Option<u8>,
        tags: Vec<&'static str>,
        rest: BTreeMap<u8, f32>,
        picture: (),
    }

    fn shown(value: &impl Serialize, most: usize) -> String {
        show(Codec::MessagePack, &encode(value).unwrap(), most).expect("it is a value")
    }

    #[test]
    fn a_value_reads_like_what_it_was_written_from() {
        let rest = BTreeMap::from([(1, 0.5), (2, f32::INFINITY)]);
        let post = Post { title: "a\n\"b\" é \u{7}", by: None, tags: vec!["x", "y"], rest, picture: () };
        let text =
            r#"{"title":"a\n\"b\" é \u0007","by":null,"tags":["x","y"],"rest":{"1":0.5,"2":inf},"picture":null}"#;
        assert_eq!(shown(&post, 1000), text);
        assert_eq!([shown(&[0_u8; 0], 9), shown(&-3, 9), shown(&true, 9)], ["[]", "-3", "true"]);
        assert_eq!([shown(&0.1_f32, 9), shown(&0.1_f64, 9), shown(&1_f32, 9)], ["0.1", "0.1", "1.0"]);
        assert_eq!(shown(&BTreeMap::from([("1", 2)]), 9), r#"{"1":2}"#);
    }

    #[test]
    fn a_long_value_is_cut_and_never_within_a_character() {
        for most in 0..12 {
            let text = shown(&["äöü", "x"], most);
            assert!(r#"["äöü","x"]"#.starts_with(text.trim_end_matches(CUT)), "{text}");
            assert!(text.len() <= most + CUT.len(), "{text}");
        }
        assert_eq!(shown(&["äöü", "x"], 14), r#"["äöü","x"]"#);
    }

    #[test]
    fn a_long_key_is_cut_like_a_value() {
        let by_text = BTreeMap::from([("x".repeat(100), 1)]);
        assert_eq!(shown(&by_text, 10), r#"{"xxxxxxxx…"#);
        let by_pair = BTreeMap::from([((1_u8, "x".repeat(100)), 1)]);
        assert_eq!(shown(&by_pair, 10), r#"{"[1,\"xxx…"#);
    }

    #[test]
    fn signs_that_are_not_seen_are_escaped() {
        let text = "a\u{202e}b\u{200b}\u{2028}\u{feff}\u{e0001}é 語";
        assert_eq!(shown(&text, 100), r#""a\u202eb\u200b\u2028\ufeff\udb40\udc01é 語""#);
    }

    #[test]
    fn what_is_no_value_reads_like_none_and_what_is_too_deep_ends() {
        assert_eq!(show(Codec::MessagePack, &[0xC1], 100), None);
        assert_eq!(show(Codec::MessagePack, &[], 100), None);
        assert_eq!(show(Codec::MessagePack, &vec![0x91; 100_000], 1_000_000), None);
        // A map that claims to have four thousand million entries.
        assert_eq!(show(Codec::Compact, &[0xDF, 255, 255, 255, 255], 100), None);
    }

    #[cfg(feature = "json")]
    #[test]
    fn text_reads_as_itself() {
        assert_eq!(show(Codec::Json, br#"{"a": [1, null, "x"]}"#, 100).as_deref(), Some(r#"{"a":[1,null,"x"]}"#));
    }
}
