//! The conditions of requests beside Django's answers to them, asked of a page that is kept, and of a handler that knows its
//! validators: each row is answered alike, or named here with the line of `src/docs/pages_django.md` that says why not.

use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, HeaderValue};
use larder::page::{CacheLayer, headers};
use larder::testing::{self, Isolated};
use serde_json::{Value, json};

use super::app::{App, Count, Visit, request, response};
use super::handlers::{Routes, State, any, etag, last_modified};
use super::heads::ask;

/// The page that conditions are asked of, and what its handler saw of the last request.
struct Kept {
    app: App,
    seen: Arc<Mutex<HeaderMap>>,
    _larder: Isolated,
}

impl Kept {
    fn new(row: &Value) -> Self {
        let larder = testing::isolated();
        larder.advance(Duration::from_millis(1_700_000_000_000 - larder.clock().wall_millis()));
        let modified = row[2].as_u64().map(|secs| headers::date(UNIX_EPOCH + Duration::from_secs(secs)));
        let tag = row[1].as_str().map(|tag| tag.parse().expect("a value"));
        let seen = Arc::new(Mutex::default());
        let note = Arc::clone(&seen);
        let app = App::new(&CacheLayer::new(), move |_, request| {
            *note.lock().expect("no panic") = request.headers().clone();
            let mut answer = response(200, &[], "text");
            let validators: [(_, Option<HeaderValue>); 2] =
                [("etag", tag.clone()), ("last-modified", modified.clone())];
            answer.headers_mut().extend(
                validators
                    .into_iter()
                    .filter_map(|(name, value)| Some((name.parse::<http::HeaderName>().ok()?, value?))),
            );
            answer
        });
        assert_eq!(app.get("/").status, 200);
        Self { app, seen, _larder: larder }
    }

    fn ask(&self, row: &Value) -> Visit {
        let method = row[0].as_str().expect("a method");
        self.app.send(method, "/", &conditions(row))
    }
}

fn rows() -> Vec<Value> {
    let tables: Value = serde_json::from_str(include_str!("django/helpers.json")).expect("JSON");
    let rows = tables["conditional"]["rows"].as_array().expect("rows").clone();
    assert_eq!(rows.len(), 285);
    rows
}

fn conditions(row: &Value) -> Vec<(&str, &str)> {
    let asked = row[3].as_object().expect("headers").iter();
    asked.map(|(name, value)| (name.as_str(), value.as_str().expect("a text"))).collect()
}

const ANY: &str = "`If-Match: *` and `If-None-Match: *`";
const UNDATED: &str = "`If-Unmodified-Since` of a page without a date";

/// What is answered otherwise: the tag and the date of the page, what is asked, the status, and the line of the docs.
fn others() -> Vec<(Value, u16, &'static str)> {
    let any = [json!(null), json!(1_699_999_400)].into_iter().flat_map(|modified| {
        [("If-Match", 200), ("If-None-Match", 304)]
            .map(|(name, status)| (json!([null, modified, {name: "*"}]), status, ANY))
    });
    let undated = [json!(null), json!("\"e\""), json!("W/\"e\"")].into_iter().flat_map(|tag| {
        ["Tue, 14 Nov 2023 22:03:20 GMT", "Tue, 14 Nov 2023 22:00:00 GMT"]
            .map(|date| (json!([tag, null, {"If-Unmodified-Since": date}]), 200, UNDATED))
    });
    any.chain(undated).collect()
}

