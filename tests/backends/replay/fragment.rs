//! A fragment of a template: rendered by minijinja where that is built in, else kept by hand under the same key.

use std::time::Duration;

use larder::Key;
use larder::fragment::fragment_key;
use serde_json::Value;

/// The part of a template between `{% cache … %}` and `{% endcache %}`, with what is to be written into it.
pub struct Fragment<'a> {
    name: String,
    /// The names of what it varies by.
    vary: Vec<&'a str>,
    /// How many seconds it is kept.
    time: f64,
    body: &'a str,
    context: &'a Value,
}

impl<'a> Fragment<'a> {
    pub fn read(template: &'a str, context: &'a Value) -> Self {
        let (_, rest) = template.split_once("{% cache ").expect("a fragment");
        let (head, rest) = rest.split_once(" %}").expect("a head");
        let (body, _) = rest.split_once("{% endcache %}").expect("an end");
        let words: Vec<_> = head.split(' ').collect();
        let time = words[0].parse().expect("a time");
        Self { name: words[1].to_owned(), vary: words[2..].to_vec(), time, body, context }
    }

    #[cfg(feature = "minijinja")]
    pub fn render(&self, seconds: impl Fn(f64) -> Duration) -> String {
        use minijinja::{Environment, Value};

        let mut templates = Environment::new();
        larder::fragment::minijinja::install(&mut templates);
        let (time, vary) = (seconds(self.time).as_secs_f64(), self.vary.iter().map(|name| format!(", {name}")));
        let head = format!("cache({time}, {:?}{})", self.name, vary.collect::<String>());
        let source = format!("{{% call {head} %}}{}{{% endcall %}}", self.body);
        let value = |value: &serde_json::Value| value.as_i64().map_or_else(|| Value::from(shown(value)), Value::from);
        let values = self.context.as_object().into_iter().flatten();
        let context = Value::from_pairs(values.map(|(name, given)| (name.clone(), value(given))));
        templates.render_named_str("page.html", &source, context).expect("it renders")
    }

    #[cfg(not(feature = "minijinja"))]
    pub fn render(&self, seconds: impl Fn(f64) -> Duration) -> String {
        let values = self.context.as_object().into_iter().flatten();
        let text = values.fold(self.body.to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{{ {name} }}}}"), &shown(value))
        });
        let key = fragment_key(&self.name, self.vary.iter().map(|name| shown(&self.context[*name])));
        let cache = larder::cache("default").expect("there is one");
        cache.blocking().get_or_load(key, larder::Options::ttl(seconds(self.time)), || text)
    }
}

/// Returns the key of a fragment, by its name and what it varies by.
pub fn key_of(args: &[Value]) -> Key {
    fragment_key(&shown(&args[0]), args[1].as_array().into_iter().flatten().map(shown))
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
