//! What the layer of a handler is told.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;

use super::extractor::Kind;
use super::model::Model;
use super::name;
use super::values::{By, Vary};
use crate::key::Source;
use crate::time::Time;

/// Emits a closure that tells a layer all that the attribute says.
pub fn layer(model: &Model) -> TokenStream {
    let larder = model.larder();
    let words = [times(model), naming(model), keeping(model)];
    // A layer that begins anew does not forget what its guards go by.
    let telling = telling(model);
    let (path, apart) = (name::path(model), apart(model));
    let guarded = model.is_guarded().then(|| quote!(.__guarded()));
    let rest = model.options.keeping.layer.as_ref().map(|said| {
        let rest = &said.value;
        quote_spanned!(Span::mixed_site()=> let __layer = #larder::page::__private::told(__layer, #rest);)
    });
    quote_spanned! {Span::mixed_site()=> |__layer| {
        let __layer = __layer #(#words)*;
        #rest
        __layer #telling .__tag(#larder::Key::from(#path)) #apart #guarded
    }}
}

fn times(model: &Model) -> TokenStream {
    let (times, larder) = (&model.options.times, model.larder());
    let all = [
        ("time", times.ttl.as_ref()),
        ("browser", times.browser.as_ref()),
        ("stale", times.stale.as_ref().map(|said| &said.value)),
        ("stale_if_error", times.stale_if_error.as_ref().map(|said| &said.value)),
    ];
    let said = all.into_iter().filter_map(|(word, time)| Some((word, time?)));
    said.map(|(word, time): (&str, &Time)| {
        let (word, time) = (format_ident!("{word}"), time.expand(&larder));
        quote_spanned!(Span::mixed_site()=> .#word(#time))
    })
    .collect()
}

fn naming(model: &Model) -> TokenStream {
    let prefix = model.options.naming.key_prefix.as_ref();
    prefix.map(|prefix| quote_spanned!(Span::mixed_site()=> .key_prefix(#prefix))).unwrap_or_default()
}

fn telling(model: &Model) -> TokenStream {
    let telling = &model.options.telling;
    let vary = telling.vary.iter().flat_map(|said| &said.value).chain(&telling.varied).map(varies);
    let see = telling.see.iter().flat_map(|said| &said.value);
    let see = see.map(|header| quote_spanned!(Span::mixed_site()=> .see(#header)));
    let query = telling.query.as_ref().map(|said| {
        let names = &said.value;
        quote_spanned!(Span::mixed_site()=> .query([#(#names),*] as [&str; _]))
    });
    quote!(#(#vary)* #(#see)* #query)
}

fn varies(vary: &Vary) -> TokenStream {
    match &vary.by {
        By::Header(name) => quote_spanned!(Span::mixed_site()=> .vary(#name)),
        By::Cookie(name) => quote_spanned!(Span::mixed_site()=> .vary_cookie(#name)),
    }
}

fn keeping(model: &Model) -> TokenStream {
    let (keeping, larder) = (&model.options.keeping, model.larder());
    let words: [(&Option<Ident>, &str); 5] = [
        (&keeping.keep_cookies, "keep_cookies"),
        (&keeping.trust_client, "trust_client"),
        (&keeping.etag, "etag"),
        (&keeping.explicit_only, "explicit_only"),
        (&keeping.silent, "silent"),
    ];
    let words = words.into_iter().filter(|(said, _)| said.is_some()).map(|(_, word)| {
        let word = format_ident!("{word}");
        quote_spanned!(Span::mixed_site()=> .#word())
    });
    let limit = keeping.limit.as_ref().map(|limit| quote_spanned!(Span::mixed_site()=> .limit(#limit)));
    let variants = keeping.variants.as_ref().map(|most| quote_spanned!(Span::mixed_site()=> .variants(#most)));
    let statuses = keeping.statuses.iter().flat_map(|said| &said.value).map(|status| {
        let code = status.code;
        let time = match &status.time {
            Some(time) => {
                let time = time.expand(&larder);
                quote_spanned!(Span::mixed_site()=> ::core::option::Option::Some(#time))
            }
            None => quote_spanned!(Span::mixed_site()=> ::core::option::Option::None),
        };
        quote_spanned!(Span::mixed_site()=> .__status(#code, #time))
    });
    quote!(#(#words)* #limit #variants #(#statuses)*)
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
    let places = model.key.iter().flat_map(|key| key.places());
    let mut sources = places.map(|place| &place.source);
    sources.any(|source| match source {
        Source::Argument { index, .. } => matches!(model.extractors[*index].kind, Kind::Guard | Kind::Extension),
        _ => false,
    })
}
