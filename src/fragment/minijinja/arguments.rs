//! What a template says of a fragment, and what is wrong with it. The template and the line are added by minijinja.

use std::time::Duration;

use ::minijinja::value::{Kwargs, Value, ValueKind};
use ::minijinja::{Error, ErrorKind};

use super::tag::Tag;
use crate::key::{KeyPart, Place};
use crate::{Key, Ttl};

/// What `cache` was given.
pub(super) struct Arguments<'a> {
    pub(super) name: String,
    pub(super) parts: &'a [Value],
    pub(super) ttl: Ttl,
    pub(super) using: Option<String>,
    pub(super) tags: Vec<Key>,
    pub(super) body: Value,
}

const FORM: &str = "write `{% call cache(500, \"sidebar\", user.name) %}…{% endcall %}`";

/// What has a name in a template, and parts behind it.
#[derive(Clone, Copy)]
pub(super) enum Named {
    Fragment,
    Tag,
}

impl Named {
    fn noun(self) -> &'static str {
        match self {
            Self::Fragment => "fragment",
            Self::Tag => "tag",
        }
    }

    fn form(self) -> &'static str {
        match self {
            Self::Fragment => FORM,
            Self::Tag => "write `tag(\"author\", user.name)`",
        }
    }

    /// Returns a name, and what stands behind it, each of which can stand in a key.
    pub(super) fn read<'a>(self, name: &Value, given: &'a [Value]) -> Result<(String, &'a [Value]), Error> {
        let name = name_of(self, name)?;
        let parts = parts_of(self, &name, given)?;
        Ok((name, parts))
    }
}

impl<'a> Arguments<'a> {
    pub(super) fn read(time: &Value, given: &'a [Value], words: &Kwargs) -> Result<Self, Error> {
        let [name, given @ ..] = given else { return Err(wrong(format!("a fragment has a name: {FORM}"))) };
        let (name, parts) = Named::Fragment.read(name, given)?;
        let ttl = time_of(&name, time)?;
        let using = words.get::<Option<String>>("using")?;
        let tags = words.get::<Option<Value>>("tags")?.map_or_else(|| Ok(Vec::new()), |tags| tags_of(&name, &tags))?;
        let body = words.get::<Option<Value>>("caller")?;
        words.assert_all_used()?;
        let body = body.ok_or_else(|| wrong(format!("`cache` stands around the body of the fragment: {FORM}")))?;
        Ok(Self { name, parts, ttl, using, tags, body })
    }
}

pub(super) fn wrong(sentence: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, sentence)
}

fn name_of(named: Named, name: &Value) -> Result<String, Error> {
    let text = name.as_str().filter(|name| !name.is_empty());
    text.map(str::to_owned).ok_or_else(|| {
        wrong(format!("the name of a {} is text, and this is {}: {}", named.noun(), what(name), named.form()))
    })
}

/// Says what a value is, with itself where that is short.
fn what(value: &Value) -> String {
    match value.kind() {
        ValueKind::Undefined => "undefined".to_owned(),
        ValueKind::None => "none".to_owned(),
        ValueKind::String | ValueKind::Number | ValueKind::Bool => format!("`{value:?}`"),
        kind => format!("a {kind}"),
    }
}

fn time_of(name: &str, time: &Value) -> Result<Ttl, Error> {
    let wrong = |repair: &str| wrong(format!("the time of the fragment `{name}` is {}: {repair}", what(time)));
    if time.is_none() {
        return Ok(Ttl::Forever);
    }
    if time.kind() != ValueKind::Number {
        return Err(wrong("write seconds, or `none` for ever"));
    }
    let seconds = f64::try_from(time.clone()).map_err(|_| wrong("write seconds, or `none` for ever"))?;
    if seconds < 0.0 {
        return Err(wrong("it cannot be negative; 0 keeps nothing"));
    }
    Duration::try_from_secs_f64(seconds).map(Ttl::For).map_err(|_| wrong("write `none` for ever"))
}

fn tags_of(name: &str, tags: &Value) -> Result<Vec<Key>, Error> {
    let wrong =
        || wrong(format!("the tags of the fragment `{name}` are a list of texts, as in `tags = [\"author:7\"]`"));
    if tags.kind() != ValueKind::Seq {
        return Err(wrong());
    }
    tags.try_iter()?.map(|tag| Tag::key_of(&tag).ok_or_else(wrong)).collect()
}

fn parts_of<'a>(named: Named, name: &str, given: &'a [Value]) -> Result<&'a [Value], Error> {
    for (index, value) in given.iter().enumerate() {
        check(value).map_err(|repair| {
            wrong(format!("part {} of the {} `{name}` is {}: {repair}", index + 1, named.noun(), what(value)))
        })?;
    }
    Ok(given)
}

/// Says why a value can stand in no key.
fn check(value: &Value) -> Result<(), &'static str> {
    match value.kind() {
        ValueKind::Undefined => {
            Err("what may be missing says what it is then, as in `user.name|default(none)`, so that no key forgets it")
        }
        ValueKind::Number if !value.is_integer() => {
            Err("a number with a fraction has several spellings; write `|int`, or `|string`")
        }
        ValueKind::None | ValueKind::Bool | ValueKind::Number | ValueKind::String => Ok(()),
        ValueKind::Seq => match value.try_iter() {
            Ok(mut items) => items.try_for_each(|item| check(&item)),
            Err(_) => Err("it cannot be read"),
        },
        _ => Err("write what of it the text depends on, as in `user.id`"),
    }
}

/// A value that can stand in a key, as [`Named::read`] has seen to.
pub(super) struct Part<'a>(pub(super) &'a Value);

impl KeyPart for Part<'_> {
    fn write_key(&self, place: Place<'_>) {
        match (self.0.kind(), self.0.try_iter()) {
            (ValueKind::None, _) => place.part(&None::<&str>),
            (ValueKind::Bool, _) => place.part(&self.0.is_true()),
            (ValueKind::Seq, Ok(items)) => {
                let items: Vec<_> = items.collect();
                place.list(items.iter().map(Part));
            }
            _ => place.text(&self.0.to_string()),
        }
    }
}
