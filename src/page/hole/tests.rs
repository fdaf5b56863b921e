use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body::{Body, Frame};
use http_body_util::StreamBody;
use serde_json::json;

use super::fills::Fills;
use super::mark::{LENGTH, Mark};
use super::*;
use crate::page::policy::{Policy, Times, Wanted};
use crate::page::record::{Begun, Head, Page, Stand};
use crate::{Options, Settings, backend::Memory, clock::Clock, testing};

/// A mark of another process.
fn foreign(name: &str, digit: char) -> Mark {
    let text = format!("Z{}", digit.to_string().repeat(LENGTH - 1));
    serde_json::from_value(json!({ "name": name, "text": text })).expect("a mark")
}

fn text(mark: &Mark) -> &str {
    std::str::from_utf8(mark.bytes()).expect("letters and digits")
}

/// Reads a body in which holes are found, frame by frame.
fn frames(pieces: &[&str]) -> Vec<String> {
    let pieces: Vec<_> = pieces.iter().map(|piece| Bytes::from((*piece).to_owned())).collect();
    let frames = pieces.into_iter().map(|piece| Ok::<_, std::convert::Infallible>(Frame::data(piece)));
    let mut body = Marked::new(StreamBody::new(futures_util::stream::iter(frames)), true);
    let mut all = Vec::new();
    loop {
        let frame = Pin::new(&mut body).poll_frame(&mut Context::from_waker(Waker::noop()));
        let Poll::Ready(Some(Ok(frame))) = frame else { break };
        let data = frame.into_data().expect("data");
        all.push(String::from_utf8(data.to_vec()).expect("a text"));
    }
    assert!(body.is_end_stream());
    all
}

#[test]
fn a_mark_is_a_frame_of_its_own_wherever_a_body_is_cut() {
    Marks::learn("cut");
    let all = Marks::all();
    let mark = all.text("cut").expect("a mark");
    let page = format!("ZZ{mark}{}{mark}Z", &mark[..40]);
    for first in 0..=page.len() {
        for second in first..=page.len() {
            let frames = frames(&[&page[..first], &page[first..second], &page[second..]]);
            assert_eq!(frames.concat(), page);
            assert!(frames.iter().all(|frame| !frame.is_empty()));
            assert_eq!(frames.iter().filter(|frame| *frame == mark).count(), 2, "cut at {first} and {second}");
        }
    }
}

#[test]
fn what_is_found_in_one_frame_is_not_copied() {
    Marks::learn("cut");
    let page = Bytes::from(format!("<p>{}</p>", Marks::all().text("cut").expect("a mark")));
    let one = Frame::data(page.clone());
    let stream = futures_util::stream::iter([Ok::<_, std::convert::Infallible>(one)]);
    let mut body = Marked::new(StreamBody::new(stream), true);
    for at in [0, 3, 3 + LENGTH] {
        let frame = Pin::new(&mut body).poll_frame(&mut Context::from_waker(Waker::noop()));
        let Poll::Ready(Some(Ok(frame))) = frame else { panic!("a frame") };
        assert_eq!(frame.into_data().expect("data").as_ptr(), page[at..].as_ptr());
    }
}

fn page(body: &str, holes: Holes) -> Page {
    let (headers, policy) = (HeaderMap::new(), Policy { time: Some(60), ..Policy::default() });
    let times = Times::default();
    let facts = policy.keep(&Wanted::default(), StatusCode::OK, &headers, times).expect("a page to be kept");
    Page::new(
        Head { status: StatusCode::OK, headers, facts },
        Bytes::from(body.to_owned()),
        holes,
        Begun { site: 0, after: Stand::default() },
        Box::default(),
    )
}

/// Returns what is read of a page that was written to a store outside.
fn come_back(page: Page) -> Option<Page> {
    let clock = Clock::manual();
    let store = Settings::backend(Memory::new(clock.clone()));
    let larder = testing::isolated_at(clock, [("default", store)]).expect("settings that can work");
    let cache = larder.cache("default");
    testing::block_on(async {
        cache.set("page", page, Options::forever()).await.expect("the store is up");
        cache.get("page").await.expect("the store is up")
    })
}

#[test]
fn a_page_of_another_process_is_filled_by_the_names_of_its_holes() {
    let (name, token) = (foreign("name", '1'), foreign("token", '2'));
    let body = format!("{} has {} and {}", text(&name), text(&token), text(&name));
    let mut headers = HeaderMap::new();
    headers.insert("x-for", text(&token).parse().expect("a value"));
    let holes = Holes::find(&[name, token], &headers, body.as_bytes());
    let read = come_back(page(&body, holes)).expect("a page");
    let holes = read.holes().expect("holes");
    let fillers = Fillers::default().with("name", |_| "ann".into()).with("token", |_| "t<".into());
    let (request, ()) = Request::new(()).into_parts();
    let mut fills = Fills::new(&fillers, &request);
    let chunks = holes.fill(read.body(), &mut fills).expect("nobody panics");
    assert_eq!(chunks.concat(), b"ann has t&lt; and ann");
    assert_eq!(chunks[2].as_ptr(), read.body()[LENGTH..].as_ptr(), "what lies between is not copied");
    holes.fill_headers(&mut headers, &mut fills).expect("nobody panics");
    assert_eq!(headers["x-for"], "t<");
}

#[test]
fn a_page_whose_holes_are_somewhere_else_is_none() {
    let mark = foreign("name", '1');
    let body = format!("<{}>", text(&mark).repeat(2));
    let read = |marks: &[(&str, &str)], places: &[(u64, u64)]| {
        let marks: Vec<_> = marks.iter().map(|(name, text)| json!({ "name": name, "text": text })).collect();
        let holes = serde_json::from_value(json!({ "marks": marks, "places": places })).expect("holes");
        come_back(page(&body, holes)).is_some()
    };
    let good = [("name", text(&mark))];
    assert!(read(&good, &[(1, 0), (49, 0)]));
    let wrong: [&[(u64, u64)]; 6] =
        [&[(0, 0)], &[(1, 1)], &[(49, 0), (1, 0)], &[(1, 0), (1, 0)], &[(97, 0)], &[(u64::MAX, 0)]];
    for places in wrong {
        assert!(!read(&good, places), "{places:?}");
    }
    for text in ["", "Z", &"Z".repeat(LENGTH + 1), &"1".repeat(LENGTH)] {
        assert!(!read(&[("name", text)], &[]), "`{text}`");
    }
}

#[test]
fn one_filler_takes_the_place_of_another_of_its_name() {
    let fillers = Fillers::default().with("name", |_| "old".into()).with("name", |_| "new".into());
    let (request, ()) = Request::new(()).into_parts();
    let mut fills = Fills::new(&fillers, &request);
    assert_eq!(fills.get("name").expect("nobody panics"), &Fill::raw("new"));
    assert_eq!(format!("{fillers:?}"), r#"["name"]"#);
}
