//! The companion of a free function: an empty enum of its name, whose functions are typed by the key.
//!
//! An enum and no module, since a module would not see the types of a block, and `pub use` has to bring both.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::facts::{Facts, Kind, turbofish};
use super::key::{Key, Origin};
use super::model::{Model, own};
use super::passing::Passing;
use super::signature;
use super::{detach, site, writing};

/// Whether the functions of a companion do something, or only have their signatures.
///
/// After an error they only have to be there, so that calls of them are not errors too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Bodies {
    Real,
    Hollow,
}

impl Bodies {
    pub fn of(self, body: TokenStream) -> TokenStream {
        match self {
            Self::Real => body,
            Self::Hollow => quote!(::core::unimplemented!()),
        }
    }

    /// Emits what keeps the compiler quiet about a function that is hollow because of something else.
    pub fn allow(self) -> TokenStream {
        match self {
            Self::Real => TokenStream::new(),
            Self::Hollow => quote!(#[allow(unused)]),
        }
    }
}

pub fn expand(model: &Model, key: &Key, facts: &Facts, bodies: Bodies) -> TokenStream {
    let (cfg, vis, companion) = (&model.attributes.cfg, &model.function.vis, model.companion());
    let name = &model.function.sig.ident;
    let doc = format!(" The cached side of `{name}`: its keys, and what is kept under them.");
    let plumbing = plumbing(model, key, facts, bodies);
    let verbs = verbs(model, key, facts, bodies);
    let refresh = signature::refresh(model, facts, key, bodies);
    let uncached = signature::uncached(model, bodies);
    let spare = detach::spare(model, bodies);
    let hollow = bodies.allow();
    quote_spanned! {Span::mixed_site()=>
        #(#cfg)*
        #[doc = #doc]
        #[allow(non_camel_case_types, dead_code)]
        #vis enum #companion {}

        #(#cfg)*
        #hollow
        impl #companion {
            #uncached
        }

        #(#cfg)*
        #hollow
        #[allow(dead_code)]
        impl #companion {
            #verbs
            #refresh
            #plumbing
            #spare
        }
    }
}

