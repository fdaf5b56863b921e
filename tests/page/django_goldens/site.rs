//! A site of Django's, made with Larder, and what is seen of its answers.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderValue;
use larder::page::headers::read_date;
use larder::testing::{self, Isolated};
use larder::{Settings, clock::Clock};
use serde_json::Value;

use super::super::site::{self, Around};
use super::around::{decorated, inside};
use crate::django::scenario::{Decorator, Scenario, Step};
use crate::visit::{Count, Visit, request};

/// When all scenarios begin, in seconds since 1970.
pub const BEGIN: u64 = 1_700_000_000;

/// What is looked at of an answer beside its status, its body, and where it came from.
const WATCHED: [&str; 10] = [
    "Cache-Control",
    "Expires",
    "Vary",
    "Age",
    "ETag",
    "Last-Modified",
    "Location",
    "Content-Language",
    "Content-Encoding",
    "Allow",
];

/// What was seen, by its name; what is not there has no name.
pub type Seen = BTreeMap<&'static str, String>;

/// A site, and the time in it.
pub struct Site {
    served: site::Site,
    runs: Vec<Count>,
    /// Absent where a cache is asked for that does not exist: in a test every cache does.
    larder: Option<Isolated>,
    now: SystemTime,
}

impl Site {
    pub fn new(scenario: &Scenario) -> Self {
        let larder = (!asks_for_no_cache(scenario)).then(|| caches(scenario));
        let runs: Vec<_> = scenario.views.iter().map(|_| Count::default()).collect();
        let views = scenario.views.iter().zip(&runs);
        let paths = views.map(|((path, view), count)| (path.as_str(), decorated(scenario, view, count)));
        let served = inside(scenario, Around::paths(paths.collect()));
        Self { served, runs, larder, now: UNIX_EPOCH + Duration::from_secs(BEGIN) }
    }

    /// Does what a step says, and returns what was seen of it.
    pub fn take(&mut self, step: &Step) -> Seen {
        match step {
            Step::Do { op, alias } => {
                assert_eq!(op, "cache_clear");
                self.larder
                    .as_ref()
                    .expect("caches")
                    .cache(alias)
                    .blocking()
                    .clear()
                    .expect("a cache that can be cleared");
                Seen::new()
            }
            Step::Ask { method, path, headers, wait_s } => {
                self.wait(Duration::from_secs(*wait_s));
                let mut headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                headers.sort_unstable();
                let before = self.ran();
                let visit = self.ask(method, path, &headers);
                self.seen(&visit, self.ran() > before)
            }
        }
    }

    fn wait(&mut self, time: Duration) {
        self.now += time;
        if let Some(larder) = &self.larder {
            larder.advance(time);
        }
    }

    fn ran(&self) -> usize {
        self.runs.iter().map(Count::get).sum()
    }

    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Visit {
        testing::block_on(site::ask(&self.served, request(method, path, headers)))
    }

    fn seen(&self, visit: &Visit, ran: bool) -> Seen {
        let told: Vec<_> = visit.headers.get_all("cache-status").iter().collect();
        let says = |word: &str| told.iter().any(|line| line.to_str().expect("a text").contains(word));
        let cookies = visit.headers.get_all("set-cookie").iter();
        let cookies: Vec<_> = cookies.filter_map(|line| line.to_str().expect("a text").split('=').next()).collect();
        let own = [
            ("status", Some(visit.status.as_u16().to_string())),
            ("from_cache", Some(says("; hit").to_string())),
            ("view_ran", Some(ran.to_string())),
            ("stored", Some(says("; stored").to_string())),
            ("counter", visit.header("x-counter")),
            ("body", Some(visit.text().to_owned())),
            ("cookies", Some(cookies.join(" "))),
        ];
        let watched = WATCHED.map(|name| (name, visit.header(name)));
        let all = own.into_iter().chain(watched);
        all.filter_map(|(name, value)| Some((name, self.readable(name, value?)))).collect()
    }

    /// Returns what Django's answer shows of the same.
    pub fn expected(&self, answer: &Value) -> Seen {
        let text = |value: &Value| match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        let own =
            ["status", "from_cache", "view_ran", "stored", "counter", "body"].map(|name| (name, text(&answer[name])));
        let names = answer["set_cookie_names"].as_array();
        let cookies = names.map(|names| names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "));
        let watched = WATCHED.map(|name| (name, text(&answer["headers"][name])));
        let all = own.into_iter().chain([("cookies", cookies)]).chain(watched);
        all.filter_map(|(name, value)| Some((name, self.readable(name, value?)))).collect()
    }

    /// Writes when something expires as seconds from now.
    fn readable(&self, name: &str, value: String) -> String {
        let date = || read_date(&HeaderValue::from_str(&value).ok()?, self.now);
        match date().filter(|_| name == "Expires") {
            Some(date) if date >= self.now => {
                format!("+{}", date.duration_since(self.now).unwrap_or_default().as_secs())
            }
            Some(date) => format!("-{}", self.now.duration_since(date).unwrap_or_default().as_secs()),
            None => value,
        }
    }
}

/// Makes the caches of a scenario; its clock shows the time at which all scenarios begin.
fn caches(scenario: &Scenario) -> Isolated {
    let settings = scenario.settings.caches.iter().map(|(name, options)| {
        let memory = Settings::memory();
        let settings = match options.options.get("MAX_ENTRIES") {
            Some(most) => memory.max_entries(*most),
            None => memory,
        };
        (name.as_str(), settings)
    });
    let clock = Clock::manual();
    clock.advance(Duration::from_millis(BEGIN * 1000 - clock.wall_millis()));
    testing::isolated_at(clock, settings).expect("caches in memory")
}

fn asks_for_no_cache(scenario: &Scenario) -> bool {
    let mut decorators = scenario.views.values().flat_map(|view| &view.decorators);
    decorators.any(|decorator| match decorator {
        Decorator::CachePage(options) => {
            let alias = options.cache.as_deref().unwrap_or("default");
            alias != "default" && !scenario.settings.caches.contains_key(alias)
        }
        _ => false,
    })
}
