//! The companion of a free function: an empty enum of its name, whose functions are typed by the key.
//!
//! An enum and no module, since a module would not see the types of a block, and `pub use` has to bring both.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::facts::{Facts, Parameter};
use super::model::Model;
use super::signature;
use super::{detach, many, site, tags, writing};
use crate::attributes::{allow_docs, ours};
use crate::bodies::Bodies;
use crate::generics::turbofish;
use crate::key::{Key, Origin};
use crate::passing::Passing;
use crate::returned::Kind;
use crate::spelling;

pub fn expand(model: &Model, key: &Key, facts: &Facts, bodies: Bodies) -> TokenStream {
    let (cfg, vis, companion) = (&model.attributes.cfg, &model.function.vis, model.companion());
    let name = &model.function.sig.ident;
    let doc = format!(" The cached side of `{name}`: its keys, and what is kept under them.");
    let plumbing = plumbing(model, key, facts, bodies);
    let verbs = verbs(model, key, facts, bodies);
    let refresh = signature::refresh(model, facts, key, bodies);
    let uncached = signature::uncached(model, bodies);
    let one = many::beside(model, key, facts, bodies);
    let detached = detach::detached(model, bodies);
    let docs = allow_docs(&model.function.vis);
    let declared = ours(companion);
    quote_spanned! {Span::mixed_site()=>
        #(#cfg)*
        #[doc = #doc]
        #vis enum #declared {}

        #(#cfg)*
        #docs
        impl #companion {
            #uncached
            #one
            #refresh
            #verbs
            #plumbing
            #detached
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
    let site = bodies.of(quote_spanned!(Span::mixed_site()=> { #check #site }));
    let call = site::call(model, facts, &quote!(Self::site()));
    let named = named(model, facts);
    let call = bodies.of(quote!({ #named #call }));
    quote_spanned! {Span::mixed_site()=>
        #here
        #kind

        /// Returns the site itself: where it stands, what it has counted, and its switch.
        #[must_use]
        #vis fn site() -> &'static #larder::Site #site

        #[doc(hidden)]
        #vis fn __call #generics () -> #larder::__private::Call<#ty, #number> #bounds #call
    }
}

/// Emits the function's name: whoever uses its companion uses it, and it is not dead. Not where it is retired, nor where
/// a type would be unknown.
fn named(model: &Model, facts: &Facts) -> Option<TokenStream> {
    let (name, fish) = (ours(&model.function.sig.ident), turbofish(&model.function.sig.generics));
    let has_hidden = model.arguments.iter().any(|argument| spelling::impl_trait(&argument.ty).is_some());
    let is_known = !has_hidden && fish.to_string() == turbofish(&facts.generics).to_string();
    (is_known && !model.attributes.is_retired).then(|| quote_spanned!(Span::mixed_site()=> let _ = #name #fish;))
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

/// The functions of a companion that run the body or change what is kept. The others have names that a cached function
/// in a module may have, too: `users::get(id)` can be the call of one.
const CHANGES: [&str; 4] = ["put", "invalidate", "refresh", "uncached"];

/// Returns whether a function of this name, or the one that it is a twin of, changes what is kept or runs the body, as
/// nothing does that is worth keeping.
pub fn changes(name: &str) -> bool {
    let twin_of = name.strip_suffix("_blocking").or_else(|| name.strip_suffix("_async"));
    CHANGES.contains(&twin_of.unwrap_or(name))
}

/// Emits what looks, keeps and forgets.
fn verbs(model: &Model, key: &Key, facts: &Facts, bodies: Bodies) -> TokenStream {
    let (larder, vis) = (model.larder(), &model.function.vis);
    let (generics, bounds, fish) = (&facts.generics, &facts.generics.where_clause, turbofish(&facts.generics));
    let names = facts.parameters.iter().map(|parameter| bodies.name(&parameter.name));
    let passing = |parameter: &Parameter| Passing::of(&model.function.sig.generics, &parameter.ty);
    let types = facts.parameters.iter().map(|parameter| passing(parameter).argument(&larder));
    let (kept, writes) = (facts.returns.given(model), writing::from_companion(model, key, &facts.parameters));
    let tags = tags::from_companion(model, &facts.parameters);
    let colour = if model.function.is_async() { quote!(async) } else { quote!(blocking) };
    let bodies = bodies.word();
    quote_spanned! {Span::mixed_site()=>
        #larder::__private::verbs! {
            #bodies #colour #vis [#generics] [#fish] [#bounds]
            (#(#names: #types),*) -> #kept, #writes, [#tags];
        }
    }
}
