//! `Accept-Encoding` and `Accept-Language`: which of several things a client would rather have (RFC 9110, 12.4.2).

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
    let members = wish.split(|byte| *byte == b',').filter_map(member);
    let fitting = members.filter_map(|(name, weight)| Some((closeness(name, choice)?, weight)));
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
