//! What each verb does to the entries of a cache, wherever that lives.
#![allow(dead_code, reason = "not every test runs everything")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use larder::clock::Clock;
use larder::testing::{self, Isolated};
use larder::{Key, Options};
use serde_json::Value;

use crate::run::{Place, Said};

/// Runs the program.
type Larder<'a> = &'a dyn Fn(&[&str]) -> Said;

/// So long that a slow machine is within the same hour.
const TEN_DAYS: u64 = 864_000;

/// Opens the cache that is at an address, as a program would.
pub fn at(url: &str) -> Isolated {
    let settings =
        larder::builder().cache_at("default", url).and_then(|builder| builder.settings()).expect("an address");
    let settings = settings.into_iter().find(|(name, _)| name == "default").expect("this cache").1;
    testing::isolated_at(Clock::default(), [("default", settings)]).expect("a cache")
}

/// Keeps so many posts, and a number, a text with a tag, and what another version of the program keeps.
pub fn fill(url: &str, posts: usize) {
    let larder = at(url);
    let cache = larder.cache("default");
    let post = |number| {
        let fields = [("title", format!("the post {number}")), ("text", "words and more words ".repeat(5))];
        (format!("post:{number}"), BTreeMap::from(fields.map(|(field, text)| (field.to_owned(), text))))
    };
    let failed = cache.blocking().set_many((0..posts).map(post), Options::ttl(TEN_DAYS).stale(TEN_DAYS));
    assert!(failed.is_empty(), "{failed:?}");
    let next = cache.at_version(2).expect("a version");
    next.blocking().set("post:next", 1, Options::forever()).expect("it is kept");
    cache.blocking().set("count", 7, Options::forever()).expect("it is kept");
    let tagged = Key::from("two words").tagged(["author:7"]);
    cache.blocking().set(tagged, "a text".to_owned(), Options::ttl(TEN_DAYS)).expect("it is kept");
}

/// Returns what was said, as programs read it.
pub fn json(said: &Said) -> Value {
    serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said:?}"))
}

/// Asks that the docs show what was said, field by field.
pub fn is_documented(verb: &str, said: &Value) {
    let docs = include_str!("../../src/docs/command_line.md");
    let start = format!("| `{verb}` | ");
    let row = docs.lines().find(|line| line.starts_with(&start) && line.contains("{\"")).expect("a row of this verb");
    let shown: BTreeSet<_> = row.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    let mut fields = BTreeSet::new();
    collect(said, &mut fields);
    assert_eq!(fields, shown, "`{verb}` in src/docs/command_line.md");
}

fn collect(said: &Value, fields: &mut BTreeSet<String>) {
    match said {
        // What is kept may be called anything.
        Value::Object(all) => all.iter().for_each(|(field, inner)| {
            fields.insert(field.clone());
            if field != "value" {
                collect(inner, fields);
            }
        }),
        Value::Array(all) => all.iter().for_each(|inner| collect(inner, fields)),
        _ => {}
    }
}

/// What a configuration says whose one cache is where a variable says.
pub const ONE: &str = "[caches.default]\nurl = \"${CACHE_URL}\"\n";

/// Runs each verb on a cache that is empty, at this address. None of them ever says a password.
pub fn each_does_what_it_says(url: &str) {
    let place = Place::with(ONE);
    let run = |arguments: &[&str], version: &str| {
        let said = place.larder_with(arguments, &[("CACHE_URL", url), ("LARDER_VERSION", version)]);
        let password = url.split_once('@').and_then(|(login, _)| login.rsplit_once(':')).map(|(_, password)| password);
        let is_said = |password| said.out.contains(password) || said.err.contains(password);
        assert!(!password.is_some_and(is_said), "{arguments:?}: {said:?}");
        said
    };
    let (larder, next): (Larder<'_>, Larder<'_>) = (&|arguments| run(arguments, "1"), &|arguments| run(arguments, "2"));
    fill(url, 1_200);
    lists(larder);
    shows(larder);
    explains(url, larder);
    tells(larder);
    measures(larder);
    removes(larder);
    withdraws(larder);
    clears(larder, next);
}

