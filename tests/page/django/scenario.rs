//! What was asked of Django, and what it answered: the file as it was recorded. A word in it that is not known here is an
//! error, so nothing of a scenario is left out silently.

use std::collections::BTreeMap;

use larder::page::headers::CacheControl;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub struct Goldens {
    pub scenarios: Vec<Scenario>,
}

#[derive(Deserialize)]
pub struct Scenario {
    pub name: String,
    pub class: String,
    pub settings: Settings,
    pub views: BTreeMap<String, View>,
    pub steps: Vec<Step>,
    pub expected: Vec<Value>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Outermost first.
    pub middleware: Vec<Middleware>,
    pub caches: BTreeMap<String, CacheOptions>,
    #[serde(rename = "USE_I18N")]
    pub use_i18n: bool,
    #[serde(rename = "USE_TZ")]
    pub use_tz: bool,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Middleware {
    UpdateCache,
    FetchCache,
    CacheSingle,
    Session,
    Locale,
    Common,
    ConditionalGet,
    TimezoneFromHeader,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct CacheOptions {
    #[serde(rename = "KEY_PREFIX")]
    pub key_prefix: String,
    /// There is one of the user's own.
    #[serde(rename = "KEY_FUNCTION")]
    pub key_function: Option<String>,
    #[serde(rename = "OPTIONS")]
    pub options: BTreeMap<String, u64>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct View {
    /// Outermost first.
    pub decorators: Vec<Decorator>,
    response: Option<Reply>,
    #[serde(default)]
    sequence: Vec<Reply>,
}

#[derive(Deserialize, Clone)]
#[serde(rename_all = "snake_case")]
pub enum Decorator {
    CachePage(CachePage),
    CacheControl(Says),
    VaryOnHeaders(Vec<String>),
    VaryOnCookie {},
    Condition(Condition),
    ConditionalPage {},
    GzipPage {},
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct CachePage {
    pub timeout: Option<f64>,
    pub cache: Option<String>,
    #[serde(default)]
    pub key_prefix: String,
}

#[derive(Deserialize, Clone, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Says {
    pub max_age: Option<u64>,
    pub must_revalidate: bool,
    pub private: bool,
}

#[derive(Deserialize, Clone, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Condition {
    pub etag: Option<String>,
    pub last_modified_offset: Option<i64>,
}

#[derive(Deserialize, Clone)]
#[serde(default, deny_unknown_fields)]
pub struct Reply {
    pub status: u16,
    pub body: String,
    pub headers: BTreeMap<String, String>,
    pub cookies: Vec<Cookie>,
    pub patch_vary: Vec<String>,
    pub session_get: Option<String>,
    pub streaming: bool,
    pub template_response: bool,
    pub raise: Option<String>,
    pub by_header: Option<Box<ByHeader>>,
}

impl Default for Reply {
    fn default() -> Self {
        Self {
            status: 200,
            body: "n={n}".to_owned(),
            headers: BTreeMap::new(),
            cookies: Vec::new(),
            patch_vary: Vec::new(),
            session_get: None,
            streaming: false,
            template_response: false,
            raise: None,
            by_header: None,
        }
    }
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct Cookie {
    pub name: String,
    pub value: String,
}

/// One reply for each value of a header.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct ByHeader {
    pub header: String,
    pub default: Reply,
    pub map: BTreeMap<String, Reply>,
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Step {
    Ask {
        method: String,
        path: String,
        headers: BTreeMap<String, String>,
        wait_s: u64,
    },
    /// What else is done: a cache is cleared.
    Do {
        op: String,
        alias: String,
    },
}

impl Goldens {
    pub fn read() -> Self {
        serde_json::from_str(include_str!("goldens.json")).expect("the words that are known")
    }
}

impl View {
    /// Returns what is answered at the so-manieth time.
    pub fn reply(&self, run: usize) -> &Reply {
        let turns = self.replies();
        turns[(run - 1).min(turns.len() - 1)]
    }

    /// Returns all that is answered, in its order.
    pub fn replies(&self) -> Vec<&Reply> {
        self.response.iter().chain(&self.sequence).collect()
    }
}

impl Reply {
    /// Returns all that this may come down to.
    pub fn cases(&self) -> impl Iterator<Item = &Self> {
        let cases = self.by_header.iter().flat_map(|by| by.map.values().chain([&by.default]));
        cases.chain([self])
    }
}

impl Says {
    /// Says it as Larder does.
    pub fn control(&self) -> CacheControl {
        let mut says = CacheControl::new();
        if let Some(time) = self.max_age {
            says = says.max_age(time);
        }
        if self.must_revalidate {
            says = says.must_revalidate();
        }
        if self.private { says.private() } else { says }
    }
}
