//! The arguments of a handler, and what each may say of who asks.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::Type;

use crate::argument::Argument;
use crate::framework::Framework;
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
    /// On each request, since pages are named by it; and again when there is none, as one who sees no more than others.
    Both,
}

impl Turn {
    /// Returns whether who has this turn is taken then, too.
    pub fn includes(self, turn: Self) -> bool {
        self == turn || self == Self::Both
    }
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

/// Those of them of which nothing is ever hidden: what is taken on arrival is what would be taken later.
const NEVER_HIDDEN: [&str; 9] =
    ["State", "Data", "Path", "RawPathParams", "MatchedPath", "NestedPath", "Method", "Language", "TimeZone"];

/// The same, on actix.
const ACTIX_DERIVED: [&str; 8] = ["Data", "ThinData", "Path", "Query", "Uri", "Method", "Language", "TimeZone"];

/// What reads a body there.
const ACTIX_BODIES: [&str; 5] = ["Payload", "Json", "Form", "Bytes", "String"];

/// The request itself, with all that is in it. Nothing can be hidden in it, and who says what it is to see has thought of that.
const ALL_OF_IT: &str = "HttpRequest";

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
    pub fn of(framework: Framework, ty: &Type) -> Self {
        let Some(name) = spelling::last_name(ty) else { return Self::Guard };
        if framework == Framework::Actix {
            return Self::of_actix(ty, &name);
        }
        let is_one_of = |names: &[&str]| names.contains(&name.as_str());
        if is_one_of(&DERIVED) || is_one_of(&OWN) {
            Self::Derived
        } else if is_one_of(&BODIES) {
            Self::Body
        } else if is_one_of(&["Option", "Result"]) {
            Self::of_inner(framework, ty)
        } else if name == "Extension" {
            Self::Extension
        } else {
            let no_page = NO_PAGES.iter().find(|(no_page, _)| name == *no_page);
            no_page.map_or(Self::Guard, |(_, why)| Self::NoPage(why))
        }
    }

    fn of_inner(framework: Framework, ty: &Type) -> Self {
        spelling::type_arguments(ty).first().map_or(Self::Guard, |inner| Self::of(framework, inner))
    }

    fn of_actix(ty: &Type, name: &str) -> Self {
        if ACTIX_DERIVED.contains(&name) || OWN.contains(&name) {
            Self::Derived
        } else if ACTIX_BODIES.contains(&name) {
            Self::Body
        } else if ["Option", "Result"].contains(&name) {
            Self::of_inner(Framework::Actix, ty)
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

impl Extractor {
    pub fn new(framework: Framework, argument: Argument, named: &[Ident], sees: bool) -> Self {
        let is_all = framework == Framework::Actix && spelling::last_name(&argument.ty).as_deref() == Some(ALL_OF_IT);
        let is_accounted_for = argument.bindings.iter().any(|binding| named.contains(binding));
        let kind = match Kind::of(framework, &argument.ty) {
            Kind::Guard if is_all && sees && !is_accounted_for => Kind::Derived,
            kind => kind,
        };
        let is_named = argument.bindings.iter().any(|binding| named.contains(binding));
        let turn = match kind {
            _ if kind.is_to_be_accounted_for() => Turn::Before,
            // What has read a body is gone; a check says so.
            Kind::Body if is_named => Turn::Before,
            _ if is_named && is_never_hidden(&argument.ty) => Turn::Before,
            _ if is_named => Turn::Both,
            _ => Turn::After,
        };
        Self { argument, kind, turn }
    }

    /// Returns whether it is the whole request.
    pub fn is_all(&self) -> bool {
        spelling::last_name(&self.argument.ty).as_deref() == Some(ALL_OF_IT)
    }

    /// Returns its type as it was written.
    pub fn spelt(&self) -> String {
        let text = self.argument.ty.to_token_stream().to_string();
        let without = [(" < ", "<"), (" <", "<"), ("< ", "<"), (" >", ">"), (" ,", ","), (" :: ", "::"), ("& ", "&")];
        without.iter().fold(text, |text, (from, to)| text.replace(from, to))
    }
}

fn is_never_hidden(ty: &Type) -> bool {
    spelling::last_name(ty).is_some_and(|name| NEVER_HIDDEN.contains(&name.as_str()))
}
