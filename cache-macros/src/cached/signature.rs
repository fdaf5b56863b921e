//! The functions that repeat the user's: the wrapper, `uncached`, `refresh`.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Expr, FnArg, Ident, ReturnType, Signature, Type, parse_quote};

use super::facts::{Facts, Parameter, Subject};
use super::model::{Model, Stand};
use super::{detach, many, tags, writing};
use crate::argument::Argument;
use crate::attributes::allow_docs;
use crate::bodies::Bodies;
use crate::generics::turbofish;
use crate::key::Key;
use crate::passing::Passing;
use crate::spelling;

/// Returns the signature with names in the place of patterns, under another name. `mut` stays with the body, which is
/// what changes its arguments.
pub fn named(model: &Model, name: &Ident) -> Signature {
    named_as(&model.function.sig, &model.arguments, name)
}

/// Does the same for any signature.
pub fn named_as(sig: &Signature, arguments: &[Argument], name: &Ident) -> Signature {
    let mut sig = sig.clone();
    sig.ident = name.clone();
    let mut arguments = arguments.iter();
    for input in &mut sig.inputs {
        match input {
            FnArg::Receiver(receiver) => {
                receiver.attrs.clear();
                receiver.mutability = None;
            }
            FnArg::Typed(_) => {
                if let Some(argument) = arguments.next() {
                    let (name, ty) = (&argument.name, &argument.ty);
                    *input = parse_quote!(#name: #ty);
                }
            }
        }
    }
    sig
}

/// Returns the name of the function that has the body.
pub fn uncached_name(model: &Model) -> Ident {
    match model.stand {
        Stand::Method => format_ident!("{}_uncached", model.companion(), span = Span::mixed_site()),
        _ => Ident::new("uncached", Span::mixed_site()),
    }
}

/// Returns the name of the function that loads anew.
fn refresh_name(model: &Model) -> Ident {
    match model.stand {
        Stand::Method => format_ident!("{}_refresh", model.companion(), span = Span::mixed_site()),
        _ => Ident::new("refresh", Span::mixed_site()),
    }
}

/// Emits the call of the function that has the body, with these arguments.
pub fn call_uncached(model: &Model, arguments: &TokenStream) -> TokenStream {
    let name = if model.each.is_some() { many::uncached_name(model) } else { uncached_name(model) };
    let fish = turbofish(&model.function.sig.generics);
    let owner = owner(model);
    quote_spanned!(Span::mixed_site()=> #owner::#name #fish(#arguments))
}

/// Emits the type whose associated functions the companion is made of.
pub fn owner(model: &Model) -> TokenStream {
    let companion = model.companion();
    if model.stand == Stand::Free { quote!(#companion) } else { quote!(Self) }
}

/// Emits the names of all arguments, the receiver first.
pub fn passed(model: &Model) -> TokenStream {
    let all = passed_each(model);
    quote!(#(#all),*)
}

/// Emits the name of each argument, the receiver first.
pub fn passed_each(model: &Model) -> Vec<TokenStream> {
    let receiver = model.receiver.as_ref().map(|receiver| &receiver.self_token).into_iter().map(|word| quote!(#word));
    let names = model.arguments.iter().map(|argument| &argument.name).map(|name| quote!(#name));
    receiver.chain(names).collect()
}

/// Emits the function that the user's callers call: it looks, and on a miss runs the body.
pub fn wrapper(model: &Model, key: &Key, call: &TokenStream, load: &TokenStream) -> TokenStream {
    let (cfg, attrs, vis) = (&model.attributes.cfg, &model.attributes.wrapper, &model.function.vis);
    let sig = named(model, &model.function.sig.ident);
    let (named, look) = (never_refreshed(model), look(model, key, call, load));
    let body = model.function.braced(quote!(#named #look));
    quote_spanned! {Span::mixed_site()=>
        #(#cfg)*
        #(#attrs)*
        #vis #sig #body
    }
}

/// Emits a call of a method's `refresh` that is never made. One that nobody calls would be dead, in the same `impl` as
/// functions of the user's: the compiler reports all of those together, and would not where one is of an expansion.
pub fn never_refreshed(model: &Model) -> Option<TokenStream> {
    if model.stand != Stand::Method {
        return None;
    }
    let (name, fish, arguments) = (refresh_name(model), turbofish(&model.function.sig.generics), passed(model));
    Some(quote_spanned! {Span::mixed_site()=>
        if false {
            let _ = Self::#name #fish(#arguments);
            ::core::unreachable!()
        }
    })
}

/// Emits the look, with what is done on a miss.
pub fn look(model: &Model, key: &Key, call: &TokenStream, load: &TokenStream) -> TokenStream {
    let writes = writing::from_wrapper(model, key);
    let tags = tags::from_wrapper(model);
    let load = if tags.is_empty() {
        load.clone()
    } else {
        quote_spanned!(Span::mixed_site()=> { let __miss = __miss #tags; #load })
    };
    if let Some(said) = &model.options.keeping.verify {
        let verified = verified(model, key, &said.value, said.word.span());
        return quote_spanned! {Span::mixed_site()=>
            let __call = #call;
            let __found = __call.look(#writes);
            #verified
            match __found {
                ::core::result::Result::Ok(__hit) => __hit,
                ::core::result::Result::Err(__miss) => #load,
            }
        };
    }
    quote_spanned! {Span::mixed_site()=>
        match #call.look(#writes) {
            ::core::result::Result::Ok(__hit) => __hit,
            ::core::result::Result::Err(__miss) => #load,
        }
    }
}

/// Emits what is done with those calls that are verified, where they are hits.
fn verified(model: &Model, key: &Key, part: &Expr, span: Span) -> TokenStream {
    let larder = model.larder_at(span);
    let same = quote_spanned!(span.resolved_at(Span::mixed_site())=> #larder::__private::is_same);
    let (writes, tags) = (writing::from_wrapper(model, key), tags::from_wrapper(model));
    let arguments = passed(model);
    let body = call_uncached(model, &arguments);
    let found = (!tags.is_empty()).then(|| {
        quote_spanned!(Span::mixed_site()=> let __found = ::core::result::Result::map_err(__found, |__miss| __miss #tags);)
    });
    let verify = detach::verify(model, &same).unwrap_or_else(|| {
        if model.function.is_async() {
            quote_spanned!(Span::mixed_site()=> __call.verify(__found, __key, #same, move || #body).await)
        } else {
            quote_spanned!(Span::mixed_site()=> __call.verify_blocking(__found, __key, #same, || #body))
        }
    });
    quote_spanned! {Span::mixed_site()=>
        const __PART: f32 = #larder::__private::part(#part);
        if __call.is_verified(__PART) {
            let __key = __call.key(&#writes) #tags;
            #found
            return #verify;
        }
    }
}

/// Emits what a miss does where the body is a function of its own.
pub fn load(model: &Model) -> TokenStream {
    let arguments = passed(model);
    let body = call_uncached(model, &arguments);
    if let Some(beside) = detach::load(model) {
        return beside;
    }
    if model.function.is_async() {
        quote_spanned!(Span::mixed_site()=> __miss.load(move || #body).await)
    } else {
        quote_spanned!(Span::mixed_site()=> __miss.load_blocking(|| #body))
    }
}

/// Emits the function that has the body, as it was written.
pub fn uncached(model: &Model, bodies: Bodies) -> TokenStream {
    let (cfg, attrs, vis) = (&model.attributes.cfg, &model.attributes.body, &model.function.vis);
    let mut sig = model.written().sig.clone();
    sig.ident = uncached_name(model);
    let sig = bodies.signature(sig);
    let allow = if model.stand == Stand::Method { allow_docs(&model.function.vis) } else { None };
    let body = bodies.of(model.function.body.clone().unwrap_or_default());
    quote_spanned! {Span::mixed_site()=>
        #(#cfg)*
        /// Runs the body, and leaves the cache alone.
        #allow
        #(#attrs)*
        #vis #sig #body
    }
}

/// Emits the function that loads anew.
pub fn refresh(model: &Model, facts: &Facts, key: &Key, bodies: Bodies) -> TokenStream {
    let (cfg, vis) = (&model.attributes.cfg, &model.function.vis);
    let mut sig = bodies.signature(named(model, &refresh_name(model)));
    let allow = if model.stand == Stand::Method { allow_docs(&model.function.vis) } else { None };
    let arguments = passed(model);
    let body = call_uncached(model, &arguments);
    let (refresh, body) = if model.function.is_async() {
        (quote_spanned!(Span::mixed_site()=> refresh), body)
    } else {
        (quote_spanned!(Span::mixed_site()=> refresh_blocking), quote_spanned!(Span::mixed_site()=> || #body))
    };
    if bodies == Bodies::Real {
        awaited_elsewhere(&mut sig);
    }
    let call = call(model, facts);
    let run = if let Some(key) = by_companion(model, facts) {
        quote_spanned!(Span::mixed_site()=> { #call.#refresh(#key, #body) })
    } else {
        let (writes, tags) = (writing::from_wrapper(model, key), tags::from_wrapper(model));
        quote_spanned! {Span::mixed_site()=> {
            let __call = #call;
            let __key = __call.key(&#writes) #tags;
            __call.#refresh(__key, #body)
        }}
    };
    let run = bodies.of(run);
    quote_spanned! {Span::mixed_site()=>
        #(#cfg)*
        /// Runs the body for a value that is newer than any kept, and keeps it.
        #allow
        #vis #sig #run
    }
}

/// Turns an `async fn` into one that returns the engine's own future: one state machine less for each function.
fn awaited_elsewhere(sig: &mut Signature) {
    if let (Some(_), ReturnType::Type(_, ty)) = (sig.asyncness.take(), &mut sig.output) {
        let future = quote_spanned!(Span::mixed_site()=> impl ::core::future::Future<Output = #ty>);
        **ty = Type::Verbatim(future);
    }
}

/// Emits the key as the companion makes it, where its arguments are those of the function.
fn by_companion(model: &Model, facts: &Facts) -> Option<TokenStream> {
    if model.stand != Stand::Free {
        return None;
    }
    let arguments: Option<Vec<_>> = facts.parameters.iter().map(|parameter| lent(model, parameter)).collect();
    let (arguments, fish) = (arguments?, turbofish(&facts.generics));
    Some(quote_spanned!(Span::mixed_site()=> Self::key #fish(#(#arguments),*)))
}

/// Emits what the companion is handed for one of the function's own arguments, which the body still takes.
fn lent(model: &Model, parameter: &Parameter) -> Option<TokenStream> {
    let Subject::Argument(_) = parameter.subject else { return None };
    let name = &parameter.name;
    match Passing::of(&model.function.sig.generics, &parameter.ty) {
        Passing::AsItIs(ty) if spelling::impl_trait(&ty).is_some() => None,
        Passing::AsItIs(_) => Some(quote!(#name)),
        Passing::OptionStr => Some(quote_spanned!(Span::mixed_site()=> ::core::option::Option::as_deref(&#name))),
        Passing::Str | Passing::Reference(_) | Passing::Borrow(_) => Some(quote_spanned!(Span::mixed_site()=> &#name)),
    }
}

/// Emits the expression of the call.
pub fn call(model: &Model, facts: &Facts) -> TokenStream {
    let owner = owner(model);
    let fish = turbofish(&facts.generics);
    match model.stand {
        Stand::Free => quote_spanned!(Span::mixed_site()=> #owner::__call #fish()),
        Stand::Method | Stand::Inside => {
            let site = format_ident!("{}_site", model.companion(), span = Span::mixed_site());
            quote_spanned!(Span::mixed_site()=> #owner::#site #fish().call())
        }
    }
}
