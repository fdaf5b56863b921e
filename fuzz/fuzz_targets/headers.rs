//! Whatever stands in a header, it is read without a panic, what is read can be written and read again, and no edit makes
//! a response say less than it did. Lines of the input are lines of one header.
#![no_main]

use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_RANGE, COOKIE, ETAG, IF_NONE_MATCH, RANGE, SET_COOKIE, VARY};
use http::{HeaderMap, HeaderName, HeaderValue};
use larder::page::grammar::structured::{self, Value};
use larder::page::grammar::{Directives, EntityTag, Fields, age, cookies, date, etag, list, quality, range};
use larder::page::grammar::{seconds, surrogate};
use larder::page::headers::{self, CacheControl};

/// The first second of the year 10000.
const END: u64 = 253_402_300_800;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Some((chosen, text)) = input.split_first_chunk::<8>() else { return };
    let chosen = u64::from_le_bytes(*chosen);
    let lines: Vec<_> =
        text.split(|&byte| byte == b'\n').filter_map(|line| HeaderValue::from_bytes(line).ok()).collect();
    for line in lines.iter().map(HeaderValue::as_bytes) {
        dates(line, chosen);
        times(line, chosen);
        lists(line);
        dictionaries(line);
        tags(line);
        ranges(line, chosen);
        wishes(line);
    }
    named_cookies(&lines);
    let under = |name: HeaderName| -> HeaderMap { lines.iter().map(|line| (name.clone(), line.clone())).collect() };
    let age = under(http::header::AGE);
    assert!(age::of(&age) <= seconds::LONGEST);
    assert!(age::is_in_doubt(&age) || lines.len() < 2);
    assert!(range::content(&under(CONTENT_RANGE)).is_none_or(|(bytes, of)| !bytes.is_empty() && bytes.end <= of));
    assert!(
        surrogate::of(&under(surrogate::SURROGATE_CONTROL)).is_none_or(|read| read.max_age.is_some() || read.no_store)
    );
    assert!(range::of(&under(RANGE)).is_none_or(|_| lines.len() == 1));
    assert!(EntityTag::of(&under(ETAG)).is_none_or(|_| lines.len() == 1));
    let listed = under(IF_NONE_MATCH);
    assert!(!etag::is_any(&listed, &IF_NONE_MATCH) || etag::listed(&listed, &IF_NONE_MATCH).next().is_none());
    directives(&lines);
    targeted(&under(HeaderName::from_static("cdn-cache-control")));
    edits(&under(CACHE_CONTROL), chosen);
    vary(under(VARY), chosen);
});

fn dates(line: &[u8], now: u64) {
    for secs in date::parse(line, now).into_iter().chain([now]) {
        let again = date::parse(date::write(secs).as_bytes(), now);
        assert_eq!(again, Some(secs.min(END - 1)));
    }
}

fn times(line: &[u8], number: u64) {
    let written = seconds::parse(number.to_string().as_bytes());
    assert_eq!(written, Some(number.min(seconds::LONGEST)));
    if let Some(time) = seconds::parse(line) {
        assert_eq!(seconds::parse(time.to_string().as_bytes()), Some(time));
    }
}

fn lists(line: &[u8]) {
    let elements: Vec<_> = list::split(line).collect();
    assert!(elements.iter().all(|element| !element.is_empty() && list::trim(element) == *element));
    assert!(elements.iter().rev().skip(1).all(|element| !list::is_open(element)), "only the last one can be open");
    let joined = elements.join(b", " as &[u8]);
    assert!(list::split(&joined).eq(elements));
}

fn dictionaries(line: &[u8]) {
    let Some(members) = structured::dictionary(line) else { return };
    let known: Vec<_> = members.into_iter().filter(|(_, value)| *value != Value::Other).collect();
    let mut written = Vec::new();
    for (name, value) in &known {
        let value = match value {
            Value::Integer(number) => number.to_string().into_bytes(),
            Value::Boolean(said) => vec![b'?', b'0' + u8::from(*said)],
            Value::Token(token) => token.to_vec(),
            Value::String(text) => quoted(text),
            Value::Other => unreachable!("it is left out"),
        };
        written.push([name, b"=" as &[u8], &value].concat());
    }
    assert_eq!(structured::dictionary(&written.join(b", " as &[u8])), Some(known));
}

fn quoted(text: &[u8]) -> Vec<u8> {
    let escaped =
        text.iter().flat_map(|&byte| b"\\".iter().copied().filter(move |_| b"\"\\".contains(&byte)).chain([byte]));
    [b'"'].into_iter().chain(escaped).chain([b'"']).collect()
}

fn tags(line: &[u8]) {
    let headers: HeaderMap = HeaderValue::from_bytes(line).ok().map(|line| (IF_NONE_MATCH, line)).into_iter().collect();
    for tag in etag::listed(&headers, &IF_NONE_MATCH).chain(EntityTag::parse(line)) {
        let written = [if tag.weak { b"W/\"" as &[u8] } else { b"\"" }, tag.opaque, b"\""].concat();
        assert_eq!(EntityTag::parse(&written), Some(tag));
        assert!(tag.weak_eq(tag) && tag.strong_eq(tag) != tag.weak);
    }
    if let Some(tag) = EntityTag::parse(line) {
        assert!(etag::listed(&headers, &IF_NONE_MATCH).eq([tag]));
    }
    if let Some(tag) = std::str::from_utf8(line).ok().and_then(headers::entity_tag) {
        assert!(EntityTag::parse(tag.as_bytes()).is_some());
    }
}

