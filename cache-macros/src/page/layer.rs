//! What the layer of a handler is told.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, Ident};

use super::extractor::Kind;
use super::model::Model;
use super::name;
use super::vary::{By, Vary};
use crate::key::{Key, Source};
use crate::spelling;
use crate::time::{self, Time};

/// Emits a closure that tells a layer all that the attribute says.
pub fn layer(model: &Model) -> TokenStream {
    let larder = model.larder();
    let words = [times(model), naming(model), keeping(model)];
    // A layer that begins anew does not forget what its guards go by.
    let telling = telling(model);
    let (path, apart) = (name::path(model), apart(model));
    let guarded = model.is_guarded().then(|| quote!(.__guarded()));
    let rest =
        model.options.keeping.layer.as_ref().map(
            |rest| quote_spanned!(Span::mixed_site()=> let __layer = #larder::page::__private::told(__layer, #rest);),
        );
    quote_spanned! {Span::mixed_site()=> |__layer| {
        let __layer = __layer #(#words)*;
        #rest
        __layer #telling .__tag(#larder::Key::from(#path)) #apart #guarded
    }}
}

fn times(model: &Model) -> TokenStream {
    let times = &model.options.times;
    let all = [
        ("time", times.ttl.as_ref()),
        ("browser", times.browser.as_ref()),
        ("stale", times.stale.as_ref()),
        ("stale_if_error", times.stale_if_error.as_ref()),
    ];
    let said = all.into_iter().filter_map(|(word, time)| Some((word, time?)));
    said.map(|(word, time)| {
        let (word, time) = (Ident::new(word, Span::mixed_site()), duration(model, time));
        quote_spanned!(Span::mixed_site()=> .#word(#time))
    })
    .collect()
}

/// Emits a time that the compiler computes, where it is not plain what it is.
fn duration(model: &Model, time: &Time) -> TokenStream {
    if time.seconds == Some(0) {
        return quote_spanned!(Span::mixed_site()=> ::core::time::Duration::ZERO);
    }
    let expr = time.expand(&model.larder());
    if time.seconds.is_some() { expr } else { constant(model, &expr, &quote!(::core::time::Duration)) }
}

/// Emits a number that the compiler computes, where it is not plain what it is.
fn number(model: &Model, expr: &Expr, ty: &TokenStream) -> TokenStream {
    match expr {
        Expr::Lit(literal) => literal.to_token_stream(),
        expr => constant(model, &expr.to_token_stream(), ty),
    }
}

fn constant(model: &Model, expr: &TokenStream, ty: &TokenStream) -> TokenStream {
    time::constant(expr, ty, &model.function.sig.generics)
}

fn naming(model: &Model) -> TokenStream {
    let prefix = model.options.naming.key_prefix.as_ref();
    prefix.map(|prefix| quote_spanned!(Span::mixed_site()=> .key_prefix(#prefix))).unwrap_or_default()
}

fn telling(model: &Model) -> TokenStream {
    let telling = &model.options.telling;
    let vary = telling.vary.iter().chain(&telling.varied).map(varies);
    let see = telling.see.iter().map(|header| quote_spanned!(Span::mixed_site()=> .see(#header)));
    let query = telling
        .query
        .as_ref()
        .map(|names| quote_spanned!(Span::mixed_site()=> .query([#(#names),*] as [&::core::primitive::str; _])));
    quote!(#(#vary)* #(#see)* #query)
}

fn varies(vary: &Vary) -> TokenStream {
    match &vary.by {
        By::Header(name) => quote_spanned!(Span::mixed_site()=> .vary(#name)),
        By::Cookie(name) => quote_spanned!(Span::mixed_site()=> .vary_cookie(#name)),
    }
}

fn keeping(model: &Model) -> TokenStream {
    let keeping = &model.options.keeping;
    let words = [&keeping.keep_cookies, &keeping.trust_client, &keeping.etag, &keeping.explicit_only, &keeping.silent];
    let words = words.into_iter().flatten().map(|word| {
        let word = Ident::new(&spelling::plain(word), Span::mixed_site());
        quote_spanned!(Span::mixed_site()=> .#word())
    });
    let limit = keeping.limit.as_ref().map(|limit| {
        let limit = number(model, limit, &quote!(::core::primitive::u64));
        quote_spanned!(Span::mixed_site()=> .limit(#limit))
    });
    let variants = keeping.variants.as_ref().map(|most| {
        let most = number(model, most, &quote!(::core::primitive::usize));
        quote_spanned!(Span::mixed_site()=> .variants(#most))
    });
    let statuses = keeping.statuses.iter().map(|status| {
        let (code, time) = (status.code, option(status.time.as_ref().map(|time| duration(model, time))));
        quote_spanned!(Span::mixed_site()=> .__status(#code, #time))
    });
    quote!(#(#words)* #limit #variants #(#statuses)*)
}

/// Emits an option.
pub fn option(some: Option<TokenStream>) -> TokenStream {
    let none = || quote_spanned!(Span::mixed_site()=> ::core::option::Option::None);
    some.map_or_else(none, |some| quote_spanned!(Span::mixed_site()=> ::core::option::Option::Some(#some)))
}

/// Emits by what pages go, beside their URLs.
fn apart(model: &Model) -> Option<TokenStream> {
    if model.key.is_none() && !model.is_generic() {
        return None;
    }
    let larder = model.larder();
    let naming = if is_personal(model) { quote!(Personal) } else { quote!(Named) };
    Some(quote_spanned!(Span::mixed_site()=> .__naming(#larder::page::__private::Naming::#naming)))
}

/// Returns whether the name of its pages says who asks.
fn is_personal(model: &Model) -> bool {
    let places = model.key.iter().flat_map(Key::places);
    let mut sources = places.map(|place| &place.source);
    sources.any(|source| match source {
        Source::Argument { index, .. } => matches!(model.extractors[*index].kind, Kind::Guard | Kind::Extension),
        _ => false,
    })
}
