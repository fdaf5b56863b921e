//! The arguments of a handler, and what each may say of who asks.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::Type;

use crate::argument::Argument;
use crate::spelling;

/// An argument of a handler.
pub struct Extractor {
    pub argument: Argument,
    pub kind: Kind,
    pub turn: Turn,
}

/// What is known of an extractor by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Filled alike by everybody's request for one URL.
    Derived,
    /// The same, and it reads the body.
    Body,
    /// Something that layers outside have put into the request.
    Extension,
    /// It may differ from visitor to visitor, or refuse one.
    Guard,
    /// What it is for is no page.
    NoPage(&'static str),
}

/// When it is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// On each request, before its page is looked for.
    Before,
    /// When there is no page.
    After,
    /// Both: its page is named by what it finds on each request, and its handler sees what is not hidden.
    Twice,
}

/// What is filled from the address, from what all requests share, or from what is told apart.
const DERIVED: [&str; 13] = [
    "State",
    "Path",
    "Query",
    "RawQuery",
    "RawPathParams",
    "MatchedPath",
    "NestedPath",
    "OriginalUri",
    "Uri",
    "Method",
    "HeaderMap",
    "Language",
    "TimeZone",
];

/// Those of them that find less where something is hidden.
const HIDDEN: [&str; 5] = ["Query", "RawQuery", "OriginalUri", "Uri", "HeaderMap"];

/// What reads a body, of which a page that is kept has none.
const BODIES: [&str; 7] = ["Request", "Json", "Form", "RawForm", "Bytes", "String", "Body"];

/// What nobody takes who makes a page, and why.
const NO_PAGES: [(&str, &str); 4] = [
    ("Multipart", UPLOAD),
    ("TypedMultipart", UPLOAD),
    ("BodyStream", UPLOAD),
    ("WebSocketUpgrade", "opens a connection, which is no page that could be kept"),
];

const UPLOAD: &str = "reads what was sent, and a page is asked for without that";

/// Larder's own, which other attributes put in front.
const OWN: [&str; 1] = ["Conditions"];

impl Kind {
    pub fn of(ty: &Type) -> Self {
        let Some(name) = spelling::last_name(ty) else { return Self::Guard };
        let is_one_of = |names: &[&str]| names.contains(&name.as_str());
        if is_one_of(&DERIVED) || is_one_of(&OWN) {
            Self::Derived
        } else if is_one_of(&BODIES) {
            Self::Body
        } else if is_one_of(&["Option", "Result"]) {
            spelling::type_arguments(ty).first().map_or(Self::Guard, |inner| Self::of(inner))
        } else if name == "Extension" {
            Self::Extension
        } else {
            let no_page = NO_PAGES.iter().find(|(no_page, _)| name == *no_page);
            no_page.map_or(Self::Guard, |(_, why)| Self::NoPage(why))
        }
    }

    /// Returns whether somebody has to say what it means for pages.
    pub fn is_to_be_accounted_for(self) -> bool {
        matches!(self, Self::Extension | Self::Guard)
    }
}

/// Returns whether something is hidden from an extractor that is taken when there is no page.
fn finds_less(ty: &Type) -> bool {
    let Some(name) = spelling::last_name(ty) else { return false };
    let inner = || spelling::type_arguments(ty).first().is_some_and(|inner| finds_less(inner));
    HIDDEN.contains(&name.as_str()) || (["Option", "Result"].contains(&name.as_str()) && inner())
}

impl Extractor {
    pub fn new(argument: Argument, named: &[Ident]) -> Self {
        let kind = Kind::of(&argument.ty);
        let is_named = argument.bindings.iter().any(|binding| named.contains(binding));
        let turn = match () {
            () if is_named && finds_less(&argument.ty) => Turn::Twice,
            () if is_named || kind.is_to_be_accounted_for() => Turn::Before,
            () => Turn::After,
        };
        Self { argument, kind, turn }
    }

    /// Returns its type as it was written.
    pub fn spelt(&self) -> String {
        let text = self.argument.ty.to_token_stream().to_string();
        let without = [(" < ", "<"), (" <", "<"), ("< ", "<"), (" >", ">"), (" ,", ","), (" :: ", "::"), ("& ", "&")];
        without.iter().fold(text, |text, (from, to)| text.replace(from, to))
    }
}
