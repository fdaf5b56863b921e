//! The key of a site: its pattern, with each place bound to what it names.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident};
use syn::ext::IdentExt;
use syn::{GenericParam, Generics, Ident, LitStr, Type};

use super::argument::Argument;
use crate::errors::Errors;
use crate::nearest::no_argument;
use crate::pattern::{self, Pattern};
use crate::spelling;

/// A key whose places are bound.
pub struct Key {
    pub origin: Origin,
    pub parts: Vec<Part>,
}

/// Where a pattern comes from.
pub enum Origin {
    /// `key = "…"`, with its text as marks are made of it.
    Written { literal: LitStr, text: String },
    /// No `key`: the path of the function and all its arguments.
    Default,
}

pub enum Part {
    Literal(String),
    Place(Box<Place>),
}

/// A place, bound to what it names.
pub struct Place {
    pub source: Source,
    /// `.id`, `.0`, `.as_str()`.
    pub steps: TokenStream,
    /// What `<user.id: u64>` says the type of the part is.
    pub annotation: Option<Type>,
    /// As it stands in the pattern.
    pub text: String,
    pub span: Span,
}

/// What a place can name.
pub enum Source {
    Receiver,
    Argument {
        index: usize,
        binding: Ident,
    },
    TypeParameter(Ident),
    ConstParameter(Ident),
    /// A type parameter of the `impl` around, which a macro cannot see.
    TypeAround(Ident),
    /// A constant parameter of the `impl` around a method.
    ConstantAround(Ident),
}

/// The names that places are bound to.
pub struct Scope<'a> {
    pub arguments: &'a [Argument],
    pub generics: &'a Generics,
    pub has_receiver: bool,
    pub is_method: bool,
}

impl Key {
    /// Binds a written pattern; `None` where that is not possible, which has been reported then.
    pub fn written(literal: &LitStr, scope: &Scope<'_>, errors: &Errors) -> Option<Self> {
        let pattern = Pattern::parse(literal).map_err(|error| errors.push(error)).ok()?;
        let parts: Vec<_> = pattern.parts.iter().filter_map(|part| scope.bind(&pattern, part, errors)).collect();
        let whole = parts.len() == pattern.parts.len();
        let origin = Origin::Written { literal: literal.clone(), text: pattern.text };
        whole.then_some(Self { origin, parts })
    }

    /// Makes the key of a function that says nothing about it: all arguments that are not ignored.
    pub fn default(scope: &Scope<'_>, ignored: &[Ident]) -> Self {
        let mut parts = Vec::new();
        for (index, argument) in scope.arguments.iter().enumerate() {
            for binding in argument.bindings.iter().filter(|binding| !ignored.contains(binding)) {
                if !parts.is_empty() {
                    parts.push(Part::Literal(",".to_owned()));
                }
                parts.push(Part::Place(Box::new(Place {
                    source: Source::Argument { index, binding: binding.clone() },
                    steps: TokenStream::new(),
                    annotation: None,
                    text: binding.unraw().to_string(),
                    span: binding.span(),
                })));
            }
        }
        Self { origin: Origin::Default, parts }
    }

    pub fn places(&self) -> impl Iterator<Item = &Place> {
        self.parts.iter().filter_map(|part| match part {
            Part::Place(place) => Some(&**place),
            Part::Literal(_) => None,
        })
    }

    pub fn places_mut(&mut self) -> impl Iterator<Item = &mut Place> {
        self.parts.iter_mut().filter_map(|part| match part {
            Part::Place(place) => Some(&mut **place),
            Part::Literal(_) => None,
        })
    }

    /// Returns the pattern's text: all of it, or what stands behind `module::function:`.
    pub fn text(&self) -> String {
        match &self.origin {
            Origin::Written { text, .. } => text.clone(),
            Origin::Default => self.parts.iter().map(Part::text).collect(),
        }
    }

    /// Returns the span of the pattern, where it was written.
    pub fn span(&self) -> Option<Span> {
        match &self.origin {
            Origin::Written { literal, .. } => Some(literal.span()),
            Origin::Default => None,
        }
    }

    pub fn uses_receiver(&self) -> bool {
        self.places().any(|place| matches!(place.source, Source::Receiver))
    }

    /// Returns whether it names a parameter of the type around a method.
    pub fn names_what_is_around(&self) -> bool {
        self.places().any(|place| matches!(place.source, Source::TypeAround(_) | Source::ConstantAround(_)))
    }

    /// Returns the places in an argument, or in the receiver.
    pub fn places_of(&self, argument: Option<usize>) -> Vec<&Place> {
        let is_here = |place: &&Place| match place.source {
            Source::Receiver => argument.is_none(),
            Source::Argument { index, .. } => argument == Some(index),
            _ => false,
        };
        self.places().filter(is_here).collect()
    }

