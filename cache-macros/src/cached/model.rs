//! A function and its options, put together.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{FnArg, Ident, Path, Receiver, Visibility};

use super::argument::Argument;
use super::attributes::Sorted;
use super::key::{Key, Scope};
use super::options::Options;
use super::tags;
use crate::around::{self, Around};
use crate::errors::Errors;
use crate::function::Function;
use crate::larder_path;

/// An annotated function.
pub struct Model {
    pub function: Function,
    pub attributes: Sorted,
    pub options: Options,
    pub receiver: Option<Receiver>,
    pub arguments: Vec<Argument>,
    pub stand: Stand,
    /// What the source has around it, where that matters to a message.
    pub around: Option<Around>,
    /// `None` where the pattern is broken, which has been reported then.
    pub key: Option<Key>,
    pub tags: Vec<Key>,
}

/// Where the function stands, which decides where its companion can.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stand {
    /// In a module or a block: a type of its own beside it.
    Free,
    /// In an inherent `impl`: associated functions beside it.
    Method,
    /// In a trait's `impl`, or private in an inherent one: nothing can stand beside it for certain.
    Inside,
}

impl Model {
    pub fn new(function: Function, options: Options, errors: &Errors) -> Self {
        let receiver = function.sig.receiver().cloned();
        let arguments = arguments(&function);
        let around = asks_what_is_around(&function, &options).then(around::look).flatten();
        let stand = stand(&function, &options, around);
        let scope = Scope {
            arguments: &arguments,
            generics: &function.sig.generics,
            has_receiver: receiver.is_some(),
            is_method: stand != Stand::Free,
        };
        let key = match &options.naming.key {
            Some(literal) => Key::written(literal, &scope, errors),
            None if options.broken.contains(&"key") => None,
            None => Some(Key::default(&scope, ignored(&options))),
        };
        let literals = options.naming.tags.as_ref().map_or(&[][..], |said| &said.value);
        let tags = tags::bind(literals, key.as_ref(), &scope, errors);
        let attributes = Sorted::new(&function.attrs);
        Self { function, attributes, options, receiver, arguments, stand, around, key, tags }
    }

    pub fn scope(&self) -> Scope<'_> {
        Scope {
            arguments: &self.arguments,
            generics: &self.function.sig.generics,
            has_receiver: self.receiver.is_some(),
            is_method: self.stand != Stand::Free,
        }
    }

    pub fn ignored(&self) -> &[Ident] {
        ignored(&self.options)
    }

    pub fn is_ignored(&self, name: &Ident) -> bool {
        self.ignored().contains(name)
    }

    /// Returns whether `ignore(Self)` says that nothing depends on the type around a method.
    pub fn ignores_what_is_around(&self) -> bool {
        self.ignored().iter().any(|name| name == "Self")
    }

    /// Returns whether the function stands in an `impl` and does not say so.
    pub fn hides_where_it_stands(&self) -> bool {
        self.around.is_some() && !says_where_it_stands(&self.function, &self.options)
    }

    /// Returns the path of this crate as the user says it.
    pub fn larder(&self) -> Path {
        self.options.shape.larder.clone().unwrap_or_else(larder_path::usual)
    }

    /// Returns the path of this crate as if it stood at a place, for an error to point there.
    pub fn larder_at(&self, span: Span) -> TokenStream {
        respanned(self.larder().to_token_stream(), span)
    }

    /// Returns the name of the companion: the function's own, unless another was asked for.
    pub fn companion(&self) -> &Ident {
        self.options.shape.companion.as_ref().map_or(&self.function.sig.ident, |said| &said.value)
    }
}

fn ignored(options: &Options) -> &[Ident] {
    options.naming.ignore.as_ref().map_or(&[], |said| &said.value)
}

fn arguments(function: &Function) -> Vec<Argument> {
    let typed = |(index, arg): (usize, &FnArg)| match arg {
        FnArg::Typed(arg) => Some(Argument::new(index, arg)),
        FnArg::Receiver(_) => None,
    };
    function.sig.inputs.iter().enumerate().filter_map(typed).collect()
}

/// Where the function itself says all, nobody has to look.
fn asks_what_is_around(function: &Function, options: &Options) -> bool {
    options.shape.companion.is_some() || !says_where_it_stands(function, options)
}

fn says_where_it_stands(function: &Function, options: &Options) -> bool {
    options.shape.associated.is_some() || function.is_surely_in_an_impl()
}

fn stand(function: &Function, options: &Options, around: Option<Around>) -> Stand {
    let in_impl = says_where_it_stands(function, options) || around.is_some();
    let is_named = options.shape.companion.is_some() || !matches!(function.vis, Visibility::Inherited);
    match (in_impl, is_named && around != Some(Around::Trait)) {
        (false, _) => Stand::Free,
        (true, true) => Stand::Method,
        (true, false) => Stand::Inside,
    }
}

pub fn respanned(tokens: TokenStream, span: Span) -> TokenStream {
    let moved = tokens.into_iter().map(|mut token| {
        token.set_span(token.span().located_at(span));
        token
    });
    moved.collect()
}

/// Makes a name of the expansion that no name of the user's can meet.
pub fn own(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}
