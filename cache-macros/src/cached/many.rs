//! What a function becomes that is asked for many: a wrapper that runs its body for those that are missing, and beside it the
//! function of one.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::each::Each;
use super::facts::Facts;
use super::model::{Model, Stand, own};
use super::{signature, tags, writing};
use crate::attributes::allow_docs;
use crate::bodies::Bodies;
use crate::generics::turbofish;
use crate::key::Key;

/// Emits the function that the user's callers call: it looks for each, and runs the body for what is missing, which is once
/// unless others fail who load some of it.
pub fn wrapper(model: &Model, each: &Each, key: &Key, call: &TokenStream) -> TokenStream {
    let (cfg, attrs, vis) = (&model.attributes.cfg, &model.attributes.wrapper, &each.function.vis);
    let sig = signature::named_as(&each.function.sig, &each.arguments, &each.function.sig.ident);
    let (one, all, returns) = (&each.one, each.all(), &each.returns);
    let (writes, tags) = (writing::inside_wrapper(model, key), tags::from_wrapper(model));
    let body = uncached(model, &each.arguments_again(receiver_again(model), &own("__missing")));
    // Where no tag speaks of it, nobody is to be warned that it is not used.
    let is_in_a_tag = model.tags.iter().any(|tag| !tag.places_of(Some(each.index)).is_empty());
    let which = if is_in_a_tag { quote!(#one) } else { quote!(_) };
    let tagged = quote_spanned!(Span::mixed_site()=> |#which, __miss| __miss #tags);
    let run = if each.function.is_async() {
        quote_spanned! {Span::mixed_site()=>
            while let ::core::option::Option::Some(__missing) = __calls.next().await {
                __calls.run(#body).await;
            }
        }
    } else {
        quote_spanned! {Span::mixed_site()=>
            while let ::core::option::Option::Some(__missing) = __calls.next_blocking() {
                __calls.run_blocking(|| #body);
            }
        }
    };
    let never = never_one(model, each);
    let body = each.function.braced(quote_spanned! {Span::mixed_site()=>
        #never
        let mut __calls = #call.many::<#returns, _>(#all, |#one, __key| { #writes }, #tagged);
        #run
        __calls.finish()
    });
    quote_spanned! {Span::mixed_site()=>
        #(#cfg)*
        #(#attrs)*
        #vis #sig #body
    }
}

/// Emits the function of one, and its body, which is that of many.
pub fn beside(model: &Model, key: &Key, facts: &Facts, bodies: Bodies) -> Option<TokenStream> {
    let each = model.each.as_ref()?;
    let (cfg, vis) = (&model.attributes.cfg, &model.function.vis);
    let allow = if model.stand == Stand::Method { allow_docs(&model.function.vis) } else { None };
    let sig = bodies.signature(signature::named(model, &one_name(model)));
    let look = signature::look(model, key, &signature::call(model, facts), &signature::load(model));
    let never = signature::never_refreshed(model);
    let look = bodies.of(quote!({ #never #look }));
    let uncached = uncached_one(model, each, bodies);
    Some(quote_spanned! {Span::mixed_site()=>
        #(#cfg)*
        /// Does it for one, whose entry is the same, as is what is under way for it.
        #allow
        #vis #sig #look

        #uncached
    })
}

fn uncached_one(model: &Model, each: &Each, bodies: Bodies) -> TokenStream {
    let (larder, cfg, vis) = (model.larder(), &model.attributes.cfg, &model.function.vis);
    let sig = bodies.signature(signature::named(model, &uncached_name(model)));
    let (one, returns, number) = (&each.one, &each.returns, each.number(&larder, model.stand));
    let receiver = model.receiver.as_ref().map(|receiver| &receiver.self_token).map(|word| quote!(#word));
    let body = uncached(model, &each.arguments_once(receiver, &own("__missing")));
    let wait = each.function.is_async().then(|| quote!(.await));
    let body = bodies.of(quote_spanned! {Span::mixed_site()=> {
        let (__id, __missing) = #larder::__private::only::<#returns, _, #number>(#one);
        #larder::__private::pick::<#returns, #number>(#body #wait, &__id)
    }});
    quote_spanned! {Span::mixed_site()=>
        #(#cfg)*
        #[doc(hidden)]
        #vis #sig #body
    }
}

/// Emits the call of the body as it was written.
fn uncached(model: &Model, arguments: &TokenStream) -> TokenStream {
    let (name, fish) = (signature::uncached_name(model), turbofish(&model.function.sig.generics));
    let owner = signature::owner(model);
    quote_spanned!(Span::mixed_site()=> #owner::#name #fish(#arguments))
}

/// What is owned is copied for each run.
fn receiver_again(model: &Model) -> Option<TokenStream> {
    let receiver = model.receiver.as_ref()?;
    let word = &receiver.self_token;
    let is_lent = matches!(receiver.kind, syn::ReceiverKind::Reference(..));
    let copied = || quote_spanned!(Span::mixed_site()=> ::core::clone::Clone::clone(&#word));
    Some(if is_lent { quote!(#word) } else { copied() })
}

/// Emits a call of a method's function of one that is never made: see [`signature::never_refreshed`].
fn never_one(model: &Model, each: &Each) -> Option<TokenStream> {
    if model.stand != Stand::Method {
        return None;
    }
    let (larder, name, fish) = (model.larder(), one_name(model), turbofish(&model.function.sig.generics));
    let receiver = model.receiver.as_ref().map(|receiver| &receiver.self_token).map(|word| quote!(#word));
    let arguments = each.arguments.iter().enumerate().map(|(index, argument)| {
        let name = &argument.name;
        if index == each.index { quote!(#larder::__private::never()) } else { quote!(#name) }
    });
    let arguments = receiver.into_iter().chain(arguments);
    Some(quote_spanned! {Span::mixed_site()=>
        if false {
            let _ = Self::#name #fish(#(#arguments),*);
            ::core::unreachable!()
        }
    })
}

/// Returns the name of the function of one.
fn one_name(model: &Model) -> Ident {
    match model.stand {
        Stand::Method => format_ident!("{}_one", model.companion(), span = Span::mixed_site()),
        _ => Ident::new("one", Span::mixed_site()),
    }
}

/// Returns the name of the function that has its body.
pub fn uncached_name(model: &Model) -> Ident {
    match model.stand {
        Stand::Method => format_ident!("__{}_one", model.companion(), span = Span::mixed_site()),
        _ => own("__one"),
    }
}
