//! Fragments of templates of minijinja: `{% call cache(500, "sidebar", user.name) %}…{% endcall %}`.
//!
//! ```
//! use larder::testing;
//! use minijinja::{Environment, context};
//!
//! let mut templates = Environment::new();
//! larder::fragment::minijinja::install(&mut templates);
//! templates.add_template("page.html", r#"{% call cache(500, "sidebar", user) %}<b>{{ user }}</b> {{ n }}{% endcall %}"#)?;
//!
//! let _larder = testing::isolated();
//! let page = templates.get_template("page.html")?;
//! assert_eq!(page.render(context! { user => "A&B", n => 1 })?, "<b>A&amp;B</b> 1");
//! assert_eq!(page.render(context! { user => "A&B", n => 2 })?, "<b>A&amp;B</b> 1"); // the body was not rendered
//! # Ok::<(), minijinja::Error>(())
//! ```

mod arguments;
mod tag;

use ::minijinja::value::{Kwargs, Rest, Value};
use ::minijinja::{AutoEscape, Environment, Error, State};

use self::arguments::{Arguments, Named, Part, wrong};
use self::tag::Tag;
use super::text::Making;
use super::{CACHE, Text, key};
use crate::{Cache, Key, KeyPart, Options};

/// Adds the functions `cache`, `tag` and `fragment_key` to the templates of an environment.
///
/// `cache` takes a time in seconds, or `none` for one that is for ever; the name of the fragment; and everything that its
/// text depends on. `using = "local-thing"` names its cache, and `tags = ["author:7"]` the tags that it goes with.
/// `tag("author", user.name)` is the tag that attributes write as `author:<name>`, whatever signs that holds.
/// `fragment_key` takes the name and what follows it, and returns the key as it is shown, which
/// [`Key::reading`] reads. See [the module](self) for an example.
pub fn install(templates: &mut Environment<'_>) {
    templates.add_function("cache", cached);
    templates.add_function("tag", tag_of);
    templates.add_function("fragment_key", key_of);
}

/// Returns the key of a fragment in templates that are escaped like this.
///
/// The one of HTML is that of [`fragment_key`](super::fragment_key()): what is text to others is kept apart from it, since it
/// is not safe where HTML is meant.
///
/// ```
/// use larder::fragment::{fragment_key, minijinja};
/// use ::minijinja::AutoEscape;
///
/// let html = minijinja::fragment_key(&AutoEscape::Html, "sidebar", ["ann"]);
/// assert_eq!(html, fragment_key("sidebar", ["ann"]));
/// let text = minijinja::fragment_key(&AutoEscape::None, "sidebar", ["ann"]);
/// assert_eq!(text.as_str(), "fragment:sidebar:ann:escape=none");
/// ```
pub fn fragment_key<P: KeyPart>(escape: &AutoEscape, name: &str, parts: impl IntoIterator<Item = P>) -> Key {
    key::written(name, parts, |key| match escape {
        AutoEscape::Html => {}
        AutoEscape::None => drop(key.literal(":escape=none")),
        AutoEscape::Custom(name) => drop(key.literal(":escape=custom=").text(name)),
        other => drop(key.literal(":escape=").text(&format!("{other:?}"))),
    })
}

#[expect(clippy::needless_pass_by_value, reason = "what templates call is handed its arguments")]
fn cached(state: &mut State<'_, '_>, time: Value, given: Rest<Value>, words: Kwargs) -> Result<Value, Error> {
    let Arguments { name, parts, ttl, using, tags, body } = Arguments::read(&time, &given, &words)?;
    let key = fragment_key(state.auto_escape(), &name, parts.iter().map(Part));
    let cache = cache_for(using.as_deref()).map_err(|error| wrong(error.to_string()))?;
    let making = Making::new(tags, ttl, cache.usual_time());
    let key = key.tagged(making.tags().iter().cloned());
    let text = cache.blocking().try_get_or_load(key, Options::from(ttl), || {
        let text = body.call(state, &[])?;
        let text =
            text.as_str().ok_or_else(|| wrong("what stands between `call` and `endcall` is no text".to_owned()))?;
        Ok::<_, Error>(making.text(text))
    })?;
    text.tell_around();
    Ok(shown(&text, state.auto_escape()))
}

/// Returns a text as what a body returns that was rendered just now.
fn shown(text: &Text, escape: &AutoEscape) -> Value {
    match escape {
        AutoEscape::None => Value::from(&**text),
        _ => Value::from_safe_string(String::from(text.clone())),
    }
}

fn cache_for(using: Option<&str>) -> Result<Cache, crate::Error> {
    match using {
        Some(name) => crate::cache(name),
        None => cache_core::registry::cache_if_there(CACHE)?.map_or_else(|| crate::cache("default"), Ok),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "what templates call is handed its arguments")]
fn key_of(state: &State<'_, '_>, name: Value, given: Rest<Value>) -> Result<String, Error> {
    let (name, parts) = Named::Fragment.read(&name, &given)?;
    Ok(fragment_key(state.auto_escape(), &name, parts.iter().map(Part)).as_str().to_owned())
}

#[expect(clippy::needless_pass_by_value, reason = "what templates call is handed its arguments")]
fn tag_of(name: Value, given: Rest<Value>) -> Result<Value, Error> {
    let (name, parts) = Named::Tag.read(&name, &given)?;
    Ok(Value::from_object(Tag::written(&name, parts)))
}
