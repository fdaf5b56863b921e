//! `Accept-Encoding` and `Accept-Language`: which of several things a client would rather have (RFC 9110, 12.4.2).

use std::borrow::Cow;

/// The content codings that are registered, and what stands for all of them.
const CODINGS: [&[u8]; 14] = [
    b"*",
    b"aes128gcm",
    b"br",
    b"compress",
    b"dcb",
    b"dcz",
    b"deflate",
    b"exi",
    b"gzip",
    b"identity",
    b"pack200-gzip",
    b"x-compress",
    b"x-gzip",
    b"zstd",
];

/// What no client needs more bytes than, to name those that it knows.
const USUAL: usize = 200;

/// Returns which of the choices is wished for most, the first of equals; `None` where none is.
///
/// A wish for `en-gb` is met by `en` too, and `*` by what is not named itself.
pub fn best<'a>(wish: &[u8], choices: impl Iterator<Item = &'a [u8]>) -> Option<usize> {
    let mut best = None;
    for (number, choice) in choices.enumerate() {
        let weight = weight(wish, choice);
        if weight > best.map_or(0, |(_, weight)| weight) {
            best = Some((number, weight));
        }
    }
    best.map(|(number, _)| number)
}

/// Returns how much a choice is wished for, in thousandths: what names it most exactly counts.
fn weight(wish: &[u8], choice: &[u8]) -> u16 {
    let fitting =
        members(wish).filter_map(member).filter_map(|(name, weight)| Some((closeness(name, choice)?, weight)));
    fitting.max_by_key(|(closeness, _)| *closeness).map_or(0, |(_, weight)| weight)
}

/// Returns how exactly a name in a wish means this choice, if it does.
fn closeness(name: &[u8], choice: &[u8]) -> Option<usize> {
    if name == b"*" {
        return Some(0);
    }
    if name.eq_ignore_ascii_case(choice) {
        return Some(usize::MAX);
    }
    let (short, long) = if name.len() < choice.len() { (name, choice) } else { (choice, name) };
    let begins = long.get(..short.len())?.eq_ignore_ascii_case(short) && long.get(short.len()) == Some(&b'-');
    begins.then_some(short.len())
}

/// Returns a wish for encodings without what is none, and each of them once: a stranger may write anything there, at
/// any length.
pub fn encodings(wish: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let mut seen = 0;
    if wish.len() <= USUAL
        && members(&wish).all(|text| coding(text).is_some_and(|(number, _)| is_first(number, &mut seen)))
    {
        return wish;
    }
    let (mut seen, mut plain) = (0, Vec::new());
    for (number, weight) in members(&wish).filter_map(coding) {
        if is_first(number, &mut seen) {
            let between: &[u8] = if plain.is_empty() { b"" } else { b", " };
            plain.extend([between, CODINGS[number]].concat());
            plain.extend(weight.iter().flat_map(|weight| [b";q=", *weight].concat()));
        }
    }
    plain.into()
}

/// Notes that a coding was seen, and returns whether that was for the first time.
fn is_first(number: usize, seen: &mut u16) -> bool {
    let before = *seen;
    *seen |= 1 << number;
    *seen != before
}

fn members(wish: &[u8]) -> impl Iterator<Item = &[u8]> {
    wish.split(|byte| *byte == b',')
}

/// Returns which coding is named, and its weight as it is written; `None` where there is anything else.
fn coding(text: &[u8]) -> Option<(usize, Option<&[u8]>)> {
    let mut parts = text.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
    let name = parts.next()?;
    let number = CODINGS.iter().position(|coding| coding.eq_ignore_ascii_case(name))?;
    let weight = match parts.next() {
        Some(text) => Some(text.strip_prefix(b"q=").or(text.strip_prefix(b"Q="))?),
        None => None,
    };
    let is_all = parts.next().is_none() && weight.is_none_or(|weight| thousandths(weight).is_some());
    is_all.then_some((number, weight))
}

fn member(text: &[u8]) -> Option<(&[u8], u16)> {
    let mut parts = text.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let weight = parts.find_map(|part| part.strip_prefix(b"q=").or(part.strip_prefix(b"Q=")));
    Some((name, weight.map_or(Some(1000), thousandths)?))
}

/// Reads a weight of at most three digits behind the point.
fn thousandths(text: &[u8]) -> Option<u16> {
    let (whole, rest) = text.split_first()?;
    let digits = match rest {
        [] => &[][..],
        [b'.', digits @ ..] if digits.len() <= 3 => digits,
        _ => return None,
    };
    let mut weight = match whole {
        b'0' => 0,
        b'1' => 1000,
        _ => return None,
    };
    for (place, digit) in [100, 10, 1].into_iter().zip(digits) {
        weight += place * digit.is_ascii_digit().then(|| u16::from(digit - b'0'))?;
    }
    (weight <= 1000).then_some(weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen<'a>(wish: &str, choices: &[&'a str]) -> Option<&'a str> {
        best(wish.as_bytes(), choices.iter().map(|choice| choice.as_bytes())).map(|number| choices[number])
    }

    #[test]
    fn the_heaviest_wish_is_met_and_the_first_of_equals() {
        assert_eq!(chosen("gzip;q=0.5, br", &["gzip", "br"]), Some("br"));
        assert_eq!(chosen("gzip, br", &["gzip", "br"]), Some("gzip"));
        assert_eq!(chosen("*;q=0.1, gzip;q=0", &["gzip", "br"]), Some("br"));
        assert_eq!(chosen("identity", &["gzip", "br"]), None);
    }

    #[test]
    fn of_a_wish_for_encodings_only_what_is_one_is_seen() {
        for wish in ["gzip", "gzip, deflate, br, zstd", "GZIP;q=0.5,\t*;Q=0", "br ; q=1.000, identity"] {
            assert!(
                matches!(encodings(wish.as_bytes().into()), Cow::Borrowed(seen) if seen == wish.as_bytes()),
                "{wish}"
            );
        }
        let long = format!("br;{}q=0.5,{}", " ".repeat(1_000), "gzip,".repeat(1_000));
        for (wish, seen) in [
            ("", ""),
            ("evil", ""),
            ("gzip, evil , br", "gzip, br"),
            ("gzip;evil, gzip;q=evil, gzip;q=1;q=1, gzip;q=2, gzip;q=0.1234, gzip evil", ""),
            ("\"gzip, br\", zstd;Q=0.1", "zstd;q=0.1"),
            ("gzip,, GZIP;q=0, br", "gzip, br"),
            (&long, "br;q=0.5, gzip"),
        ] {
            assert_eq!(encodings(wish.as_bytes().into()), seen.as_bytes(), "{wish}");
        }
    }

    #[test]
    fn a_language_of_a_country_is_met_by_the_language() {
        assert_eq!(chosen("en-GB, de;q=0.9", &["de", "en"]), Some("en"));
        assert_eq!(chosen("EN", &["de", "en"]), Some("en"));
        assert_eq!(chosen("eng", &["en"]), None);
    }

    #[test]
    fn a_weight_that_cannot_be_read_is_no_wish() {
        for wish in ["br;q=2", "br;q=0.12345", "br;q=", "br;q=x", "br;q=1.001", ";q=1", ""] {
            assert_eq!(chosen(wish, &["br"]), None, "{wish}");
        }
    }
}
