//! What `fragment!` becomes: its site, and one call.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Path};

use super::input::Input;
use crate::cached::once;
use crate::key_macro;
use crate::larder_path;
use crate::time::Ttl;

/// The cache of all fragments, where there is one of this name.
const CACHE: &str = "template_fragments";

pub fn expand(input: &Input) -> TokenStream {
    let larder = input.options.larder.clone().unwrap_or_else(larder_path::usual);
    let (site, writes) = (site(input, &larder), writes(input));
    let (ttl, tags) = (ttl(input, &larder), input.options.tags.iter().map(|tag| key_macro::key(tag, &larder)));
    let body = &input.body;
    let render = if matches!(body, Expr::Async(_)) { "render_awaited" } else { "render" };
    let render = Ident::new(render, body.span());
    let guard = guard(input);
    quote_spanned! {Span::mixed_site()=>
        {
            #guard
            #larder::fragment::__private::#render(
                #site,
                |__key| { #writes },
                || #ttl,
                || #larder::fragment::__private::all([#(#tags),*]),
                || #body,
            )
        }
    }
}

fn site(input: &Input, larder: &Path) -> TokenStream {
    let (name, pattern) = (&input.name, pattern(input));
    let cache = input.options.using.as_ref().map_or_else(|| quote!(.rather(#CACHE)), |name| quote!(.cache(#name)));
    let patterns = input.options.tags.iter().map(|tag| &tag.text);
    let tags = (!input.options.tags.is_empty()).then(|| quote!(.tags(&[#(#patterns),*])));
    quote_spanned!(Span::mixed_site()=> #larder::__private::site!(#name, #pattern, #cache #tags))
}

fn pattern(input: &Input) -> String {
    input.parts.iter().fold(format!("fragment:{}", input.name.value()), |pattern, part| {
        let place = &part.text;
        format!("{pattern}:<{place}>")
    })
}

/// Emits what writes the key: each part where it stands, since that is what an error is about.
fn writes(input: &Input) -> TokenStream {
    let mut before = format!("fragment:{}", input.name.value());
    let mut writes = TokenStream::new();
    for part in &input.parts {
        before.push(':');
        let expr = &part.expr;
        let write = quote_spanned!(expr.span()=> .part(&#expr));
        writes.extend(quote!(.literal(#before) #write));
        before.clear();
    }
    if !before.is_empty() {
        writes.extend(quote!(.literal(#before)));
    }
    quote_spanned!(Span::mixed_site()=> __key #writes;)
}

fn ttl(input: &Input, larder: &Path) -> TokenStream {
    match &input.options.ttl {
        None => quote!(#larder::Ttl::Default),
        Some(Ttl::Forever) => quote!(#larder::Ttl::Forever),
        Some(Ttl::For(time)) => {
            let expr = &time.expr;
            let larder_here = larder_path::at(larder, expr.span());
            quote_spanned!(expr.span()=> #larder_here::Ttl::For(#larder_here::IntoTime::into_time(#expr)))
        }
    }
}

/// Emits what keeps two fragments of a crate from having one name and the same parts, in whatever cache: which one that is may
/// be known only when the program runs.
fn guard(input: &Input) -> TokenStream {
    once("one_name_for_two_fragments", "", &pattern(input), input.name.span())
}