#[test]
fn conditions_are_answered_from_a_kept_page_as_django_answers_them_but_for_what_is_named() {
    let docs = include_str!("../../src/docs/pages_django.md");
    let (others, mut met) = (others(), 0);
    for row in rows().iter().filter(|row| row[0] != "PUT") {
        let theirs = row[4].as_u64().unwrap_or(200);
        let question = json!([row[1], row[2], row[3]]);
        let other = others.iter().find(|(other, ..)| *other == question);
        let expected = other.map_or(theirs, |(_, status, why)| {
            assert!(docs.contains(&format!("\n| {why} |")), "the docs do not tell of `{why}`");
            assert_ne!(u64::from(*status), theirs, "{row} is answered as Django answers it");
            met += 1;
            u64::from(*status)
        });
        let kept = Kept::new(row);
        let visit = kept.ask(row);
        assert_eq!(u64::from(visit.status.as_u16()), expected, "{row}");
        assert!(visit.is_hit() && kept.app.runs.get() == 1, "{row}: the handler ran");
    }
    assert_eq!(met, 2 * others.len(), "each is met by GET and by HEAD");
}

#[test]
fn the_conditions_of_a_write_are_left_to_its_handler() {
    assert!(include_str!("../../src/docs/pages_django.md").contains("\n| the conditions of a write |"));
    for row in rows().iter().filter(|row| row[0] == "PUT") {
        let kept = Kept::new(row);
        assert_eq!(kept.ask(row).status, 200, "{row}");
        let seen = kept.seen.lock().expect("no panic");
        for (name, value) in conditions(row) {
            assert_eq!(seen.get(name).map(HeaderValue::as_bytes), Some(value.as_bytes()), "{row}");
        }
    }
}

/// What is known before a handler runs, and how often it did.
#[derive(Clone)]
struct Known {
    tag: Option<String>,
    modified: Option<u64>,
    runs: Count,
}

#[last_modified(known.modified)]
#[etag(known.tag.as_deref())]
async fn known(State(known): State<Known>) -> &'static str {
    known.runs.one_more();
    ""
}

/// What is answered otherwise by a handler that knows its validators.
fn known_otherwise(row: &Value) -> Option<(u16, &'static str)> {
    let asked = row[3].as_object().expect("headers");
    let (tag, modified) = (&row[1], &row[2]);
    if asked.contains_key("If-Match") && tag.is_null() {
        let is_any = asked["If-Match"] == "*" && !modified.is_null();
        let is_read = modified.is_null() && row[0] != "PUT";
        return (is_any || is_read).then_some((200, if is_any { ANY } else { UNKNOWN }));
    }
    if asked.contains_key("If-None-Match") && !asked.contains_key("If-Match") && tag.is_null() && !modified.is_null() {
        let status = if row[0] == "PUT" { 412 } else { 304 };
        return (asked["If-None-Match"] == "*").then_some((status, ANY));
    }
    let is_undated = modified.is_null() && asked.contains_key("If-Unmodified-Since") && !asked.contains_key("If-Match");
    (is_undated && row[4] == 412).then_some((200, UNDATED))
}

const UNKNOWN: &str = "a page of which nothing is known";

#[test]
fn conditions_are_answered_before_a_handler_runs_as_django_answers_them_but_for_what_is_named() {
    let docs = include_str!("../../src/docs/pages_django.md");
    let mut met = Vec::new();
    for row in rows() {
        let theirs = u16::try_from(row[4].as_u64().unwrap_or(200)).expect("a status");
        let other = known_otherwise(&row);
        if let Some((status, why)) = other {
            assert!(docs.contains(&format!("\n| {why} |")), "the docs do not tell of `{why}`");
            assert_ne!(status, theirs, "{row} is answered as Django answers it");
            met.push(why);
        }
        let state =
            Known { tag: row[1].as_str().map(str::to_owned), modified: row[2].as_u64(), runs: Count::default() };
        let app = Routes::new().route("/", any(known)).with_state(state.clone());
        let visit = ask(&app, request(row[0].as_str().expect("a method"), "/", &conditions(&row)));
        assert_eq!(visit.status, other.map_or(theirs, |(status, _)| status), "{row}");
        assert_eq!(state.runs.get(), usize::from(visit.status == 200), "{row}");
    }
    met.sort_unstable();
    met.dedup();
    assert_eq!(met, [ANY, UNDATED, UNKNOWN]);
}
