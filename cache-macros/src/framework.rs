//! For which framework a handler is: what it takes and returns is told by other names, and the rest is the same.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::{Attribute, Path};

/// A framework that brings requests to handlers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Framework {
    Axum,
    Actix,
}

/// What `#[get("/")]` and its kin of actix are called.
const ROUTES: [&str; 11] =
    ["get", "post", "put", "delete", "head", "connect", "options", "trace", "patch", "route", "routes"];

impl Framework {
    pub fn name(self) -> &'static str {
        match self {
            Self::Axum => "axum",
            Self::Actix => "actix",
        }
    }

    /// How many arguments a handler has at most.
    pub fn most_arguments(self) -> usize {
        match self {
            Self::Axum => 16,
            Self::Actix => 12,
        }
    }

    /// Emits the module in which handlers find what they take.
    pub fn room(self, larder: &Path) -> TokenStream {
        match self {
            Self::Axum => quote_spanned!(Span::mixed_site()=> #larder::page),
            Self::Actix => quote_spanned!(Span::mixed_site()=> #larder::actix),
        }
    }

    /// Emits the module that the attributes are in.
    pub fn attributes(self, larder: &Path) -> TokenStream {
        match self {
            Self::Axum => quote_spanned!(Span::call_site()=> #larder),
            Self::Actix => quote_spanned!(Span::call_site()=> #larder::actix),
        }
    }

    /// Whether an attribute makes a route of its function, which is then a type.
    pub fn is_route(self, attr: &Attribute) -> bool {
        let name = attr.path().segments.last().map(|last| last.ident.to_string());
        self == Self::Actix && name.is_some_and(|name| ROUTES.contains(&name.as_str()))
    }

    /// Returns whether a route is made of what the attribute that is being expanded makes.
    pub fn route_above(self) -> Option<&'static str> {
        let is_above = |name: &&&str| crate::around::is_right_below(name);
        if self == Self::Actix { ROUTES.iter().find(is_above).copied() } else { None }
    }
}
