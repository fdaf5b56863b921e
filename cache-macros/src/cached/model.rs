//! A function and its options, put together.

use proc_macro2::{Span, TokenStream};
use syn::{FnArg, Ident, Path, Receiver, Visibility};

use super::each::{Each, is_ignored, is_in_the_key};
use super::options::{Options, Returns};
use super::tags;
use crate::argument::Argument;
use crate::around::{self, Around};
use crate::attributes::Sorted;
use crate::errors::Errors;
use crate::function::Function;
use crate::key::{Key, Scope};
use crate::larder_path;
use crate::returned::Kind;

/// An annotated function.
pub struct Model {
    /// With `each` the function of one that follows from it.
    pub function: Function,
    /// The function that is asked for many, where it is one.
    pub each: Option<Each>,
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
        let around = asks_what_is_around(&function, &options).then(around::look).flatten();
        let stand = stand(&function, &options, around);
        let said = options.naming.each.as_ref();
        let kind = |ty: &syn::Type| kind(&function, ty, &options, stand);
        let each = said.and_then(|said| Each::bind(&function, said, kind, errors));
        let larder = || options.shape.larder.clone().unwrap_or_else(larder_path::usual);
        let function = each.as_ref().map_or(function, |each| each.of_one(&larder(), stand));
        // What a key would be without it says nothing.
        let is_broken = said.is_some() != each.is_some() || options.broken.contains(&"each");
        let receiver = function.sig.receiver().cloned();
        let arguments = arguments(&function);
        let scope = Scope {
            arguments: &arguments,
            generics: &function.sig.generics,
            has_receiver: receiver.is_some(),
            is_method: stand != Stand::Free,
        };
        let is_in_the_key = |literal| said.is_none_or(|said| is_in_the_key(literal, &said.value, errors));
        let key = match &options.naming.key {
            _ if is_broken => None,
            _ if said.is_some_and(|said| is_ignored(&said.value, ignored(&options), errors)) => None,
            Some(literal) if !is_in_the_key(literal) => None,
            Some(literal) => Key::written(literal, &scope, errors),
            None if options.broken.contains(&"key") => None,
            None => Some(Key::default(&scope, ignored(&options))),
        };
        let literals = options.naming.tags.as_ref().filter(|_| key.is_some() || said.is_none());
        let literals = literals.map_or(&[][..], |said| &said.value);
        let tags = tags::bind(literals, key.as_ref(), &scope, errors);
        let attributes = Sorted::new(&function.attrs);
        Self { function, each, attributes, options, receiver, arguments, stand, around, key, tags }
    }

    /// Returns the function as it was written.
    pub fn written(&self) -> &Function {
        self.each.as_ref().map_or(&self.function, |each| &each.function)
    }

    /// Returns the type that was written behind `->`.
    pub fn returns(&self) -> Option<&syn::Type> {
        self.written().returns()
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
        larder_path::at(&self.larder(), span)
    }

    /// Returns the name of the companion: the function's own, unless another was asked for.
    pub fn companion(&self) -> &Ident {
        self.options.shape.companion.as_ref().map_or(&self.function.sig.ident, |said| &said.value)
    }
}

/// Returns what kind a type is that this function returns.
pub fn kind(function: &Function, ty: &syn::Type, options: &Options, stand: Stand) -> Kind {
    let otherwise = match options.keeping.returns.as_ref().map(|said| said.value) {
        Some(Returns::Value) => Kind::Value,
        Some(Returns::Result) => Kind::Result,
        None => Kind::Probed,
    };
    Kind::of(function, ty, stand != Stand::Free, otherwise)
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

/// Makes a name of the expansion that no name of the user's can meet.
pub fn own(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}