fn lists(larder: Larder<'_>) {
    let all = larder(&["keys"]);
    assert_eq!((all.code, all.err.as_str(), all.out.lines().count()), (0, "", 1_202), "and none of the other version");
    assert!(all.out.lines().any(|key| key == "two%20words"), "{all:?}");
    let mut few: Vec<_> = larder(&["keys", "post:119"]).out.lines().map(str::to_owned).collect();
    few.sort();
    assert_eq!((few.len(), few[0].as_str()), (11, "post:119"));
    assert_eq!(larder(&["keys", "--limit", "7"]).out.lines().count(), 7);
    let none = larder(&["keys", "nobody"]);
    assert!(
        none.code == 1 && none.out.is_empty() && none.err.contains("has no key that begins with `nobody`"),
        "{none:?}"
    );
    let long = larder(&["keys", "post:1199", "--long"]);
    let rows: Vec<Vec<_>> = long.out.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["AGE", "LEFT", "SIZE", "KEY"]);
    assert_eq!(rows[1][rows[1].len() - 5..], ["19", "d", "133", "B", "post:1199"], "{long:?}");
    let lines = larder(&["keys", "post:119", "--long", "--json"]);
    let entries: Vec<Value> =
        lines.out.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    assert_eq!(entries.len(), 11);
    assert!(entries.iter().all(|entry| entry["kept_for_ms"].as_u64() > Some(3_000_000)), "{entries:?}");
    let short = larder(&["keys", "count", "--json"]);
    assert_eq!(short.out, "{\"key\":\"count\"}\n");
}

fn shows(larder: Larder<'_>) {
    let post = larder(&["get", "post:7"]);
    let value = "  value  {\n           \"text\": \"words and ";
    assert!(post.code == 0 && post.out.starts_with("post:7\n") && post.out.contains(value), "{post:?}");
    for line in
        ["\n  fresh  for 9 d 23 h\n", "\n  kept   for 19 d 23 h\n", "\n  size   130 B\n", "\n  codec  MessagePack\n"]
    {
        assert!(post.out.contains(line), "{line}: {post:?}");
    }
    let found = json(&larder(&["get", "post:7", "--json"]));
    is_documented("get", &found);
    assert_eq!((&found["key"], &found["value"]["title"]), (&"post:7".into(), &"the post 7".into()));
    assert_eq!(
        (&found["codec"], &found["bytes"], &found["is_failure"]),
        (&"MessagePack".into(), &130.into(), &false.into())
    );
    let count = json(&larder(&["get", "count", "--json"]));
    assert_eq!(
        (&count["value"], &count["fresh_for_ms"], &count["kept_for_ms"]),
        (&7.into(), &Value::Null, &Value::Null)
    );
    for key in ["two%20words", "two words"] {
        assert_eq!(json(&larder(&["get", key, "--json"]))["text"], "\"a text\"", "as it is listed, and as code has it");
    }
    let none = larder(&["get", "nobody"]);
    assert!(
        none.code == 1
            && none.out.is_empty()
            && none.err.starts_with("there is nothing under `nobody` in ")
            && none.err.ends_with("see `larder explain nobody`\n"),
        "{none:?}"
    );
    let none = larder(&["get", "nobody", "--json"]);
    assert_eq!((none.code, none.out.as_str(), none.err.as_str()), (1, "null\n", ""));
}

fn explains(url: &str, larder: Larder<'_>) {
    let options = Options::ttl(Duration::from_millis(1)).stale(TEN_DAYS);
    at(url).cache("default").blocking().set("old", 1_u8, options).expect("it is kept");
    let told = |arguments: &[&str]| {
        let said = larder(&[&["explain", "--json"], arguments].concat());
        let told = json(&said);
        is_documented("explain", &told);
        (said.code, told["next"].as_str().expect("a word").to_owned(), told["why"].as_str().expect("a word").to_owned())
    };
    let is = |code, next: &str, why: &str| (code, next.to_owned(), why.to_owned());
    assert_eq!(told(&["post:7"]), is(0, "hit", "fresh"));
    assert_eq!(told(&["count"]), is(0, "hit", "fresh"));
    assert_eq!(told(&["old"]), is(0, "stale", "past"));
    assert_eq!(told(&["nobody"]), is(1, "miss", "absent"));
    let fresh = larder(&["explain", "post:7"]);
    assert!(fresh.out.starts_with("post:7\n  next  a hit\n  why   it is fresh for 9 d 23 h\n"), "{fresh:?}");
    let past = larder(&["explain", "old"]);
    assert!(past.out.contains("next  served stale\n  why   its time is over: for 9 d 23 h more"), "{past:?}");
    assert_eq!(larder(&["delete", "old"]).code, 0);
    let none = larder(&["explain", "nobody"]);
    assert!(none.out.contains("next  a miss\n  why   nothing is there") && none.err.is_empty(), "{none:?}");
    assert!(none.out.contains("this is version `1`, no prefix"), "{none:?}");
}

/// A tag of it has been withdrawn.
fn explains_what_was_withdrawn(larder: Larder<'_>) {
    let unnamed = larder(&["explain", "two words"]);
    assert!(unnamed.code == 1 && unnamed.out.contains("a tag was invalidated whose name nobody"), "{unnamed:?}");
    let named = larder(&["explain", "two words", "--tag", "author:8", "--tag", "author:7"]);
    assert!(named.code == 1 && named.out.contains("why   its tag `author:7` was invalidated\n"), "{named:?}");
    let told = json(&larder(&["explain", "two words", "--tag", "author:7", "--json"]));
    assert_eq!((&told["why"], &told["tags"][0]), (&"invalidated".into(), &"tag `author:7`".into()));
}

