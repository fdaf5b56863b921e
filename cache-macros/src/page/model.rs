//! A handler and its options, put together.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::{Attribute, FnArg, Ident, LitStr, Pat, Path, Receiver, Type};

use super::debug;
use super::extractor::{Extractor, Turn};
use super::options::Options;
use crate::argument::Argument;
use crate::around::{self, Around};
use crate::attributes::Sorted;
use crate::errors::Errors;
use crate::framework::Framework;
use crate::function::Function;
use crate::key::{Key, Scope, Source};
use crate::{larder_path, spelling};

/// An annotated handler.
pub struct Model {
    pub framework: Framework,
    pub function: Function,
    pub attributes: Sorted,
    pub options: Options,
    pub receiver: Option<Receiver>,
    pub extractors: Vec<Extractor>,
    /// The name of its pages; `None` where there is none, or it is broken, which has been reported then.
    pub key: Option<Key>,
    pub tags: Vec<Key>,
    pub is_method: bool,
    /// What the source has around it, where that matters to a message.
    pub around: Option<Around>,
    /// That of axum, below this attribute.
    pub debug_handler: Option<Attribute>,
    /// What makes routes of the handler, below this attribute: a type of its name is its companion then.
    pub routes: Vec<Attribute>,
}

impl Model {
    pub fn new(framework: Framework, mut function: Function, options: Options, errors: &Errors) -> Self {
        let receiver = function.sig.receiver().cloned();
        let arguments = arguments(&function);
        let says_so = options.shape.associated.is_some() || function.is_surely_in_an_impl();
        let around = if says_so { None } else { around::look() };
        let is_method = says_so || around.is_some();
        let scope = Scope {
            arguments: &arguments,
            generics: &function.sig.generics,
            has_receiver: receiver.is_some(),
            is_method,
        };
        let bind = |literal: &LitStr| Key::written(literal, &scope, errors);
        let key = options.naming.key.as_ref().and_then(bind);
        let tags: Vec<_> = options.naming.tags.iter().filter_map(bind).collect();
        let named = named(&options, key.iter().chain(&tags));
        let sees = !options.telling.see.is_empty();
        let of = |argument| Extractor::new(framework, argument, &named, sees);
        let extractors = arguments.into_iter().map(of).collect();
        let (routes, attrs) = function.attrs.drain(..).partition(|attr| framework.is_route(attr));
        function.attrs = attrs;
        let (debug_handlers, others): (Vec<_>, Vec<_>) =
            function.attrs.iter().cloned().partition(|attr| !is_method && debug::is_one(attr));
        let (attributes, debug_handler) = (Sorted::new(&others), debug_handlers.into_iter().next());
        Self {
            framework,
            function,
            attributes,
            options,
            receiver,
            extractors,
            key,
            tags,
            is_method,
            around,
            debug_handler,
            routes,
        }
    }

    pub fn larder(&self) -> Path {
        self.options.shape.larder.clone().unwrap_or_else(larder_path::usual)
    }

    /// Emits the module in which its handler finds what it takes.
    pub fn room(&self) -> TokenStream {
        self.framework.room(&self.larder())
    }

    /// Returns what its companion is called.
    pub fn companion(&self) -> &Ident {
        self.options.shape.companion.as_ref().unwrap_or(&self.function.sig.ident)
    }

    /// Returns the extractors of this turn, with their places in the handler's signature.
    pub fn taken(&self, turn: Turn) -> impl Iterator<Item = (usize, &Extractor)> {
        self.extractors.iter().enumerate().filter(move |(_, extractor)| extractor.turn.includes(turn))
    }

    /// Returns the names that places and options can be bound to.
    pub fn bindings(&self) -> impl Iterator<Item = &Ident> {
        self.extractors.iter().flat_map(|extractor| &extractor.argument.bindings)
    }

    /// Returns what is in a `Path` of actix, which cannot be taken apart where it is taken: its name stands for that in keys.
    pub fn inside<'a>(&self, extractor: &'a Extractor) -> Option<&'a Type> {
        let Argument { pat, ty, .. } = &extractor.argument;
        let is_path = spelling::last_name(ty).is_some_and(|name| name == "Path") && matches!(pat, Pat::Ident(_));
        if self.framework == Framework::Actix && is_path { spelling::type_arguments(ty).first().copied() } else { None }
    }

    /// Returns whether somebody stands guard over its pages.
    pub fn is_guarded(&self) -> bool {
        self.extractors.iter().any(|extractor| extractor.kind.is_to_be_accounted_for())
    }

    /// Returns what the expansion calls an argument.
    pub fn name_of(index: usize) -> Ident {
        format_ident!("__arg{index}", span = Span::mixed_site())
    }

    /// Returns whether that of axum stands above this attribute, where it calls the handler with all its arguments: that does
    /// not compile, unless there is one.
    pub fn is_below_debug_handler(&self) -> bool {
        self.framework == Framework::Axum && self.extractors.len() != 1 && around::is_below("debug_handler")
    }

    /// Returns whether pages of one URL can be made by several types.
    pub fn is_generic(&self) -> bool {
        let generics = &self.function.sig.generics;
        self.is_method || generics.type_params().next().is_some() || generics.const_params().next().is_some()
    }

    /// Emits the name of its companion's owner.
    pub fn owner(&self) -> TokenStream {
        if !self.is_method {
            return self.companion().to_token_stream();
        }
        // Where there is none, the word that says so is wrong.
        let span = self.options.shape.associated.as_ref().map_or_else(Span::mixed_site, Ident::span);
        quote_spanned!(span.resolved_at(Span::mixed_site())=> Self)
    }
}

/// Returns the names that say what an argument means for pages, or that pages are named by.
fn named<'a>(options: &Options, keys: impl Iterator<Item = &'a Key>) -> Vec<Ident> {
    let places = keys.flat_map(Key::places).filter_map(|place| match &place.source {
        Source::Argument { binding, .. } => Some(binding.clone()),
        _ => None,
    });
    let vary = options.telling.vary.iter().filter_map(|vary| vary.guard.clone());
    let shared = options.telling.shared.iter().cloned();
    places.chain(vary).chain(shared).collect()
}

fn arguments(function: &Function) -> Vec<Argument> {
    let typed = |(index, arg): (usize, &FnArg)| match arg {
        FnArg::Typed(arg) => Some(Argument::new(index, arg)),
        FnArg::Receiver(_) => None,
    };
    function.sig.inputs.iter().enumerate().filter_map(typed).collect()
}