/// Emits what the wrapper and other attributes go through.
fn plumbing(model: &Model, key: &Key, facts: &Facts, bodies: Bodies) -> TokenStream {
    let (larder, vis, ty) = (model.larder(), &model.function.vis, &facts.returns.ty);
    let number = facts.returns.number(model);
    let (generics, bounds) = (&facts.generics, &facts.generics.where_clause);
    let (here, check) = here(model, key);
    let kind = (facts.returns.kind == Kind::Probed).then(|| {
        let probe = facts.returns.probe(model);
        quote_spanned!(Span::mixed_site()=> const __KIND: ::core::primitive::u8 = #probe;)
    });
    let site = site::site(model, key);
    let site = bodies.of(quote_spanned!(Span::mixed_site()=> #check #site &SITE));
    let call = bodies.of(site::call(model, facts, &quote!(Self::site())));
    quote_spanned! {Span::mixed_site()=>
        #here
        #kind

        /// Returns the site itself: where it stands, what it has counted, and its switch.
        #[must_use]
        #vis fn site() -> &'static #larder::Site {
            #site
        }

        #[doc(hidden)]
        #vis fn __call #generics () -> #larder::__private::Call<#ty, #number> #bounds {
            #call
        }
    }
}

/// Emits where the attribute stands, and a check that this is in a module: inside another function, the path of a
/// function without `key` is not its own.
fn here(model: &Model, key: &Key) -> (TokenStream, TokenStream) {
    if !matches!(key.origin, Origin::Default) {
        return (TokenStream::new(), TokenStream::new());
    }
    let companion = model.companion();
    let at = quote_spanned! {Span::mixed_site()=>
        const __AT: (::core::primitive::u32, ::core::primitive::u32) = (::core::line!(), ::core::column!());
    };
    let check = quote_spanned! {Span::mixed_site()=>
        const _: () = ::core::assert!(
            self::#companion::__AT.0 == #companion::__AT.0 && self::#companion::__AT.1 == #companion::__AT.1,
            "a function inside another names its key, since its path is not its own: write `key = \"…\"`"
        );
    };
    (at, check)
}

/// One of the functions that look, keep and forget.
struct Verb {
    name: &'static str,
    doc: &'static str,
    /// A value to keep.
    takes_value: bool,
    returns_kept: bool,
}

const VERBS: &[Verb] = &[
    Verb {
        name: "get",
        doc: " Returns the value kept for these arguments, if there is one.",
        takes_value: false,
        returns_kept: true,
    },
    Verb {
        name: "put",
        doc: " Keeps a value for these arguments, whatever was there before.",
        takes_value: true,
        returns_kept: false,
    },
    Verb {
        name: "invalidate",
        doc: " Forgets the value kept for these arguments; what is being read for them now is not kept either.",
        takes_value: false,
        returns_kept: false,
    },
];

fn verbs(model: &Model, key: &Key, facts: &Facts, bodies: Bodies) -> TokenStream {
    let (larder, vis) = (model.larder(), &model.function.vis);
    let (generics, bounds, fish) = (&facts.generics, &facts.generics.where_clause, turbofish(&facts.generics));
    let names: Vec<_> = facts.parameters.iter().map(|parameter| &parameter.name).collect();
    let types: Vec<_> = facts.parameters.iter().map(|parameter| Passing::of(model, &parameter.ty).argument()).collect();
    let writes = writing::from_companion(model, key, &facts.parameters);
    let key_body = bodies.of(quote!(Self::__call #fish().key(#writes)));
    let entry_body = bodies.of(quote!(Self::__call #fish().entry(Self::key #fish(#(#names),*))));
    let stats_body = bodies.of(quote!(Self::site().stats()));
    let verbs = VERBS.iter().map(|verb| {
        let asynchronous = verb_in(model, facts, verb, true, bodies);
        let blocking = verb_in(model, facts, verb, false, bodies);
        if model.function.is_async() { quote!(#asynchronous #blocking) } else { quote!(#blocking #asynchronous) }
    });
    quote_spanned! {Span::mixed_site()=>
        /// Returns the key for these arguments.
        #[must_use]
        #vis fn key #generics (#(#names: #types),*) -> #larder::Key #bounds {
            #key_body
        }

        #(#verbs)*

        /// Returns what the site has counted since the program began.
        #[must_use]
        #vis fn stats() -> #larder::Stats {
            #stats_body
        }

        #[doc(hidden)]
        #vis fn __entry #generics (#(#names: #types),*) -> #larder::__private::Entry #bounds {
            #entry_body
        }
    }
}

/// Emits a verb in one of its colours; the one that is not the function's has a suffix.
fn verb_in(model: &Model, facts: &Facts, verb: &Verb, is_async: bool, bodies: Bodies) -> TokenStream {
    let vis = &model.function.vis;
    let (generics, bounds, fish) = (&facts.generics, &facts.generics.where_clause, turbofish(&facts.generics));
    let names: Vec<_> = facts.parameters.iter().map(|parameter| &parameter.name).collect();
    let types = facts.parameters.iter().map(|parameter| Passing::of(model, &parameter.ty).argument());
    let kept = facts.returns.kept(model);
    let (own_suffix, doc) = match (model.function.is_async(), is_async) {
        (true, false) => ("_blocking", format!(" Does the same as [`{0}`](Self::{0}), and blocks.", verb.name)),
        (false, true) => ("_async", format!(" Does the same as [`{0}`](Self::{0}), without blocking.", verb.name)),
        _ => ("", verb.doc.to_owned()),
    };
    let name = own(&format!("{}{own_suffix}", verb.name));
    let called = if is_async { own(verb.name) } else { own(&format!("{}_blocking", verb.name)) };
    let value = verb.takes_value.then(|| own("value"));
    let value_arg = value.as_ref().map(|value| quote!(#value: #kept));
    let output = verb.returns_kept.then(|| quote!(-> ::core::option::Option<#kept>));
    let word = is_async.then(|| quote!(async));
    let wait = is_async.then(|| quote!(.await));
    let must_use = (verb.returns_kept && !is_async).then(|| quote!(#[must_use]));
    let body = quote!(Self::__call #fish().#called(Self::key #fish(#(#names),*), #value) #wait);
    let body = bodies.of(if verb.returns_kept { body } else { quote!(#body;) });
    quote_spanned! {Span::mixed_site()=>
        #[doc = #doc]
        #must_use
        #vis #word fn #name #generics (#(#names: #types,)* #value_arg) #output #bounds {
            #body
        }
    }
}