fn tells(larder: Larder<'_>) {
    let stats = larder(&["stats"]);
    assert!(stats.code == 0 && stats.out.starts_with("CACHE ") && stats.out.contains("  1,202  ~"), "{stats:?}");
    assert!(stats.out.contains("`cache.stats()`"), "{stats:?}");
    let stats = json(&larder(&["stats", "--json"]));
    is_documented("stats", &stats);
    let cache = &stats["caches"][0];
    assert_eq!(
        (&cache["name"], &cache["answers"], &cache["entries"]),
        (&"default".into(), &true.into(), &1_202.into())
    );
    assert_eq!(cache["entries_are_all"], true);
    assert!(cache["mean_value_bytes"].as_u64() > Some(100) && cache["answers_us"].is_u64(), "{stats}");
}

fn measures(larder: Larder<'_>) {
    let said = larder(&["bench", "--seconds", "1", "--concurrency", "2", "--size", "100", "--json"]);
    let measured = json(&said);
    is_documented("bench", &measured);
    assert_eq!(
        (said.code, &measured["concurrency"], &measured["value_bytes"]),
        (0, &2.into(), &100.into()),
        "{said:?}"
    );
    for (at, name) in ["set", "get"].iter().enumerate() {
        let operation = &measured["operations"][at];
        assert_eq!((&operation["operation"], &operation["failed"]), (&(*name).into(), &0.into()));
        let [half, most, longest] = ["p50_us", "p99_us", "max_us"].map(|field| operation[field].as_u64().expect(field));
        assert!(half <= most && most <= longest && operation["per_second"].as_u64() > Some(0), "{operation}");
    }
    assert_eq!(larder(&["keys", "larder:"]).code, 1, "nothing of it is left");
}

fn removes(larder: Larder<'_>) {
    let two = larder(&["delete", "post:1", "post:2", "post:2"]);
    assert!(two.code == 0 && two.out.starts_with("2 entries removed from "), "{two:?}");
    let one = larder(&["delete", "post:1", "post:3"]);
    assert!(one.code == 1 && one.out.starts_with("1 of 2 entries removed from "), "{one:?}");
    let none = larder(&["delete", "post:3", "--json"]);
    is_documented("delete", &json(&none));
    assert_eq!((none.code, &json(&none)["asked"], &json(&none)["removed"]), (1, &1.into(), &0.into()));
    assert_eq!(larder(&["keys"]).out.lines().count(), 1_199);
}

fn withdraws(larder: Larder<'_>) {
    let tag = larder(&["invalidate-tag", "author:7"]);
    assert!(tag.code == 0 && tag.out.starts_with("`author:7` withdrawn in "), "{tag:?}");
    assert_eq!(larder(&["get", "two words"]).code, 1);
    explains_what_was_withdrawn(larder);
    assert_eq!(larder(&["get", "count"]).code, 0, "it has no tag");
    let tags = json(&larder(&["invalidate-tag", "a", "b", "--json"]));
    is_documented("invalidate-tag", &tags);
    assert_eq!(tags["tags"][1], "b");
}

fn clears(larder: Larder<'_>, next: Larder<'_>) {
    let unasked = larder(&["clear"]);
    assert!(unasked.code == 2 && unasked.err.contains("write `--yes`") && unasked.out.is_empty(), "{unasked:?}");
    let some = larder(&["clear", "post:11", "--yes"]);
    assert!(some.code == 0 && some.out.starts_with("111 entries removed from "), "{some:?}");
    let some = json(&larder(&["clear", "post:10", "--yes", "--json"]));
    assert_eq!((&some["removed"], &some["is_all"]), (&111.into(), &true.into()));
    let all = larder(&["clear", "--yes"]);
    assert!(
        all.code == 0 && all.out.contains(" entries removed from ") && all.out.ends_with("(version `1`, no prefix)\n"),
        "{all:?}"
    );
    assert_eq!(larder(&["keys"]).code, 1);
    let again = larder(&["clear", "--yes", "--json"]);
    assert_eq!((again.code, &json(&again)["removed"]), (0, &0.into()));
    assert_eq!(next(&["keys"]).out, "post:next\n", "the other version has its own");
    let everything = larder(&["clear", "--everything"]);
    assert_eq!(everything.code, 2, "{everything:?}");
    let everything = larder(&["clear", "--everything", "--yes"]);
    assert!(everything.code == 0 && everything.out.ends_with(" is empty\n"), "{everything:?}");
    assert_eq!(next(&["keys"]).code, 1);
}
