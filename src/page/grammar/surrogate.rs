//! `Surrogate-Control`: what caches on the side of the origin are told (Edge Architecture Specification, a note of the W3C,
//! 2.2). It is written like `Cache-Control`, and knows three directives.

use http::header::{HeaderMap, HeaderName};

use super::directives::{Argument, Directives, halves};
use super::list;

/// The field.
pub const SURROGATE_CONTROL: HeaderName = HeaderName::from_static("surrogate-control");

/// Reads the field; `None` where it is absent or says nothing to any surrogate.
///
/// What stands behind a semicolon is the name of the surrogate that is meant, and this is none of those. `content` asks for
/// what a page is made into on its way, and is left to those who do that.
pub fn of(headers: &HeaderMap) -> Option<Directives> {
    let mut directives = Directives::default();
    let mut is_said = false;
    for element in list::elements(headers, &SURROGATE_CONTROL).filter(|element| !element.contains(&b';')) {
        let (name, argument) = halves(element);
        if name.eq_ignore_ascii_case(b"no-store") {
            directives.say(name, &argument);
        } else if name.eq_ignore_ascii_case(b"max-age") {
            say_time(&mut directives, &argument);
        } else {
            continue;
        }
        is_said = true;
    }
    is_said.then_some(directives)
}

/// Says a time like `600+30`: fresh for so long, and for so much longer to be used stale.
fn say_time(directives: &mut Directives, argument: &Argument<'_>) {
    let Argument::Text(text) = argument else { return directives.say(b"max-age", argument) };
    let mut times = text.splitn(2, |byte| *byte == b'+').map(|time| Argument::Text(time.into()));
    for (name, time) in [b"max-age" as &[u8], b"stale-while-revalidate"].into_iter().zip(&mut times) {
        directives.say(name, &time);
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    /// The time, the time after it, and whether it is not to be stored.
    type Told = (Option<u64>, Option<u64>, bool);

    #[test]
    fn a_surrogate_is_told_how_long_and_whether() {
        let table: [(&[&'static str], Option<Told>); 15] = [
            (&["max-age=3600"], Some((Some(3600), None, false))),
            (&["MaX-aGe=3600"], Some((Some(3600), None, false))),
            (&["foobar, max-age=3600"], Some((Some(3600), None, false))),
            (&["max-age=600+30"], Some((Some(600), Some(30), false))),
            (&["max-age=600+"], Some((Some(600), Some(0), false))),
            (&["max-age=600+30+5"], Some((Some(600), Some(0), false))),
            (&["max-age=x"], Some((Some(0), None, false))),
            (&["max-age"], Some((Some(0), None, false))),
            (&["max-age=60", "max-age=30"], Some((Some(30), None, false))),
            (&["no-store"], Some((None, None, true))),
            (&["no-store, content=\"ESI/1.0\""], Some((None, None, true))),
            (&["max-age=60;other, max-age=30"], Some((Some(30), None, false))),
            (&["max-age=3600;other"], None),
            (&["content=\"ESI/1.0\""], None),
            (&[], None),
        ];
        for (lines, expected) in table {
            let headers = lines.iter().map(|line| (SURROGATE_CONTROL, HeaderValue::from_static(line))).collect();
            let told = of(&headers).map(|said| (said.max_age, said.stale_while_revalidate, said.no_store));
            assert_eq!(told, expected, "{lines:?}");
        }
    }
}
