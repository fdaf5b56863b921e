//! The handler that says so.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, Ident, Path, parse_quote};

use super::said::Said;
use super::{Head, opaque, page, tokens_of};
use crate::framework::Framework;
use crate::function::Function;
use crate::larder_path;

/// What stands between the parentheses of an attribute that has nothing to do any more.
pub const TAKEN: &str = "__taken";

/// Takes along what the other attribute says that may answer early: one answer is given by both.
pub fn taken_along(head: Head, function: &mut Function) -> Option<(Head, TokenStream)> {
    let is_other = |attr: &&mut Attribute| {
        head.is_early() && Head::of(attr).is_some_and(|other| other.is_early() && other != head)
    };
    let attr = function.attrs.iter_mut().find(is_other)?;
    let (other, tokens) = (Head::of(attr)?, tokens_of(attr));
    leave(attr);
    Some((other, tokens))
}

/// Leaves an attribute where it is, with nothing to do: its name was imported to be used.
pub fn leave(attr: &mut Attribute) {
    let (path, taken) = (attr.path(), Ident::new(TAKEN, Span::call_site()));
    attr.meta = parse_quote!(#path(#taken));
}

/// Lets those go first that may answer early: that answer says in its headers what the page does.
pub fn after_the_early_ones(
    framework: Framework,
    said: &Said,
    tokens: &TokenStream,
    function: Function,
) -> TokenStream {
    let (room, name) = (framework.attributes(&said.larder()), Ident::new(said.head.name(), Span::call_site()));
    let Function { attrs, vis, sig, body } = function;
    let (early, others): (Vec<_>, Vec<_>) =
        attrs.into_iter().partition(|attr| Head::of(attr).is_some_and(Head::is_early));
    quote!(#(#early)* #[#room::#name(#tokens)] #(#others)* #vis #sig #body)
}

/// Emits the handler, rewritten where it stands.
pub fn expand(framework: Framework, said: &Said, other: Option<&Said>, mut function: Function) -> TokenStream {
    let larder = said.larder();
    let room = framework.room(&larder);
    let response = response(&larder, &room, &function);
    let body = match said.head {
        Head::CacheControl => {
            let says = said.directives.iter().map(|directive| directive.expand(&larder, &function.sig.generics));
            let says = quote_spanned!(Span::mixed_site()=> #larder::page::headers::CacheControl::new() #(#says)*);
            quote_spanned!(Span::mixed_site()=> #room::__private::say_to_caches(#says, #response))
        }
        Head::NeverCache => quote_spanned!(Span::mixed_site()=> #room::__private::never_cached(#response)),
        Head::VaryOnHeaders | Head::VaryOnCookie => {
            let names = said.names.iter().map(super::names::Name::literal);
            quote_spanned!(Span::mixed_site()=> #room::__private::vary_on([#(#names),*], #response))
        }
        Head::Etag | Head::LastModified => {
            let judged = judged(framework, &larder, said, other, &mut function);
            quote_spanned! {Span::mixed_site()=>
                match #judged {
                    ::core::ops::ControlFlow::Break(__early) => __early,
                    ::core::ops::ControlFlow::Continue(__known) => __known.on(#response),
                }
            }
        }
    };
    page::tell(&mut function.attrs, &said.names);
    let body = function.braced(body);
    function.sig.output = parse_quote!(-> #room::__private::Response);
    let Function { attrs, vis, sig, .. } = function;
    quote!(#(#attrs)* #vis #sig #body)
}

/// Emits the response that the body makes. `return` and `?` end the body alone, whose type is what the function says.
fn response(larder: &Path, room: &TokenStream, function: &Function) -> TokenStream {
    let block = &function.body;
    let (output, mentioned) = match function.returns() {
        None => (quote!(()), TokenStream::new()),
        Some(ty) => (opaque::inferred(ty).into_token_stream(), opaque::mentioned(ty, &function.sig.generics)),
    };
    // There the compiler points at what is no response.
    let span = function.returns().map_or_else(|| function.sig.ident.span(), Spanned::span);
    let span = span.resolved_at(Span::mixed_site());
    let (answer, there) = (Ident::new("__answer", span), larder_path::at(room, span));
    let outcome = quote_spanned!(span=> #there::__private::Outcome(#answer).answer());
    quote_spanned! {Span::mixed_site()=> {
        #mentioned
        let #answer = #larder::__private::once_async(async move || -> #output #block)().await;
        use #room::__private::Fallback as _;
        #outcome
    }}
}

/// Adds the argument that knows the conditions of a request, and emits what they come to.
fn judged(
    framework: Framework,
    larder: &Path,
    said: &Said,
    other: Option<&Said>,
    function: &mut Function,
) -> TokenStream {
    let conditions = format_ident!("__conditions", span = Span::mixed_site());
    let argument: FnArg = parse_quote!(#conditions: #larder::page::__private::Conditions);
    let place = usize::from(function.sig.receiver().is_some());
    function.sig.inputs.insert(place, argument);
    let validator = |head: Head| {
        let said = [Some(said), other].into_iter().flatten().find(|said| said.head == head);
        let expr = said.and_then(|said| said.validator.as_ref());
        expr.map_or_else(
            || quote!(::core::option::Option::None),
            |expr| {
                let name = if head == Head::Etag { "entity_tag" } else { "last_modified" };
                let name = Ident::new(name, expr.span().resolved_at(Span::mixed_site()));
                quote_spanned!(Span::mixed_site()=> #larder::page::__private::#name(#expr))
            },
        )
    };
    let (tag, modified) = (validator(Head::Etag), validator(Head::LastModified));
    let judge = match framework {
        Framework::Axum => quote_spanned!(Span::mixed_site()=> #conditions.judge(__tag, __modified)),
        Framework::Actix => {
            quote_spanned!(Span::mixed_site()=> #larder::actix::__private::judge(#conditions, __tag, __modified))
        }
    };
    quote_spanned! {Span::mixed_site()=> {
        let __tag = #tag;
        let __modified = #modified;
        #judge
    }}
}
