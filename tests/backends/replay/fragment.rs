//! A fragment of a template, as it is kept by hand.

use std::time::Duration;

use larder::{Cache, Key, Options, key};
use serde_json::Value;

/// The part of a template between `{% cache … %}` and `{% endcache %}`, with what is to be written into it.
pub struct Fragment {
    name: String,
    vary: Vec<String>,
    /// How many seconds it is kept.
    time: f64,
    text: String,
}

impl Fragment {
    pub fn read(template: &str, context: &Value) -> Self {
        let (_, rest) = template.split_once("{% cache ").expect("a fragment");
        let (head, rest) = rest.split_once(" %}").expect("a head");
        let (body, _) = rest.split_once("{% endcache %}").expect("an end");
        let words: Vec<_> = head.split(' ').collect();
        let values = context.as_object().into_iter().flatten();
        let text = values
            .fold(body.to_owned(), |text, (name, value)| text.replace(&format!("{{{{ {name} }}}}"), &shown(value)));
        let vary = words[2..].iter().map(|name| shown(&context[*name])).collect();
        let time = words[0].parse().expect("a time");
        Self { name: words[1].to_owned(), vary, time, text }
    }

    /// Reads the name of a fragment, and what it varies by.
    pub fn named(args: &[Value]) -> Self {
        let vary = args[1].as_array().into_iter().flatten().map(shown).collect();
        Self { name: shown(&args[0]), vary, time: 0.0, text: String::new() }
    }

    pub fn key(&self) -> Key {
        let (name, vary) = (&self.name, &self.vary);
        key!("fragment:<name>:<vary>")
    }

    pub fn render(self, cache: &Cache, seconds: impl Fn(f64) -> Duration) -> String {
        let (key, time) = (self.key(), seconds(self.time));
        cache.blocking().get_or_load(key, Options::ttl(time), || self.text)
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