    /// Emits the parameters of the function that it names.
    pub fn parameters(&self) -> impl Iterator<Item = TokenStream> {
        self.places().filter_map(|place| match &place.source {
            Source::TypeParameter(name) | Source::ConstParameter(name) => Some(name.to_token_stream()),
            _ => None,
        })
    }

    pub fn uses(&self, name: &Ident) -> bool {
        self.places().any(|place| match &place.source {
            Source::Argument { binding, .. } => binding == name,
            Source::TypeParameter(param) | Source::ConstParameter(param) => param == name,
            Source::Receiver | Source::TypeAround(_) | Source::ConstantAround(_) => false,
        })
    }
}

impl Place {
    /// Names the part `<user.id: u64>` as `user_id`, and `<self.tenant: u32>` as `tenant`.
    pub fn part_name(&self) -> Ident {
        if let (Source::Argument { binding, .. }, true) = (&self.source, self.steps.is_empty()) {
            return binding.clone();
        }
        let words = self.text.split(|c: char| !c.is_alphanumeric() && c != '_');
        let words: Vec<_> = words.filter(|word| !matches!(*word, "" | "self" | "r")).collect();
        let name = if words.is_empty() { "this".to_owned() } else { words.join("_") };
        format_ident!("{name}", span = Span::mixed_site().located_at(self.span))
    }
}

impl Part {
    fn text(&self) -> String {
        match self {
            Self::Literal(text) => text.clone(),
            Self::Place(place) => format!("<{}>", place.text),
        }
    }
}

impl Scope<'_> {
    fn bind(&self, pattern: &Pattern, part: &pattern::Part, errors: &Errors) -> Option<Part> {
        let place = match part {
            pattern::Part::Literal(text) => return Some(Part::Literal(text.clone())),
            pattern::Part::Place(place) => place,
        };
        let source = match self.find(&place.root) {
            // Nobody sees here whether a parameter of the `impl` is a type or a constant: a constant says its type.
            Some(Source::TypeAround(name)) if place.annotation.is_some() => Source::ConstantAround(name),
            Some(source) => source,
            None => {
                errors.push(pattern.error(place, self.unknown(&place.root)));
                return None;
            }
        };
        if !matches!(source, Source::Receiver | Source::Argument { .. }) && !place.steps.is_empty() {
            let message = format!("`{}` is no value, and has no parts: write `<{0}>`", place.root);
            errors.push(pattern.error(place, message));
            return None;
        }
        Some(Part::Place(Box::new(Place {
            source,
            steps: place.steps.to_token_stream(),
            annotation: place.annotation.clone(),
            text: place.text.clone(),
            span: pattern.literal.span(),
        })))
    }

    fn find(&self, root: &Ident) -> Option<Source> {
        if root == "self" {
            return self.has_receiver.then_some(Source::Receiver);
        }
        for (index, argument) in self.arguments.iter().enumerate() {
            if let Some(binding) = argument.bindings.iter().find(|binding| binding.unraw() == root.unraw()) {
                return Some(Source::Argument { index, binding: binding.clone() });
            }
        }
        let param = self.generics.params.iter().find_map(|param| match param {
            GenericParam::Type(param) if param.ident == *root => Some(Source::TypeParameter(param.ident.clone())),
            GenericParam::Const(param) if param.ident == *root => Some(Source::ConstParameter(param.ident.clone())),
            _ => None,
        });
        let name = root.to_string();
        let may_be_around = name.starts_with(|first: char| first.is_uppercase()) && !spelling::takes_types(&name);
        param.or_else(|| (self.is_method && may_be_around).then(|| Source::TypeAround(root.clone())))
    }

    fn unknown(&self, root: &Ident) -> String {
        if root == "self" {
            return "this function takes no `self` that the key could name".to_owned();
        }
        if spelling::takes_types(&root.to_string()) {
            return format!(
                "`{root}` is a type and no parameter: a place names an argument, or a parameter of the function or of \
                 its `impl`, as in `<T>`"
            );
        }
        let names: Vec<String> = self.names().iter().map(ToString::to_string).collect();
        no_argument(&root.to_string(), &names)
    }

    /// Returns all that a place or `ignore` can name, but for `self`.
    pub fn names(&self) -> Vec<&Ident> {
        self.arguments.iter().flat_map(|argument| &argument.bindings).chain(self.parameters()).collect()
    }

    /// Returns the names of the type and constant parameters.
    pub fn parameters(&self) -> impl Iterator<Item = &Ident> {
        self.generics.params.iter().filter_map(|param| match param {
            GenericParam::Type(param) => Some(&param.ident),
            GenericParam::Const(param) => Some(&param.ident),
            GenericParam::Lifetime(_) => None,
        })
    }
}
