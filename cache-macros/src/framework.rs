//! For which framework a handler is: what it takes and returns is told by other names, and the rest is the same.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::{Attribute, Error, FnArg, Path, Type};

use crate::function::Function;

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

    /// Returns the mistake of a handler of actix under the attribute for axum, which has the same name. The rest of
    /// what is wrong there follows from that.
    pub fn mistaken_for(self, function: &Function) -> Option<Error> {
        let mut types = function.sig.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(argument) => Some(&*argument.ty),
            FnArg::Receiver(_) => None,
        });
        let ty = types.find(|ty| self == Self::Axum && is_of_actix(ty))?;
        let sentence = "a handler of actix-web has attributes of its own, of the same name\n\nhelp: write `use larder::actix::cache_page;`";
        Some(Error::new_spanned(ty, sentence))
    }

    /// Returns whether a route is made of what the attribute that is being expanded makes.
    pub fn route_above(self) -> Option<&'static str> {
        let is_above = |name: &&&str| crate::around::is_right_below(name);
        if self == Self::Actix { ROUTES.iter().find(is_above).copied() } else { None }
    }
}

/// Returns whether a type is surely one of actix: somebody else's module may be called `web` too.
fn is_of_actix(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let names: Vec<_> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    matches!(names[..], ["actix_web", ..] | ["web", "Data" | "ThinData" | "ReqData" | "Payload"])
}