fn ranges(line: &[u8], length: u64) {
    let Some(parts) = range::parse(line) else { return };
    let written = parts.iter().map(|part| match part {
        range::Part::From(first) => format!("{first}-"),
        range::Part::Between(first, last) => format!("{first}-{last}"),
        range::Part::Last(count) => format!("-{count}"),
    });
    let written = format!("bytes={}", written.collect::<Vec<_>>().join(","));
    assert_eq!(range::parse(written.as_bytes()).as_ref(), Some(&parts));
    for range in parts.iter().filter_map(|part| part.of(length)) {
        assert!(range.start < range.end && range.end <= length);
    }
}

/// Each line more keeps less.
fn directives(lines: &[HeaderValue]) {
    let mut headers = HeaderMap::new();
    let mut before = Directives::of(&headers);
    for line in lines {
        headers.append(CACHE_CONTROL, line.clone());
        let after = Directives::of(&headers);
        assert!(keeps_no_more(&before, &after), "{before:?} {after:?}");
        assert!(is_wider(&before.private, &after.private), "{before:?} {after:?}");
        before = after;
    }
}

fn keeps_no_more(before: &Directives, after: &Directives) -> bool {
    let is_less = |before: Option<u64>, after: Option<u64>| {
        before.is_none_or(|before| after.is_some_and(|after| after <= before))
    };
    is_less(before.max_age, after.max_age)
        && is_less(before.s_maxage, after.s_maxage)
        && is_less(before.stale_while_revalidate, after.stale_while_revalidate)
        && is_less(before.stale_if_error, after.stale_if_error)
        && is_less(before.max_stale, after.max_stale)
        && before.min_fresh <= after.min_fresh
        && before.no_store <= after.no_store
        && before.must_revalidate <= after.must_revalidate
        && before.proxy_revalidate <= after.proxy_revalidate
        && before.no_transform <= after.no_transform
        && is_wider(&before.no_cache, &after.no_cache)
}

fn is_wider(before: &Fields, after: &Fields) -> bool {
    match (before, after) {
        (Fields::Not, _) | (_, Fields::Everything) => true,
        (Fields::These(before), Fields::These(after)) => before.iter().all(|name| after.contains(name)),
        _ => false,
    }
}

fn targeted(headers: &HeaderMap) {
    let read = Directives::targeted(headers, &HeaderName::from_static("cdn-cache-control"));
    assert!(read.is_none_or(|read| read.max_age.is_none_or(|age| age <= seconds::LONGEST)));
}

fn edits(before: &HeaderMap, chosen: u64) {
    let mut says = CacheControl::new();
    for edit in chosen.to_le_bytes() {
        says = match edit % 16 {
            0 => says.public(),
            1 => says.private(),
            2 => says.no_cache(),
            3 => says.no_cache_fields([SET_COOKIE]),
            4 => says.private_fields([SET_COOKIE, COOKIE]),
            5 => says.no_store(),
            6 => says.immutable(),
            7 => says.s_maxage(chosen),
            8 => says.stale_while_revalidate(chosen >> 40),
            9 => says.must_revalidate(),
            10..13 => says.max_age(u64::from(edit)),
            _ => says,
        };
    }
    let is_edited = says != CacheControl::new();
    let mut after = before.clone();
    says.apply(&mut after);
    let once = after.clone();
    says.apply(&mut after);
    assert_eq!(after, once, "edited twice");
    if !is_edited {
        assert_eq!(after, *before);
        return;
    }
    assert_eq!(after.get_all(CACHE_CONTROL).iter().count(), 1);
    assert!(list::elements(&after, &CACHE_CONTROL).all(|element| !list::is_open(element)));
    let (before, after) = (Directives::of(before), Directives::of(&after));
    // A string that is never closed is the one thing that is taken out, with what it belonged to.
    assert!(keeps_no_more(&before, &after) || before.no_store && after.no_store, "{before:?} {after:?}");
    for edit in chosen.to_le_bytes().into_iter().filter(|edit| matches!(edit % 16, 10..13)) {
        assert!(after.max_age.is_some_and(|age| age <= u64::from(edit)));
    }
}

fn vary(mut headers: HeaderMap, chosen: u64) {
    let names: Vec<_> = [ACCEPT, COOKIE].into_iter().take(usize::try_from(chosen % 3).unwrap_or(0)).collect();
    let before = headers.clone();
    headers::vary(&mut headers, names.clone());
    let once = headers.clone();
    headers::vary(&mut headers, names.clone());
    assert_eq!(headers, once, "edited twice");
    assert!(
        names
            .iter()
            .chain([&SET_COOKIE])
            .all(|name| !headers::varies_on(&before, name) || headers::varies_on(&headers, name))
    );
    assert!(names.iter().all(|name| headers::varies_on(&headers, name)));
}

/// What is chosen was offered, and is chosen again where it is all that there is.
fn wishes(line: &[u8]) {
    let choices: [&[u8]; 4] = [b"de", b"en-gb", b"br", b"gzip"];
    if let Some(best) = quality::best(line, choices.into_iter()) {
        assert_eq!(quality::best(line, [choices[best]].into_iter()), Some(0));
    }
}

/// What is shown of cookies has the name that was asked for, and is all that has it.
fn named_cookies(lines: &[HeaderValue]) {
    let of = |lines: &[HeaderValue]| -> HeaderMap { lines.iter().map(|line| (COOKIE, line.clone())).collect() };
    let Some(shown) = cookies::named(&of(lines), |name| name == b"a") else { return };
    let again = HeaderValue::from_bytes(&shown).expect("what was in a header fits into one");
    assert_eq!(cookies::named(&of(std::slice::from_ref(&again)), |name| name == b"a"), Some(shown));
    assert_eq!(cookies::named(&of(&[again]), |name| name != b"a"), None);
}
