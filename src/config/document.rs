//! From the text of a file to what it says of each cache.

use std::ops::Range;
use std::sync::Arc;

use cache_backends::place::{Given, nearest, shown};
use cache_core::error::Error;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::draft::{Draft, Drafts};
use super::expand::{Wrong, expand};
use super::fault::Faults;
use super::origin::{Origin, Said};
use super::source::{Pieces, Source};
use super::variables::Variables;
use super::word::{Word, is_of_a_store};
use super::written::Written;

/// The longest text that is read as a configuration.
const LONGEST: usize = 1 << 20;

/// The name of the table that holds the caches.
const CACHES: &str = "caches";
/// The name of the table for what a store is told.
const OPTIONS: &str = "options";

/// A text that is TOML, whatever it says.
#[derive(Clone)]
pub(super) struct Document(Arc<Source>);

impl Document {
    /// Takes a text, under the name by which people know it.
    pub(super) fn read(name: &str, text: String) -> Result<Self, Error> {
        if text.len() > LONGEST {
            return Err(Error::configuration(format!("{name}: a configuration has a mebibyte at most")));
        }
        let (tree, wrong) = DeTable::parse_recoverable(&text);
        if wrong.is_empty() {
            let mut pieces = Pieces::default();
            harmless_words(tree.get_ref(), &text, &mut pieces);
            return Ok(Self(Arc::new(Source::new(name.to_owned(), text, pieces))));
        }
        let mut faults = Faults::default();
        let source = Arc::new(Source::unread(name.to_owned(), text.clone()));
        for error in wrong {
            let span = error.span().unwrap_or(0..0);
            faults.add(&Origin::File(Arc::clone(&source), span), format!("this is no TOML: {}", error.message()));
        }
        faults.into_result().map(|()| Self(source))
    }

    /// Reads what it says of each cache, and notes what is wrong with that.
    pub(super) fn drafts(&self, variables: &Variables, faults: &mut Faults) -> Drafts {
        let (tree, _) = DeTable::parse_recoverable(self.0.text());
        let mut walk = Walk { source: &self.0, variables, faults };
        walk.root(tree.get_ref())
    }
}

type Key<'a> = Spanned<DeString<'a>>;
type Item<'a> = Spanned<DeValue<'a>>;

/// Returns what stands in a table in the order of the text.
fn in_order<'a, 'b>(table: &'b DeTable<'a>) -> Vec<(&'b Key<'a>, &'b Item<'a>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// Notes where values stand, and which of them may be shown: those of our own words that are no addresses.
fn harmless_words(root: &DeTable<'_>, text: &str, pieces: &mut Pieces) {
    for (key, caches) in root {
        let caches_of = caches.get_ref().as_table().filter(|_| key.get_ref() == CACHES);
        match caches_of {
            None => note(caches, text, false, pieces),
            Some(caches) => caches.iter().for_each(|(_, cache)| note_cache(cache, text, pieces)),
        }
    }
}

fn note_cache(cache: &Item<'_>, text: &str, pieces: &mut Pieces) {
    let Some(words) = cache.get_ref().as_table() else { return note(cache, text, false, pieces) };
    for (key, value) in words {
        let is_harmless = Word::named(key.get_ref()).is_some_and(|word| word.row().takes.is_harmless());
        note(value, text, is_harmless, pieces);
    }
}

/// Notes every value that a value holds.
fn note(value: &Item<'_>, text: &str, is_harmless: bool, pieces: &mut Pieces) {
    match value.get_ref() {
        DeValue::Array(items) => items.iter().for_each(|item| note(item, text, is_harmless, pieces)),
        DeValue::Table(table) => table.iter().for_each(|(_, item)| note(item, text, is_harmless, pieces)),
        _ => {
            // A text over several lines may have swallowed what stands between its quotes by mistake.
            let is_of_one_line = !text[value.span()].contains('\n');
            pieces.add(text, value.span(), is_harmless && is_of_one_line);
        }
    }
}

/// A walk over a text.
struct Walk<'a> {
    source: &'a Arc<Source>,
    variables: &'a Variables,
    faults: &'a mut Faults,
}

