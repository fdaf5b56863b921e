//! A subscriber that remembers what it was told. It is for one thread.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Level, Metadata, Subscriber};

pub type Fields = BTreeMap<String, String>;

#[derive(Clone, Debug)]
pub struct Listener(Arc<Mutex<Heard>>, Level);

#[derive(Debug, Default)]
struct Heard {
    spans: Vec<Span>,
    events: Vec<Told>,
    /// The spans that the thread stands in, innermost last.
    inside: Vec<usize>,
}

#[derive(Clone, Debug)]
pub struct Span {
    pub name: &'static str,
    pub level: Level,
    pub fields: Fields,
    pub within: Option<usize>,
    pub entered: usize,
    /// The names of all fields that it may have.
    pub may_have: Vec<&'static str>,
}

#[derive(Clone, Debug)]
pub struct Told {
    pub level: Level,
    pub fields: Fields,
    pub within: Option<usize>,
}

impl Listener {
    /// Listens to what this thread tells, up to this level, until what is returned with it is dropped.
    pub fn begin(level: Level) -> (Self, DefaultGuard) {
        let listener = Self(Arc::default(), level);
        let guard = tracing::subscriber::set_default(listener.clone());
        (listener, guard)
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn loads(&self) -> Vec<Span> {
        self.heard().spans.clone()
    }

    pub fn events(&self) -> Vec<Told> {
        self.heard().events.clone()
    }

    /// What the events say, one after the other.
    pub fn said(&self) -> Vec<String> {
        self.events().iter().map(|told| told.fields["message"].clone()).collect()
    }

    /// In which load this thread stands.
    pub fn inside(&self) -> Option<usize> {
        self.heard().inside.last().copied()
    }

    /// All that was told, in one text.
    pub fn text(&self) -> String {
        format!("{:?}", self.heard())
    }
}

struct Reader<'a>(&'a mut Fields);

impl Visit for Reader<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        let before = self.0.insert(field.name().to_owned(), value.to_owned());
        assert_eq!(before, None, "{} is told once", field.name());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

fn names(of: &Metadata<'_>) -> Vec<&'static str> {
    of.fields().iter().map(|field| field.name()).collect()
}

fn place(id: &Id) -> usize {
    usize::try_from(id.into_u64()).expect("a small number") - 1
}

impl Subscriber for Listener {
    fn enabled(&self, of: &Metadata<'_>) -> bool {
        of.target() == "larder" && *of.level() <= self.1
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut heard = self.heard();
        let mut fields = Fields::new();
        span.record(&mut Reader(&mut fields));
        let (of, within) = (span.metadata(), heard.inside.last().copied());
        let (name, level, may_have) = (of.name(), *of.level(), names(of));
        heard.spans.push(Span { name, level, fields, within, entered: 0, may_have });
        Id::from_u64(heard.spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        values.record(&mut Reader(&mut self.heard().spans[place(span)].fields));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::new();
        event.record(&mut Reader(&mut fields));
        let mut heard = self.heard();
        let (within, of) = (heard.inside.last().copied(), event.metadata());
        heard.events.push(Told { level: *of.level(), fields, within });
    }

    fn enter(&self, span: &Id) {
        let mut heard = self.heard();
        heard.inside.push(place(span));
        heard.spans[place(span)].entered += 1;
    }

    fn exit(&self, span: &Id) {
        assert_eq!(self.heard().inside.pop(), Some(place(span)));
    }
}