impl Walk<'_> {
    fn origin(&self, span: Range<usize>) -> Origin {
        Origin::File(Arc::clone(self.source), span)
    }

    fn fault(&mut self, span: Range<usize>, sentence: impl Into<String>) {
        let origin = self.origin(span);
        self.faults.add(&origin, sentence);
    }

    fn root(&mut self, root: &DeTable<'_>) -> Drafts {
        let mut drafts = Drafts::new();
        for (key, value) in in_order(root) {
            match (key.get_ref().as_ref(), value.get_ref()) {
                (CACHES, DeValue::Table(caches)) => self.caches(caches, &mut drafts),
                (CACHES, _) => {
                    self.fault(key.span(), "`caches` holds tables: write `[caches.default]` above what is said of one");
                }
                (name, value) => {
                    let sentence = unknown_at_the_top(name, value);
                    self.fault(key.span(), sentence);
                }
            }
        }
        drafts
    }

    fn caches(&mut self, caches: &DeTable<'_>, drafts: &mut Drafts) {
        for (key, value) in in_order(caches) {
            let name: &str = key.get_ref();
            match value.get_ref() {
                _ if name.trim() != name || name.is_empty() => {
                    self.fault(key.span(), "this is no name of a cache: write a word, without white space around it");
                }
                DeValue::Table(words) => {
                    let draft = self.cache(name, words);
                    drafts.insert(name.to_owned(), draft);
                }
                _ if Word::named(name).is_some() => {
                    self.fault(key.span(), format!("`{name}` is said of one cache: write it below `[caches.default]`"));
                }
                _ => {
                    let shown = shown(name);
                    self.fault(
                        key.span(),
                        format!("a cache is a table: write `[caches.{shown}]`, and below it `url = \"…\"`"),
                    );
                }
            }
        }
    }

    fn cache(&mut self, name: &str, words: &DeTable<'_>) -> Draft {
        let mut draft = Draft::default();
        for (key, value) in in_order(words) {
            let written: &str = key.get_ref();
            match (Word::named(written), value.get_ref()) {
                (Some(word), _) => match self.written(value) {
                    Some(value) => draft.say(word, &value, self.faults),
                    None => draft.is_lost |= word == Word::Url,
                },
                (None, DeValue::Table(options)) if written == OPTIONS => self.options(options, &mut draft),
                (None, _) if written == OPTIONS => {
                    self.fault(key.span(), format!("`options` is a table: write `[caches.{}.options]`", shown(name)));
                }
                (None, _) => self.fault(key.span(), unknown_word(written, name)),
            }
        }
        draft
    }

    fn options(&mut self, options: &DeTable<'_>, draft: &mut Draft) {
        for (key, value) in in_order(options) {
            let given = match self.written(value).map(|said| said.value) {
                None => continue,
                Some(Written::Text(text)) => Given::Text(text),
                Some(Written::Number(number)) => Given::Number(number),
                Some(Written::Flag(flag)) => Given::Flag(flag),
                Some(Written::List(_) | Written::Other) => {
                    self.fault(value.span(), "an option takes a text, a whole number, true or false");
                    continue;
                }
            };
            let origin = self.origin(key.span().start..value.span().end);
            draft.tell(key.get_ref(), Said::new(given, origin), self.faults);
        }
    }

    /// Reads a value, with what variables say put in.
    fn written(&mut self, value: &Item<'_>) -> Option<Said<Written>> {
        let written = match value.get_ref() {
            DeValue::String(text) => Written::Text(self.expanded(text, value.span())?),
            DeValue::Integer(number) => number_of(number).map_or(Written::Other, Written::Number),
            DeValue::Boolean(flag) => Written::Flag(*flag),
            DeValue::Array(items) => {
                let items: Vec<_> = items.iter().map(|item| self.written(item)).collect();
                Written::List(items.into_iter().collect::<Option<_>>()?)
            }
            DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => Written::Other,
        };
        Some(Said::new(written, self.origin(value.span())))
    }

    fn expanded(&mut self, text: &str, span: Range<usize>) -> Option<String> {
        let (name, sentence) = match expand(text, |name| self.variables.look_up(name)) {
            Ok(expanded) => return Some(expanded),
            Err(Wrong::Unset(name)) => (name, format!("the variable {} is not set", shown(name))),
            Err(Wrong::NoText(name)) => (name, format!("the variable {} is no UTF-8", shown(name))),
            Err(Wrong::TooLong) => ("", "with what its variables say this is too long".to_owned()),
            Err(Wrong::Dollar) => (
                "",
                "a `$` begins `${NAME}`, the name of a variable and nothing else; a dollar itself is written `$$`"
                    .to_owned(),
            ),
        };
        let placeholder = (!name.is_empty()).then(|| self.source.find(&span, &format!("${{{name}}}"))).flatten();
        self.fault(placeholder.unwrap_or(span), sentence);
        None
    }
}

fn number_of(number: &toml::de::DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

fn unknown_at_the_top(name: &str, value: &DeValue<'_>) -> String {
    let shown = shown(name);
    match nearest(name, [CACHES]) {
        Some(_) => format!("there is no `{shown}` here; did you mean `{CACHES}`?"),
        None if Word::named(name).is_some() => {
            format!("`{shown}` is said of one cache: write it below `[caches.default]`")
        }
        None if value.is_table() => {
            format!("there is no `{shown}` here; for a cache of that name write `[caches.{shown}]`")
        }
        None => format!("there is no `{shown}` here: a configuration holds `[caches.NAME]`"),
    }
}

fn unknown_word(written: &str, cache: &str) -> String {
    let shown_word = shown(written);
    if is_of_a_store(written) {
        return format!(
            "`{written}` is an option of the store: write it below `[caches.{}.options]`, or as `?{written}=…` behind the \
             address",
            shown(cache)
        );
    }
    match nearest(written, Word::names().chain([OPTIONS])) {
        Some(near) => format!("there is no word `{shown_word}`; did you mean `{near}`?"),
        None => format!(
            "there is no word `{shown_word}`; if it is for the store, write it below `[caches.{}.options]`",
            shown(cache)
        ),
    }
}
